"""One run of a gather: workers that pull plans one by one, and the account of how they ended."""

from __future__ import annotations

import asyncio
from contextvars import copy_context
from operator import length_hint
from typing import TYPE_CHECKING, Any, Final, cast

from asyncplan.plan import BUDGET, GIVE_WAY, AsyncPlan, Pure, drive, type_of
from asyncplan.result import Err, ErrInfo, Ok, Result
from asyncplan.tasks import settle

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Generator, Iterable

_EXHAUSTED: Final = object()


class Pool:
    """Runs plans in the order in which they come, some at a time; good for one run."""

    __slots__ = ("_failed_at", "_failure", "_keep", "_plans", "_results", "_running", "_size")

    def __init__(self, plans: Iterable[AsyncPlan[Any]], size: int, *, keep_errors: bool) -> None:
        self._plans = iter(plans)
        self._size = min(size, length_hint(plans, size))
        self._keep = keep_errors
        self._results: list[Any] = []
        self._running: dict[int, asyncio.Task[Any]] = {}
        self._failed_at: int | None = None
        self._failure: Err[ErrInfo] | BaseException | None = None

    async def run(self) -> Result[list[Any], ErrInfo]:
        """Run all plans. Every worker is done when this returns or raises, however often it is cancelled."""
        create_task = asyncio.get_running_loop().create_task
        workers = [create_task(self._work()) for _ in range(self._size)]
        cancelled = await settle(workers)
        for worker in workers:
            if not worker.cancelled():
                worker.exception()  # seen: it is on the account already
        failure, self._failure = self._failure, None
        try:
            if cancelled is not None and not isinstance(failure, Exception):
                raise cancelled
            if isinstance(failure, BaseException):
                raise failure
            return Ok(self._results) if failure is None else failure
        finally:
            del cancelled, failure  # an exception that its own traceback reaches would be a cycle

    async def _work(self) -> None:
        steps = 0
        while self._failed_at is None:
            index = len(self._results)
            try:
                plan: Any = next(self._plans, _EXHAUSTED)
                if plan is _EXHAUSTED:
                    return
                self._results.append(None)
                if type_of(plan) is Pure:
                    self._results[index] = Ok(plan.value) if self._keep else plan.value
                else:
                    await self._perform(index, plan)
            except BaseException as exc:
                self._fail(index, exc)
                if not isinstance(exc, Exception):
                    raise
            steps += 1
            if steps % BUDGET == 0:
                await GIVE_WAY

    async def _perform(self, index: int, plan: Any) -> None:
        self._running[index] = cast("asyncio.Task[Any]", asyncio.current_task())
        try:
            outcome: Any = await InOwnContext(drive(plan))
        finally:
            self._running.pop(index, None)
        if self._keep:
            self._results[index] = outcome
        elif type_of(outcome) is Ok:
            self._results[index] = outcome.value
        else:
            self._fail(index, outcome)

    def _fail(self, index: int, failure: Any) -> None:
        if self._failed_at is not None and self._failed_at < index:
            return
        self._failed_at, self._failure = index, failure
        for above in [i for i in self._running if i > index]:
            # Out of the account too: a second cancel would cut its cleaning up short.
            self._running.pop(above).cancel()


class InOwnContext:
    """Awaited, runs a coroutine in a copy of the context, inside the task that is running already."""

    __slots__ = ("_coroutine",)

    def __init__(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        self._coroutine = coroutine

    def __await__(self) -> Generator[Any, Any, Any]:
        coroutine = self._coroutine
        run = copy_context().run
        step: Callable[[Any], Any] = coroutine.send
        sent: Any = None
        while True:
            try:
                waited_for = run(step, sent)
            except StopIteration as done:
                return done.value
            try:
                sent = yield waited_for
                step = coroutine.send
            except GeneratorExit:
                run(coroutine.close)
                raise
            except BaseException as exc:  # noqa: BLE001 - all of them are the coroutine's to see
                step, sent = coroutine.throw, exc
