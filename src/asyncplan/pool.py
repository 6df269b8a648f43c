"""One run of a gather: workers that pull plans one by one, and the account of how they ended.

    outcome = await Pool(plans, concurrency, keep_errors=False).run()

A pool is made inside the run that needs it and is used once. `Apart` and `in_context` are how anything else that
runs plans in tasks it shares (streams) gives each plan context variables of its own.
"""

from __future__ import annotations

import asyncio
from contextvars import copy_context
from operator import length_hint
from types import CoroutineType, coroutine
from typing import TYPE_CHECKING, Any, Final, TypeVar

from asyncplan import contract
from asyncplan.plan import BUDGET, GIVE_WAY, AsyncPlan, Lift, Pure, drive, leave_out_frame, type_of
from asyncplan.result import Err, ErrInfo, Ok, Result
from asyncplan.structure import Node, describe
from asyncplan.tasks import TaskSet

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Generator, Iterable
    from contextvars import Context

A = TypeVar("A")

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
        apart = Apart()
        while self._failed_at is None and not tasks.stopping:
            index = len(results)
            try:
                plan: Any = apart.call(next, plans, _EXHAUSTED)
                if plan is _EXHAUSTED:
                    return
                results.append(None)
                if type_of(plan) is Pure:
                    results[index] = Ok(plan.value) if keep else plan.value
                else:
                    at[number] = index
                    outcome: Any = await apart.run(plan)
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


class Apart:
    """Runs plans in one task, one after the other, none of which sees the context variables of another.

    While the task has no context variables, plans run in its own context: each step inside a copy would cost as
    much as everything else that a worker does. After a plan that leaves a variable behind, or in a task that
    began with some, each plan runs in a copy of the context at the beginning.
    """

    __slots__ = ("_beginning",)

    def __init__(self) -> None:
        self._beginning = copy_context()

    def call(self, f: Callable[..., A], *args: Any) -> A:
        """Call `f`, which builds a plan."""
        return self._beginning.copy().run(f, *args) if copy_context() else f(*args)

    def run(self, plan: Any) -> Awaitable[Any]:
        """Return an awaitable for one run of `plan`."""
        return in_context(self._beginning.copy(), plan) if copy_context() else _outcome(plan)


@coroutine
def in_context(context: Context, plan: Any) -> Generator[Any, Any, Any]:
    """Run a plan in `context`, inside the task that is running already."""
    running = _outcome(plan)
    step: Callable[[Any], Any] = running.send
    sent: Any = None
    try:
        while True:
            try:
                waited_for = context.run(step, sent)
            except StopIteration as done:
                return done.value
            try:
                sent = yield waited_for
                step = running.send
            except GeneratorExit:
                context.run(running.close)
                raise
            except BaseException as exc:  # noqa: BLE001 - all of them are the coroutine's to see
                step, sent = running.throw, exc
    finally:
        sent = None  # an exception that its own traceback reaches would be a cycle


def _outcome(plan: Any) -> Coroutine[Any, Any, Any]:
    """Return a coroutine for one run of `plan`."""
    kind = type_of(plan)
    if kind is Lift:
        return _outcome_of_leaf(plan, plan.make)
    is_function = contract.is_callable(plan) and not issubclass(kind, Node)
    return _outcome_of_leaf(plan, plan) if is_function else drive(plan)


async def _outcome_of_leaf(plan: Any, make: Any) -> Any:
    """Run a plan of one call without the driver, which would cost as much as everything else that a worker does."""
    made: Any = None
    try:
        made = make()
        if type_of(made) is not CoroutineType:
            contract.require_awaitable(made, make)
        outcome: Any = await made
    except Exception as exc:
        leave_out_frame(exc)
        if contract.is_reuse(exc, made):
            raise contract.reused(made, make) from None
        if contract.lacks_origin(exc):
            contract.note_origin(exc, describe(plan), ())
        raise
    kind = type_of(outcome)
    if kind is Err:
        contract.require_error(outcome.error, plan)
    elif kind is not Ok:
        raise contract.no_result(outcome, make)
    return outcome
