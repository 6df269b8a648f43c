"""Laws of every stream, over streams that wait, fail, raise and are nested in each other."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from asyncplan import AsyncPlan, Err, Ok, async_fail, async_map, async_map_err, async_pure, async_traverse
from asyncplan.stream import (
    AsyncStream,
    bind,
    bounded_map,
    buffer,
    chunk,
    collect,
    collect_all,
    from_items,
    from_plan,
    merge,
    rate,
    unique,
)
from asyncplan.stream import map as stream_map
from asyncplan.testing import assert_replayable, continuations, plans, run_virtual
from tests.asyncplan.streams import NO, Script, Source, items_of, scripts, streams

if TYPE_CHECKING:
    from collections.abc import Callable

INTS = st.integers(-3, 3)
SEEDS = st.none() | st.integers(0, 2**16)


def pure(value: int) -> AsyncStream[int]:
    return from_items([value])


def oks(items: list[Any]) -> list[Any]:
    return [item for item in items if isinstance(item, Ok)]


def pair(which: int, value: int) -> tuple[int, int]:
    return which, value


def functions() -> st.SearchStrategy[Callable[[int], AsyncStream[int]]]:
    """Draw pure functions that return streams of every kind."""
    return st.lists(streams(), min_size=2, max_size=2).map(lambda two: lambda n: two[n % 2])


@given(INTS, functions())
def test_left_identity(value: int, f: Callable[[int], AsyncStream[int]]) -> None:
    assert items_of(bind(pure(value), f)) == items_of(f(value))


@given(streams(defects=True))
def test_right_identity(stream: AsyncStream[int]) -> None:
    assert items_of(bind(stream, pure)) == items_of(stream)


@given(streams(defects=True), functions(), functions())
def test_associativity(
    stream: AsyncStream[int],
    f: Callable[[int], AsyncStream[int]],
    g: Callable[[int], AsyncStream[int]],
) -> None:
    assert items_of(bind(bind(stream, f), g)) == items_of(bind(stream, lambda x: bind(f(x), g)))


@given(streams(defects=True))
def test_a_map_is_a_bind_to_a_stream_of_one(stream: AsyncStream[int]) -> None:
    assert items_of(stream_map(stream, str)) == items_of(bind(stream, lambda n: from_items([str(n)])))
    assert items_of(stream_map(stream_map(stream, abs), str)) == items_of(
        stream_map(stream, lambda n: str(abs(n)))
    )


@given(streams(defects=True), st.integers(1, 9), SEEDS)
def test_a_bounded_map_of_pure_plans_is_a_map(
    stream: AsyncStream[int], concurrency: int, seed: int | None
) -> None:
    mapped = bounded_map(stream, lambda n: async_pure(n + 1), concurrency=concurrency)
    assert items_of(mapped, seed=seed) == items_of(stream_map(stream, lambda n: n + 1))


@given(streams(defects=True), continuations(INTS, defects=True), st.integers(2, 9), SEEDS)
def test_concurrency_changes_no_outcome_of_a_bounded_map(
    stream: AsyncStream[int], f: Callable[[Any], AsyncPlan[int]], concurrency: int, seed: int | None
) -> None:
    in_turn = items_of(bounded_map(stream, f, concurrency=1))
    assert in_turn == items_of(bind(stream, lambda n: from_plan(f(n))))
    assert items_of(bounded_map(stream, f, concurrency=concurrency), seed=seed) == in_turn


@given(streams(), continuations(INTS), st.integers(1, 9), SEEDS)
def test_without_order_the_same_outcomes_come(
    stream: AsyncStream[int], f: Callable[[Any], AsyncPlan[int]], concurrency: int, seed: int | None
) -> None:
    unordered = bounded_map(stream, f, concurrency=concurrency, ordered=False)
    assert sorted(items_of(unordered, seed=seed), key=repr) == sorted(
        items_of(bounded_map(stream, f, concurrency=1)), key=repr
    )


@given(streams(defects=True), st.integers(1, 5), SEEDS)
def test_a_buffer_a_rate_and_a_merge_of_one_change_no_item(
    stream: AsyncStream[int], size: int, seed: int | None
) -> None:
    expected = items_of(stream)
    assert items_of(buffer(stream, size), seed=seed) == expected
    assert items_of(rate(stream, 0.5, burst=size), seed=seed) == expected
    assert items_of(merge([stream]), seed=seed) == expected


@given(st.lists(scripts(), max_size=4), SEEDS)
def test_a_merge_keeps_every_item_and_the_order_within_each_stream(
    sources: list[AsyncStream[int]], seed: int | None
) -> None:
    marked = [stream_map(source, partial(pair, which)) for which, source in enumerate(sources)]
    merged = items_of(merge(marked), seed=seed)
    assert sorted(merged, key=repr) == sorted((i for s in marked for i in items_of(s)), key=repr)
    for which, source in enumerate(marked):
        from_this = [i for i in oks(merged) if i.value[0] == which]
        assert from_this == oks(items_of(source))


@given(streams(defects=True), st.integers(1, 4))
def test_chunks_lose_nothing_and_move_no_error(stream: AsyncStream[int], size: int) -> None:
    flat: list[Any] = []
    for item in items_of(chunk(stream, size)):
        if item in oks([item]):
            assert 1 <= len(item.value) <= size
            flat += [Ok(value) for value in item.value]
        else:
            flat.append(item)
    expected = items_of(stream)
    # A list begun before a defect goes with it, as a value being worked on does.
    assert flat == expected or (flat[-1] == "defect" and flat[:-1] == expected[: len(flat) - 1])


@given(streams(), INTS)
def test_unique_keeps_the_first_of_each_key(stream: AsyncStream[int], modulus: int) -> None:
    seen: set[int] = set()
    expected: list[Any] = []
    for item in items_of(stream):
        if isinstance(item, Err):
            expected.append(item)
        elif item.value // (modulus or 1) not in seen:
            seen.add(item.value // (modulus or 1))
            expected.append(item)
    assert items_of(unique(stream, lambda n: n // (modulus or 1))) == expected


@given(streams())
def test_collect_gives_the_values_or_the_first_error(stream: AsyncStream[int]) -> None:
    items = items_of(stream)
    errors = [Err(item.error.within(place)) for place, item in enumerate(items) if item not in oks(items)]
    assert run_virtual(collect_all(stream)) == Ok(items)
    assert run_virtual(collect(stream)) == (errors[0] if errors else Ok([item.value for item in items]))


@given(streams(defects=True))
def test_every_replay_gives_the_same(stream: AsyncStream[int]) -> None:
    assert_replayable(collect_all(stream))


@given(st.lists(INTS, max_size=6), continuations(INTS), st.integers(1, 9), SEEDS)
def test_collecting_a_bounded_map_of_items_is_a_traverse(
    items: list[int], f: Callable[[Any], AsyncPlan[int]], concurrency: int, seed: int | None
) -> None:
    streamed = collect(bounded_map(from_items(items), f, concurrency=concurrency))
    assert run_virtual(streamed, seed=seed) == run_virtual(async_traverse(items, f))


@given(plans(INTS))
def test_a_plan_goes_through_a_stream_unchanged(plan: AsyncPlan[int]) -> None:
    streamed = async_map(collect(from_plan(plan)), lambda one: one[0])
    assert run_virtual(streamed) == run_virtual(async_map_err(plan, lambda error: error.within(0)))


@given(st.integers(1, 6), st.integers(0, 12), st.floats(0, 3))
def test_a_buffer_runs_ahead_by_its_size_and_no_further(size: int, taken: int, pause: float) -> None:
    source = Source(12, tick=1)
    ahead: list[int] = []

    async def consume() -> Any:
        count = 0
        running = buffer(source, size)()
        async for _ in running:
            count += 1
            ahead.append(source.pulled - count)
            await asyncio.sleep(pause)
            ahead.append(source.pulled - count)
            if count == taken:
                break
        await running.aclose()
        return Ok(None)

    run_virtual(consume)
    assert max(ahead, default=0) <= size
    assert source.closing == source.opened


@given(st.integers(2, 5), st.booleans(), st.integers(1, 12), st.integers(0, 5))
def test_a_bounded_map_holds_twice_its_concurrency_and_no_more(
    concurrency: int,
    ordered: bool,  # noqa: FBT001
    taken: int,
    pause: int,
) -> None:
    source = Source(12, tick=0)
    running = peak = 0

    async def slow(number: int) -> Any:
        nonlocal running, peak
        running += 1
        peak = max(peak, running)
        await asyncio.sleep(1 + number % 3)
        running -= 1
        return Ok(number) if number % 4 else Err(NO)

    held: list[int] = []

    async def consume() -> Any:
        count = 0
        items = bounded_map(source, lambda n: lambda: slow(n), concurrency=concurrency, ordered=ordered)()
        async for _ in items:
            count += 1
            await asyncio.sleep(pause)
            held.append(source.pulled - count)
            if count == taken:
                break
        await items.aclose()
        return Ok(None)

    run_virtual(consume)
    assert peak <= concurrency
    assert max(held) <= 2 * concurrency
    assert source.closing == source.opened == 1
    # Stopped while it cleans up of its own accord, a source is cut, as any task of a TaskGroup would be.
    assert source.closed or source.pulled == source.size


@given(st.integers(1, 5), st.floats(0.1, 10), st.lists(st.integers(0, 3), min_size=1, max_size=3))
def test_a_rate_lets_a_burst_and_no_more_pass(burst: int, per_second: float, ticks: list[int]) -> None:
    passed: list[float] = []

    async def note() -> Any:
        loop = asyncio.get_running_loop()
        source = Script(tuple(Ok(n) for n in range(8)), tuple(ticks))
        passed.extend([loop.time() async for _ in rate(source, per_second, burst=burst)()])
        return Ok(None)

    run_virtual(note)
    for first in range(8):
        for last in range(first, 8):
            allowed = burst + (passed[last] - passed[first]) * per_second
            assert last - first + 1 <= allowed + 1e-6


def test_the_first_error_ends_a_collect() -> None:
    source = Source()
    failing = bounded_map(source, lambda n: async_fail(NO) if n == 3 else async_pure(n), concurrency=2)
    assert run_virtual(collect(failing)) == Err(NO.within(3))
    assert source.closed == source.opened == 1
    assert source.pulled < 10
