"""Context variables: each plan of a gather or stream sees those of the caller, and none of another plan."""

from __future__ import annotations

import asyncio
from contextvars import Context, ContextVar
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from asyncplan import (
    Err,
    ErrInfo,
    Ok,
    PlanContractError,
    async_bind,
    async_gather,
    async_gather_all,
    async_pure,
    async_traverse,
    stream,
)
from asyncplan.testing import run_virtual

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from asyncplan import AsyncPlan, Plan

SEEN: ContextVar[list[str]] = ContextVar("SEEN")
"""A list: the value of another plan is noticed even where it is equal."""
OTHER: ContextVar[str] = ContextVar("OTHER")


Way: TypeAlias = "Callable[[list[AsyncPlan[Any]]], Plan[Any]]"


def itself(plan: AsyncPlan[Any]) -> AsyncPlan[Any]:
    return plan


def gathered(concurrency: int) -> Way:
    return lambda plans: async_gather(plans, concurrency=concurrency)


def traversed(plans: list[AsyncPlan[Any]]) -> Plan[Any]:
    return async_traverse(plans, itself, concurrency=2)


def mapped(concurrency: int, *, ordered: bool = True) -> Way:
    def construct(plans: list[AsyncPlan[Any]]) -> Plan[Any]:
        items = stream.from_items(plans)
        return stream.collect(stream.bounded_map(items, itself, concurrency=concurrency, ordered=ordered))

    return construct


each_way = pytest.mark.parametrize(
    "construct",
    [gathered(1), gathered(2), traversed, mapped(1), mapped(2), mapped(2, ordered=False)],
    ids=["gather-1", "gather-2", "traverse", "map-1", "map-2", "unordered"],
)
each_beginning = pytest.mark.parametrize("already", [False, True], ids=["empty", "with-variables"])


def outcome_in(make: Callable[[], Any], *, already: bool = False) -> Any:
    """Run a plan in a context without variables, or with one of them."""
    context = Context()
    if already:
        context.run(OTHER.set, "of the caller")
    return context.run(lambda: run_virtual(make()))


async def leave_variables() -> Any:
    """Assert that no variable of another plan is visible, and set one."""
    assert SEEN.get(None) is None
    mine: list[str] = []
    SEEN.set(mine)
    await asyncio.sleep(1)
    assert SEEN.get() is mine
    return Ok(OTHER.get("none"))


@each_way
@each_beginning
def test_a_variable_that_a_plan_leaves_is_not_seen_by_the_next(construct: Way, *, already: bool) -> None:
    as_chain = async_bind(leave_variables, async_pure)
    outcome = outcome_in(lambda: construct([leave_variables, as_chain] * 3), already=already)
    assert outcome == Ok(["of the caller" if already else "none"] * 6)


@each_beginning
def test_variables_of_a_failed_plan_are_not_seen_by_the_next(*, already: bool) -> None:
    async def fail() -> Any:
        await leave_variables()
        return Err(ErrInfo("NO", "no"))

    outcome = outcome_in(lambda: async_gather_all([fail] * 3, concurrency=1), already=already)
    assert outcome == Ok([Err(ErrInfo("NO", "no"))] * 3)


@each_beginning
@pytest.mark.parametrize("concurrency", [1, 2])
def test_variables_of_a_plan_are_not_seen_by_the_builder_of_the_next(
    concurrency: int, *, already: bool
) -> None:
    def build(_: int) -> AsyncPlan[str]:
        assert SEEN.get(None) is None
        return leave_variables

    def in_a_stream() -> Plan[list[str]]:
        return stream.collect(stream.bounded_map(stream.from_items(range(5)), build, concurrency=concurrency))

    traversed = outcome_in(lambda: async_traverse(range(5), build, concurrency=1), already=already)
    assert isinstance(traversed, Ok)
    assert isinstance(outcome_in(in_a_stream, already=already), Ok)


@each_way
def test_the_caller_sees_no_variable_of_a_plan(construct: Way) -> None:
    async def main() -> Any:
        await construct([leave_variables] * 3)()
        return Ok(SEEN.get(None))

    assert outcome_in(lambda: main) == Ok(None)


@each_beginning
def test_a_coroutine_handed_out_twice_is_refused(*, already: bool) -> None:
    coroutine = leave_variables()
    with pytest.raises(PlanContractError, match="handed out the coroutine leave_variables for a second run"):
        outcome_in(lambda: async_gather([lambda: coroutine] * 2, concurrency=1), already=already)


@pytest.fixture(autouse=True)
def _no_variables_outside() -> Iterator[None]:
    yield
    assert SEEN.get(None) is None
