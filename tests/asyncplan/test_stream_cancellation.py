"""Streams left early: cancelled at every tick, once and more often, stopped by their consumer, or broken."""

from __future__ import annotations

import asyncio
import gc
import sys
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncplan import AsyncPlan, Err, Ok, TimeoutPolicy, async_gather, async_lift, async_timeout
from asyncplan.stream import (
    AsyncStream,
    bind,
    bounded_map,
    buffer,
    chunk,
    collect,
    collect_all,
    from_items,
    merge,
    rate,
    unique,
    using,
)
from asyncplan.stream import map as stream_map
from asyncplan.testing import VirtualLoop, run_virtual
from tests.asyncplan.streams import NO, Source

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

TICK = 1.0


class Account:
    """Sources and plans that take a while to clean up, counted when they begin to and when they are through."""

    def __init__(self, cleanup: float = TICK) -> None:
        self.cleanup = cleanup
        self.sources: list[Source] = []
        self.begun = self.finished = self.opened = 0

    def source(self, size: int = 4) -> Source:
        made = Source(size, TICK, self.cleanup)
        self.sources.append(made)
        return made

    async def work(self, number: int) -> Any:
        self.opened += 1
        try:
            await asyncio.sleep(TICK * (1 + number % 2))
            return Ok(number)
        finally:
            self.begun += 1
            await asyncio.sleep(self.cleanup)
            self.finished += 1

    async def acquire(self) -> Any:
        await asyncio.sleep(TICK)
        self.opened += 1
        return Ok(self)

    async def release(self) -> Any:
        self.begun += 1
        await asyncio.sleep(self.cleanup)
        self.finished += 1
        return Ok(None)

    @property
    def open(self) -> int:
        return self.opened + sum(s.opened for s in self.sources)

    @property
    def closing(self) -> int:
        return self.begun + sum(s.closing for s in self.sources)

    @property
    def closed(self) -> int:
        return self.finished + sum(s.closed for s in self.sources)


def plan_for(account: Account) -> Callable[[int], AsyncPlan[int]]:
    return lambda number: async_lift(lambda: account.work(number))


def held(account: Account, use: Callable[[Any], AsyncStream[Any]]) -> AsyncStream[Any]:
    return using(account.acquire, use, lambda a: a.release)


STREAMS: dict[str, Callable[[Account], AsyncStream[Any]]] = {
    "stages": lambda a: chunk(unique(stream_map(rate(a.source(), 0.4), abs), abs), 2),
    "bind": lambda a: bind(a.source(2), lambda _: a.source(2)),
    "buffer": lambda a: buffer(a.source(), 2),
    "buffers": lambda a: buffer(stream_map(buffer(a.source(), 1), abs), 2),
    "merge": lambda a: merge([a.source(), a.source(2), from_items("ab")]),
    "merge of merges": lambda a: merge([a.source(2), merge([a.source(2), a.source(3)])]),
    "in turn": lambda a: bounded_map(a.source(2), plan_for(a), concurrency=1),
    "bounded map": lambda a: bounded_map(a.source(), plan_for(a), concurrency=2),
    "bounded map, in any order": lambda a: bounded_map(a.source(), plan_for(a), concurrency=3, ordered=False),
    "bounded map of gathers": lambda a: bounded_map(
        from_items(range(3)), lambda n: async_gather([plan_for(a)(n), plan_for(a)(n + 1)]), concurrency=2
    ),
    "using": lambda a: held(a, lambda _: a.source(2)),
    "using in a buffer": lambda a: buffer(held(a, lambda _: bounded_map(a.source(2), plan_for(a))), 1),
    "using a merge": lambda a: held(a, lambda _: merge([a.source(2), held(a, lambda _: a.source(1))])),
}
each_stream = pytest.mark.parametrize("name", STREAMS)


async def cancelled_at(plan: AsyncPlan[Any], times: tuple[float, ...]) -> bool:
    """Cancel a run at these times; tell whether it was, and check that no task outlived it."""
    task = asyncio.ensure_future(plan())
    for now, then in zip((0.0, *times), times, strict=False):
        await asyncio.sleep(then - now)
        task.cancel()
    await asyncio.wait([task])
    assert asyncio.all_tasks() == {asyncio.current_task()}
    return task.cancelled()


def run_on(loop: asyncio.AbstractEventLoop, plan: AsyncPlan[Any], times: tuple[float, ...]) -> bool:
    try:
        return loop.run_until_complete(cancelled_at(plan, times))
    finally:
        loop.close()


# Off the ticks: no other event falls on these times, so the code that is interrupted is known.
MOMENTS = [n * TICK / 2 + 0.1 for n in range(24)]


def cut_by_one(account: Account, before: tuple[int, int]) -> int:
    """Count the finalizers cut short, apart from those that were running when the cancellation struck."""
    begun, finished = before
    return account.closing - account.closed - (begun - finished)


@each_stream
@pytest.mark.parametrize("seed", [None, 1])
def test_cancelled_once(name: str, seed: int | None) -> None:
    endings: set[bool] = set()
    for when in MOMENTS:
        account = Account()
        struck: list[tuple[int, int]] = []
        loop = VirtualLoop(seed)
        loop.call_at(when, lambda a=account, s=struck: s.append((a.closing, a.closed)))  # type: ignore[misc]
        endings.add(run_on(loop, collect(STREAMS[name](account)), (when,)))
        assert account.closing == account.open
        assert not struck or cut_by_one(account, struck[0]) <= 0
    assert endings == {True, False}


@each_stream
def test_cancelled_twice_and_thrice(name: str) -> None:
    for first in MOMENTS:
        for gap in (0.0, TICK / 4, TICK):
            for times in ((first, first + gap), (first, first + gap, first + 2 * gap)):
                account = Account()
                run_on(VirtualLoop(), collect(STREAMS[name](account)), times)
                assert account.closing == account.open


def stages_of(account: Account) -> list[Callable[[AsyncStream[Any]], AsyncStream[Any]]]:
    return [
        lambda s: stream_map(s, id),
        lambda s: buffer(s, 1),
        lambda s: buffer(s, 3),
        lambda s: merge([s, account.source(2)]),
        lambda s: bind(account.source(2), lambda _: s),
        lambda s: bounded_map(s, lambda _: plan_for(account)(1), concurrency=2),
        lambda s: bounded_map(s, lambda _: collect(account.source(1)), concurrency=3, ordered=False),
        lambda s: bounded_map(s, lambda _: async_gather([plan_for(account)(0)] * 2), concurrency=1),
        lambda s: held(account, lambda _: s),
        lambda s: rate(s, 0.7),
    ]


@given(
    st.lists(st.integers(0, 9), max_size=4),
    st.lists(st.floats(0, 30), min_size=1, max_size=3),
    st.none() | st.integers(0, 2**16),
)
def test_any_pipeline_cancelled_at_any_time(chosen: list[int], times: list[float], seed: int | None) -> None:
    account = Account(cleanup=0.7)
    pipeline: AsyncStream[Any] = account.source(3)
    for number in chosen:
        pipeline = stages_of(account)[number](pipeline)
    run_on(VirtualLoop(seed), collect(pipeline), tuple(sorted(times)))
    assert account.closing == account.open


@each_stream
@pytest.mark.parametrize("taken", range(5))
def test_a_consumer_that_stops_leaves_nothing_behind(name: str, taken: int) -> None:
    account = Account()

    async def consume() -> Any:
        items: Any = STREAMS[name](account)()
        async with aclosing(items) as running:
            for _ in range(taken):
                await anext(running, None)
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return Ok(None)

    run_virtual(consume)
    assert account.closing == account.open


@each_stream
def test_an_abandoned_run_is_closed_by_the_loop(name: str) -> None:
    account = Account(cleanup=0)

    async def consume() -> Any:
        async for _ in STREAMS[name](account)():
            break
        gc.collect()
        await asyncio.sleep(TICK * 10)
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return Ok(None)

    run_virtual(consume)
    assert account.closed == account.open


@each_stream
def test_a_timeout_and_an_error_beside_it_end_a_stream(name: str) -> None:
    for seconds in (0.1, 1.6, 2.6, 4.6):
        account = Account()
        run_virtual(async_timeout(collect(STREAMS[name](account)), TimeoutPolicy(seconds)))
        assert account.closing == account.open
        account = Account()

        async def fail(after: float = seconds) -> Any:
            await asyncio.sleep(after)
            return Err(NO)

        plans: list[AsyncPlan[Any]] = [fail, collect(STREAMS[name](account))]
        run_virtual(async_gather(plans))
        assert account.closing == account.open


@pytest.mark.skipif(
    sys.version_info < (3, 13),
    reason="before 3.13 an async generator is not told that the coroutine which awaits it was closed",
)
@each_stream
def test_a_coroutine_that_is_closed_leaves_no_task(name: str) -> None:
    account = Account(cleanup=0)

    async def main() -> Any:
        coroutine: Any = collect(STREAMS[name](account))()
        coroutine.send(None)
        with suppress(RuntimeError):  # Python's own: a finalizer that waits cannot be closed by force
            coroutine.close()
        await asyncio.sleep(TICK)
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return Ok(None)

    run_virtual(main)


@pytest.mark.parametrize("ordered", [True, False])
def test_a_defect_ends_the_plans_beside_it(ordered: bool) -> None:  # noqa: FBT001
    account = Account(cleanup=TICK / 4)  # through before the defect strikes, or begun by it

    async def broken(number: int) -> Any:
        await asyncio.sleep(1.5)
        raise LookupError(number)

    def f(number: int) -> AsyncPlan[int]:
        return (lambda: broken(number)) if number == 1 else plan_for(account)(number)

    with pytest.raises(LookupError, match="1"):
        run_virtual(collect(bounded_map(from_items(range(9)), f, concurrency=3, ordered=ordered)))
    assert account.closed == account.open > 0


def test_a_defect_while_cleaning_up_comes_out() -> None:
    async def fragile() -> Any:
        try:
            await asyncio.sleep(10)
        finally:
            raise ValueError("cleaning up failed")

    fails = bounded_map(
        from_items([True, False]), lambda f: fragile if f else failing, concurrency=2, ordered=False
    )
    with pytest.raises(ValueError, match="cleaning up failed"):
        run_virtual(collect(fails))


async def failing() -> Any:
    return Err(NO)


def test_a_plan_that_swallows_its_cancellation_gets_no_successor() -> None:
    begun: list[int] = []

    async def stubborn(number: int) -> Any:
        begun.append(number)
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            await asyncio.sleep(1)
        return Ok(number)

    plan = collect(bounded_map(from_items(range(9)), lambda n: lambda: stubborn(n), concurrency=2))
    assert run_on(VirtualLoop(), plan, (5.0,))
    assert begun == [0, 1]


@pytest.mark.parametrize("ordered", [True, False])
def test_a_plan_that_cancels_itself_cancels_the_run(ordered: bool) -> None:  # noqa: FBT001
    async def give_up() -> Any:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await asyncio.sleep(0)

    account = Account()
    plans = bounded_map(
        from_items([0, 1, 2]),
        lambda n: give_up if n == 1 else plan_for(account)(n),
        concurrency=3,
        ordered=ordered,
    )
    with pytest.raises(asyncio.CancelledError):
        run_virtual(collect_all(plans))
    assert account.closing == account.open


@pytest.mark.skipif(not hasattr(asyncio, "eager_task_factory"), reason="eager tasks came with Python 3.12")
@each_stream
def test_eager_tasks_change_nothing(name: str) -> None:
    async def main() -> Any:
        asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)  # type: ignore[attr-defined]
        return Ok(await collect(STREAMS[name](Account()))())

    eager = run_virtual(main)
    assert eager == Ok(run_virtual(collect(STREAMS[name](Account()))))


@pytest.mark.skipif(sys.implementation.name != "cpython", reason="reference counts are CPython's")
def test_a_defect_leaves_no_cycle() -> None:
    async def broken() -> Any:
        await asyncio.sleep(0)
        raise LookupError("defect")

    async def main() -> Any:
        broken_streams: list[AsyncStream[Any]] = [
            bounded_map(from_items(range(5)), lambda _: broken, concurrency=2),
            buffer(raising, 1),
        ]
        for stream in broken_streams:
            with suppress(LookupError):
                await collect(stream)()
        await asyncio.sleep(0)
        return Ok(gc.collect())

    gc.collect()
    gc.disable()
    try:
        assert run_virtual(main) == Ok(0)
    finally:
        gc.enable()


async def raising() -> AsyncIterator[Any]:
    yield Ok(1)
    raise LookupError("defect")
