from __future__ import annotations

import asyncio
import socket
import time
from typing import Any

import pytest

from asyncplan import AsyncPlan, Err, ErrInfo, Ok, async_gather, async_pure
from asyncplan.testing import DeadlockError, VirtualLoop, run_virtual


def test_a_year_of_sleep_takes_no_time() -> None:
    async def sleepy() -> Any:
        await asyncio.sleep(365 * 86_400)
        return Ok(asyncio.get_running_loop().time())

    started = time.perf_counter()
    assert run_virtual(sleepy) == Ok(pytest.approx(365 * 86_400))
    assert time.perf_counter() - started < 5


def test_timers_fire_in_order_and_at_their_time() -> None:
    fired: list[tuple[float, float]] = []

    def sleeper(seconds: float) -> AsyncPlan[None]:
        async def sleep() -> Any:
            await asyncio.sleep(seconds)
            fired.append((seconds, asyncio.get_running_loop().time()))
            return Ok(None)

        return sleep

    run_virtual(async_gather([sleeper(s) for s in (3, 0.1, 1e6, 2)]))
    assert [seconds for seconds, _ in fired] == [0.1, 2, 3, 1e6]
    assert all(now == pytest.approx(seconds) for seconds, now in fired)


@pytest.mark.parametrize("seed", [None, 5])
def test_a_deadlock_is_an_error_and_not_a_hang(seed: int | None) -> None:
    async def waits() -> Any:
        await asyncio.Event().wait()

    with pytest.raises(DeadlockError, match="every task waits"):
        run_virtual(async_gather([waits, waits]), seed=seed)


def interleaving(seed: int | None) -> list[str]:
    log: list[str] = []

    def worker(name: str) -> AsyncPlan[None]:
        async def work() -> Any:
            for _ in range(3):
                log.append(name)
                await asyncio.sleep(0)
            return Ok(None)

        return work

    run_virtual(async_gather([worker(name) for name in "abc"]), seed=seed)
    return log


def test_a_seed_is_an_interleaving() -> None:
    assert interleaving(None) == list("abcabcabc")
    assert all(interleaving(seed) == interleaving(seed) for seed in range(10))
    assert len({tuple(interleaving(seed)) for seed in range(10)}) > 5


def test_threads_and_sockets_are_waited_for_in_real_time() -> None:
    async def main() -> Any:
        loop = asyncio.get_running_loop()
        left, right = socket.socketpair()
        with left, right:
            left.setblocking(False)  # noqa: FBT003 - so is its signature
            received = asyncio.ensure_future(loop.sock_recv(left, 4))
            await asyncio.to_thread(time.sleep, 0.02)
            return Ok((await asyncio.to_thread(right.send, b"ping"), await received))

    assert run_virtual(main) == Ok((4, b"ping"))


@pytest.mark.parametrize("seed", [None, 5])
def test_tasks_left_over_are_cancelled(seed: int | None) -> None:
    ends: list[str] = []
    kept: list[Any] = []

    async def forever() -> None:
        try:
            await asyncio.sleep(1e9)
        finally:
            ends.append("cancelled")

    async def main() -> Any:
        kept.append(asyncio.ensure_future(forever()))
        await asyncio.sleep(1)
        return Err(ErrInfo("NO", "no"))

    assert run_virtual(main, seed=seed) == Err(ErrInfo("NO", "no"))
    assert ends == ["cancelled"]


@pytest.mark.parametrize("seed", [None, 5])
def test_a_loop_that_ends_early_closes_what_it_ran(seed: int | None) -> None:
    closed: list[str] = []

    async def never() -> Any:
        try:
            await asyncio.Event().wait()
        finally:
            closed.append("closed")

    async def main() -> Any:
        task = asyncio.ensure_future(never())
        await asyncio.sleep(1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return Ok(None)

    assert run_virtual(main, seed=seed) == Ok(None)
    assert closed == ["closed"]


def test_the_loop_can_be_used_by_itself() -> None:
    loop = VirtualLoop(seed=1)
    try:
        assert loop.run_until_complete(async_pure(1)()) == Ok(1)
        loop.run_until_complete(asyncio.sleep(10))
        assert loop.time() == pytest.approx(10)
    finally:
        loop.close()
