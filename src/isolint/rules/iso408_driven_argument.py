"""ISO408: a coroutine where a plan belongs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.fixes import Change, Place, Proposal
from isolint.model import Safety
from isolint.rule import ALL_ROLES, Example, Finding, FixAvailability, Rule
from isolint.rules import respelling
from isolint.rules.plans import plan_words, why_a_plan, written
from isolint.semantics.facts import CallSite
from isolint.syntax import nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.rule import Context
    from isolint.semantics.plans.calls import PlanCall


def _check(site: CallSite, context: Context) -> Iterator[Finding]:
    from isolint.semantics.plans.calls import plan_call
    from isolint.semantics.plans.names import Part
    from isolint.semantics.plans.values import is_collection_of_coroutines, is_coroutine

    call = plan_call(site.node, context.module)
    if call is None:
        return
    expected: list[nodes.Node] = [*call.arguments(Part.PLAN)]
    for several in call.arguments(Part.PLANS):
        elements = _elements(several)
        if not elements and is_collection_of_coroutines(several, context.module):
            yield _of_several(several, call.constructor, context)
        expected += elements
    for argument in expected:
        if is_coroutine(argument, context.module):
            yield _finding(argument, call, context)
        elif call.constructor.startswith("stream.") and _starts_stream(argument, context):
            yield _run_of_stream(argument, call, context)


def _starts_stream(argument: nodes.Node, context: Context) -> bool:
    """Whether an argument is a call of a stream, or of an async generator function."""
    from isolint.semantics.plans.functions import scopes_of
    from isolint.semantics.plans.values import is_stream

    if not isinstance(argument, nodes.Call):
        return False
    scopes = scopes_of(argument.func, context.module)
    is_generator = bool(scopes) and all(
        scope.is_async and scope.yields and not getattr(scope.node, "decorators", ()) for scope in scopes
    )
    return is_generator or is_stream(argument.func, context.module)


def _run_of_stream(argument: nodes.Node, call: PlanCall, context: Context) -> Finding:
    text = written(argument, context)
    called = argument.func if isinstance(argument, nodes.Call) and not argument.args else None
    given = "a function that starts it" if called is None else f"the stream: `{written(called, context)}`"
    fix = None
    if called is not None:
        drop = Change(argument, Place.INSTEAD, context.module.code_of(called))
        fix = Proposal("Drop the call", Safety.SAFE, (drop,))
    return Finding(
        argument,
        f"`{text}` starts a run of a stream, good for one: {call.constructor} makes a run of its own each time",
        f"give it {given}",
        fix=fix,
    )


def _of_several(several: nodes.Node, constructor: str, context: Context) -> Finding:
    return Finding(
        several,
        f"`{written(several, context)}` gives coroutines: {constructor} takes plans, which can be run again",
        "give it the plans themselves, or describe each call: async_lift(lambda: ...)",
    )


def _elements(several: nodes.Node) -> list[nodes.BaseExpression]:
    from isolint.semantics.elements import COMPREHENSIONS, DISPLAYS

    if isinstance(several, COMPREHENSIONS):
        return [several.elt]
    if not isinstance(several, DISPLAYS):
        return []
    return [element.value for element in several.elements if not isinstance(element, nodes.StarredElement)]


def _finding(argument: nodes.Node, call: PlanCall, context: Context) -> Finding:
    from isolint.semantics.plans.values import is_plan

    text, constructor = written(argument, context), call.constructor
    called = argument.func if isinstance(argument, nodes.Call) and not argument.args else None
    if called is not None and is_plan(called, context.module):
        plan = written(called, context)
        drop = Change(argument, Place.INSTEAD, context.module.code_of(called))
        return Finding(
            argument,
            f"`{text}` starts a run of the plan `{plan}`: {constructor} takes the plan, and makes a run of its "
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


def _lifted(argument: nodes.Node, call: PlanCall, context: Context) -> Proposal | None:
    is_of_streams = call.constructor.startswith("stream.")
    lift = None if is_of_streams else respelling.beside(call.node.func, "async_lift", context)
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
        "what the combinator gets is a coroutine, good for one `await` and no description. The combinator "
        "refuses it, or fails when driven, and Python warns of a coroutine that was never awaited. The "
        "plan itself is the argument."
    ),
    roles=ALL_ROLES,
    looks_at=(CallSite,),
    check=_check,
    words=plan_words,
    about_plans=True,
    fix=FixAvailability.SOMETIMES,
    mends=(
        "The parentheses go: the plan is given instead of a run of it. That is safe, since a combinator refuses a "
        "coroutine. No fix is offered for any other coroutine: nothing says that it gives a Result."
    ),
    bad=(
        Example(
            "called on the way in",
            """\
from asyncplan import AsyncPlan, async_lift, async_map


def greet(user_id: str, users) -> AsyncPlan[str]:
    load = async_lift(lambda: users.get(user_id))
    return async_map(load(), lambda user: f"Hello {user}")
""",
        ),
        Example(
            "each of many",
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
