"""ISO412: a plan where a coroutine belongs, or a run of one where the plan does."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.catalogue import Effect
from isolint.fixes import Change, Place, Proposal
from isolint.model import Role, Safety
from isolint.program.call_graph import INTERPRETER, is_conventional_interpreter
from isolint.rule import ALL_ROLES, Example, Finding, FixAvailability, Rule
from isolint.rules import respelling
from isolint.rules.plans import why_a_plan, written
from isolint.semantic_index.facts import CallSite, Statement

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
    if not isinstance(call, ast.Call):
        return
    if isinstance(fact, Statement):
        if not fact.must_raise and _interpreter(call, context) == INTERPRETER:
            yield _never_awaited(call, fact, context)
        return
    callee, plans = _given_plans(call, context)
    for argument in plans:
        yield _given_a_plan(argument, callee, context)
    yield from _given_a_run(call, context)


def _given_plans(call: ast.Call, context: Context) -> tuple[str, list[ast.expr]]:
    """Return the called function that takes coroutines, and the plans it is given instead."""
    module = context.module
    entries = (
        (external.name, module.catalogue.get(external.name)) for external in module.externals(call.func)
    )
    names = {entry.name if entry is not None else name for name, entry in entries}
    callee = next(iter(sorted(names & (_FIRST | _ALL | _SEVERAL))), "")
    if not callee:
        return "", []
    found: list[ast.expr] = []
    for argument in call.args if callee in _ALL else call.args[:1]:
        value = argument.value if isinstance(argument, ast.Starred) else argument
        holds_several = value is not argument or callee in _SEVERAL
        if module.is_collection_of_plans(value) if holds_several else module.is_plan(value):
            found.append(value)
    return callee, found


def _given_a_plan(argument: ast.expr, callee: str, context: Context) -> Finding:
    text = written(argument, context)
    one = context.module.is_plan(argument)
    return Finding(
        argument,
        f"`{text}` is a plan, and {callee} takes a coroutine: it raises, and nothing runs"
        if one
        else f"`{text}` holds plans, and {callee} takes coroutines: it raises, and nothing runs",
        _way_out(text, context, one=one),
        note=why_a_plan(argument, context),
        fix=_performed(argument, context) if one else None,
    )


def _way_out(text: str, context: Context, *, one: bool) -> str:
    if context.role in (Role.CORE, Role.RUNTIME):
        return (
            "return the plan, and let the shell perform it"
            if one
            else "return one plan of them (async_gather), and let the shell perform it"
        )
    return (
        f"perform it: perform_async({text})"
        if one
        else "gather the plans (async_gather), and perform that plan"
    )


def _performed(argument: ast.expr, context: Context) -> Proposal | None:
    if context.role in (Role.CORE, Role.RUNTIME):
        return None
    spelling = respelling.interpreter(context)
    if spelling is None:
        return None
    changes = (Change(argument, Place.BEFORE, f"{spelling.text}("), Change(argument, Place.AFTER, ")"))
    return Proposal("Perform the plan", Safety.SAFE, changes, imports=spelling.imports)


def _given_a_run(call: ast.Call, context: Context) -> Iterator[Finding]:
    """Yield a coroutine that an interpreter is given instead of a plan."""
    name = _interpreter(call, context)
    argument = call.args[0] if name and call.args else None
    if argument is None or isinstance(argument, ast.Starred) or not context.module.is_coroutine(argument):
        return
    text = written(argument, context)
    called = argument.func if isinstance(argument, ast.Call) and not argument.args else None
    if called is not None and context.module.is_plan(called):
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


def _never_awaited(call: ast.Call, statement: Statement, context: Context) -> Finding:
    text = written(call, context)
    in_coroutine = statement.scope.is_async and context.role not in (Role.CORE, Role.RUNTIME)
    await_it = Proposal("Await it", Safety.SAFE, (Change(call, Place.BEFORE, "await "),))
    return Finding(
        call,
        f"`{text}` is never awaited: perform_async gives a coroutine, and the plan never runs",
        "await it, or drive the plan with `run` of asyncplan.shell outside of coroutines",
        fix=await_it if in_coroutine else None,
    )


def _interpreter(call: ast.Call, context: Context) -> str:
    """Return the last name of the interpreter of plans that is called, empty where there is none."""
    for one in context.module.types(call.func):
        entry = context.module.linker.entry(one)
        dotted = context.module.linker.dotted(one)
        is_known = entry is not None and entry.effect is Effect.INTERPRETS
        if is_known or is_conventional_interpreter(dotted):
            return dotted.rpartition(".")[2] if not getattr(one, "bound", False) else ""
    return ""


RULE = Rule(
    code="ISO412",
    name="plan-given-to-driver",
    summary="A plan is given where a coroutine belongs, or a coroutine where a plan does",
    rationale=(
        "A plan is not a coroutine but a function that makes one. `asyncio.run(plan)`, `create_task(plan)` and "
        "`gather(plan)` raise; `perform_async(plan())` has started a run that is never awaited, and raises as well; "
        "`perform_async(plan)` without `await` does nothing at all. Each is found when it is driven, in the shell, "
        "where few tests look."
    ),
    roles=ALL_ROLES,
    looks_at=(CallSite, Statement),
    check=_check,
    fix=FixAvailability.SOMETIMES,
    mends=(
        "Outside the core, a plan is performed where a coroutine belongs, the call of a plan is dropped where the plan "
        "belongs, and `await` is put before `perform_async(plan)` in a coroutine. All are safe: the old code raised, or "
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
