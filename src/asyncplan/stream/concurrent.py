"""Stages with tasks of their own: work ahead of the consumer, as far as their bounds allow and no further.

The source of each is run by one task from beginning to end, closing included, since timeouts and cancel
scopes inside a generator belong to the task that entered them.
"""

from __future__ import annotations

from collections import deque
from contextvars import copy_context
from typing import TYPE_CHECKING, Any, TypeVar, final

from asyncplan import contract
from asyncplan._typing import override
from asyncplan.gather import checked_concurrency, replayable
from asyncplan.plan import type_of
from asyncplan.pool import Apart, in_context
from asyncplan.result import ErrInfo, Ok, Result
from asyncplan.stream.node import AsyncStream, Stream, close, closing, error_of, require_stream, start
from asyncplan.stream.relay import PENDING, Raised, Relay, Relayed, Room, Signal, Slot, pump
from asyncplan.stream.stages import at_least_one

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterable

    from asyncplan.plan import AsyncPlan

A = TypeVar("A")
B = TypeVar("B")
A_co = TypeVar("A_co", covariant=True)


def bounded_map(
    stream: AsyncStream[A],
    f: Callable[[A], AsyncPlan[B]],
    *,
    concurrency: int = 16,
    ordered: bool = True,
) -> Stream[B]:
    """Replace each value by the outcome of the plan `f(value)`, at most `concurrency` plans at a time.

    Outcomes keep the order of the values; with `ordered=False` they come as they are ready. At most
    `2 * concurrency` items lie between source and consumer: running, or waiting for either. With a
    concurrency of 1 nothing runs ahead: a plan starts when the outcome before it has been taken. Each plan
    has its own copy of the context variables. When the run ends early, plans under way are cancelled and
    awaited.

    Raises `ValueError` for a concurrency below 1 and, when run, `PlanContractError` for an `f` that returns
    no plan.
    """
    require_stream(stream, "stream.bounded_map")
    contract.require_function(f, "stream.bounded_map")
    if checked_concurrency(concurrency) == 1:
        return InTurn(stream, f)
    return BoundedMap(stream, f, concurrency, ordered=ordered)


def merge(streams: Iterable[AsyncStream[A]]) -> Stream[A]:
    """Run `streams` side by side and hand on their items as they come, each of the streams in its order.

    Fair: a stream is one item ahead at most, so between two items of one stream every other stream that has
    an item gets its turn. Raises `PlanContractError` for a one-shot iterator.
    """
    streams = replayable(streams, "stream.merge")
    if isinstance(streams, tuple):
        for stream in streams:
            require_stream(stream, "stream.merge")
    return Merge(streams)


def buffer(stream: AsyncStream[A], size: int) -> Stream[A]:
    """Run `stream` ahead of its consumer, by `size` items at most: then it waits. `ValueError` below 1."""
    require_stream(stream, "stream.buffer")
    return Buffer(stream, at_least_one(size, "the size of a buffer"))


@final
class Buffer(Relayed[A_co]):
    """A stream that runs ahead."""

    __slots__ = ("size", "src")
    combinator = "stream.buffer"

    def __init__(self, src: AsyncStream[A_co], size: int) -> None:
        self.src = src
        self.size = size

    @override
    def produce(self, relay: Relay) -> None:
        relay.start(pump(self.src, Room(self.size), relay))

    @override
    def describe(self) -> str:
        return f"{self.combinator} of {self.size}"


@final
class Merge(Relayed[A_co]):
    """Streams side by side."""

    __slots__ = ("streams",)
    combinator = "stream.merge"

    def __init__(self, streams: Iterable[AsyncStream[A_co]]) -> None:
        self.streams = streams

    @override
    def produce(self, relay: Relay) -> None:
        for stream in self.streams:
            relay.start(pump(stream, Room(1), relay))

    @override
    def inner(self) -> tuple[Callable[[], Any], ...]:
        return self.streams if isinstance(self.streams, tuple) else ()


@final
class InTurn(Stream[A_co]):
    """Plans for values, one at a time, in the consumer's task."""

    __slots__ = ("f", "src")

    def __init__(self, src: AsyncStream[Any], f: Callable[[Any], AsyncPlan[A_co]]) -> None:
        self.src = src
        self.f = f

    @override
    async def __call__(self) -> AsyncGenerator[Result[A_co, ErrInfo], None]:
        async with closing(start(self.src)) as items:
            async for item in items:
                if type_of(item) is Ok:
                    yield await in_context(copy_context(), contract.plan_of(self.f(item.value), self.f))
                else:
                    yield error_of(item, self.src)

    @override
    def describe(self) -> str:
        return f"stream.bounded_map {contract.label(self.f)}, 1 at a time"


@final
class BoundedMap(Relayed[A_co]):
    """Plans for values, some at a time."""

    __slots__ = ("concurrency", "f", "ordered", "src")

    def __init__(
        self, src: AsyncStream[Any], f: Callable[[Any], AsyncPlan[A_co]], concurrency: int, *, ordered: bool
    ) -> None:
        self.src = src
        self.f = f
        self.concurrency = concurrency
        self.ordered = ordered

    @override
    def produce(self, relay: Relay) -> None:
        relay.start(_Workshop(self, relay).feed())

    @override
    def describe(self) -> str:
        order = "" if self.ordered else ", in any order"
        return f"stream.bounded_map {contract.label(self.f)}, {self.concurrency} at a time{order}"


class _Workshop:
    """One run of a bounded map: a feeder pulls the source, workers run plans for the values it has pulled."""

    __slots__ = ("_all_pulled", "_enough", "_idle", "_inbox", "_node", "_relay", "_room")

    def __init__(self, node: BoundedMap[Any], relay: Relay) -> None:
        self._node = node
        self._relay = relay
        self._room = Room(2 * node.concurrency)
        self._enough = node.concurrency // 3
        """As many values in the inbox keep the workers busy until the feeder has pulled more."""
        self._inbox: deque[Slot] = deque()
        """Slots of values that wait for a worker, `[PENDING, room, value]`."""
        self._idle: deque[Signal] = deque()
        self._all_pulled = False

    async def feed(self) -> None:
        """Pull the source as far as there is room."""
        node, relay, inbox, room = self._node, self._relay, self._inbox, self._room
        idle, tasks, slots, to_start = self._idle, relay.tasks, relay.slots, node.concurrency
        items = start(node.src)
        try:
            room.free -= 1
            async for item in items:
                if tasks.stopping:
                    return  # the source did not heed its cancellation
                if type_of(item) is Ok:
                    slot: Slot = [PENDING, room, item.value]
                    if node.ordered:
                        slots.append(slot)
                    inbox.append(slot)
                    if idle:
                        idle.popleft()()
                    elif to_start:
                        to_start -= 1
                        relay.start(self._work())
                else:
                    relay.put(error_of(item, node.src), room)
                if room.free:  # for the next item
                    room.free -= 1
                else:
                    # To be woken for each place would cost more than to pull the item.
                    await room.take(max(1, len(inbox) - self._enough))
        finally:
            self._all_pulled = True
            for wake in idle:
                wake()
            await close(items)

    async def _work(self) -> None:
        f, ordered = self._node.f, self._node.ordered
        relay, inbox, freed, enough = self._relay, self._inbox, self._room.freed, self._enough
        slots, tasks, changed = relay.slots, relay.tasks, relay.changed
        apart = Apart()
        call, run, plan_of = apart.call, apart.run, contract.plan_of
        while True:
            while inbox:
                slot = inbox.popleft()
                outcome: Any
                try:
                    outcome = await run(plan_of(call(f, slot[2]), f))
                except Exception as exc:
                    if tasks.stopping:
                        raise
                    outcome = Raised(exc)
                if tasks.stopping:
                    return  # the plan did not heed its cancellation
                if not ordered:
                    slots.append(slot)
                slot[0] = outcome  # as Relay.fill does
                if slots[0] is slot:
                    if changed.waiter is not None:
                        changed()
                    if freed.waiter is not None and len(inbox) <= enough:
                        # The consumer, woken first, will have made room by the time the feeder runs.
                        freed()
                outcome = None  # an exception that its own traceback reaches would be a cycle
            if self._all_pulled:
                return
            wake = Signal()
            self._idle.append(wake)
            await wake.next()
