"""ISO407: plans that the monad laws make shorter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.fixes import Change, Place, Proposal
from isolint.model import Safety
from isolint.rule import ALL_ROLES, Example, Finding, FixAvailability, Rule
from isolint.rules.plans import plan_words, written
from isolint.semantics.facts import CallSite
from isolint.syntax import nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.rule import Context
    from isolint.semantics.plans.calls import PlanCall


def _check(site: CallSite, context: Context) -> Iterator[Finding]:
    from isolint.semantics.plans.calls import plan_call
    from isolint.semantics.plans.names import Part
    from isolint.semantics.plans.values import is_coroutine

    call = plan_call(site.node, context.module)
    if call is None or call.constructor not in ("async_bind", "async_map") or len(call.node.args) != 2:
        return
    plan = next(call.arguments(Part.PLAN), None)
    function = next(call.arguments(Part.CONTINUATION, Part.MAPPING), None)
    if plan is None or function is None or is_coroutine(plan, context.module):
        return  # a coroutine is no plan, which ISO408 says: no law holds of it
    if _gives_back(call, function, context):
        shorter = _alone(plan, context)
        yield _finding(call, written(plan, context), "gives its value on unchanged", shorter, context)
    elif call.constructor == "async_bind":
        yield from _left_identity(call, plan, function, context)


def _gives_back(call: PlanCall, function: nodes.BaseExpression, context: Context) -> bool:
    """Whether ``function`` is ``async_pure`` to a bind, or the identity to a map."""
    from isolint.semantics.plans.calls import plan_call

    names = context.module.inference.plan_names
    if call.constructor == "async_bind" and not isinstance(function, nodes.Lambda):
        meant = {
            names.constructor(external.name) for external in context.module.inference.externals(function)
        }
        return meant - {""} == {"async_pure"}
    parameter = _only_parameter(function)
    if not parameter or not isinstance(function, nodes.Lambda):
        return False
    body: nodes.BaseExpression = function.body
    if call.constructor == "async_bind":
        pure = plan_call(body, context.module)
        if pure is None or pure.constructor != "async_pure" or len(pure.node.args) != 1:
            return False
        body = pure.node.args[0].value
    return isinstance(body, nodes.Name) and body.value == parameter


def _alone(plan: nodes.BaseExpression, context: Context) -> str:
    """Return what stands for the call wherever that stands: an operator's operands hold together in brackets."""
    text = context.module.code_of(plan)
    holds = isinstance(plan, (nodes.Name, nodes.Attribute, nodes.Call, nodes.Subscript))
    return text if holds else f"({text})"


def _only_parameter(function: nodes.BaseExpression) -> str:
    if not isinstance(function, nodes.Lambda):
        return ""
    params = function.params
    others = (*params.posonly_params, *params.kwonly_params, params.star_kwarg)
    if len(params.params) != 1 or any(others) or isinstance(params.star_arg, nodes.Param):
        return ""
    only = params.params[0]
    return only.name.value if only.default is None else ""


def _left_identity(
    call: PlanCall, plan: nodes.BaseExpression, function: nodes.BaseExpression, context: Context
) -> Iterator[Finding]:
    from isolint.semantics.plans.calls import plan_call

    pure = plan_call(plan, context.module)
    if pure is None or pure.constructor != "async_pure" or len(pure.node.args) != 1 or pure.node.args[0].star:
        return
    value = context.module.code_of(pure.node.args[0].value)
    text = context.module.code_of(function)
    callee = text if isinstance(function, (nodes.Name, nodes.Attribute)) else f"({text})"
    reason = "the continuation is called while the plan is built then, instead of by each run"
    what = "binds a value that is there already"
    yield _finding(call, written(function, context), what, f"{callee}({value})", context, reason)


def _finding(
    call: PlanCall, part: str, what: str, shorter: str, context: Context, reason: str = ""
) -> Finding:
    fix = None
    if "\n" not in context.module.code_of(call.node):
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
    words=plan_words,
    about_plans=True,
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
