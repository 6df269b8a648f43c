"""Independent plans side by side: a fixed pool of workers, lowest index first in everything.

For plans that do not depend on each other the outcome is that of running them one by one, for any
concurrency. Nothing here outlives its run: no task is left, also when the run is cancelled, and again.
"""

from __future__ import annotations

from collections.abc import (
    Callable,
    Iterable,
    Iterator,
    Mapping,
    MappingView,
    MutableSequence,
    MutableSet,
    Sized,
)
from operator import index
from typing import TYPE_CHECKING, Any, Final, TypeVar, final, overload

from asyncplan import contract
from asyncplan._typing import override
from asyncplan.plan import AsyncPlan, Plan, type_of
from asyncplan.pool import Pool
from asyncplan.result import Ok
from asyncplan.structure import same

if TYPE_CHECKING:
    from asyncplan.result import ErrInfo, Result

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
A_co = TypeVar("A_co", covariant=True)


def async_gather(plans: Iterable[AsyncPlan[A]], *, concurrency: int = 16) -> Plan[list[A]]:
    """Run `plans`, at most `concurrency` at a time, and collect their values in order.

    The failure (`Err`, or exception) with the lowest index is the outcome: plans above it are cancelled or
    never started, those below it awaited. The `path` of its error begins with that index. Each plan runs in
    its own copy of the context variables. Plans are pulled only when a worker is free, so a lazy iterable of
    many plans costs O(concurrency) tasks.

    A plan is cancelled once at most, so its finalizers run to their end, also when the gather is cancelled
    again; bound one that may hang with an `async_timeout` of its own.

    O(1) to build, but a list, set, dict or view of one is copied: it could change before a later run. Raises
    `PlanContractError` for an iterator, which a second run would find used up, and `ValueError` for a
    concurrency below 1.
    """
    return Gather(replayable(plans, "async_gather"), checked_concurrency(concurrency), keep_errors=False)


def async_gather_all(
    plans: Iterable[AsyncPlan[A]], *, concurrency: int = 16
) -> Plan[list[Result[A, ErrInfo]]]:
    """Run every one of `plans`, and collect `Ok` and `Err` alike, in order. An exception still ends the run.

    Otherwise as `async_gather`.
    """
    return Gather(replayable(plans, "async_gather_all"), checked_concurrency(concurrency), keep_errors=True)


def async_traverse(
    items: Iterable[A], f: Callable[[A], AsyncPlan[B]], *, concurrency: int = 16
) -> Plan[list[B]]:
    """Run the plan `f(item)` of each item, as `async_gather` does; `f` is called when a worker is free.

    Raises as `async_gather` and, when driven, `PlanContractError` for an `f` that returns no plan.
    """
    return Gather(_traversal(items, f, "async_traverse"), checked_concurrency(concurrency), keep_errors=False)


def async_traverse_all(
    items: Iterable[A], f: Callable[[A], AsyncPlan[B]], *, concurrency: int = 16
) -> Plan[list[Result[B, ErrInfo]]]:
    """Run the plan `f(item)` of each item, and collect `Ok` and `Err` alike, as `async_gather_all` does."""
    return Gather(
        _traversal(items, f, "async_traverse_all"), checked_concurrency(concurrency), keep_errors=True
    )


@overload
def async_zip(first: AsyncPlan[A], second: AsyncPlan[B], /) -> Plan[tuple[A, B]]: ...
@overload
def async_zip(first: AsyncPlan[A], second: AsyncPlan[B], third: AsyncPlan[C], /) -> Plan[tuple[A, B, C]]: ...
@overload
def async_zip(
    first: AsyncPlan[A], second: AsyncPlan[B], third: AsyncPlan[C], fourth: AsyncPlan[D], /
) -> Plan[tuple[A, B, C, D]]: ...
def async_zip(*plans: AsyncPlan[Any]) -> Plan[Any]:
    """Run two to four plans of different types at once, and collect their values in a tuple. O(1).

    `async_zip(load_user(id), load_orders(id))` fails as `async_gather` does. Raises `TypeError` for another
    number of plans: more of them belong in a gather, or in pairs.
    """
    if not 2 <= len(plans) <= 4:
        raise TypeError(f"async_zip takes 2 to 4 plans, not {len(plans)}: more belong in async_gather([...])")
    for plan in plans:
        contract.require_plan(plan, "async_zip")
    return Zip(plans)


def _traversal(items: Iterable[A], f: Callable[[A], AsyncPlan[B]], combinator: str) -> Traversal:
    if not contract.is_callable(f) and contract.is_callable(items):
        raise contract.PlanContractError(f"{combinator} takes the items first, then the function")
    contract.require_function(f, combinator)
    return Traversal(replayable(items, combinator), f)


def replayable(items: Iterable[A], combinator: str) -> Iterable[A]:
    """Return an iterable that every run finds the same: `items`, or a copy of a list, set, dict or view."""
    if type_of(items) is tuple:  # the rest takes longer than a short stream does
        return items
    if isinstance(items, Iterator):
        kind = type(items).__name__
        raise contract.PlanContractError(
            f"{combinator} was given a one-shot iterator ({kind}), which a second run would find used up"
            ": give a list or a tuple"
        )
    is_plan = issubclass(type_of(items), Plan)  # iterable too, for `yield from`
    if is_plan or not _is_iterable(items):
        hint = f": give a list, {combinator}([plan])" if is_plan else ""
        raise contract.PlanContractError(
            f"{combinator} was given {contract.kind(items)}, not an iterable{hint}"
        )
    return tuple(items) if issubclass(type_of(items), _CHANGEABLE) else items


_CHANGEABLE: Final = (MutableSequence, MutableSet, Mapping, MappingView)


def _is_iterable(items: object) -> bool:
    return isinstance(items, Iterable)


def checked_concurrency(concurrency: int) -> int:
    """Refuse a concurrency below 1."""
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
            yield contract.plan_of(self.f(item), self.f)

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
            text = "async_traverse_all" if self.keep_errors else "async_traverse"
            text += f" {contract.label(self.plans.f)}"
        else:
            text = "async_gather_all" if self.keep_errors else "async_gather"
            text += f" of {len(self.plans)} plans" if isinstance(self.plans, tuple) else ""
        return f"{text}, {self.concurrency} at a time"


@final
class Zip(Plan[A_co]):
    """A leaf that runs some plans at once."""

    __slots__ = ("plans",)
    combinator = "async_zip"

    def __init__(self, plans: tuple[AsyncPlan[Any], ...]) -> None:
        self.plans = plans

    @override
    async def __call__(self) -> Result[Any, ErrInfo]:
        outcome = await Pool(self.plans, len(self.plans), keep_errors=False).run()
        return Ok(tuple(outcome.value)) if isinstance(outcome, Ok) else outcome

    @override
    def inner(self) -> tuple[AsyncPlan[Any], ...]:
        return self.plans

    @override
    def describe(self) -> str:
        return f"{self.combinator} of {len(self.plans)} plans"
