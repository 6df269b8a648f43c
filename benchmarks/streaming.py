"""The ways to run a stream that `runtime.py` compares: a bounded map, and a pipeline of five stages."""

from __future__ import annotations

import gc
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, TypeAlias

from asyncplan import Err, Ok, stream
from asyncplan.testing import VirtualLoop
from benchmarks.gathering import Gatherer, Plans, bare_pool

Run: TypeAlias = Callable[[], Coroutine[Any, Any, Any]]


def plan_of(plan: Any) -> Any:
    """Give the plan that an item is."""
    return plan


def by_bounded_map(plans: Plans, concurrency: int) -> Coroutine[Any, Any, Any]:
    """Run plans by a stream, outcomes in order."""
    return stream.collect(stream.bounded_map(stream.from_items(plans), plan_of, concurrency=concurrency))()


def by_unordered_map(plans: Plans, concurrency: int) -> Coroutine[Any, Any, Any]:
    """Run plans by a stream, outcomes as they come."""
    mapped = stream.bounded_map(stream.from_items(plans), plan_of, concurrency=concurrency, ordered=False)
    return stream.collect(mapped)()


MAPPERS: dict[str, Gatherer] = {
    "bare worker pool": bare_pool,
    "asyncplan `stream.bounded_map`": by_bounded_map,
    "the same, `ordered=False`": by_unordered_map,
}


def increment(x: int) -> int:
    """Do next to nothing."""
    return x + 1


def both(x: int) -> stream.AsyncStream[int]:
    """Stream a number and its successor."""
    return stream.from_items((x, x + 1))


def plain_pipeline(size: int) -> Run:  # noqa: C901 - five generators, as one writes them
    """Five stages as async generators by hand, each of which matches the Results of the one before."""

    async def numbers() -> AsyncIterator[Any]:
        for number in range(size):
            yield Ok(number)

    async def mapped(items: AsyncIterator[Any]) -> AsyncIterator[Any]:
        async for item in items:
            match item:
                case Ok(value=value):
                    yield Ok(increment(value))
                case Err():
                    yield item

    async def bound(items: AsyncIterator[Any]) -> AsyncIterator[Any]:
        async for item in items:
            match item:
                case Ok(value=value):
                    async for inner in two(value):
                        yield inner
                case Err():
                    yield item

    async def two(value: int) -> AsyncIterator[Any]:
        for number in (value, value + 1):
            yield Ok(number)

    async def unique(items: AsyncIterator[Any]) -> AsyncIterator[Any]:
        seen = set()
        async for item in items:
            match item:
                case Ok(value=value):
                    if value not in seen:
                        seen.add(value)
                        yield item
                case Err():
                    yield item

    async def chunked(items: AsyncIterator[Any]) -> AsyncIterator[Any]:
        values: list[Any] = []
        async for item in items:
            match item:
                case Ok(value=value):
                    values.append(value)
                    if len(values) == 100:
                        yield Ok(values)
                        values = []
                case Err():
                    if values:
                        yield Ok(values)
                    values = []
                    yield item
        if values:
            yield Ok(values)

    async def run() -> Any:
        collected: list[Any] = []
        async for item in chunked(unique(bound(mapped(numbers())))):
            match item:
                case Ok(value=value):
                    collected.append(value)
                case Err():
                    return item
        return Ok(collected)

    return run


def stream_pipeline(size: int) -> Run:
    """Describe the same five stages as a stream."""
    numbers = stream.from_items(range(size))
    unique = stream.unique(stream.bind(stream.map(numbers, increment), both), increment)
    return stream.collect(stream.chunk(unique, 100))


PIPELINES: dict[str, Callable[[int], Run]] = {
    "async generators by hand": plain_pipeline,
    "asyncplan streams": stream_pipeline,
}


def pipeline_seconds(pipeline: Callable[[int], Run], size: int) -> float:
    """Give the seconds of one run over `size` items, without the collector."""
    run = pipeline(size)
    loop = VirtualLoop()
    gc.collect()
    gc.disable()
    try:
        started = time.process_time()
        loop.run_until_complete(run())
        return time.process_time() - started
    finally:
        gc.enable()
        loop.close()
