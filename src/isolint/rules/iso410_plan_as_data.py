"""ISO410: a plan looked at as if it were its outcome."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.model import Role
from isolint.rule import ALL_ROLES, Example, Finding, Rule
from isolint.rules.plans import why_a_plan, written
from isolint.semantic_index.facts import CallSite, Examination, Examined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.rule import Context

_CONSEQUENCES = {
    Examination.TRUTH: "is always true",
    Examination.COMPARISON: "is compared as a description, before anything has run",
    Examination.FORMATTING: "is formatted as a description, not as what it will give",
}
_BUILT_INS = {
    "builtins.bool": Examination.TRUTH,
    "builtins.str": Examination.FORMATTING,
    "builtins.format": Examination.FORMATTING,
}


def _check(fact: Examined | CallSite, context: Context) -> Iterator[Finding]:

    found = (fact.node, fact.by) if isinstance(fact, Examined) else _by_built_in(fact, context)
    if found is None:
        return
    node, by = found
    if by is Examination.COMPARISON and context.role is Role.TESTS:
        return  # a test may well ask whether the right plan was built
    if context.module.is_plan(node):
        yield Finding(
            node,
            f"`{written(node, context)}` is a plan, which {_CONSEQUENCES[by]}",
            "look at the value inside async_map or async_bind, or at what the shell gets from running the plan",
            note=why_a_plan(node, context),
        )


def _by_built_in(site: CallSite, context: Context) -> tuple[ast.expr, Examination] | None:
    value = only_argument(site.node)
    if value is None:
        return None
    for external in context.module.externals(site.node.func):
        if external.name in _BUILT_INS:
            return value, _BUILT_INS[external.name]
    return None


RULE = Rule(
    code="ISO410",
    name="plan-as-data",
    summary="A plan is tested, compared or formatted as if it were its outcome",
    rationale=(
        'Before it was a plan, `load(user_id)` gave a user, and `if user:`, `user == other`, `f"{user}"` made '
        "sense. A plan is always true, equals at most a plan built alike, and prints as a description. "
        "The branch that was meant for the missing user is dead, and nothing says so. `plan is None` asks "
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
            "the value, once it is there",
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
