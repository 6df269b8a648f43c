"""ISO414: a coroutine that is made and dropped."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.fixes import Change, Place, Proposal
from isolint.model import Role, Safety
from isolint.program.call_graph import INTERPRETER
from isolint.program.types import Function, Instance
from isolint.rule import ALL_ROLES, Example, Finding, FixAvailability, Rule
from isolint.rules.plans import written
from isolint.semantic_index.facts import Statement
from isolint.summary.build import calls_in
from isolint.syntax.ast_names import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.rule import Context

_SLEEPING = frozenset({"asyncio.sleep", "anyio.sleep", "trio.sleep"})
"""Coroutine functions of libraries; their other uses in the core are reported by other rules."""


def _check(statement: Statement, context: Context) -> Iterator[Finding]:
    if statement.must_raise:
        return
    for call in calls_in(statement.node):
        if _makes_coroutine(call, context):
            yield _finding(call, statement, context)


def _makes_coroutine(call: ast.Call, context: Context) -> bool:
    """Whether a call certainly makes a coroutine: no decorator may have made something else of the function."""
    module = context.module
    if last_name(call.func) == INTERPRETER:
        return False  # ISO412 speaks of it
    if any(external.name in _SLEEPING for external in module.externals(call.func)):
        return True
    if not module.is_coroutine(call):
        return False
    callees = module.types(call.func)
    summaries = [module.linker.function(one.place) for one in callees if isinstance(one, Function)]
    # A function that only returns the result of another may choose: `def wait(self): return self.client.sync(self._wait)`.
    is_certain = not any(isinstance(one, Instance) for one in callees) and all(
        summary is not None and summary.is_async and summary.keeps_its_type for summary in summaries
    )
    return is_certain and not (summaries and module.linker.modules.may_replace_coroutines(module.name))


def _finding(call: ast.Call, statement: Statement, context: Context) -> Finding:
    whole = call is statement.node
    in_coroutine = isinstance(statement.scope.node, ast.AsyncFunctionDef)
    mendable = whole and in_coroutine and context.role is not Role.CORE
    return Finding(
        call,
        f"`{written(call, context)}` only makes a coroutine, and drops it: nothing of it runs",
        "await it, or return it to a caller that awaits; in the core, describe it: async_lift(lambda: ...)",
        fix=Proposal("Await it", Safety.SAFE, (Change(call, Place.BEFORE, "await "),)) if mendable else None,
    )


RULE = Rule(
    code="ISO414",
    name="floating-coroutine",
    summary="A coroutine is made and never awaited",
    rationale=(
        "Calling a coroutine function runs nothing: it makes a coroutine, which runs when it is awaited. Dropped, it "
        "warns `coroutine ... was never awaited` some time later, where the collector finds it, and the work is not "
        "done. It is the forgotten `await`, or a call that was synchronous once. Nothing is reported in a package "
        "that makes its coroutine functions synchronous while it runs, by `setattr` with names that it computes."
    ),
    roles=ALL_ROLES,
    looks_at=(Statement,),
    check=_check,
    fix=FixAvailability.SOMETIMES,
    mends=(
        "In a coroutine outside the core, `await` is put before the call. It is safe: the call did nothing. No fix is offered in the core, or outside of coroutines."
    ),
    bad=(
        Example(
            "the forgotten await",
            """\
async def save(user: str, users) -> None:
    await users.save(user)


async def register(user: str, users) -> None:
    save(user, users)
""",
        ),
    ),
    good=(
        Example(
            "awaited",
            """\
async def save(user: str, users) -> None:
    await users.save(user)


async def register(user: str, users) -> None:
    await save(user, users)
""",
        ),
    ),
)
