"""ISO101: an interpreter of plans outside the shell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.catalogue import Effect
from isolint.program.call_graph import INTERPRETER
from isolint.rule import CORE_AND_RUNTIME, Example, Finding, Rule
from isolint.rules.references import Wording, finding, used_entries
from isolint.semantic_index.facts import Import, Reference
from isolint.usage import conventional_interpreters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.rule import Context

_WORDING = Wording(
    why="drives a plan: the core only describes, a shell drives",
    way_out="return the AsyncPlan, compose it with async_bind, and let the shell perform it",
)


def _check(fact: Reference | Import, context: Context) -> Iterator[Finding]:
    if isinstance(fact, Import):
        yield from _re_exported(fact, context)
        return
    entries = used_entries(fact, context, Effect.INTERPRETS)
    names = [entry.name for entry in entries] or conventional_interpreters(fact, context.module)
    if names:
        yield finding(fact, context, " or ".join(names), _WORDING)


def _re_exported(fact: Import, context: Context) -> Iterator[Finding]:
    """Find an interpreter in the interface of a core package, which hands it to the whole core."""
    origin = context.module.catalogue.canonical(f"{fact.module}.{fact.name}")
    entry = context.module.catalogue.get(origin)
    interprets = fact.name == INTERPRETER or (entry is not None and entry.effect is Effect.INTERPRETS)
    if interprets and not fact.type_checking and context.module.exports(fact.bound):
        yield Finding(fact.node, f"`{origin}`, re-exported here, {_WORDING.why}", _WORDING.way_out, origin)


RULE = Rule(
    code="ISO101",
    name="interpreter-in-core",
    summary="An interpreter of plans is used outside the shell",
    rationale=(
        "A plan is a value: building it does nothing, so it can be composed, compared, run twice and tested "
        "without a loop. One call of an interpreter in the core ends that: the function now works when it is "
        "called, and its signature does not show it. So exactly one layer, the shell, may interpret plans; "
        "the core may neither call an interpreter, nor await it, pass it on, or re-export it."
    ),
    roles=CORE_AND_RUNTIME,
    looks_at=(Reference, Import),
    check=_check,
    bad=(
        Example(
            "the core performs its own plan",
            """\
from asyncplan import AsyncPlan, async_bind
from asyncplan.shell import perform_async


async def register(plan: AsyncPlan[int]) -> int:
    result = await perform_async(plan)
    return result.value
""",
        ),
    ),
    good=(
        Example(
            "the core returns the plan",
            """\
from asyncplan import AsyncPlan, async_map


def register(plan: AsyncPlan[int]) -> AsyncPlan[int]:
    return async_map(plan, lambda number: number + 1)
""",
        ),
    ),
)
