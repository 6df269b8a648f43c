"""An event loop whose clock jumps to the next timer: a day's sleep takes no time, and every run is the same.

Only public parts of asyncio are used: a selector of one's own, `time()`, `run_in_executor`, a task factory.
"""

from __future__ import annotations

import asyncio
import random
import selectors
from math import inf, nextafter
from time import get_clock_info
from typing import TYPE_CHECKING, Any, TypeVar

from asyncplan._typing import override
from asyncplan.plan import AsyncPlan, drive

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Generator, Mapping

    from _typeshed import FileDescriptorLike

    from asyncplan.result import ErrInfo, Result

A = TypeVar("A")

_RESOLUTION = get_clock_info("monotonic").resolution


class DeadlockError(RuntimeError):
    """Every task waits, and nothing is left that could wake one."""


def run_virtual(plan: AsyncPlan[A], *, seed: int | None = None) -> Result[A, ErrInfo]:
    """Drive `plan` on a `VirtualLoop` of its own and return its outcome.

    Without a seed tasks take turns in asyncio's order; each seed is another interleaving, the same each time.
    Raises `DeadlockError` when the plan can never finish. Tasks left over are cancelled.
    """
    loop = VirtualLoop(seed)
    try:
        outcome: Result[A, ErrInfo] = loop.run_until_complete(drive(plan))
        return outcome
    finally:
        try:
            _cancel_all(loop)
            loop.run_until_complete(loop.shutdown_asyncgens())
        finally:
            loop.close()


def _cancel_all(loop: asyncio.AbstractEventLoop) -> None:
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop on virtual time, in seconds from 0; `seed` chooses an interleaving of the tasks.

    While a thread works for the loop (`run_in_executor`) or a socket is watched, time stands still and the
    loop waits for real.
    """

    def __init__(self, seed: int | None = None) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)
        self._jumping.watched_by_loop = len(self._jumping.get_map())
        self.chance = random.Random(seed or 0)  # noqa: S311 - a retry's jitter, the same in each run
        if seed is not None:
            self.set_task_factory(_interleaving(random.Random(seed)))  # noqa: S311 - not a secret

    @override
    def time(self) -> float:
        return self._jumping.now

    @override
    def run_in_executor(  # type: ignore[override]  # 3.10 cannot spell *args
        self, executor: Any, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        self._jumping.threads += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._jumping.thread_done)
        return future


class _JumpingSelector(selectors.BaseSelector):
    """Selects among real files, but moves its own clock in place of waiting for a timer."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self.now = 0.0
        self.threads = 0
        self.watched_by_loop = 0

    def thread_done(self, _: asyncio.Future[Any]) -> None:
        self.threads -= 1

    @override
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = self._selector.select(0)
        if ready or timeout == 0:
            return ready
        if self.threads or len(self._selector.get_map()) > self.watched_by_loop:
            return self._selector.select(None)
        if timeout is None:
            raise DeadlockError("every task waits, and no timer, thread or socket is left to wake one")
        self.now += max(timeout, 0)
        if (
            self.now + _RESOLUTION == self.now
        ):  # so late that asyncio, which adds it, would see no timer as due
            self.now = nextafter(self.now, inf)
        return []

    @override
    def register(self, fileobj: FileDescriptorLike, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._selector.register(fileobj, events, data)

    @override
    def unregister(self, fileobj: FileDescriptorLike) -> selectors.SelectorKey:
        return self._selector.unregister(fileobj)

    @override
    def modify(self, fileobj: FileDescriptorLike, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._selector.modify(fileobj, events, data)

    @override
    def get_map(self) -> Mapping[FileDescriptorLike, selectors.SelectorKey]:
        return self._selector.get_map()

    @override
    def close(self) -> None:
        self._selector.close()


def _interleaving(chance: random.Random) -> Callable[..., asyncio.Task[Any]]:
    """Make a task factory whose tasks let others go first, by chance, before each of their steps."""

    async def dawdle(coroutine: Coroutine[Any, Any, Any]) -> Any:
        return await _Dawdling(coroutine, chance)

    def factory(
        loop: asyncio.AbstractEventLoop, coroutine: Coroutine[Any, Any, A], **options: Any
    ) -> asyncio.Task[A]:
        task = asyncio.Task(dawdle(coroutine), loop=loop, **options)
        task.add_done_callback(lambda _: coroutine.close())  # cancelled so early that it never began
        return task

    return factory


class _Dawdling:
    """Awaited, runs a coroutine and gives way up to twice before each of its steps."""

    def __init__(self, coroutine: Coroutine[Any, Any, Any], chance: random.Random) -> None:
        self._coroutine = coroutine
        self._chance = chance

    def __await__(self) -> Generator[Any, Any, Any]:
        coroutine = self._coroutine
        step: Callable[[Any], Any] = coroutine.send
        sent: Any = None
        while True:
            try:
                for _ in range(self._chance.randrange(3)):
                    yield
            except GeneratorExit:
                coroutine.close()
                raise
            except BaseException as exc:  # noqa: BLE001 - all of them are the coroutine's to see
                step, sent = coroutine.throw, exc
            try:
                waited_for = step(sent)
            except StopIteration as done:
                return done.value
            try:
                sent = yield waited_for
                step = coroutine.send
            except GeneratorExit:
                coroutine.close()
                raise
            except BaseException as exc:  # noqa: BLE001
                step, sent = coroutine.throw, exc
