"""Independent plans side by side: a fixed pool of workers, lowest index first in everything.

For plans that do not depend on each other the outcome is that of running them one by one, whatever the
concurrency. Nothing here outlives its run: no task is left, also when the run is cancelled, and again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, MutableSequence, MutableSet, Sized
from operator import index
from typing import TYPE_CHECKING, Any, TypeVar, final

from asyncplan import contract
from asyncplan._typing import override
from asyncplan.plan import AsyncPlan, Plan
from asyncplan.pool import Pool
from asyncplan.structure import same

if TYPE_CHECKING:
    from asyncplan.result import ErrInfo, Result

A = TypeVar("A")
B = TypeVar("B")
A_co = TypeVar("A_co", covariant=True)


def async_gather(plans: Iterable[AsyncPlan[A]], *, concurrency: int = 16) -> Plan[list[A]]:
    """Run `plans`, at most `concurrency` at a time, and collect their values in order.

    The failure (`Err`, or exception) with the lowest index is the outcome: plans above it are cancelled or
    never started, those below it awaited. Each plan runs in its own copy of the context variables. Plans are
    pulled only when a worker is free, so a lazy iterable of many plans costs O(concurrency) tasks.

    O(1) to build, but a list or set is copied: it could change before a later run. Raises `PlanContractError`
    for an iterator, which a second run would find used up, and `ValueError` for a concurrency below 1.
    """
    return Gather(_replayable(plans, "async_gather"), _checked(concurrency), keep_errors=False)


def async_gather_all(
    plans: Iterable[AsyncPlan[A]], *, concurrency: int = 16
) -> Plan[list[Result[A, ErrInfo]]]:
    """Run every one of `plans`, and collect `Ok` and `Err` alike, in order. An exception still ends the run.

    Otherwise as `async_gather`.
    """
    return Gather(_replayable(plans, "async_gather_all"), _checked(concurrency), keep_errors=True)


def async_traverse(
    items: Iterable[A], f: Callable[[A], AsyncPlan[B]], *, concurrency: int = 16
) -> Plan[list[B]]:
    """Run the plan `f(item)` of each item, as `async_gather` does; `f` is called when a worker is free.

    Raises as `async_gather` and, when driven, `PlanContractError` for an `f` that returns no plan.
    """
    contract.require_function(f, "async_traverse")
    plans = Traversal(_replayable(items, "async_traverse"), f)
    return Gather(plans, _checked(concurrency), keep_errors=False)


def _replayable(items: Iterable[A], combinator: str) -> Iterable[A]:
    """Take what can be iterated again and again as it is, and a copy of what may change in between."""
    if isinstance(items, Iterator):
        kind = type(items).__name__
        raise contract.PlanContractError(
            f"{combinator} was given a one-shot iterator ({kind}), which a second run would find used up"
            ": give a list or a tuple"
        )
    if not _is_iterable(items):
        hint = f": give a list, {combinator}([plan])" if isinstance(items, Plan) else ""
        raise contract.PlanContractError(
            f"{combinator} was given {contract.kind(items)}, not an iterable{hint}"
        )
    return tuple(items) if isinstance(items, (MutableSequence, MutableSet)) else items


def _is_iterable(items: object) -> bool:
    return isinstance(items, Iterable)


def _checked(concurrency: int) -> int:
    if index(concurrency) < 1:
        raise ValueError(
            f"concurrency is the number of plans that run at a time, at least 1, not {concurrency}"
        )
    return concurrency


@final
class Traversal:
    """The plans `f(item)`, built anew by each iteration."""

    __slots__ = ("f", "items")

    def __init__(self, items: Iterable[Any], f: Callable[[Any], AsyncPlan[Any]]) -> None:
        self.items = items
        self.f = f

    def __iter__(self) -> Iterator[AsyncPlan[Any]]:
        for item in self.items:
            plan = self.f(item)
            if not contract.is_callable(plan):
                raise contract.no_plan(plan, self.f)
            yield plan

    def __length_hint__(self) -> int:
        return len(self.items) if isinstance(self.items, Sized) else NotImplemented

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Traversal) and same((self.f, self.items), (other.f, other.items))

    @override
    def __hash__(self) -> int:
        return hash(self.f)


@final
class Gather(Plan[A_co]):
    """A leaf that runs other plans in a pool of workers of its own."""

    __slots__ = ("concurrency", "keep_errors", "plans")

    def __init__(self, plans: Iterable[AsyncPlan[Any]], concurrency: int, *, keep_errors: bool) -> None:
        self.plans = plans
        self.concurrency = concurrency
        self.keep_errors = keep_errors

    @override
    async def __call__(self) -> Result[A_co, ErrInfo]:
        outcome: Result[Any, ErrInfo] = await Pool(
            self.plans, self.concurrency, keep_errors=self.keep_errors
        ).run()
        return outcome

    @override
    def inner(self) -> tuple[AsyncPlan[Any], ...]:
        return self.plans if isinstance(self.plans, tuple) else ()

    @override
    def describe(self) -> str:
        if isinstance(self.plans, Traversal):
            what = f"async_traverse {contract.label(self.plans.f)}"
        else:
            what = "async_gather_all" if self.keep_errors else "async_gather"
            what += f" of {len(self.plans)} plans" if isinstance(self.plans, tuple) else ""
        return f"{what}, {self.concurrency} at a time"
