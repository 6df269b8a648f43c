"""Stages without tasks of their own: each pulls its source in the consumer's task, one item at a time."""

from __future__ import annotations

import asyncio
from operator import index
from typing import TYPE_CHECKING, Any, TypeVar, final

from asyncplan import contract
from asyncplan._typing import override
from asyncplan.plan import type_of
from asyncplan.resilience import Clock, Sleep, loop_clock
from asyncplan.result import ErrInfo, Ok, Result
from asyncplan.stream.node import (
    AsyncStream,
    Stage,
    Stream,
    close,
    closing,
    error_of,
    require_stream,
    start,
    start_made_by,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Hashable, Iterator

A = TypeVar("A")
B = TypeVar("B")
A_co = TypeVar("A_co", covariant=True)


def map(stream: AsyncStream[A], f: Callable[[A], B]) -> Stream[B]:  # noqa: A001 - read as `stream.map`
    """Change each value of `stream` by the pure function `f`; an `Err` stays as it is."""
    require_stream(stream, "stream.map")
    contract.require_function(f, "stream.map")
    return Map(stream, f)


def bind(stream: AsyncStream[A], f: Callable[[A], AsyncStream[B]]) -> Stream[B]:
    """Replace each value of `stream` by the items of the stream `f(value)`, one stream after the other.

    An `Err` stays as it is. Raises `PlanContractError` when run for an `f` that returns no stream.
    """
    require_stream(stream, "stream.bind")
    contract.require_function(f, "stream.bind")
    return Bind(stream, f)


def unique(stream: AsyncStream[A], key: Callable[[A], Hashable]) -> Stream[A]:
    """Drop each value whose `key` has come before; an `Err` stays. A run holds all keys it has seen."""
    require_stream(stream, "stream.unique")
    contract.require_function(key, "stream.unique")
    return Unique(stream, key)


def chunk(stream: AsyncStream[A], size: int) -> Stream[list[A]]:
    """Group the values of `stream` into lists of `size`; the last one may be shorter.

    An `Err` ends the list begun before it and keeps its place behind it. Raises `ValueError` for a size below 1.
    """
    require_stream(stream, "stream.chunk")
    return Chunk(stream, at_least_one(size, "the size of a chunk"))


def rate(
    stream: AsyncStream[A],
    per_second: float,
    *,
    burst: int = 1,
    clock: Clock = loop_clock,
    sleep: Sleep = asyncio.sleep,
) -> Stream[A]:
    """Hand on at most `per_second` items a second, after up to `burst` at once.

    In any `t` seconds at most `burst + t * per_second` items pass. Each item is pulled, then held until its
    time has come: the source waits with it. Raises `ValueError` for a rate that is not above 0, or a burst
    below 1.
    """
    require_stream(stream, "stream.rate")
    if not 0 < per_second < float("inf"):
        raise ValueError(f"a rate is a finite number of items a second above 0, not {per_second}")
    return Rate(stream, per_second, at_least_one(burst, "a burst"), clock, sleep)


def at_least_one(number: int, meaning: str) -> int:
    """Refuse a count below 1."""
    if index(number) < 1:
        raise ValueError(f"{meaning} is at least 1, not {number}")
    return number


class _ByFunction(Stage[A_co]):
    """A stage that applies `f` to each value."""

    __slots__ = ("f",)

    def __init__(self, src: AsyncStream[Any], f: Callable[[Any], Any]) -> None:
        self.src = src
        self.f = f


@final
class Map(_ByFunction[A_co]):
    """Each value changed."""

    __slots__ = ()
    combinator = "stream.map"

    @override
    async def __call__(self) -> AsyncGenerator[Result[A_co, ErrInfo], None]:
        f = self.f
        async with closing(start(self.src)) as items:
            async for item in items:
                if type_of(item) is Ok:
                    yield Ok(f(item.value))
                else:
                    yield error_of(item, self.src)


@final
class Bind(_ByFunction[A_co]):
    """Each value replaced by a stream."""

    __slots__ = ()
    combinator = "stream.bind"

    @override
    async def __call__(self) -> AsyncGenerator[Result[A_co, ErrInfo], None]:
        f = self.f
        async with closing(start(self.src)) as items:
            async for item in items:
                if type_of(item) is Ok:
                    replacements = start_made_by(f, item.value)
                    try:  # for each value: `closing` would take as long as a short stream
                        async for replacement in replacements:
                            yield replacement
                    finally:
                        await close(replacements)
                else:
                    yield error_of(item, self.src)


@final
class Unique(_ByFunction[A_co]):
    """Values without repetitions."""

    __slots__ = ()
    combinator = "stream.unique"

    @override
    async def __call__(self) -> AsyncGenerator[Result[A_co, ErrInfo], None]:
        seen: set[Hashable] = set()
        async with closing(start(self.src)) as items:
            async for item in items:
                if type_of(item) is not Ok:
                    yield error_of(item, self.src)
                elif (key := self.f(item.value)) not in seen:
                    seen.add(key)
                    yield item


@final
class Chunk(Stage[A_co]):
    """Values in lists."""

    __slots__ = ("size",)
    combinator = "stream.chunk"

    def __init__(self, src: AsyncStream[Any], size: int) -> None:
        self.src = src
        self.size = size

    @override
    async def __call__(self) -> AsyncGenerator[Result[Any, ErrInfo], None]:
        values: list[Any] = []
        async with closing(start(self.src)) as items:
            async for item in items:
                if type_of(item) is Ok:
                    values.append(item.value)
                    if len(values) == self.size:
                        yield Ok(values)
                        values = []
                    continue
                error = error_of(item, self.src)
                if values:
                    yield Ok(values)
                    values = []
                yield error
        if values:
            yield Ok(values)

    @override
    def describe(self) -> str:
        return f"{self.combinator} of {self.size}"


@final
class Rate(Stage[A_co]):
    """Items that keep their distance in time."""

    __slots__ = ("burst", "clock", "per_second", "sleep")
    combinator = "stream.rate"

    def __init__(
        self, src: AsyncStream[A_co], per_second: float, burst: int, clock: Clock, sleep: Sleep
    ) -> None:
        self.src = src
        self.per_second = per_second
        self.burst = burst
        self.clock = clock
        self.sleep = sleep

    @override
    async def __call__(self) -> AsyncGenerator[Result[A_co, ErrInfo], None]:
        pauses = self._pauses()
        async with closing(start(self.src)) as items:
            async for item in items:
                pause = next(pauses)
                if pause > 0:
                    await self.sleep(pause)
                yield item

    def _pauses(self) -> Iterator[float]:
        """Yield the seconds that each item has to wait from now. `due` is when the tokens run out (GCRA)."""
        interval = 1 / self.per_second
        credit = interval * (self.burst - 1)
        due = self.clock()
        while True:
            now = self.clock()
            due = max(due, now)
            yield due - credit - now
            due += interval

    @override
    def describe(self) -> str:
        return f"{self.combinator} of {self.per_second:g} a second, {self.burst} at once"
