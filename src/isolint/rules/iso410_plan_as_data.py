"""ISO410: a plan looked at as if it were its outcome."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.model import Role
from isolint.plans.calls import only_argument
from isolint.rule import ALL_ROLES, Example, Finding, Rule
from isolint.rules.plans import why_a_plan, written
from isolint.semantic_index.facts import CallSite, Examination, Examined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.rule import Context

_CONSEQUENCES = {
    Examination.TRUTH: "is always true",
    Examination.COMPARISON: "is compared as a description, before anything has run",
    Examination.FORMATTING: "is formatted as a description, not as its value",
}
_BUILT_INS = {
    "builtins.bool": Examination.TRUTH,
    "builtins.str": Examination.FORMATTING,
    "builtins.format": Examination.FORMATTING,
}
_OF_ELEMENTS = {
    "builtins.any": Examination.TRUTH,
    "builtins.all": Examination.TRUTH,
    "builtins.max": Examination.COMPARISON,
    "builtins.min": Examination.COMPARISON,
    "builtins.sorted": Examination.COMPARISON,
}
"""Functions that look at each element of their argument; those that compare may be told how by ``key``."""


def _check(fact: Examined | CallSite, context: Context) -> Iterator[Finding]:
    found = [(fact.node, fact.by)] if isinstance(fact, Examined) else _by_call(fact, context)
    for node, by in found:
        if by is Examination.COMPARISON and context.role is Role.TESTS:
            continue  # a test may well ask whether the right plan was built
        if context.module.is_plan(node):
            yield Finding(
                node,
                f"`{written(node, context)}` is a plan, which {_CONSEQUENCES[by]}",
                "look at the value inside async_map or async_bind, or at the Result that the shell gets",
                note=why_a_plan(node, context),
            )
    for several, by in _by_elements(fact, context) if isinstance(fact, CallSite) else ():
        if by is Examination.COMPARISON and context.role is Role.TESTS:
            continue
        if context.module.is_collection_of_plans(several):
            yield Finding(
                several,
                f"`{written(several, context)}` holds plans, each of which {_CONSEQUENCES[by]}",
                "gather them (async_gather), and look at the values inside async_map or async_bind",
            )


def _by_call(site: CallSite, context: Context) -> list[tuple[ast.expr, Examination]]:
    """Return the arguments that a built-in function, or a format string, looks at."""
    call = site.node
    given = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg is not None)]
    if len(given) < len(call.args) + len(call.keywords) or any(isinstance(g, ast.Starred) for g in given):
        return []
    if isinstance(call.func, ast.Attribute) and call.func.attr == "format":
        template = call.func.value
        if (
            isinstance(template, ast.Constant)
            and isinstance(template.value, str)
            and "!r" not in template.value
        ):
            return [(argument, Examination.FORMATTING) for argument in given]
    value = only_argument(call)
    if value is not None:
        for external in context.module.externals(call.func):
            if external.name in _BUILT_INS:
                return [(value, _BUILT_INS[external.name])]
    return []


def _by_elements(fact: CallSite, context: Context) -> Iterator[tuple[ast.expr, Examination]]:
    """Yield the collections of which each element is looked at."""
    call = fact.node
    given = [argument for argument in call.args if not isinstance(argument, ast.Starred)]
    names = {external.name for external in context.module.externals(call.func)}
    by_truth = bool(given) and isinstance(given[0], ast.Constant) and given[0].value is None
    if len(given) == 2 and "builtins.filter" in names and by_truth:
        yield given[1], Examination.TRUTH
    if len(given) == 2 and "builtins.map" in names:
        looking = (one.name for one in context.module.externals(given[0]))
        yield from ((given[1], _BUILT_INS[name]) for name in looking if name in _BUILT_INS)
    if len(given) == 1 and only_argument(call) is given[0]:
        yield from ((given[0], by) for name, by in _OF_ELEMENTS.items() if name in names)


RULE = Rule(
    code="ISO410",
    name="plan-as-data",
    summary="A plan is tested, compared or formatted as if it were its outcome",
    rationale=(
        'Before it was a plan, `load(user_id)` gave a user, and `if user:`, `user == other`, `f"{user}"` made '
        "sense. A plan is always true, equals at most a plan built alike, and prints as a description. "
        "The branch that was meant for the missing user is dead code. `plan is None` asks "
        "about the plan itself and is fine."
    ),
    roles=ALL_ROLES,
    looks_at=(Examined, CallSite),
    check=_check,
    bad=(
        Example(
            "a branch that is never taken",
            """\
from asyncplan import AsyncPlan, async_lift, async_pure


def load(user_id: str, users) -> AsyncPlan[str]:
    return async_lift(lambda: users.get(user_id))


def load_or_guest(user_id: str, users) -> AsyncPlan[str]:
    user = load(user_id, users)
    return user if user else async_pure("guest")
""",
        ),
    ),
    good=(
        Example(
            "the value, in the next step",
            """\
from asyncplan import AsyncPlan, async_lift, async_map


def load(user_id: str, users) -> AsyncPlan[str]:
    return async_lift(lambda: users.get(user_id))


def load_or_guest(user_id: str, users) -> AsyncPlan[str]:
    return async_map(load(user_id, users), lambda user: user or "guest")
""",
        ),
    ),
)
