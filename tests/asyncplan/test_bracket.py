"""A resource that was acquired is released exactly once, on every way out."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from asyncplan import (
    AsyncPlan,
    Err,
    ErrInfo,
    Ok,
    PlanContractError,
    async_bracket,
    async_fail,
    async_gather,
    async_map,
    async_pure,
)
from asyncplan.plan import BUDGET
from asyncplan.testing import assert_pure_construction, run_virtual

NO = ErrInfo("NO", "no")


class Pool:
    """Hands out connections and counts them."""

    def __init__(self, tail: int = 0) -> None:
        self.acquired = self.released = self.suspensions = 0
        self.cancel_at = -1
        self.tail = tail

    async def suspend(self) -> None:
        self.suspensions += 1
        if self.suspensions == self.cancel_at:
            task = asyncio.current_task()
            assert task is not None
            asyncio.get_running_loop().call_soon(task.cancel)
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    def acquire(self) -> AsyncPlan[str]:
        async def connect() -> Any:
            await self.suspend()
            self.acquired += 1
            return Ok("connection")

        plan: AsyncPlan[str] = connect
        for _ in range(self.tail):
            plan = async_map(plan, lambda x: x)
        return plan

    def use(self, outcome: Any) -> AsyncPlan[int]:
        async def query() -> Any:
            await self.suspend()
            if isinstance(outcome, Exception):
                raise outcome
            return outcome

        return query

    def release(self, resource: str) -> AsyncPlan[None]:
        assert resource == "connection"

        async def close() -> Any:
            self.released += 1
            await self.suspend()
            return Ok(None)

        return close


@pytest.mark.parametrize("outcome", [Ok(1), Err(NO), LookupError("defect")], ids=["ok", "err", "raise"])
def test_released_once_whatever_the_outcome(outcome: Any) -> None:
    pool = Pool()
    plan = async_bracket(pool.acquire(), lambda _: pool.use(outcome), pool.release)
    for runs in (1, 2):
        if isinstance(outcome, Exception):
            with pytest.raises(LookupError, match="defect"):
                run_virtual(plan)
        else:
            assert run_virtual(plan) == outcome
        assert pool.acquired == pool.released == runs


@pytest.mark.parametrize("tail", [0, 1, BUDGET - 2, BUDGET - 1, BUDGET, 3 * BUDGET])
@pytest.mark.parametrize("nested", [False, True])
def test_released_once_wherever_a_cancellation_strikes(tail: int, nested: bool) -> None:  # noqa: FBT001
    for point in range(1, 5):
        pool = Pool(tail)
        pool.cancel_at = point
        run_virtual(waiting_for(bracketed(pool), twice=nested))
        assert pool.acquired == pool.released


def bracketed(pool: Pool) -> AsyncPlan[int]:
    return async_bracket(pool.acquire(), lambda _: pool.use(Ok(1)), pool.release)


def waiting_for(plan: AsyncPlan[Any], *, twice: bool) -> AsyncPlan[None]:
    async def main() -> Any:
        await asyncio.wait([asyncio.ensure_future((async_gather([plan] * 2) if twice else plan)())])
        return Ok(None)

    return main


def test_no_cancellation_comes_between_the_acquisition_and_its_release() -> None:
    """The acquisition ends in more pure steps than the driver takes at a time, with a cancellation pending."""
    pool = Pool()

    async def main() -> Any:
        task: asyncio.Task[Any]

        async def connect() -> Any:
            pool.acquired += 1
            asyncio.get_running_loop().call_soon(task.cancel)
            return Ok("connection")

        acquire: AsyncPlan[str] = connect
        for _ in range(3 * BUDGET):
            acquire = async_map(acquire, lambda x: x)
        task = asyncio.ensure_future(async_bracket(acquire, lambda _: pool.use(Ok(1)), pool.release)())
        await asyncio.wait([task])
        return Ok(task.cancelled())

    assert run_virtual(main) == Ok(value=True)
    assert pool.acquired == pool.released == 1


def test_nothing_is_released_that_was_not_acquired() -> None:
    pool = Pool()
    assert run_virtual(async_bracket(async_fail(NO), lambda _: pool.use(Ok(1)), pool.release)) == Err(NO)
    assert pool.released == 0


def test_released_when_use_itself_raises_or_returns_no_plan() -> None:
    pool = Pool()

    def broken(_: str) -> Any:
        raise LookupError("defect")

    def no_plan(_: str) -> Any:
        return 3

    with pytest.raises(LookupError):
        run_virtual(async_bracket(pool.acquire(), broken, pool.release))
    with pytest.raises(PlanContractError, match=r"no_plan \(.*returned int 3, not a plan"):
        run_virtual(async_bracket(pool.acquire(), no_plan, pool.release))
    assert pool.acquired == pool.released == 2


def test_a_release_that_fails_or_raises() -> None:
    pool = Pool()

    def failing(_: str) -> AsyncPlan[None]:
        return async_fail(NO)

    def broken(_: str) -> Any:
        raise LookupError("release")

    assert run_virtual(async_bracket(pool.acquire(), lambda _: pool.use(Ok(1)), failing)) == Err(NO)
    with pytest.raises(LookupError, match="release"):
        run_virtual(async_bracket(pool.acquire(), lambda _: pool.use(Ok(1)), broken))
    with pytest.raises(LookupError, match="release") as caught:
        run_virtual(async_bracket(pool.acquire(), lambda _: pool.use(ValueError("use")), broken))
    assert isinstance(caught.value.__context__, ValueError)


def test_brackets_nest_to_any_depth() -> None:
    plan: AsyncPlan[int] = async_pure(0)
    for _ in range(5_000):
        plan = async_bracket(plan, async_pure, lambda _: async_pure(None))
    assert run_virtual(plan) == Ok(0)
    plan = async_pure(0)
    for _ in range(5_000):
        plan = async_bracket(async_pure(1), lambda _, inner=plan: inner, lambda _: async_pure(None))  # type: ignore[misc]
    assert run_virtual(plan) == Ok(0)


def test_building_runs_nothing() -> None:
    pool = Pool()
    assert_pure_construction(async_bracket, pool.acquire(), lambda _: pool.use(Ok(1)), pool.release)


def test_repr_and_equality() -> None:
    plan = async_bracket(async_pure(1), async_pure, async_pure)
    assert plan == async_bracket(async_pure(1), async_pure, async_pure)
    assert "async_bracket async_pure (" in repr(plan)
