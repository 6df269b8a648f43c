"""Cancellation at every suspension point, once and twice: everything is cleaned up, no task is left."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from asyncplan import (
    AsyncPlan,
    Err,
    ErrInfo,
    Ok,
    RetryPolicy,
    TimeoutPolicy,
    async_ensure,
    async_gather,
    async_gather_all,
    async_lift,
    async_retry,
    async_timeout,
)
from asyncplan.testing import VirtualLoop

if TYPE_CHECKING:
    from collections.abc import Callable

TICK = 1.0


class Account:
    """Plans of a few suspensions each that must close whatever they opened."""

    def __init__(self) -> None:
        self.opened = self.closed = self.cleaned = 0

    async def work(self) -> Any:
        self.opened += 1
        try:
            await asyncio.sleep(TICK)
            await asyncio.sleep(TICK)
            return Ok(None)
        finally:
            self.closed += 1

    async def fail(self) -> Any:
        await self.work()
        return Err(ErrInfo("NO", "no"))

    async def clean(self) -> Any:
        self.cleaned += 1
        await asyncio.sleep(TICK)
        return Ok(None)


def plans_of(account: Account) -> dict[str, AsyncPlan[Any]]:
    leaf = async_ensure(async_lift(account.work), account.clean)
    failing = async_ensure(account.fail, account.clean)
    return {
        "gather, all at once": async_gather([leaf] * 4),
        "gather, one by one": async_gather([leaf] * 3, concurrency=1),
        "gather, two by two": async_gather_all([leaf] * 4, concurrency=2),
        "gather, failing": async_gather([leaf, failing, leaf, leaf], concurrency=3),
        "gather of gathers": async_gather([async_gather([leaf] * 2), async_gather([leaf] * 2)]),
        "timeout": async_timeout(leaf, TimeoutPolicy(1.5 * TICK)),
        "retry": async_retry(failing, RetryPolicy(3)),
    }


async def cancelled_at(plan: AsyncPlan[Any], times: tuple[float, ...]) -> str:
    """Cancel a run at these times, in seconds; say how it ended, and check that no task outlived it."""
    task = asyncio.ensure_future(plan())
    for now, then in zip((0.0, *times), times, strict=False):
        await asyncio.sleep(then - now)
        task.cancel()
    await asyncio.wait([task])
    assert asyncio.all_tasks() == {asyncio.current_task()}
    return "cancelled" if task.cancelled() else "finished"


def run_on(loop: asyncio.AbstractEventLoop, plan: AsyncPlan[Any], times: tuple[float, ...]) -> str:
    try:
        return loop.run_until_complete(cancelled_at(plan, times))
    finally:
        loop.close()


NAMES = list(plans_of(Account()))
HALF_TICKS = [n * TICK / 2 for n in range(14)]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", [None, 1, 2])
def test_cancelled_once(name: str, seed: int | None) -> None:
    endings: set[str] = set()
    for when in HALF_TICKS:
        account = Account()
        endings.add(run_on(VirtualLoop(seed), plans_of(account)[name], (when,)))
        assert account.opened == account.closed
        assert account.cleaned == account.opened
    assert "cancelled" in endings


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", [None, 1])
def test_cancelled_twice(name: str, seed: int | None) -> None:
    for first in HALF_TICKS:
        for second in (first, first + TICK / 4, first + TICK):
            account = Account()
            run_on(VirtualLoop(seed), plans_of(account)[name], (first, second))
            assert account.opened == account.closed


def suspension_points(build: Callable[[Account], AsyncPlan[Any]]) -> int:
    """Count the turns of the event loop that an undisturbed run takes."""
    loop = VirtualLoop()

    async def main() -> int:
        task = asyncio.ensure_future(build(Account())())
        turns = 0
        while not task.done():
            await next_turn()
            turns += 1
        return turns

    try:
        return loop.run_until_complete(main())
    finally:
        loop.close()


async def next_turn() -> None:
    """Wait for one turn of the loop, in which the clock may move on to the next timer."""
    loop = asyncio.get_running_loop()
    turn = loop.create_future()
    loop.call_later(TICK / 8, turn.set_result, None)
    await turn


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("cancels", [1, 2])
def test_cancelled_before_each_turn_of_the_loop(name: str, cancels: int) -> None:
    def build(account: Account) -> AsyncPlan[Any]:
        return plans_of(account)[name]

    async def main(account: Account, turns: int) -> None:
        task = asyncio.ensure_future(build(account)())
        for _ in range(turns):
            await next_turn()
        for _ in range(cancels):
            task.cancel()
            await asyncio.sleep(0)
        await asyncio.wait([task])
        assert asyncio.all_tasks() == {asyncio.current_task()}
        assert account.opened == account.closed

    points = suspension_points(build)
    assert points >= 10
    for turns in range(points):
        loop = VirtualLoop()
        loop.run_until_complete(main(Account(), turns))
        loop.close()


def test_a_defect_while_cleaning_up_is_not_lost_in_the_cancellation() -> None:
    async def fragile() -> Any:
        try:
            await asyncio.sleep(TICK)
        finally:
            raise ValueError("cleaning up failed")

    async def main() -> None:
        task = asyncio.ensure_future(async_gather([fragile, fragile])())
        await asyncio.sleep(TICK / 2)
        task.cancel()
        with pytest.raises(ValueError, match="cleaning up failed"):
            await task

    loop = VirtualLoop()
    loop.run_until_complete(main())
    loop.close()


def test_a_second_cancellation_reaches_a_finalizer_that_hangs() -> None:
    async def forever() -> Any:
        await asyncio.Event().wait()

    run_on(VirtualLoop(), async_gather([async_ensure(forever, forever)] * 2), (1.0, 2.0))
