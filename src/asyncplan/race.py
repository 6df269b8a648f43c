"""Plans that compete: the first success is the outcome, the rest is cancelled."""

from __future__ import annotations

from collections.abc import Sized
from typing import TYPE_CHECKING, Any, TypeVar, final

from asyncplan import contract
from asyncplan._typing import override
from asyncplan.gather import replayable
from asyncplan.plan import AsyncPlan, Plan, drive
from asyncplan.result import Ok
from asyncplan.tasks import TaskSet

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterable

    from asyncplan.result import ErrInfo, Result

A = TypeVar("A")
A_co = TypeVar("A_co", covariant=True)


def async_race(plans: Iterable[AsyncPlan[A]]) -> Plan[A]:
    """Run `plans` all at once; the first to succeed is the outcome, the others are cancelled. O(1) to build.

    The outcome is in when the others have cleaned up. Failures wait for a success; if there is none, the error
    of the first plan in order is the outcome. An exception ends the race at once, and so does one raised while
    cleaning up. Plans that are ready at the same time win in order. Each runs in a task of its own, with its
    own copy of the context variables. A race of one plan is that plan.

    Raises `PlanContractError` for no plans, and for an iterator, as `async_gather` does.
    """
    kept = replayable(plans, "async_race")
    if isinstance(kept, Sized) and len(kept) == 0:
        raise _no_plans()
    return Race(kept)


def _no_plans() -> contract.PlanContractError:
    return contract.PlanContractError("async_race was given no plans: one of none can never succeed")


@final
class Race(Plan[A_co]):
    """A leaf that runs other plans against each other."""

    __slots__ = ("plans",)
    combinator = "async_race"

    def __init__(self, plans: Iterable[AsyncPlan[A_co]]) -> None:
        self.plans = plans

    @override
    async def __call__(self) -> Result[A_co, ErrInfo]:
        tasks = TaskSet()
        runners: list[asyncio.Task[Any]] = []
        for plan in tuple(self.plans):
            runners.append(tasks.start(drive(plan)))
            if _first_decisive(runners) is not None:  # an eager task factory has run it already
                break
        if not runners:
            raise _no_plans()
        while (winner := _first_decisive(runners)) is None and not all(runner.done() for runner in runners):
            await tasks.wait_any()
        if tasks.stopping:
            winner = None
        tasks.stop()
        cancelled = await tasks.wait()
        try:
            return _verdict(runners, winner, cancelled)
        finally:
            del cancelled, runners, winner  # an exception that its own traceback reaches would be a cycle

    @override
    def inner(self) -> tuple[AsyncPlan[Any], ...]:
        return self.plans if isinstance(self.plans, tuple) else ()

    @override
    def describe(self) -> str:
        count = f" of {len(self.plans)} plans" if isinstance(self.plans, Sized) else ""
        return self.combinator + count


def _first_decisive(runners: list[asyncio.Task[Any]]) -> asyncio.Task[Any] | None:
    """Return the first task that is done and did not merely fail."""
    for runner in runners:
        if runner.done() and (runner.cancelled() or runner.exception() or isinstance(runner.result(), Ok)):
            return runner
    return None


def _verdict(
    runners: list[asyncio.Task[Any]],
    winner: asyncio.Task[Any] | None,
    cancelled: asyncio.CancelledError | None,
) -> Result[Any, ErrInfo]:
    defective: list[asyncio.Task[Any]] = []
    try:
        defective = [runner for runner in runners if not runner.cancelled() and runner.exception()]
        if cancelled is not None and not defective:
            raise cancelled
        outcome: Result[Any, ErrInfo] = [*defective, winner or runners[0]][0].result()
        return outcome
    finally:
        del runners, winner, cancelled, defective
