"""ISO103: a task started by the core."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from isolint.catalogue import Effect
from isolint.rule import CORE, Example, FixAvailability, Rule
from isolint.rules.gathering import gathered_around
from isolint.rules.references import Wording, findings
from isolint.semantic_index.facts import Reference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.rule import Context, Finding

_WORDING = Wording(
    why="starts a task: work begins that no plan describes",
    way_out="describe the parts as plans and compose them with async_gather, or leave the task to the shell",
)


def _check(reference: Reference, context: Context) -> Iterator[Finding]:
    for finding in findings(reference, context, Effect.SPAWNS, _WORDING):
        yield replace(finding, fix=gathered_around(reference.node, context))


RULE = Rule(
    code="ISO103",
    name="task-spawn",
    summary="The core starts a task",
    rationale=(
        "A task runs from the moment it is made, awaited or not: its errors surface late or "
        "never, it outlives the call that made it, and it may be garbage-collected half done. In a core that "
        "only describes, there is nothing to start. Concurrency is data (`async_gather(plans, "
        "concurrency=8)`), and the driver of the plan owns the tasks."
    ),
    roles=CORE,
    looks_at=(Reference,),
    check=_check,
    fix=FixAvailability.SOMETIMES,
    mends=(
        "Tasks of plans that are started only to be gathered, `gather(create_task(a()), create_task(b()))`, become "
        "`async_gather([a, b])()`, which also removes ISO105. That is unsafe: one Result of all values comes out, where "
        "gather gave a list of Results. No fix is offered for a task that is kept, awaited elsewhere or forgotten, for one "
        "of a group, nor for a task of anything but a plan."
    ),
    bad=(
        Example(
            "fire and forget",
            """\
import asyncio


async def publish(event, bus) -> None:
    asyncio.create_task(bus.send(event))
""",
        ),
        Example(
            "a task group of the core's own",
            """\
import asyncio


async def publish_all(events, bus) -> None:
    async with asyncio.TaskGroup() as group:
        for event in events:
            group.create_task(bus.send(event))
""",
        ),
    ),
    good=(
        Example(
            "bounded concurrency as data",
            """\
from asyncplan import AsyncPlan, async_gather, async_lift


def publish(event, bus) -> AsyncPlan[None]:
    return async_lift(lambda: bus.send(event))


def publish_all(events, bus) -> AsyncPlan[list[None]]:
    return async_gather([publish(event, bus) for event in events], concurrency=8)
""",
        ),
    ),
)
