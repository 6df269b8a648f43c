"""Cancellation at every turn of the loop, once to thrice and without end, on every kind of loop.

In each run no task is left, everything acquired is released, and every release that a cancellation brings about
runs to its end. (A release that runs already when the first cancellation comes is cut, as a `finally` block is.)
"""

from __future__ import annotations

import asyncio
import sys
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest

from asyncplan import (
    AsyncPlan,
    Err,
    ErrInfo,
    Ok,
    Plan,
    RetryPolicy,
    Steps,
    TimeoutPolicy,
    async_bind,
    async_bracket,
    async_do,
    async_gather,
    async_gather_all,
    async_lift,
    async_race,
    async_retry,
    async_timeout,
    async_traverse,
    async_zip,
)
from asyncplan.testing import VirtualLoop

if TYPE_CHECKING:
    from collections.abc import Callable

NO = ErrInfo("BUSY", "no")


class Account:
    """Resources that take a few turns of the loop to acquire, use and release."""

    def __init__(self) -> None:
        self.acquired = self.released = 0
        self.begun_by_cancellation = self.ended = 0

    def resource(self, turns: int, outcome: Any = Ok(1)) -> Plan[int]:  # noqa: B008
        return async_bracket(self._acquire, lambda use: self._using(use, turns, outcome), self._release)

    async def _acquire(self) -> Any:
        await turn(1)
        self.acquired += 1
        return Ok(Use())

    def _using(self, use: Use, turns: int, outcome: Any) -> Plan[Any]:
        async def work() -> Any:
            try:
                await turn(turns)
            except asyncio.CancelledError:
                use.cancelled = True
                raise
            return outcome

        return async_lift(work)

    def _release(self, use: Use) -> AsyncPlan[None]:
        async def release() -> Any:
            self.released += 1
            self.begun_by_cancellation += use.cancelled
            await turn(3)
            self.ended += use.cancelled
            return Ok(None)

        return release


class Use:
    """The handle through which a resource is used."""

    cancelled = False


async def turn(times: float) -> None:
    for _ in range(int(times)):
        await asyncio.sleep(0)


@async_do
def in_turn(account: Account) -> Steps[int]:
    first = yield from account.resource(1)
    try:
        second = yield from async_gather([account.resource(2), account.resource(4)])
    finally:
        yield from async_gather([account.resource(1)])
    return first + len(second)


def impatient(plan: AsyncPlan[Any], turns: int) -> Plan[Any]:
    return async_timeout(plan, TimeoutPolicy(turns), sleep=turn)


SHELTERED: dict[str, Callable[[Account], AsyncPlan[Any]]] = {
    "gather": lambda a: async_gather([a.resource(2), a.resource(5), a.resource(1)], concurrency=2),
    "gather of gathers": lambda a: async_gather(
        [
            async_gather([a.resource(2), a.resource(4)]),
            async_gather_all([a.resource(1), a.resource(3, Err(NO))]),
        ]
    ),
    "gather, failing": lambda a: async_gather([a.resource(5), a.resource(2, Err(NO)), a.resource(9)]),
    "traverse": lambda a: async_traverse([1, 4, 2], a.resource, concurrency=2),
    "zip": lambda a: async_zip(a.resource(2), async_gather([a.resource(4)])),
    "race": lambda a: async_race([a.resource(6), a.resource(3), a.resource(1, Err(NO))]),
    "race of gathers": lambda a: async_race(
        [async_gather([a.resource(6)] * 2), async_gather([a.resource(3)] * 2)]
    ),
    "timeout": lambda a: impatient(a.resource(9), 4),
    "timeouts, both fire": lambda a: impatient(impatient(async_gather([a.resource(9)] * 2), 4), 6),
    "retry of a timeout": lambda a: async_retry(
        impatient(async_gather([a.resource(9), a.resource(1)]), 5), RetryPolicy(2), sleep=turn
    ),
}
IN_THE_CANCELLED_TASK: dict[str, Callable[[Account], AsyncPlan[Any]]] = {
    "bracket": lambda a: a.resource(3),
    "bracket in a bracket": lambda a: async_bracket(
        a.resource(1), lambda _: async_gather([a.resource(2)] * 2), lambda _: a.resource(1)
    ),
    "retry": lambda a: async_retry(a.resource(2, Err(NO)), RetryPolicy(3), sleep=turn),
    "bind": lambda a: async_bind(a.resource(1), lambda _: a.resource(2)),
    "do": in_turn,
}


def eager_loop() -> asyncio.AbstractEventLoop:
    loop = VirtualLoop()
    loop.set_task_factory(asyncio.eager_task_factory)  # type: ignore[attr-defined]  # of 3.12
    return loop


LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {
    "asyncio": VirtualLoop,
    "interleaved 1": lambda: VirtualLoop(1),
    "interleaved 2": lambda: VirtualLoop(2),
}
if find_spec("uvloop"):  # Windows has none
    LOOPS["uvloop"] = lambda: import_module("uvloop").new_event_loop()
if sys.version_info >= (3, 12):
    LOOPS["eager tasks"] = eager_loop

# After which turns the run is cancelled, relative to the first cancellation.
ONCE = {"once": (0,)}
AGAIN = {
    "twice at once": (0, 0),
    "twice": (0, 2),
    "thrice": (0, 1, 3),
    "without end": tuple(range(60)),  # as anyio cancels
}


async def cancelled_at(first: int, after: tuple[int, ...], plan: AsyncPlan[Any]) -> bool:
    """Cancel a run in the turn `first` and in those `after` it; tell whether it still ran then."""
    task = asyncio.ensure_future(plan())
    now = 0
    was_running = False
    for when in after:
        while now < first + when and not task.done():
            await asyncio.sleep(0)
            now += 1
        was_running |= task.cancel()
    await asyncio.wait([task])
    if not task.cancelled():
        task.result()
    assert asyncio.all_tasks() == {asyncio.current_task()}
    return was_running


def check(
    make: Callable[[Account], AsyncPlan[Any]], loop_name: str, after: tuple[int, ...], *, ends: bool
) -> None:
    """Cancel runs from the first turn on, until one is over before it is cancelled."""
    first = 0
    while True:
        account = Account()
        loop = LOOPS[loop_name]()
        try:
            was_running = loop.run_until_complete(cancelled_at(first, after, make(account)))
        finally:
            loop.close()
        assert account.acquired == account.released, first
        if ends:
            assert account.begun_by_cancellation == account.ended, first
        if not was_running:
            break
        first += 1
    assert first >= 4, "there was nothing to cancel"


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("cancels", [*ONCE, *AGAIN])
@pytest.mark.parametrize("shape", SHELTERED)
def test_in_tasks_of_their_own_finalizers_end_however_often_the_run_is_cancelled(
    shape: str, cancels: str, loop: str
) -> None:
    check(SHELTERED[shape], loop, {**ONCE, **AGAIN}[cancels], ends=True)


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("cancels", [*ONCE, *AGAIN])
@pytest.mark.parametrize("shape", IN_THE_CANCELLED_TASK)
def test_in_the_cancelled_task_finalizers_end_after_one_cancellation(
    shape: str, cancels: str, loop: str
) -> None:
    check(IN_THE_CANCELLED_TASK[shape], loop, {**ONCE, **AGAIN}[cancels], ends=cancels == "once")
