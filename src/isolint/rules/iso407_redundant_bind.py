"""ISO407: plans that the monad laws make shorter."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.catalogue.combinators import Part
from isolint.fixes import Change, Place, Proposal
from isolint.model import Safety
from isolint.plans.calls import constructors, only_argument, plan_call
from isolint.rule import ALL_ROLES, Example, Finding, FixAvailability, Rule
from isolint.rules.plans import written
from isolint.semantic_index.facts import CallSite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.plans.calls import PlanCall
    from isolint.rule import Context


def _check(site: CallSite, context: Context) -> Iterator[Finding]:
    call = plan_call(site.node, context.module)
    if call is None or call.constructor not in ("async_bind", "async_map"):
        return
    if len(call.node.args) + len(call.node.keywords) != 2:
        return
    plan = next(call.arguments(Part.PLAN), None)
    function = next(call.arguments(Part.CONTINUATION, Part.MAPPING), None)
    if plan is None or function is None or context.module.is_coroutine(plan):
        return  # a coroutine is no plan, which ISO408 says: no law holds of it
    if _gives_back(call, function, context):
        shorter = _alone(plan, context)
        yield _finding(call, written(plan, context), "passes its value on unchanged", shorter, context)
    elif call.constructor == "async_bind":
        yield from _left_identity(call, plan, function, context)


def _gives_back(call: PlanCall, function: ast.expr, context: Context) -> bool:
    """Whether ``function`` is ``async_pure`` to a bind, or the identity to a map."""
    if call.constructor == "async_bind" and not isinstance(function, ast.Lambda):
        return constructors(function, context.module) == {"async_pure"}
    parameter = _only_parameter(function)
    if not parameter or not isinstance(function, ast.Lambda):
        return False
    body: ast.expr | None = function.body
    if call.constructor == "async_bind":
        pure = plan_call(function.body, context.module)
        body = only_argument(pure.node) if pure is not None and pure.constructor == "async_pure" else None
    return isinstance(body, ast.Name) and body.id == parameter


def _alone(plan: ast.expr, context: Context) -> str:
    """Return the plan as it stands for the call anywhere: the operands of an operator are put in brackets."""
    text = context.module.spans.text(plan)
    holds = isinstance(plan, (ast.Name, ast.Attribute, ast.Call, ast.Subscript))
    return text if holds else f"({text})"


def _only_parameter(function: ast.expr) -> str:
    if not isinstance(function, ast.Lambda):
        return ""
    given = function.args
    others = (*given.posonlyargs, *given.kwonlyargs, given.vararg, given.kwarg)
    if len(given.args) != 1 or any(others) or given.defaults:
        return ""
    return given.args[0].arg


def _left_identity(call: PlanCall, plan: ast.expr, function: ast.expr, context: Context) -> Iterator[Finding]:
    pure = plan_call(plan, context.module)
    given = only_argument(pure.node) if pure is not None and pure.constructor == "async_pure" else None
    if given is None:
        return
    value, text = context.module.spans.text(given), context.module.spans.text(function)
    callee = text if isinstance(function, (ast.Name, ast.Attribute)) else f"({text})"
    reason = "the continuation is called while the plan is built then, instead of by each run"
    yield _finding(
        call,
        written(function, context),
        "binds a value that is there already",
        f"{callee}({value})",
        context,
        reason,
    )


def _finding(
    call: PlanCall, part: str, what: str, shorter: str, context: Context, reason: str = ""
) -> Finding:
    fix = None
    if "\n" not in context.module.spans.text(call.node):
        safety = Safety.UNSAFE if reason else Safety.SAFE
        change = Change(call.node, Place.INSTEAD, shorter)
        fix = Proposal(f"Write `{shorter}`", safety, (change,), reason)
    return Finding(
        call.node,
        f"`{written(call.node, context)}` {what}: by the laws of plans it is `{part if not reason else shorter}`",
        f"write `{shorter}`",
        fix=fix,
    )


RULE = Rule(
    code="ISO407",
    name="redundant-bind",
    summary="A plan that the monad laws make shorter",
    rationale=(
        "`async_bind(plan, async_pure)` and `async_map(plan, lambda x: x)` are `plan`, and "
        "`async_bind(async_pure(a), f)` is `f(a)`: the laws say so, and asyncplan's own tests prove them for it. "
        "The longer form costs a step of each run and makes the reader look for the difference it makes."
    ),
    roles=ALL_ROLES,
    looks_at=(CallSite,),
    check=_check,
    strict=True,
    fix=FixAvailability.SOMETIMES,
    mends=(
        "The shorter plan is written for the longer one. That is safe for right identity and for a map by the "
        "identity; unsafe for left identity, where the continuation is called while the plan is built. No fix is "
        "offered for a call of several lines."
    ),
    bad=(
        Example(
            "bound to async_pure",
            """\
from asyncplan import AsyncPlan, async_bind, async_lift, async_pure


def load(user_id: str, users) -> AsyncPlan[str]:
    return async_bind(async_lift(lambda: users.get(user_id)), async_pure)
""",
        ),
        Example(
            "mapped with the identity",
            """\
from asyncplan import AsyncPlan, async_lift, async_map


def load(user_id: str, users) -> AsyncPlan[str]:
    return async_map(async_lift(lambda: users.get(user_id)), lambda user: user)
""",
        ),
        Example(
            "a value bound at once",
            """\
from asyncplan import AsyncPlan, async_bind, async_lift, async_pure


def load(user_id: str, users) -> AsyncPlan[str]:
    def fetch(found: str) -> AsyncPlan[str]:
        return async_lift(lambda: users.get(found))

    return async_bind(async_pure(user_id), fetch)
""",
        ),
    ),
    good=(
        Example(
            "the plan itself",
            """\
from asyncplan import AsyncPlan, async_lift


def load(user_id: str, users) -> AsyncPlan[str]:
    return async_lift(lambda: users.get(user_id))
""",
        ),
    ),
)
