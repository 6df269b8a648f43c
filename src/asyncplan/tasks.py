"""Tasks of one run: each is cancelled at most once, and none outlives the run. Python 3.10 has no TaskGroup.

Everything of this package that runs coroutines side by side (gathers, races, timeouts, streams) starts them in
a `TaskSet`, which keeps the promises of `asyncio.TaskGroup`:

    tasks = TaskSet()
    tasks.start(work())                       # as often as needed, from the tasks themselves too
    cancelled = await tasks.wait()            # all are done, however often the caller was cancelled meanwhile
    if cancelled is not None:
        raise cancelled

- A cancellation of the caller is passed on to each task once. Later ones are not: a finalizer that is running
  runs to its end. `wait` returns the cancellation, for the caller to raise when its own account is in order.
- `tasks.stop(some)` cancels tasks for a reason of the caller's own. A task that was cancelled already, for
  any reason, is left alone.
- `await tasks.wait_any()` returns when one task is done; call it again, or `stop` and `wait`, as TaskGroup's
  `__aexit__` would.
- `tasks.stopping` says that no new work may begin. Workers look at it before they take the next item: one
  that swallows its cancellation must not go on to the next.

Nothing here reads the tasks' results: ask each task, or keep an account in the workers.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable

A = TypeVar("A")


class TaskSet:
    """The tasks of one run, owned by the task that makes this object."""

    __slots__ = (
        "_any_done",
        "_cancellation",
        "_cancelled",
        "_loop",
        "_pending",
        "_waiter",
        "_wants_any",
        "stopping",
    )

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._pending: dict[asyncio.Task[Any], None] = {}  # a set in a fixed order
        self._cancelled: set[asyncio.Task[Any]] = set()
        self._cancellation: asyncio.CancelledError | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._any_done = self._wants_any = False
        self.stopping = False

    def start(self, coroutine: Coroutine[Any, Any, A]) -> asyncio.Task[A]:
        """Run `coroutine` in a task of its own; one started while stopping is cancelled at once."""
        task = self._loop.create_task(coroutine)
        if task.done():  # an eager task factory has run it already
            self._any_done = True
        else:
            self._pending[task] = None
            task.add_done_callback(self._on_done)
            if self.stopping:
                self._cancel(task)
        return task

    def stop(self, tasks: Iterable[asyncio.Task[Any]] | None = None) -> None:
        """Cancel these tasks, or all and mark the run as `stopping`; none is cancelled a second time."""
        if tasks is None:
            self.stopping = True
            tasks = tuple(self._pending)
        for task in tasks:
            self._cancel(task)

    async def wait(self) -> asyncio.CancelledError | None:
        """Wait until every task is done; return the cancellation of the caller that came meanwhile, if any."""
        while self._pending:
            await self._suspend()
        cancellation, self._cancellation = self._cancellation, None
        return cancellation

    async def wait_any(self) -> None:
        """Wait until a task is done that was not at the last call; a cancelled caller stops all of them first."""
        while self._pending and not self._any_done:
            self._wants_any = True
            await self._suspend()
        self._any_done = self._wants_any = False

    async def _suspend(self) -> None:
        self._waiter = self._loop.create_future()
        try:
            await self._waiter
        except asyncio.CancelledError as exc:
            self._cancellation = exc
            self.stop()
        except GeneratorExit:  # the caller is being closed and cannot wait any more
            self.stop()
            raise
        finally:
            self._waiter = None

    def _cancel(self, task: asyncio.Task[Any]) -> None:
        if task in self._cancelled or task.done() or self._loop.is_closed():
            return
        self._cancelled.add(task)
        task.cancel()

    def _on_done(self, task: asyncio.Task[Any]) -> None:
        self._pending.pop(task, None)
        self._cancelled.discard(task)
        self._any_done = True
        waiter = self._waiter
        if waiter is not None and (self._wants_any or not self._pending) and not waiter.done():
            waiter.set_result(None)
