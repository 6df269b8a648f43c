"""Sources of streams: given items, a plan, a resource."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar, final

from asyncplan import contract
from asyncplan._typing import override
from asyncplan.gather import replayable
from asyncplan.plan import BUDGET, GIVE_WAY, Frame, drive, type_of
from asyncplan.result import Err, ErrInfo, Ok, Result
from asyncplan.stream.node import Stream, closing, start_made_by
from asyncplan.structure import describe

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterable

    from asyncplan.plan import AsyncPlan
    from asyncplan.stream.node import AsyncStream

A = TypeVar("A")
R = TypeVar("R")
A_co = TypeVar("A_co", covariant=True)


def from_items(items: Iterable[A]) -> Stream[A]:
    """Stream the values of `items`, each an `Ok`. They are pulled one by one, as the consumer asks.

    A list or set is copied, as by `async_gather`. Raises `PlanContractError` for a one-shot iterator.
    """
    return Items(replayable(items, "stream.from_items"))


def from_plan(plan: AsyncPlan[A]) -> Stream[A]:
    """Stream the outcome of `plan`: one item, `Ok` or `Err`."""
    contract.require_plan(plan, "stream.from_plan")
    return Single(plan)


def using(
    acquire: AsyncPlan[R],
    use: Callable[[R], AsyncStream[A]],
    release: Callable[[R], AsyncPlan[object]],
) -> Stream[A]:
    """Stream the items of `use(resource)`, and run `release(resource)` once, however the run ends.

    The ends are: the last item, a consumer that stops early, an exception, a cancellation. An `Err` of
    `acquire` is the only item, and nothing is released. An `Err` of `release` comes behind the last item; after
    any other end no item can follow, and it is dropped. An exception of `release` always comes out.
    """
    contract.require_plan(acquire, "stream.using")
    contract.require_function(use, "stream.using")
    contract.require_function(release, "stream.using")
    return Using(acquire, use, release)


@final
class Items(Stream[A_co]):
    """A stream of values at hand."""

    __slots__ = ("items",)
    combinator = "stream.from_items"

    def __init__(self, items: Iterable[A_co]) -> None:
        self.items = items

    @override
    async def __call__(self) -> AsyncGenerator[Result[A_co, ErrInfo], None]:
        items = iter(self.items)
        started = False
        for first in items:
            if started:
                await GIVE_WAY  # nothing downstream need ever wait
            started = True
            yield Ok(first)
            for item in islice(items, BUDGET - 1):
                yield Ok(item)

    @override
    def describe(self) -> str:
        return f"{self.combinator}({contract.short(self.items)})"


@final
class Single(Stream[A_co]):
    """A stream of one outcome."""

    __slots__ = ("plan",)
    combinator = "stream.from_plan"

    def __init__(self, plan: AsyncPlan[A_co]) -> None:
        self.plan = plan

    @override
    async def __call__(self) -> AsyncGenerator[Result[A_co, ErrInfo], None]:
        yield await drive(self.plan)

    @override
    def inner(self) -> tuple[Callable[[], Any], ...]:
        return (self.plan,)


@final
class Unbroken(Frame[A_co]):
    """A plan that never gives way by itself: between an acquisition and its outcome no cancellation strikes."""

    __slots__ = ()
    combinator = "stream.using"

    def __init__(self, src: AsyncPlan[A_co]) -> None:
        self.src = src

    @override
    def enter(self, stack: list[Any]) -> AsyncPlan[Any]:
        stack[0].masked += 1
        return self.src


@final
class Using(Stream[A_co]):
    """A stream over a resource that it acquires and releases."""

    __slots__ = ("acquire", "release", "use")
    combinator = "stream.using"

    def __init__(
        self,
        acquire: AsyncPlan[Any],
        use: Callable[[Any], AsyncStream[A_co]],
        release: Callable[[Any], AsyncPlan[object]],
    ) -> None:
        self.acquire = acquire
        self.use = use
        self.release = release

    @override
    async def __call__(self) -> AsyncGenerator[Result[A_co, ErrInfo], None]:
        acquired = await drive(Unbroken(self.acquire))
        if type_of(acquired) is Err:
            yield acquired
            return
        resource = acquired.value
        try:
            async with closing(start_made_by(self.use, resource)) as items:
                async for item in items:
                    yield item
        except BaseException:
            await self._released(resource)
            raise
        released = await self._released(resource)
        if type_of(released) is Err:
            yield released

    async def _released(self, resource: Any) -> Any:
        return await drive(contract.plan_of(self.release(resource), self.release))

    @override
    def describe(self) -> str:
        return f"{self.combinator} {describe(self.acquire)}"
