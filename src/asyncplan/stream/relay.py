"""Hand-over of items from producer tasks to the one task that consumes a stream."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Any, Final, TypeVar, TypeAlias

from asyncplan._typing import override
from asyncplan.plan import type_of
from asyncplan.stream.node import Stream, close, start
from asyncplan.tasks import cancel, settle

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Coroutine

    from asyncplan.result import ErrInfo, Result
    from asyncplan.stream.node import AsyncStream

A_co = TypeVar("A_co", covariant=True)

PENDING: Final = object()


class Signal:
    """Wakes the one task that waits for it. A call while none waits is lost: check, then wait."""

    __slots__ = ("waiter",)

    def __init__(self) -> None:
        self.waiter: asyncio.Future[None] | None = None

    def __call__(self) -> None:
        """Wake the task that waits."""
        waiter = self.waiter
        if waiter is not None:
            self.waiter = None
            if not waiter.done():
                waiter.set_result(None)

    def next(self) -> asyncio.Future[None]:
        """Return an awaitable for the next call."""
        self.waiter = asyncio.get_running_loop().create_future()
        return self.waiter


class Room:
    """Space for `free` more items on their way, which one producer fills.

    A producer that found none is woken when there is space for `worthwhile` items.
    """

    __slots__ = ("free", "freed", "worthwhile")

    def __init__(self, free: int, worthwhile: int = 1) -> None:
        self.free = free
        self.worthwhile = worthwhile
        self.freed = Signal()

    async def take(self) -> None:
        """Take space for one item; wait while there is none."""
        while not self.free:
            await self.freed.next()
        self.free -= 1


Slot: TypeAlias = list[Any]
"""One item on its way, `[outcome or PENDING, room]`: a list, since a class would cost as much as the rest."""


class Raised:
    """The outcome of a producer that raised; kept only until it is raised again."""

    __slots__ = ("_exceptions",)

    def __init__(self, exc: BaseException) -> None:
        self._exceptions = [exc]

    def pop(self) -> BaseException:
        """Return the exception and forget it: one that its own traceback reaches would be a cycle."""
        return self._exceptions.pop()


class Relay:
    """One run of a stage with producer tasks: the slots in the order in which they are handed on."""

    __slots__ = ("_cannot_wait", "_tasks", "changed", "closing", "slots")

    def __init__(self) -> None:
        self.slots: deque[Slot] = deque()
        self.changed = Signal()
        self.closing = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._cannot_wait = False

    def start(self, producer: Coroutine[Any, Any, None]) -> None:
        """Run a producer in a task. What it raises is handed on behind the items it has put."""
        task = asyncio.get_running_loop().create_task(producer)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def put(self, slot: Slot) -> None:
        """Add a slot behind the others."""
        self.slots.append(slot)
        self.changed()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not self.closing:
            exc = asyncio.CancelledError() if task.cancelled() else task.exception()
            if exc is not None:
                self.slots.append([Raised(exc), Room(0)])
        self.changed()

    async def has_next(self) -> bool:
        """Wait until the first slot is filled; False when none is left and every producer has ended."""
        while not self.slots or self.slots[0][0] is PENDING:
            if not (self.slots or self._tasks):
                return False
            try:
                await self.changed.next()
            except GeneratorExit:  # the consumer's coroutine is being closed
                self._cannot_wait = True
                raise
        return True

    async def end(self) -> None:
        """Stop the producers and wait for them."""
        self.closing = True
        tasks = list(self._tasks)
        cancel(tasks)
        if self._cannot_wait:
            return
        cancelled = await settle(tasks)
        for slot in self.slots:
            slot[0] = None
        if cancelled is not None:
            try:
                raise cancelled
            finally:
                del cancelled
        for task in tasks:
            if not task.cancelled():
                task.result()


class Relayed(Stream[A_co]):
    """A stage whose items come from producer tasks."""

    __slots__ = ()

    def produce(self, relay: Relay) -> None:
        """Start the producers of one run."""
        raise NotImplementedError

    @override
    async def __call__(self) -> AsyncGenerator[Result[A_co, ErrInfo], None]:
        relay = Relay()
        slots = relay.slots
        self.produce(relay)
        try:
            while await relay.has_next():
                while slots and (outcome := slots[0][0]) is not PENDING:
                    room = slots.popleft()[1]
                    room.free += 1
                    if room.freed.waiter is not None and room.free >= room.worthwhile:
                        room.freed()
                    if type_of(outcome) is Raised:
                        raise outcome.pop()
                    yield outcome
        finally:
            await relay.end()


async def pump(src: AsyncStream[Any], room: Room, relay: Relay) -> None:
    """Put the items of a stream on a relay, one for each place in `room`; pull none without a place for it."""
    items = start(src)
    try:
        while not relay.closing:
            if room.free:
                room.free -= 1
            else:
                await room.take()
            try:
                item = await items.__anext__()
            except StopAsyncIteration:
                return
            relay.put([item, room])
    finally:
        await close(items)
