"""Hand-over of items from producer tasks to the one task that consumes a stream.

A stage with producers subclasses `Relayed`. Each run of it has a `Relay`, whose slots are handed on in order:

    slot = [PENDING, room]     # `room` bounds how many items of one producer are on their way
    relay.slots.append(slot)   # a place in the order, while the outcome is still being worked on
    relay.fill(slot, outcome)  # the consumer is woken if it waits for this one

The relay ends with its consumer: producers are cancelled once and awaited.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from asyncplan._typing import override
from asyncplan.plan import type_of
from asyncplan.stream.node import Stream, closing, start
from asyncplan.tasks import TaskSet

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Coroutine

    from asyncplan.result import ErrInfo, Result
    from asyncplan.stream.node import AsyncStream

A_co = TypeVar("A_co", covariant=True)

PENDING: Final = object()

Slot: TypeAlias = list[Any]
"""One item on its way, `[outcome or PENDING, room, ...]`. A list, as it is made for each item."""


class Signal:
    """Wakes the one task that waits for it. A call while none waits is lost: check, then wait."""

    __slots__ = ("_make_future", "waiter")

    def __init__(self) -> None:
        self.waiter: asyncio.Future[None] | None = None
        self._make_future = asyncio.get_running_loop().create_future

    def __call__(self) -> None:
        """Wake the task that waits."""
        waiter = self.waiter
        if waiter is not None:
            self.waiter = None
            if not waiter.done():
                waiter.set_result(None)

    def next(self) -> asyncio.Future[None]:
        """Return an awaitable for the next call."""
        self.waiter = waiter = self._make_future()
        return waiter


class Room:
    """Space for `free` more items on their way. One producer fills it.

    A producer that found none is woken as soon as there is space for `worthwhile` items.
    """

    __slots__ = ("free", "freed", "worthwhile")

    def __init__(self, free: int) -> None:
        self.free = free
        self.freed = Signal()
        self.worthwhile = 1

    async def take(self, worthwhile: int = 1) -> None:
        """Take space for one item; wait while there is none."""
        self.worthwhile = worthwhile
        while not self.free:
            await self.freed.next()
        self.free -= 1


class Raised:
    """The outcome of a producer that raised; kept only until it is raised again."""

    __slots__ = ("_exceptions",)

    def __init__(self, exc: BaseException) -> None:
        self._exceptions = [exc]

    def pop(self) -> BaseException:
        """Return the exception and forget it: one that its own traceback reaches would be a cycle."""
        return self._exceptions.pop()


class Relay:
    """One run of a stage with producers: its tasks, and the slots on their way."""

    __slots__ = ("_defect", "abandoned", "changed", "producers", "slots", "tasks")

    def __init__(self) -> None:
        self.slots: deque[Slot] = deque()
        self.tasks = TaskSet()
        self.changed = Signal()
        self.producers = 0
        self._defect: Raised | None = None
        self.abandoned = False

    def start(self, producer: Coroutine[Any, Any, None]) -> None:
        """Run a producer in a task. Its exception is handed on behind the items it has put."""
        self.producers += 1
        self.tasks.start(producer).add_done_callback(self._ended)

    def put(self, item: Any, room: Room) -> None:
        """Hand on an item behind all others."""
        slot = [item, room]
        self.slots.append(slot)
        self.fill(slot, item)

    def fill(self, slot: Slot, outcome: Any) -> None:
        """Hand on the outcome of a slot when its turn comes."""
        slot[0] = outcome
        if self.changed.waiter is not None and self.slots[0] is slot:
            self.changed()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.producers -= 1
        exc = asyncio.CancelledError() if task.cancelled() else task.exception()
        if self.tasks.stopping:
            if isinstance(exc, Exception) and self._defect is None:
                self._defect = Raised(exc)
        elif isinstance(exc, Exception):
            self.slots.append([Raised(exc), Room(0)])
        elif exc is not None:  # waits for no slot: the one that this task would have filled stays empty
            self.slots.appendleft([Raised(exc), Room(0)])
        self.changed()

    async def end(self) -> None:
        """Stop the producers and wait for them; raise an exception of one of them while it cleaned up."""
        self.tasks.stop()
        if self.abandoned:
            return
        cancelled = await self.tasks.wait()
        for slot in self.slots:
            slot[0] = None  # as Raised.pop does
        try:
            if self._defect is not None:
                raise self._defect.pop()
            if cancelled is not None:
                raise cancelled
        finally:
            del cancelled  # an exception that its own traceback reaches would be a cycle


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
        try:
            self.produce(relay)
            while True:
                while slots and (outcome := slots[0][0]) is not PENDING:
                    room = slots.popleft()[1]
                    room.free += 1
                    if room.freed.waiter is not None and room.free >= room.worthwhile:
                        room.freed()
                    if type_of(outcome) is Raised:
                        raise outcome.pop()
                    yield outcome
                if not (slots or relay.producers):
                    return
                try:
                    await relay.changed.next()
                except GeneratorExit:  # the coroutine that consumes is being closed
                    relay.abandoned = True
                    raise
        finally:
            await relay.end()


async def pump(src: AsyncStream[Any], room: Room, relay: Relay) -> None:
    """Put the items of a stream on a relay, one for each place in `room`; pull none without a place for it."""
    async with closing(start(src)) as items:
        room.free -= 1
        async for item in items:
            if relay.tasks.stopping:
                return  # the source did not heed its cancellation
            relay.put(item, room)
            if room.free:  # for the next item
                room.free -= 1
            else:
                await room.take()
