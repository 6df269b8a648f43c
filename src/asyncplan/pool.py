"""One run of a gather: workers that pull plans one by one, and the account of how they ended.

    outcome = await Pool(plans, concurrency, keep_errors=False).run()

A pool is made inside the run that needs it and is used once. `in_own_context` is how anything else that runs
plans in tasks it shares (streams) gives each plan context variables of its own.
"""

from __future__ import annotations

import asyncio
from contextvars import copy_context
from operator import length_hint
from types import CoroutineType, coroutine
from typing import TYPE_CHECKING, Any, Final

from asyncplan import contract
from asyncplan.plan import BUDGET, GIVE_WAY, AsyncPlan, Lift, Pure, drive, type_of
from asyncplan.result import Err, ErrInfo, Ok, Result
from asyncplan.structure import Node, describe
from asyncplan.tasks import TaskSet

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator, Iterable

_EXHAUSTED: Final = object()
_IDLE: Final = -1


class Pool:
    """Runs plans in the order in which they come, some at a time; good for one run."""

    __slots__ = (
        "_at",
        "_failed_at",
        "_failure",
        "_keep",
        "_plans",
        "_results",
        "_size",
        "_tasks",
        "_workers",
    )

    def __init__(self, plans: Iterable[AsyncPlan[Any]], size: int, *, keep_errors: bool) -> None:
        self._plans = iter(plans)
        self._size = max(1, min(size, length_hint(plans, size)))  # a hint may be wrong
        self._keep = keep_errors
        self._results: list[Any] = []
        self._workers: list[asyncio.Task[Any]] = []
        self._at = [_IDLE] * self._size
        """The index of the plan that each worker runs."""
        self._failed_at: int | None = None
        self._failure: Err[ErrInfo] | BaseException | None = None

    async def run(self) -> Result[list[Any], ErrInfo]:
        """Run all plans. Every worker is done when this returns or raises, however often it is cancelled."""
        tasks = self._tasks = TaskSet()
        for number in range(self._size):
            self._workers.append(tasks.start(self._work(number)))
        cancelled = await tasks.wait()
        for worker in self._workers:
            if not worker.cancelled():
                worker.exception()  # seen: it is on the account already
        failure, self._failure = self._failure, None
        try:
            if cancelled is not None and not isinstance(failure, Exception):
                raise cancelled
            if isinstance(failure, BaseException):
                raise failure
            if failure is None or self._failed_at is None:
                return Ok(self._results)
            return Err(failure.error.within(self._failed_at))
        finally:
            self._workers.clear()
            del cancelled, failure  # an exception that its own traceback reaches would be a cycle

    async def _work(self, number: int) -> None:
        plans, results, at, keep, tasks = self._plans, self._results, self._at, self._keep, self._tasks
        while self._failed_at is None and not tasks.stopping:
            index = len(results)
            try:
                plan: Any = next(plans, _EXHAUSTED)
                if plan is _EXHAUSTED:
                    return
                results.append(None)
                if type_of(plan) is Pure:
                    results[index] = Ok(plan.value) if keep else plan.value
                else:
                    at[number] = index
                    outcome: Any = await in_own_context(plan)
                    if keep:
                        results[index] = outcome
                    elif type_of(outcome) is Ok:
                        results[index] = outcome.value
                    else:
                        self._fail(index, outcome)
            except BaseException as exc:
                self._fail(index, exc)
                if not isinstance(exc, Exception):
                    raise
            at[number] = _IDLE
            if index % BUDGET == BUDGET - 1:  # the plans may all be over at once
                await GIVE_WAY

    def _fail(self, index: int, failure: Any) -> None:
        if self._failed_at is not None and self._failed_at < index:
            # A defect met while cleaning up must not get lost behind a mere cancellation.
            if isinstance(failure, Exception) and isinstance(self._failure, asyncio.CancelledError):
                self._failure = failure
            return
        self._failed_at, self._failure = index, failure
        self._tasks.stop(worker for worker, at in zip(self._workers, self._at, strict=False) if at > index)


@coroutine
def in_own_context(plan: Any) -> Generator[Any, Any, Any]:
    """Run a plan in a copy of the context, inside the task that is running already.

    A leaf, the usual case, does without the driver, which would cost as much as everything else here.
    """
    run = copy_context().run
    make = _function_of_leaf(plan)
    sent: Any = None
    outcome: Any = None
    try:
        if make is None:
            made: Any = drive(plan)
        else:
            made = run(make)
            if type_of(made) is not CoroutineType:
                contract.require_awaitable(made, make)
                made = _awaiting(made)
            elif made.cr_frame is None or made.cr_await is not None or made.cr_running:
                raise contract.reused(made, make)  # noqa: TRY301
        step: Callable[[Any], Any] = made.send
        while True:
            try:
                waited_for = run(step, sent)
            except StopIteration as done:
                outcome = done.value
                break
            try:
                sent = yield waited_for
                step = made.send
            except GeneratorExit:
                run(made.close)
                raise
            except BaseException as exc:  # noqa: BLE001 - all of them are the coroutine's to see
                step, sent = made.throw, exc
    except Exception as exc:
        if make is not None and contract.lacks_origin(exc):
            contract.note_origin(exc, describe(plan), ())
        raise
    finally:
        sent = None  # an exception that its own traceback reaches would be a cycle
    kind = type_of(outcome)
    if kind is Err:
        contract.require_error(outcome.error, plan)
    elif kind is not Ok:
        raise contract.no_result(outcome, make)
    return outcome


def _function_of_leaf(plan: Any) -> Any:
    """Return the function that a plan of one step calls; None for any other, which takes the driver."""
    kind = type_of(plan)
    if kind is Lift:
        return plan.make
    return plan if contract.is_callable(plan) and not issubclass(kind, Node) else None


async def _awaiting(made: Awaitable[Any]) -> Any:
    return await made
