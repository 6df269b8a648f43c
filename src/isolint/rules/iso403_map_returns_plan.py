"""ISO403: `async_map` with a function that returns a plan, or a coroutine."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.catalogue.combinators import Part
from isolint.fixes import Change, Place, Proposal
from isolint.model import Safety
from isolint.plans.calls import plan_call
from isolint.plans.functions import returns_coroutine, returns_plan
from isolint.program.types import Plan
from isolint.rule import ALL_ROLES, Example, Finding, FixAvailability, Rule
from isolint.rules import respelling
from isolint.rules.plans import why_a_plan, written
from isolint.semantic_index.facts import CallSite
from isolint.semantic_index.scopes import DEFINITIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.plans.calls import PlanCall
    from isolint.plans.functions import Returned
    from isolint.rule import Context


_INSTEAD = {
    "async_map": "async_bind",
    "async_map_err": "async_or_else",
    "stream.map": "stream.bounded_map",
}
"""The combinators that take a function of the value, and those that take one that returns a plan."""


def _check(site: CallSite, context: Context) -> Iterator[Finding]:
    call = plan_call(site.node, context.module)
    if call is None or call.constructor not in _INSTEAD:
        return
    for function in call.arguments(Part.MAPPING):
        if context.module.is_plan(function):
            yield _given_a_plan(call, function, context)
            continue
        found = next(returns_plan(function, context.module), None)
        if found is not None and (found.is_stream or call.constructor == "stream.map"):
            yield _not_run(call, found, function, context)
            continue
        if found is not None:
            yield _plan_of_plan(call, found.shown_at, function, site, context)
            continue
        found = next(returns_coroutine(function, context.module), None)
        if found is not None:
            yield _plan_of_coroutine(call, found.shown_at, function, context)


def _given_a_plan(call: PlanCall, plan: ast.expr, context: Context) -> Finding:
    text = written(plan, context)
    instead = _INSTEAD[call.constructor]
    return Finding(
        plan,
        f"`{text}` is a plan, not a function: {call.constructor} calls its function with the value, and a plan "
        "takes no argument",
        f"go on with the plan: {instead}(plan, lambda _: {text})",
        note=why_a_plan(plan, context),
    )


def _plan_of_plan(
    call: PlanCall, shown_at: ast.expr, function: ast.expr, site: CallSite, context: Context
) -> Finding:
    text = written(shown_at, context)
    what = "returns" if shown_at is function else "is"
    return Finding(
        shown_at,
        f"`{text}` {what} a plan: {call.constructor} gives a plan whose value is a plan, and the inner one "
        "never runs",
        f"use {_INSTEAD[call.constructor]}, which goes on with the plan that the function returns",
        note=why_a_plan(shown_at, context),
        fix=_bound_instead(call, site, context),
    )


def _not_run(call: PlanCall, found: Returned, function: ast.expr, context: Context) -> Finding:
    """Report a stream as the value of a plan, and plans or streams as the values of a stream."""
    text = written(found.shown_at, context)
    what = "returns" if found.shown_at is function else "is"
    kind = "stream" if found.is_stream else "plan"
    way_out = f"use {'stream.bind' if found.is_stream else 'stream.bounded_map'}, which runs the {kind} that the function returns"
    if call.constructor == "stream.map":
        gives = f"a stream of {kind}s, and none of them ever runs"
    else:
        gives = f"a plan whose value is a {kind}, which never runs"
        way_out = (
            "use stream.bind(stream.from_plan(plan), f), which runs the stream that the function returns"
        )
    return Finding(
        found.shown_at,
        f"`{text}` {what} a {kind}: {call.constructor} gives {gives}",
        way_out,
        note=why_a_plan(found.shown_at, context),
    )


def _plan_of_coroutine(call: PlanCall, shown_at: ast.expr, function: ast.expr, context: Context) -> Finding:
    text = written(shown_at, context)
    what = f"`{text}` returns a coroutine" if shown_at is function else f"`{text}` is a coroutine"
    if call.constructor == "stream.map":
        source, gives = "source", "a stream of coroutines, none of which is"
    else:
        source, gives = "plan", "a plan whose value is a coroutine, which is never"
    return Finding(
        shown_at,
        f"{what}: {call.constructor} gives {gives} awaited",
        f"lift the call into a plan: {_INSTEAD[call.constructor]}({source}, lambda x: async_lift(lambda: f(x)))",
    )


def _bound_instead(call: PlanCall, site: CallSite, context: Context) -> Proposal | None:
    instead = _INSTEAD[call.constructor]
    bind = respelling.beside(call.node.func, instead, context)
    if bind is None:
        return None
    changes = (Change(call.node.func, Place.INSTEAD, bind.text),)
    message = f"Use {instead}"
    if _declared_flat(call.node, site, context):
        return Proposal(message, Safety.SAFE, changes, imports=bind.imports)
    reason = "a consumer of the plan may unwrap the inner one already"
    return Proposal(message, Safety.UNSAFE, changes, reason, bind.imports)


def _declared_flat(call: ast.Call, site: CallSite, context: Context) -> bool:
    """Whether a function returns the call and declares its plan to give something that is no plan."""
    definition = site.scope.node
    if call not in site.scope.returns or not isinstance(definition, DEFINITIONS):
        return False
    declared = definition.returns
    if not isinstance(declared, ast.Subscript) or isinstance(declared.slice, ast.Tuple):
        return False
    return not any(isinstance(one, Plan) for one in context.module.declared(declared.slice))


RULE = Rule(
    code="ISO403",
    name="map-returns-plan",
    summary="async_map is given a function that returns a plan",
    rationale=(
        "`async_map` wraps the result of its function. Where that is a plan, the outcome is `Ok(plan)`: the "
        "second step has not run, and its errors are lost with it. Type checkers infer `Plan[Plan[T]]` and "
        "complain only where an annotation names the type that was meant. A step that is itself a plan is "
        "composed with `async_bind`."
    ),
    roles=ALL_ROLES,
    looks_at=(CallSite,),
    check=_check,
    fix=FixAvailability.SOMETIMES,
    mends=(
        "`async_map` becomes `async_bind`, which is imported. That is safe where the function around it says by "
        "its annotation that no plan of a plan comes out, else unsafe: a consumer of the plan may unwrap the "
        "inner one. No fix is offered where the name `async_bind` means something else."
    ),
    bad=(
        Example(
            "a second step that never runs",
            """\
from asyncplan import AsyncPlan, async_lift, async_map


def load(user_id: str, users) -> AsyncPlan[str]:
    return async_lift(lambda: users.get(user_id))


def save(user: str, users) -> AsyncPlan[str]:
    return async_lift(lambda: users.save(user))


def touch(user_id: str, users) -> AsyncPlan[str]:
    return async_map(load(user_id, users), lambda user: save(user, users))
""",
        ),
    ),
    good=(
        Example(
            "bound to the first",
            """\
from asyncplan import AsyncPlan, async_bind, async_lift


def load(user_id: str, users) -> AsyncPlan[str]:
    return async_lift(lambda: users.get(user_id))


def save(user: str, users) -> AsyncPlan[str]:
    return async_lift(lambda: users.save(user))


def touch(user_id: str, users) -> AsyncPlan[str]:
    return async_bind(load(user_id, users), lambda user: save(user, users))
""",
        ),
    ),
)
