"""The ways to run many plans at a time that `runtime.py` compares."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeAlias

from asyncplan import Ok, async_gather
from asyncplan.testing import VirtualLoop

Plans: TypeAlias = list[Callable[[], Coroutine[Any, Any, Any]]]
Gatherer: TypeAlias = Callable[[Plans, int], Coroutine[Any, Any, Any]]


async def bare_pool(plans: Plans, concurrency: int) -> list[Any]:
    """Run plans by workers that share an iterator: no order of failures, no contexts, no cancellation."""
    results: list[Any] = [None] * len(plans)
    numbered = iter(enumerate(plans))

    async def worker() -> None:
        for number, plan in numbered:
            results[number] = (await plan()).value

    await asyncio.gather(*[worker() for _ in range(concurrency)])
    return results


def by_asyncplan(plans: Plans, concurrency: int) -> Coroutine[Any, Any, Any]:
    """Run plans by `async_gather`."""
    return async_gather(plans, concurrency=concurrency)()


async def by_wait(plans: Plans, concurrency: int) -> list[Any]:
    """Run plans as closures do: keep `concurrency` tasks, wait for the first, start the next."""
    pending: set[asyncio.Task[Any]] = set()
    done_tasks: list[asyncio.Task[Any]] = []
    for plan in plans:
        if len(pending) >= concurrency:
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            done_tasks += done
        pending.add(asyncio.create_task(plan()))
    return done_tasks + list((await asyncio.wait(pending))[0])


async def by_semaphore(plans: Plans, concurrency: int) -> list[Any]:
    """Run plans as a task each, held back by a semaphore."""
    slots = asyncio.Semaphore(concurrency)

    async def one(plan: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        async with slots:
            return await plan()

    return await asyncio.gather(*map(one, plans))


GATHERERS: dict[str, Gatherer] = {
    "bare worker pool": bare_pool,
    "asyncplan `async_gather`": by_asyncplan,
    "closures with `asyncio.wait`": by_wait,
    "semaphore and `asyncio.gather`": by_semaphore,
}


def gather_seconds(gatherer: Gatherer, count: int, concurrency: int) -> float:
    """Measure the real seconds of `count` plans that sleep 1 to 7 virtual seconds, without the collector."""
    plans = [sleeper(1 + number % 7) for number in range(count)]
    loop = VirtualLoop()
    gc.collect()
    gc.disable()
    try:
        started = time.process_time()
        loop.run_until_complete(gatherer(plans, concurrency))
        return time.process_time() - started
    finally:
        gc.enable()
        loop.close()


def sleeper(seconds: int) -> Callable[[], Coroutine[Any, Any, Any]]:
    """Make a plan that sleeps."""

    async def sleep() -> Any:
        await asyncio.sleep(seconds)
        return Ok(seconds)

    return sleep
