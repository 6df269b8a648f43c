"""ISO412: a plan where a coroutine belongs, or a run of one where the plan does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.fixes import Change, Place, Proposal
from isolint.model import Role, Safety
from isolint.rule import ALL_ROLES, Example, Finding, FixAvailability, Rule
from isolint.rules import respelling
from isolint.rules.plans import plan_words, why_a_plan, written
from isolint.semantics.catalogue import Effect
from isolint.semantics.facts import CallSite, Statement
from isolint.semantics.usage import INTERPRETER, is_conventional_interpreter
from isolint.syntax import nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.rule import Context

_FIRST = frozenset(
    f"asyncio.{name}"
    for name in (
        "run create_task ensure_future wait_for shield run_coroutine_threadsafe Runner.run "
        "TaskGroup.create_task AbstractEventLoop.create_task AbstractEventLoop.run_until_complete"
    ).split()
)
"""Functions whose first argument is a coroutine; `anyio.run` and `start_soon` take a function, which a plan is."""
_ALL = frozenset({"asyncio.gather"})
_SEVERAL = frozenset({"asyncio.wait", "asyncio.as_completed"})
"""Functions whose first argument holds coroutines or tasks."""


def _check(fact: CallSite | Statement, context: Context) -> Iterator[Finding]:
    call = fact.node
    if not isinstance(call, nodes.Call):
        return
    if isinstance(fact, Statement):
        if not fact.must_raise and _interpreter(call, context) == INTERPRETER:
            yield _never_awaited(call, fact, context)
        return
    callee, plans = _given_plans(call, context)
    for argument in plans:
        yield _given_a_plan(argument, callee, context)
    yield from _given_a_run(call, context)


def _given_plans(call: nodes.Call, context: Context) -> tuple[str, list[nodes.BaseExpression]]:
    """Return what is called that wants coroutines, and the plans it is given instead."""
    from isolint.semantics.plans.values import is_collection_of_plans, is_plan

    module = context.module
    names = {
        (entry.name if entry is not None else e.name)
        for e in module.inference.externals(call.func)
        for entry in [module.catalogue.get(e.name)]
    }
    callee = next(iter(sorted(names & (_FIRST | _ALL | _SEVERAL))), "")
    given = [argument for argument in call.args if argument.keyword is None]
    if not callee:
        return "", []
    wanted = given if callee in _ALL else given[:1]
    return callee, [
        argument.value
        for argument in wanted
        if (
            is_collection_of_plans(argument.value, module)
            if argument.star or callee in _SEVERAL
            else is_plan(argument.value, module)
        )
    ]


def _given_a_plan(argument: nodes.BaseExpression, callee: str, context: Context) -> Finding:
    from isolint.semantics.plans.values import is_plan

    text = written(argument, context)
    one = is_plan(argument, context.module)
    return Finding(
        argument,
        f"`{text}` is a plan, and {callee} takes a coroutine: it raises, and nothing runs"
        if one
        else f"`{text}` holds plans, and {callee} takes coroutines: it raises, and nothing runs",
        f"perform it: perform_async({text})"
        if one
        else "gather the plans (async_gather), and perform that one plan",
        note=why_a_plan(argument, context),
        fix=_performed(argument, context) if one else None,
    )


def _performed(argument: nodes.BaseExpression, context: Context) -> Proposal | None:
    if context.role in (Role.CORE, Role.RUNTIME):
        return None
    spelling = respelling.interpreter(context)
    if spelling is None:
        return None
    changes = (Change(argument, Place.BEFORE, f"{spelling.text}("), Change(argument, Place.AFTER, ")"))
    return Proposal("Perform the plan", Safety.SAFE, changes, imports=spelling.imports)


def _given_a_run(call: nodes.Call, context: Context) -> Iterator[Finding]:
    """Yield a coroutine that an interpreter is given instead of a plan."""
    from isolint.semantics.plans.values import is_coroutine, is_plan

    name = _interpreter(call, context)
    argument = call.args[0].value if name and call.args and not call.args[0].star else None
    if argument is None or not is_coroutine(argument, context.module):
        return
    text = written(argument, context)
    called = argument.func if isinstance(argument, nodes.Call) and not argument.args else None
    if called is not None and is_plan(called, context.module):
        drop = Change(argument, Place.INSTEAD, context.module.code_of(called))
        yield Finding(
            argument,
            f"`{text}` starts a run of the plan, and {name} takes the plan itself: it raises, and the run is lost",
            f"give it the plan: {name}({written(called, context)})",
            note=why_a_plan(called, context),
            fix=Proposal("Drop the call", Safety.SAFE, (drop,)),
        )
    else:
        yield Finding(
            argument,
            f"`{text}` is a coroutine, and {name} takes a plan: it raises, and nothing runs",
            f"await the coroutine, or describe the call: async_lift(lambda: {text})",
        )


def _never_awaited(call: nodes.Call, statement: Statement, context: Context) -> Finding:
    text = written(call, context)
    in_coroutine = statement.scope.is_async and context.role not in (Role.CORE, Role.RUNTIME)
    await_it = Proposal("Await it", Safety.SAFE, (Change(call, Place.BEFORE, "await "),))
    return Finding(
        call,
        f"`{text}` is never awaited: perform_async gives a coroutine, and the plan never runs",
        "await it; where there is no coroutine around, `run` of asyncplan.shell drives a plan",
        fix=await_it if in_coroutine else None,
    )


def _interpreter(call: nodes.Call, context: Context) -> str:
    """Return the last name of the interpreter of plans that is called, empty where there is none."""
    for external in context.module.inference.externals(call.func):
        entry = context.module.catalogue.get(external.name)
        last = external.name.rpartition(".")[2]
        if (entry is not None and entry.effect is Effect.INTERPRETS) or is_conventional_interpreter(external):
            return last
    return ""


RULE = Rule(
    code="ISO412",
    name="plan-given-to-driver",
    summary="A plan is given where a coroutine belongs, or a coroutine where a plan does",
    rationale=(
        "A plan is not a coroutine but a function that makes one. `asyncio.run(plan)`, `create_task(plan)` and "
        "`gather(plan)` raise; `perform_async(plan())` has started a run that nobody awaits, and raises as well; "
        "`perform_async(plan)` without `await` does nothing at all. Each is found when it is driven, in the shell, "
        "where few tests look."
    ),
    roles=ALL_ROLES,
    looks_at=(CallSite, Statement),
    check=_check,
    words=plan_words,
    about_plans=True,
    fix=FixAvailability.SOMETIMES,
    mends=(
        "Outside the core, a plan is performed where a coroutine belongs, the call of a plan is dropped where the plan "
        "belongs, and `await` is put before `perform_async(plan)` in a coroutine. All are safe: what was there raised, or "
        "did nothing. No fix is offered for a collection of plans, or where there is no coroutine around."
    ),
    bad=(
        Example(
            "a plan for asyncio",
            """\
import asyncio

from asyncplan import AsyncPlan, async_lift


def load(user_id: str, users) -> AsyncPlan[str]:
    return async_lift(lambda: users.get(user_id))


async def greet(user_id: str, users) -> str:
    user = await asyncio.wait_for(load(user_id, users), 5)
    return f"Hello {user}"
""",
        ),
        Example(
            "a run for the interpreter",
            """\
from asyncplan import AsyncPlan, async_lift
from asyncplan.shell import perform_async


def load(user_id: str, users) -> AsyncPlan[str]:
    return async_lift(lambda: users.get(user_id))


async def main(user_id: str, users) -> object:
    return await perform_async(load(user_id, users)())
""",
        ),
    ),
    good=(
        Example(
            "the plan is the core's, the shell performs it",
            """\
from asyncplan import AsyncPlan, async_gather, async_lift


def load(user_id: str, users) -> AsyncPlan[str]:
    return async_lift(lambda: users.get(user_id))


def load_all(user_ids: list[str], users) -> AsyncPlan[list[str]]:
    return async_gather([load(user_id, users) for user_id in user_ids])
""",
        ),
    ),
)
