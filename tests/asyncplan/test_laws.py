from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asyncplan import (
    AsyncPlan,
    Err,
    ErrInfo,
    Ok,
    Result,
    async_attempt,
    async_bind,
    async_bracket,
    async_call,
    async_ensure,
    async_gather,
    async_gather_all,
    async_map,
    async_map_err,
    async_pure,
    async_race,
    async_traverse,
    async_traverse_all,
    async_zip,
    lift_blocking,
    lift_sync,
)
from asyncplan.testing import (
    assert_functor_laws,
    assert_monad_laws,
    assert_replayable,
    continuations,
    failing,
    observed,
    plans,
    raising,
    raw,
    run_virtual,
    succeeding,
    suspending,
)

if TYPE_CHECKING:
    from collections.abc import Callable

INTS = st.integers(-5, 5)
SHAPES = {
    "succeeding": succeeding(INTS),
    "failing": failing(),
    "suspending": suspending(INTS),
    "raw": raw(INTS),
    "raising": raising(),
    "mixed": plans(INTS, defects=True),
}
SEEDS = st.none() | st.integers(0, 2**16)
each_shape = pytest.mark.parametrize("shape", SHAPES)


def change(value: int) -> int:
    return value * 3 + 1


@each_shape
@given(data=st.data())
def test_monad_laws(shape: str, data: st.DataObject) -> None:
    functions = continuations(INTS, defects=True)
    assert_monad_laws(data.draw(SHAPES[shape]), data.draw(functions), data.draw(functions), data.draw(INTS))


@each_shape
@given(data=st.data())
def test_functor_laws(shape: str, data: st.DataObject) -> None:
    assert_functor_laws(data.draw(SHAPES[shape]), change, str)


@each_shape
@given(data=st.data())
def test_a_map_is_a_bind_to_a_pure_plan(shape: str, data: st.DataObject) -> None:
    plan = data.draw(SHAPES[shape])
    by_bind = async_bind(plan, lambda value: async_pure(change(value)))
    assert run_virtual(observed(async_map(plan, change))) == run_virtual(observed(by_bind))


@each_shape
@given(data=st.data())
def test_every_replay_gives_the_same(shape: str, data: st.DataObject) -> None:
    assert_replayable(data.draw(SHAPES[shape]))


def in_sequence(sequence: list[AsyncPlan[int]]) -> AsyncPlan[list[int]]:
    """The reference meaning of a gather, by bind alone."""

    def from_index(index: int, values: list[int]) -> AsyncPlan[list[int]]:
        if index == len(sequence):
            return async_pure(values)
        numbered = async_map_err(sequence[index], lambda error: error.within(index))
        return async_bind(numbered, lambda value: from_index(index + 1, [*values, value]))

    return from_index(0, [])


@given(st.lists(plans(INTS, defects=True), max_size=7), st.integers(1, 9), SEEDS)
def test_gather_is_a_sequence_at_every_concurrency(
    sequence: list[AsyncPlan[int]], concurrency: int, seed: int | None
) -> None:
    expected = run_virtual(observed(in_sequence(sequence)))
    gathered = async_gather(sequence, concurrency=concurrency)
    traversed = async_traverse(range(len(sequence)), sequence.__getitem__, concurrency=concurrency)
    assert run_virtual(observed(gathered), seed=seed) == expected
    assert run_virtual(observed(traversed), seed=seed) == expected


@given(st.lists(plans(INTS, defects=True), max_size=5), st.integers(1, 6), SEEDS)
def test_traverse_all_equals_gather_all(
    sequence: list[AsyncPlan[int]], concurrency: int, seed: int | None
) -> None:
    gathered = async_gather_all(sequence, concurrency=concurrency)
    traversed = async_traverse_all(range(len(sequence)), sequence.__getitem__, concurrency=concurrency)
    assert run_virtual(observed(traversed), seed=seed) == run_virtual(observed(gathered))


@given(st.lists(plans(INTS, defects=True), min_size=2, max_size=4), SEEDS)
def test_zip_equals_gather(sequence: list[AsyncPlan[int]], seed: int | None) -> None:
    zip_them: Any = async_zip  # takes two to four plans
    zipped: AsyncPlan[Any] = zip_them(*sequence)
    gathered = async_map(async_gather(sequence, concurrency=4), tuple)
    assert run_virtual(observed(zipped), seed=seed) == run_virtual(observed(gathered))


@given(plans(INTS, defects=True), SEEDS)
def test_a_race_of_one_is_that_plan(plan: AsyncPlan[int], seed: int | None) -> None:
    assert run_virtual(observed(async_race([plan])), seed=seed) == run_virtual(observed(plan))


@given(st.lists(plans(INTS), min_size=1, max_size=4), SEEDS)
def test_a_race_gives_a_success_if_there_is_one(sequence: list[AsyncPlan[int]], seed: int | None) -> None:
    each = [run_virtual(plan) for plan in sequence]
    successes = [outcome for outcome in each if isinstance(outcome, Ok)]
    outcome = run_virtual(async_race(sequence), seed=seed)
    assert outcome in successes if successes else outcome == each[0]


@given(plans(INTS, defects=True), continuations(INTS, defects=True), continuations(INTS, defects=True))
def test_a_bracket_is_a_bind_with_a_finalizer(
    acquire: AsyncPlan[int], use: Callable[[int], AsyncPlan[int]], release: Callable[[int], AsyncPlan[int]]
) -> None:
    by_bind = async_bind(acquire, lambda resource: async_ensure(use(resource), release(resource)))
    assert run_virtual(observed(async_bracket(acquire, use, release))) == run_virtual(observed(by_bind))


@given(raw(INTS) | raising(), INTS)
def test_a_call_is_a_lift_of_its_value_under_an_attempt(plan: AsyncPlan[int], value: int) -> None:
    async def add(x: int) -> int:
        match await plan():
            case Ok(y):
                return x + y
            case Err(error):
                raise AssertionError(error)

    async def lifted() -> Result[int, ErrInfo]:
        return Ok(await add(value))

    called = async_call(add, value, catch=LookupError)
    assert run_virtual(called) == run_virtual(async_attempt(lifted, catch=LookupError))


@settings(max_examples=10)
@given(INTS.map(Ok) | failing().map(run_virtual))
def test_a_blocking_call_gives_what_a_call_that_does_not_block_gives(outcome: Result[int, ErrInfo]) -> None:
    assert run_virtual(lift_blocking(lambda: outcome)) == run_virtual(lift_sync(lambda: outcome))


@given(plans(INTS, defects=True), SEEDS)
def test_an_interleaving_does_not_change_a_plan_by_itself(plan: AsyncPlan[int], seed: int | None) -> None:
    assert run_virtual(observed(plan), seed=seed) == run_virtual(observed(plan))


def broken_bind() -> AsyncPlan[Any]:
    runs: list[int] = []

    async def counting() -> Any:
        runs.append(1)
        return Ok(len(runs))

    return counting


@pytest.mark.parametrize(
    "check",
    [
        lambda: assert_monad_laws(broken_bind(), async_pure, async_pure, 1),
        lambda: assert_functor_laws(broken_bind(), change, str),
        lambda: assert_replayable(broken_bind()),
    ],
)
def test_the_assertions_fail_for_what_breaks_the_laws(check: Callable[[], None]) -> None:
    with pytest.raises(AssertionError, match="does not hold"):
        check()


def test_a_reset_puts_a_stateful_fake_back() -> None:
    store: list[int] = []

    async def save() -> Any:
        store.append(1)
        return Ok(len(store))

    assert_monad_laws(save, async_pure, async_pure, 1, reset=store.clear)
    assert_functor_laws(save, change, str, reset=store.clear)


def test_a_replay_needs_two_runs() -> None:
    with pytest.raises(ValueError, match="at least 2"):
        assert_replayable(async_pure(1), runs=1)


def test_a_drive_that_loses_the_outcome_is_found_out() -> None:
    with pytest.raises(AssertionError, match="given drive"):
        assert_replayable(async_pure(1), drive=lambda _: Err(ErrInfo("NO", "no")))
