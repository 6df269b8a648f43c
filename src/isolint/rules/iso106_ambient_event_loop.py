"""ISO106: a loop fetched from the surroundings, or handed around."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.catalogue import Effect
from isolint.rule import CORE, Example, Rule
from isolint.rules.references import Wording, finding, findings
from isolint.semantic_index.facts import AnnotationOf, Reference, Usage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.rule import Context, Finding

_WORDING = Wording(
    why="reaches for the event loop, which belongs to the shell",
    way_out="take a capability (a port with a coroutine method) as a parameter, and lift its call into a plan",
)
_HANDED_AROUND = Wording(
    why="in a signature hands a running loop or task group to the core",
    way_out="take a capability for the work itself: a Protocol with a coroutine method",
)
_KEPT = Wording(
    why="as an attribute keeps a running loop or task group in the core",
    way_out=_HANDED_AROUND.way_out,
)
_HANDS_AROUND = (AnnotationOf.PARAMETER, AnnotationOf.ATTRIBUTE)


def _check(reference: Reference, context: Context) -> Iterator[Finding]:
    if reference.usage is Usage.ANNOTATES:
        ambient = [entry.name for entry in context.module.annotation_entries(reference) if entry.ambient]
        if ambient and reference.annotates in _HANDS_AROUND:
            wording = _KEPT if reference.annotates is AnnotationOf.ATTRIBUTE else _HANDED_AROUND
            yield finding(reference, context, " or ".join(ambient), wording)
    else:
        yield from findings(reference, context, Effect.OPENS_LOOP, _WORDING)


RULE = Rule(
    code="ISO106",
    name="ambient-event-loop",
    summary="The core reaches for the event loop or is handed one",
    rationale=(
        "`get_running_loop`, `to_thread` and `call_later` work only while a loop runs, so code that uses "
        "them cannot be described first and driven later, nor tested with virtual time. A parameter typed "
        "as a loop or a task group is the same dependency, made official. The core depends on capabilities; "
        "which loop, thread or timer serves them is the shell's business."
    ),
    roles=CORE,
    looks_at=(Reference,),
    check=_check,
    bad=(
        Example(
            "blocking work pushed to a thread from the domain",
            """\
import asyncio


async def digest(data: bytes, hash_data) -> bytes:
    return await asyncio.to_thread(hash_data, data)
""",
        ),
        Example(
            "a loop as a parameter",
            """\
import asyncio


def schedule(loop: asyncio.AbstractEventLoop, job) -> None:
    loop.call_later(60, job)
""",
        ),
    ),
    good=(
        Example(
            "a capability does it",
            """\
from typing import Protocol

from asyncplan import AsyncPlan, ErrInfo, Result, async_lift


class Hasher(Protocol):
    async def digest(self, data: bytes) -> Result[bytes, ErrInfo]: ...


def digest(data: bytes, hasher: Hasher) -> AsyncPlan[bytes]:
    return async_lift(lambda: hasher.digest(data))
""",
        ),
    ),
)
