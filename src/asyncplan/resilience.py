"""Trying again, and giving up in time: policies applied to a plan.

Clock and sleep are capabilities with the running loop's as default, so a virtual-time loop tests both. Both
combinators take O(1) to build.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar, final

from asyncplan import contract
from asyncplan._typing import override
from asyncplan.plan import AsyncPlan, Fail, Frame, Plan, Running, async_bind, drive
from asyncplan.policy import RetryPolicy, TimeoutPolicy, iter_delays
from asyncplan.result import Err, ErrInfo, Ok, Result
from asyncplan.tasks import TaskSet

if TYPE_CHECKING:
    from collections.abc import Iterator

A = TypeVar("A")
A_co = TypeVar("A_co", covariant=True)

Clock: TypeAlias = Callable[[], float]
"""Seconds on a clock that never goes back."""

Sleep: TypeAlias = Callable[[float], Awaitable[object]]
"""Wait that many seconds."""


def loop_clock() -> float:
    """Read the clock of the running event loop."""
    return asyncio.get_running_loop().time()


def async_retry(
    plan: AsyncPlan[A],
    policy: RetryPolicy,
    *,
    seed: int | None = None,
    clock: Clock = loop_clock,
    sleep: Sleep = asyncio.sleep,
) -> Plan[A]:
    """Run `plan` again after an `Err` with one of `policy.codes`, until it succeeds or `policy` is exhausted.

    The last error comes out under its own code, with `attempts` (how many there were) in its `ctx`. Only an
    `Err` is worth a retry: exceptions and cancellation pass at once. Each run draws its jitter anew, so clients
    that fail together spread; with a `seed` every run pauses alike. On a virtual-time loop the loop's seed decides.

    Raises `PlanContractError` for a policy that is none.
    """
    contract.require_plan(plan, "async_retry")
    contract.require_type(policy, RetryPolicy, "async_retry", "RetryPolicy(attempts=...)")
    contract.require_function(clock, "async_retry")
    contract.require_function(sleep, "async_retry")
    return Retry(plan, policy, seed, clock, sleep)


def async_timeout(plan: AsyncPlan[A], policy: TimeoutPolicy, *, sleep: Sleep = asyncio.sleep) -> Plan[A]:
    """Run `plan` in a task of its own; cancel it when `policy.seconds` are over, and fail with `policy.code`.

    A `TimeoutError` raised inside stays an exception, and an `Err` from inside stays as it is; only this
    timeout's own error has `stage == "async_timeout"`. The outcome is in when the plan has cleaned up; one
    that finishes in spite of being cancelled keeps its outcome. No task is left behind.

    The plan sees a copy of the context variables; a variable it sets is not seen outside. It is cancelled
    once at most: a second cancellation waits for its finalizers. Raises `PlanContractError` for a policy that is
    none: `async_timeout(plan, TimeoutPolicy(5))`.
    """
    contract.require_plan(plan, "async_timeout")
    contract.require_type(policy, TimeoutPolicy, "async_timeout", "TimeoutPolicy(seconds)")
    contract.require_function(sleep, "async_timeout")
    return Timeout(plan, policy, sleep)


_CHANCE: Final = random.SystemRandom()  # keeps no state that a fork would copy


def chance_of(seed: int | None) -> random.Random:
    """Return where a run gets its jitter from: the seed, else a virtual-time loop, else the system."""
    if seed is not None:
        return random.Random(seed)  # noqa: S311 - spreads load, keeps no secret
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:  # clock and sleep may be another library's
        return _CHANCE
    chance: random.Random = getattr(loop, "chance", _CHANCE)
    return chance


@final
class Retry(Frame[A_co]):
    """The description of a retry."""

    __slots__ = ("clock", "policy", "seed", "sleep")
    combinator = "async_retry"

    def __init__(
        self, src: AsyncPlan[A_co], policy: RetryPolicy, seed: int | None, clock: Clock, sleep: Sleep
    ) -> None:
        self.src = src
        self.policy = policy
        self.seed = seed
        self.clock = clock
        self.sleep = sleep

    @override
    def enter(self, stack: list[Any]) -> AsyncPlan[Any]:
        stack.append(Retrying(self))
        return self.src

    @override
    def describe(self) -> str:
        return f"{self.combinator} up to {self.policy.attempts} attempts"


@final
class Retrying(Running[Any]):
    """One run of a retry: the attempts so far."""

    __slots__ = ("_attempts", "_pauses", "_retry", "_started")

    def __init__(self, retry: Retry[Any]) -> None:
        self._retry = retry
        self._started = retry.clock()
        self._attempts = 0
        self._pauses: Iterator[float] | None = None

    @override
    def on_err(self, err: Err[ErrInfo], stack: list[Any]) -> AsyncPlan[Any]:
        self._attempts += 1
        if self._pauses is None:
            self._pauses = iter_delays(self._retry.policy, chance_of(self._retry.seed))
        pause = next(self._pauses, None)
        if pause is None or not self._worth(err.error, pause):
            return Fail(replace(err.error, ctx={**err.error.ctx, "attempts": self._attempts}))
        stack.append(self)
        return async_bind(_pausing(self._retry.sleep, pause), lambda _: self._retry.src)

    def _worth(self, error: ErrInfo, pause: float) -> bool:
        policy = self._retry.policy
        if policy.codes is not None and error.code not in policy.codes:
            return False
        return policy.budget is None or self._retry.clock() - self._started + pause <= policy.budget


def _pausing(sleep: Sleep, seconds: float) -> Callable[[], Coroutine[Any, Any, Result[None, ErrInfo]]]:
    async def pause() -> Result[None, ErrInfo]:
        await sleep(seconds)
        return Ok(None)

    return pause


@final
class Timeout(Frame[A_co]):
    """The description of a timeout."""

    __slots__ = ("policy", "sleep")
    combinator = "async_timeout"

    def __init__(self, src: AsyncPlan[A_co], policy: TimeoutPolicy, sleep: Sleep) -> None:
        self.src = src
        self.policy = policy
        self.sleep = sleep

    @override
    def enter(self, stack: list[Any]) -> AsyncPlan[Any]:
        return self._race

    @override
    def describe(self) -> str:
        return f"{self.combinator} after {self.policy.seconds} s"

    async def _race(self) -> Result[A_co, ErrInfo]:
        tasks = TaskSet()
        work = tasks.start(drive(self.src))
        timer = tasks.start(_pausing(self.sleep, self.policy.seconds)())
        await tasks.wait_any()
        timed_out = not work.done()
        tasks.stop()
        cancelled = await tasks.wait()
        try:
            if not timer.cancelled():
                timer.result()  # raises the exception of the capability, if any
            return self._verdict(work, cancelled, timed_out=timed_out)
        finally:
            del work, timer, cancelled  # an exception that its own traceback reaches would be a cycle

    def _verdict(
        self, work: asyncio.Task[Any], cancelled: asyncio.CancelledError | None, *, timed_out: bool
    ) -> Result[A_co, ErrInfo]:
        try:
            if cancelled is not None and (work.cancelled() or work.exception() is None):
                raise cancelled
            if timed_out and work.cancelled():
                return Err(self._error())
            outcome: Result[A_co, ErrInfo] = work.result()
            return outcome
        finally:
            del work, cancelled

    def _error(self) -> ErrInfo:
        seconds = self.policy.seconds
        msg = f"no outcome within {seconds} s"
        return ErrInfo(self.policy.code, msg, stage=self.combinator, ctx={"seconds": seconds})
