"""ISO408: a coroutine where a plan belongs."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.catalogue.combinators import Part, is_of_streams
from isolint.fixes import Change, Place, Proposal
from isolint.model import Safety
from isolint.plans.calls import plan_call
from isolint.plans.deferred import elements
from isolint.plans.functions import scopes_of
from isolint.rule import ALL_ROLES, Example, Finding, FixAvailability, Rule
from isolint.rules import respelling
from isolint.rules.plans import why_a_plan, written
from isolint.semantic_index.facts import CallSite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.plans.calls import PlanCall
    from isolint.rule import Context


def _check(site: CallSite, context: Context) -> Iterator[Finding]:
    call = plan_call(site.node, context.module)
    if call is None:
        return
    expected = [*call.arguments(Part.PLAN)]
    for several in call.arguments(Part.PLANS):
        held = elements(several)
        if not held and context.module.is_collection_of_coroutines(several):
            yield _of_several(several, call.constructor, context)
        expected += held
    for argument in expected:
        if context.module.is_coroutine(argument):
            yield _finding(argument, call, context)
        elif is_of_streams(call.constructor) and _starts_stream(argument, context):
            yield _run_of_stream(argument, call, context)


def _starts_stream(argument: ast.expr, context: Context) -> bool:
    """Whether an argument is a call of a stream, or of an async generator function."""
    if not isinstance(argument, ast.Call):
        return False
    scopes = scopes_of(argument.func, context.module)
    is_generator = bool(scopes) and all(
        scope.is_async and scope.is_generator and not scope.decorators for scope in scopes
    )
    return is_generator or context.module.is_stream(argument.func)


def _run_of_stream(argument: ast.expr, call: PlanCall, context: Context) -> Finding:
    text = written(argument, context)
    called = argument.func if isinstance(argument, ast.Call) and not argument.args else None
    given = (
        f"a function that starts it: lambda: {text}"
        if called is None
        else f"the stream: `{written(called, context)}`"
    )
    fix = None
    if called is not None:
        drop = Change(argument, Place.INSTEAD, context.module.code_of(called))
        fix = Proposal("Drop the call", Safety.SAFE, (drop,))
    return Finding(
        argument,
        f"`{text}` starts one run of a stream: {call.constructor} takes the stream, and starts a run of its own each time",
        f"give it {given}",
        fix=fix,
    )


def _of_several(several: ast.expr, constructor: str, context: Context) -> Finding:
    return Finding(
        several,
        f"`{written(several, context)}` gives coroutines: {constructor} takes plans, which can be run again",
        "give it the plans themselves, or describe each call: async_lift(lambda: ...)",
    )


def _finding(argument: ast.expr, call: PlanCall, context: Context) -> Finding:
    text, constructor = written(argument, context), call.constructor
    has_none = isinstance(argument, ast.Call) and not (argument.args or argument.keywords)
    called = argument.func if isinstance(argument, ast.Call) and has_none else None
    if called is not None and context.module.is_plan(called):
        plan = written(called, context)
        drop = Change(argument, Place.INSTEAD, context.module.code_of(called))
        return Finding(
            argument,
            f"`{text}` starts a run of the plan `{plan}`: {constructor} takes the plan, and starts a run of its "
            "own each time",
            f"give it the plan: `{plan}`",
            note=why_a_plan(called, context),
            fix=Proposal("Drop the call", Safety.SAFE, (drop,)),
        )
    return Finding(
        argument,
        f"`{text}` is a coroutine: {constructor} takes a plan, which can be run again",
        f"describe the call: async_lift(lambda: {text})",
        fix=_lifted(argument, call, context),
    )


def _lifted(argument: ast.expr, call: PlanCall, context: Context) -> Proposal | None:
    if is_of_streams(call.constructor):
        return None
    lift = respelling.beside(call.node.func, "async_lift", context)
    head = respelling.lambda_for(argument, context)
    if lift is None or not head:
        return None
    changes = (Change(argument, Place.BEFORE, f"{lift.text}({head}"), Change(argument, Place.AFTER, ")"))
    reason = "the coroutine has to give a Result, which is not known"
    return Proposal("Lift the call", Safety.UNSAFE, changes, reason, lift.imports)


RULE = Rule(
    code="ISO408",
    name="driven-argument",
    summary="A coroutine is given to a combinator that takes a plan",
    rationale=(
        "`async_bind(load(), f)` with a plan `load` reads well and is wrong: the parentheses start a run, and "
        "the combinator gets a coroutine, good for one `await` and no description. The combinator "
        "refuses it, or fails when driven, and Python warns of a coroutine that was never awaited. The "
        "plan itself is the argument."
    ),
    roles=ALL_ROLES,
    looks_at=(CallSite,),
    check=_check,
    fix=FixAvailability.SOMETIMES,
    mends=(
        "The parentheses go: the plan is given instead of a run of it. That is safe, since a combinator refuses a "
        "coroutine. The call of any other coroutine function is lifted, as in `async_lift(lambda: fetch(x))`. That "
        "is unsafe, since the coroutine has to give a Result. No fix is offered for such a call that is given to a "
        "combinator of streams."
    ),
    bad=(
        Example(
            "the call of a plan as the argument",
            """\
from asyncplan import AsyncPlan, async_lift, async_map


def greet(user_id: str, users) -> AsyncPlan[str]:
    load = async_lift(lambda: users.get(user_id))
    return async_map(load(), lambda user: f"Hello {user}")
""",
        ),
        Example(
            "a list of such calls",
            """\
from collections.abc import Sequence

from asyncplan import AsyncPlan, async_gather


def together(plans: Sequence[AsyncPlan[str]]) -> AsyncPlan[list[str]]:
    return async_gather([plan() for plan in plans])
""",
        ),
    ),
    good=(
        Example(
            "the plan itself",
            """\
from collections.abc import Sequence

from asyncplan import AsyncPlan, async_gather, async_lift, async_map


def greet(user_id: str, users) -> AsyncPlan[str]:
    load = async_lift(lambda: users.get(user_id))
    return async_map(load, lambda user: f"Hello {user}")


def together(plans: Sequence[AsyncPlan[str]]) -> AsyncPlan[list[str]]:
    return async_gather(plans)
""",
        ),
    ),
)
