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
    async_pure,
    async_retry,
    async_timeout,
)
from asyncplan.testing import VirtualLoop

if TYPE_CHECKING:
    from collections.abc import Callable

TICK = 1.0


class Account:
    """Plans of a few suspensions each that must close every resource they opened."""

    def __init__(self) -> None:
        self.opened = self.closed = self.cleaned = self.suspensions = 0
        self.on_suspension: Callable[[int], None] = lambda _: None

    async def suspend(self) -> None:
        self.suspensions += 1
        self.on_suspension(self.suspensions)
        await asyncio.sleep(TICK)

    async def work(self) -> Any:
        self.opened += 1
        try:
            await self.suspend()
            await self.suspend()
            return Ok(None)
        finally:
            self.closed += 1

    async def fail(self) -> Any:
        await self.work()
        return Err(ErrInfo("NO", "no"))

    async def clean(self) -> Any:
        self.cleaned += 1
        await self.suspend()
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
    if not task.cancelled():
        task.result()
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


def cancelled_at_suspension(name: str, point: int, cancels: int) -> int:
    """Cancel a run when a plan in it suspends for the `point`-th time; return the number of suspensions."""
    loop = VirtualLoop()
    account = Account()

    async def main() -> None:
        task = asyncio.ensure_future(plans_of(account)[name]())

        def cancel_from_here(number: int) -> None:
            if number == point:
                for again in range(cancels):
                    loop.call_later(again * TICK / 4, task.cancel)

        account.on_suspension = cancel_from_here
        await asyncio.wait([task])
        assert asyncio.all_tasks() == {asyncio.current_task()}
        assert account.opened == account.closed

    try:
        loop.run_until_complete(main())
    finally:
        loop.close()
    return account.suspensions


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("cancels", [1, 2])
def test_cancelled_at_each_suspension(name: str, cancels: int) -> None:
    suspensions = cancelled_at_suspension(name, 0, cancels)
    assert suspensions >= 3
    for point in range(1, suspensions + 1):
        cancelled_at_suspension(name, point, cancels)


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


async def forever() -> Any:
    await asyncio.Event().wait()


def test_a_second_cancellation_reaches_a_finalizer_in_the_cancelled_task() -> None:
    assert run_on(VirtualLoop(), async_ensure(forever, forever), (1.0, 2.0)) == "cancelled"


@pytest.mark.parametrize("cancels", [1, 2, 3])
def test_a_finalizer_in_a_task_of_a_gather_is_bounded_by_a_timeout_of_its_own(cancels: int) -> None:
    bounded = async_ensure(forever, async_timeout(forever, TimeoutPolicy(10)))
    times = tuple(float(n) for n in range(1, cancels + 1))
    assert run_on(VirtualLoop(), async_gather([bounded] * 2), times) == "cancelled"


def test_a_defect_in_a_later_finalizer_is_not_lost_either() -> None:
    async def fragile() -> Any:
        raise ValueError("cleaning up failed")

    plan = async_gather([async_lift(forever), async_ensure(forever, fragile)])
    with pytest.raises(ValueError, match="cleaning up failed"):
        run_on(VirtualLoop(), async_ensure(plan, async_pure(None)), (1.0,))
