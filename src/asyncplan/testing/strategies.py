"""Hypothesis strategies for plans of every kind: they succeed, fail, suspend, raise; nodes and raw functions."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar
from zlib import crc32

from hypothesis import strategies as st

from asyncplan.combinators import (
    async_attempt,
    async_fail,
    async_map_err,
    async_named,
    async_or_else,
)
from asyncplan.finalizers import async_ensure
from asyncplan.gather import async_gather
from asyncplan.lifts import lift_sync
from asyncplan.plan import AsyncPlan, async_bind, async_lift, async_map, async_pure
from asyncplan.result import Err, ErrInfo, Ok, Result

if TYPE_CHECKING:
    from collections.abc import Callable

A = TypeVar("A")


def err_infos() -> st.SearchStrategy[ErrInfo]:
    """Draw small errors: few codes, so that two are equal now and then."""
    return st.builds(ErrInfo, code=st.sampled_from(["A", "B", "C"]), msg=st.sampled_from(["", "no", "late"]))


def succeeding(values: st.SearchStrategy[A]) -> st.SearchStrategy[AsyncPlan[A]]:
    """Draw plans that give a value without waiting."""
    return values.map(async_pure) | values.map(_sync)


def failing(errors: st.SearchStrategy[ErrInfo] | None = None) -> st.SearchStrategy[AsyncPlan[Any]]:
    """Draw plans that give an `Err`, at once or after waiting."""
    errors = err_infos() if errors is None else errors
    return errors.map(async_fail) | st.builds(_wait, _ticks(), errors.map(Err))


def suspending(values: st.SearchStrategy[A]) -> st.SearchStrategy[AsyncPlan[A]]:
    """Draw plans that give a value after waiting for 0 to 3 s of the loop's time."""
    return raw(values).map(async_lift)


def raw(values: st.SearchStrategy[A]) -> st.SearchStrategy[AsyncPlan[A]]:
    """Draw plans that are plain functions, no nodes."""
    return st.builds(_wait, _ticks(), values.map(Ok))


def raising(message: str = "defect") -> st.SearchStrategy[AsyncPlan[Any]]:
    """Draw plans that raise, before or after waiting."""

    def plan(ticks: int) -> AsyncPlan[Any]:
        async def fail() -> Result[Any, ErrInfo]:
            await asyncio.sleep(ticks)
            raise LookupError(message)

        return fail

    return _ticks().map(plan)


def plans(values: st.SearchStrategy[A], *, defects: bool = False) -> st.SearchStrategy[AsyncPlan[A]]:
    """Draw plans of all kinds, nested in each other by every combinator; with `defects` some raise."""
    leaves = succeeding(values) | suspending(values) | raw(values) | failing()
    return st.recursive(leaves | raising() if defects else leaves, _nested, max_leaves=8)


def continuations(
    values: st.SearchStrategy[A], *, defects: bool = False
) -> st.SearchStrategy[Callable[[Any], AsyncPlan[A]]]:
    """Draw pure functions of any value that return plans of all kinds."""
    return st.lists(plans(values, defects=defects), min_size=1, max_size=3).map(lambda ps: _Choice(tuple(ps)))


@dataclass(frozen=True)
class _Choice(Generic[A]):
    """A pure function: the argument's repr decides which plan it returns."""

    plans: tuple[AsyncPlan[A], ...]

    def __call__(self, value: object) -> AsyncPlan[A]:
        return self.plans[crc32(repr(value).encode()) % len(self.plans)]


def _ticks() -> st.SearchStrategy[int]:
    return st.integers(0, 3)


def _sync(value: A) -> AsyncPlan[A]:
    return lift_sync(lambda: Ok(value))


def _wait(ticks: int, outcome: Result[A, ErrInfo]) -> AsyncPlan[A]:
    async def wait() -> Result[A, ErrInfo]:
        await asyncio.sleep(ticks)
        return outcome

    return wait


def _nested(inner: st.SearchStrategy[AsyncPlan[Any]]) -> st.SearchStrategy[AsyncPlan[Any]]:
    unary = st.sampled_from(_UNARY)
    binary = st.sampled_from(_BINARY)
    return st.builds(_apply, unary, inner) | st.builds(_apply, binary, inner, inner)


def _apply(combinator: Callable[..., AsyncPlan[Any]], *plans: AsyncPlan[Any]) -> AsyncPlan[Any]:
    return combinator(*plans)


def _unchanged(value: Any) -> Any:
    return value


def _around(plan: AsyncPlan[Any]) -> AsyncPlan[Any]:
    return lambda: plan()  # noqa: PLW0108 - a function of the user's around a plan


def _then(plan: AsyncPlan[Any], after: AsyncPlan[Any]) -> AsyncPlan[Any]:
    return async_bind(plan, _Choice((after,)))


def _rescued(plan: AsyncPlan[Any], rescue: AsyncPlan[Any]) -> AsyncPlan[Any]:
    return async_or_else(plan, _Choice((rescue,)))


def _first_of_both(plan: AsyncPlan[Any], other: AsyncPlan[Any]) -> AsyncPlan[Any]:
    return async_map(async_gather([plan, other], concurrency=2), _first)


def _first(values: list[Any]) -> Any:
    return values[0]


_UNARY: Final[list[Callable[..., AsyncPlan[Any]]]] = [
    _around,
    partial(async_map, f=_unchanged),
    partial(async_map_err, f=_unchanged),
    partial(async_named, name="inner"),
    partial(async_attempt, catch=LookupError),
]
_BINARY: Final[list[Callable[..., AsyncPlan[Any]]]] = [_then, _rescued, _first_of_both, async_ensure]
