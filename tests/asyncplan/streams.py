"""Streams for tests: scripts that wait, yield, fail or raise, and count their open iterators."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from asyncplan import Err, ErrInfo, Ok, Result
from asyncplan.stream import AsyncStream, Stream, bind, bounded_map, buffer, from_items, merge, using
from asyncplan.stream import map as stream_map
from asyncplan.testing import err_infos, plans, run_virtual

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from asyncplan import AsyncPlan

NO = ErrInfo("NO", "no")


@dataclass(frozen=True)
class Script:
    """A raw stream: waits `ticks[i]` seconds, then gives `items[i]`; raises at the end if it is `broken`."""

    items: tuple[Result[int, ErrInfo], ...]
    ticks: tuple[int, ...] = ()
    broken: bool = False

    async def __call__(self) -> AsyncIterator[Result[int, ErrInfo]]:
        for number, item in enumerate(self.items):
            if self.ticks:
                await asyncio.sleep(self.ticks[number % len(self.ticks)])
            yield item
        if self.broken:
            raise LookupError("defect")


@dataclass
class Source:
    """A raw stream of 0, 1, 2, ... up to `size` that records its own use."""

    size: int = 10
    tick: float = 1.0
    cleanup: float = 0.0
    pulled: int = 0
    opened: int = 0
    closing: int = 0
    closed: int = 0
    tasks: set[Any] = field(default_factory=set[Any])

    async def __call__(self) -> AsyncIterator[Result[int, ErrInfo]]:
        self.opened += 1
        try:
            for number in range(self.size):
                self.tasks.add(asyncio.current_task())
                await asyncio.sleep(self.tick)
                self.pulled += 1
                yield Ok(number)
        finally:
            self.tasks.add(asyncio.current_task())
            self.closing += 1
            await asyncio.sleep(self.cleanup)
            self.closed += 1


def ok_or_err() -> st.SearchStrategy[Result[int, ErrInfo]]:
    return st.integers(-3, 3).map(Ok) | st.integers(-3, 3).map(Ok) | err_infos().map(Err)


def scripts(*, defects: bool = False) -> st.SearchStrategy[AsyncStream[int]]:
    """Draw raw streams."""
    return st.builds(
        Script,
        st.lists(ok_or_err(), max_size=6).map(tuple),
        st.lists(st.integers(0, 3), max_size=3).map(tuple),
        st.booleans() if defects else st.just(value=False),
    )


def streams(*, defects: bool = False) -> st.SearchStrategy[AsyncStream[int]]:
    """Draw streams of every kind whose items have a fixed order."""
    leaves = scripts(defects=defects) | st.lists(st.integers(-3, 3), max_size=6).map(from_items)
    return st.recursive(leaves, _nested, max_leaves=4)


def _nested(inner: st.SearchStrategy[AsyncStream[int]]) -> st.SearchStrategy[AsyncStream[int]]:
    unary = st.sampled_from(_UNARY)
    by_plan = st.builds(_planned, inner, plans(st.integers(-3, 3)))
    return st.builds(_apply, unary, inner) | st.builds(_branched, inner, inner) | by_plan


def _apply(stage: Callable[[AsyncStream[int]], Stream[int]], stream: AsyncStream[int]) -> AsyncStream[int]:
    return stage(stream)


def _branched(stream: AsyncStream[int], other: AsyncStream[int]) -> AsyncStream[int]:
    def either(number: int) -> AsyncStream[int]:
        return other if number > 0 else from_items([number])

    return bind(stream, either)


def _planned(stream: AsyncStream[int], plan: AsyncPlan[int]) -> AsyncStream[int]:
    return bounded_map(stream, lambda _: plan, concurrency=3)


async def _nothing() -> Result[None, ErrInfo]:
    return Ok(None)


_UNARY: list[Callable[[AsyncStream[int]], Stream[int]]] = [
    lambda s: stream_map(s, abs),
    lambda s: buffer(s, 2),
    lambda s: merge([s]),
    lambda s: using(_nothing, lambda _: s, lambda _: _nothing),
]


def items_of(stream: AsyncStream[Any], *, seed: int | None = None) -> list[Any]:
    """Run a stream to its end; its items, and the exception if one ended it."""
    items: list[Any] = []

    async def run() -> Result[None, ErrInfo]:
        running = stream()
        try:
            async for item in running:
                items.append(item)  # noqa: PERF401 - kept also when the next one raises
        except LookupError as exc:
            items.append(str(exc))
        return Ok(None)

    assert run_virtual(run, seed=seed) == Ok(None)
    return items
