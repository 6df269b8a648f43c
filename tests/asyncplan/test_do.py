"""Plans written as generator functions: outcomes, `try` blocks, and refused arguments."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncplan import (
    AsyncPlan,
    Err,
    ErrInfo,
    Ok,
    Plan,
    PlanContractError,
    Steps,
    as_plan,
    async_bind,
    async_do,
    async_fail,
    async_lift,
    async_map,
    async_pure,
)
from asyncplan.testing import (
    assert_monad_laws,
    assert_pure_construction,
    assert_replayable,
    continuations,
    observed,
    plans,
    run_virtual,
)

if TYPE_CHECKING:
    from collections.abc import Callable

NO = ErrInfo("NO", "no")
INTS = st.integers(-5, 5)
DEEP = 20_000


@async_do
def added(first: AsyncPlan[int], second: AsyncPlan[int]) -> Steps[int]:
    x = yield from as_plan(first)
    y = yield from as_plan(second)
    return x + y


@async_do
def bound(plan: AsyncPlan[int], f: Callable[[int], AsyncPlan[int]]) -> Steps[int]:
    x = yield from as_plan(plan)
    return (yield from as_plan(f(x)))


@given(plans(INTS, defects=True), plans(INTS, defects=True))
def test_do_equals_the_binds(first: AsyncPlan[int], second: AsyncPlan[int]) -> None:
    by_binds = async_bind(first, lambda x: async_map(second, lambda y: x + y))
    assert run_virtual(observed(added(first, second))) == run_virtual(observed(by_binds))


@given(plans(INTS, defects=True), continuations(INTS, defects=True), continuations(INTS), INTS)
def test_do_keeps_the_laws_of_bind(
    plan: AsyncPlan[int], f: Callable[[int], AsyncPlan[int]], g: Callable[[int], AsyncPlan[int]], value: int
) -> None:
    assert_monad_laws(bound(plan, f), lambda x: bound(async_pure(x), f), lambda x: bound(f(x), g), value)
    assert_replayable(bound(plan, f))
    left = bound(bound(plan, f), g)
    right = bound(plan, lambda x: bound(f(x), g))
    assert run_virtual(observed(left)) == run_virtual(observed(right))


async def two() -> Any:
    return Ok(2)


@pytest.mark.parametrize(
    ("first", "second", "outcome"),
    [
        (async_pure(1), two, Ok(3)),
        (async_fail(NO), async_pure(2), Err(NO)),
        (async_pure(1), async_fail(NO), Err(NO)),
    ],
)
def test_outcomes(first: AsyncPlan[int], second: AsyncPlan[int], outcome: Any) -> None:
    plan = added(first, second)
    assert run_virtual(plan) == outcome
    assert run_virtual(plan) == outcome


def test_building_runs_nothing() -> None:
    class Port:
        async def get(self) -> Any:
            return Ok(1)

    @async_do
    def pipeline(port: Port) -> Steps[int]:
        x: int = yield from async_lift(lambda: port.get())  # noqa: PLW0108 - a port is called late
        return x

    plan = assert_pure_construction(pipeline, Port())
    assert run_virtual(plan) == Ok(1)


@async_do
def countdown(n: int) -> Steps[int]:
    if n == 0:
        return 0
    return (yield from countdown(n - 1))


@async_do
def looped(n: int) -> Steps[int]:
    total = 0
    for i in range(n):
        total += yield from async_pure(i)
    return total


@pytest.mark.parametrize("make", [countdown, looped])
def test_any_depth(make: Callable[[int], Plan[int]]) -> None:
    assert isinstance(run_virtual(make(DEEP)), Ok)


@async_do
def failing_below(n: int, log: list[int]) -> Steps[int]:
    try:
        if n == 0:
            yield from async_fail(NO)
        return (yield from failing_below(n - 1, log))
    finally:
        log.append(n)


def test_an_err_unwinds_any_depth() -> None:
    log: list[int] = []
    assert run_virtual(failing_below(DEEP, log)) == Err(NO)
    assert log == list(range(DEEP + 1))


def test_an_endless_do_gives_way_and_can_be_cancelled() -> None:
    @async_do
    def endless() -> Steps[None]:
        while True:
            yield from async_pure(None)

    async def main() -> Any:
        task = asyncio.ensure_future(endless()())
        for _ in range(3):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        return Ok(task.cancelled())

    assert run_virtual(main) == Ok(value=True)


async def ticks() -> Any:
    await asyncio.sleep(1)
    return Ok(None)


async def breaks() -> Any:
    await asyncio.sleep(1)
    raise LookupError("defect")


@pytest.mark.parametrize("way_out", ["ok", "err", "raise", "raise in the body", "cancel"])
def test_finally_runs_plans_on_every_way_out(way_out: str) -> None:
    log: list[str] = []

    async def close() -> Any:
        await asyncio.sleep(1)
        log.append("closed")
        return Ok(None)

    @async_do
    def pipeline() -> Steps[str]:
        try:
            yield from as_plan(ticks)
            if way_out == "err":
                yield from async_fail(NO)
            if way_out == "raise":
                yield from as_plan(breaks)
            if way_out == "raise in the body":
                raise LookupError("defect")
            return "ok"
        finally:
            log.append("closing")
            yield from as_plan(close)

    async def main() -> Any:
        task = asyncio.ensure_future(pipeline()())
        if way_out == "cancel":
            await asyncio.sleep(0.5)
            task.cancel()
        await asyncio.wait([task])
        if task.cancelled():
            return Ok("cancelled")
        return Ok(type(task.exception()) if task.exception() else task.result())

    endings = {"ok": Ok("ok"), "err": Err(NO), "cancel": "cancelled"}
    assert run_virtual(main) == Ok(endings.get(way_out, LookupError))
    assert log == ["closing", "closed"]


def test_except_catches_defects_but_no_err() -> None:
    @async_do
    def pipeline(plan: AsyncPlan[Any]) -> Steps[str]:
        try:
            yield from as_plan(plan)
        except Exception as defect:  # noqa: BLE001 - that it sees no Err is the point
            return f"caught {defect}"
        return "fine"

    assert run_virtual(pipeline(ticks)) == Ok("fine")
    assert run_virtual(pipeline(breaks)) == Ok("caught defect")
    assert run_virtual(pipeline(async_fail(NO))) == Err(NO)


def test_an_err_in_a_finally_takes_the_place_of_what_went_before() -> None:
    late = ErrInfo("LATE", "late")

    @async_do
    def pipeline(plan: AsyncPlan[Any]) -> Steps[None]:
        try:
            yield from as_plan(plan)
        finally:
            yield from async_fail(late)

    for plan in (ticks, breaks, async_fail(NO)):
        assert run_virtual(pipeline(plan)) == Err(late)


def test_a_defect_handled_within_a_finally_leaves_the_err() -> None:
    @async_do
    def pipeline() -> Steps[None]:
        try:
            yield from async_fail(NO)
        finally:
            with contextlib.suppress(LookupError):
                yield from as_plan(breaks)

    assert run_virtual(pipeline()) == Err(NO)


def test_a_method_and_keyword_arguments() -> None:
    class Service:
        @async_do
        def scaled(self, x: int, *, factor: int = 2) -> Steps[int]:
            """Scale."""
            value = yield from async_pure(x)
            return value * factor

    assert run_virtual(Service().scaled(3)) == Ok(6)
    assert run_virtual(Service().scaled(3, factor=5)) == Ok(15)
    assert Service.scaled.__doc__ == "Scale."


def test_plans_of_the_same_function_and_arguments_are_equal() -> None:
    one, two = async_pure(1), async_pure(2)
    assert added(one, two) == added(async_pure(1), second=two) or added(one, two) == added(async_pure(1), two)
    assert added(one, two) != added(two, one)
    assert hash(added(one, two)) == hash(added(one, two))
    assert repr(added(one, two)).startswith("<Plan async_do added (")


def test_wrong_arguments_are_refused_when_the_plan_is_built() -> None:
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'second'"):
        added(async_pure(1))  # type: ignore[call-arg]


def test_async_functions_are_refused() -> None:
    async def wrong() -> Any: ...

    async def also_wrong() -> Any:
        yield 1

    for f in (wrong, also_wrong):
        with pytest.raises(PlanContractError, match=r"async function .*wrong .*`yield from plan`"):
            async_do(f)  # type: ignore[arg-type]


def test_a_function_without_a_yield_is_refused_when_driven() -> None:
    def plain() -> Any:
        return 3

    with pytest.raises(
        PlanContractError, match=r"plain \(.*returned int 3: a function with `yield from plan`"
    ):
        run_virtual(async_do(plain)())


def test_a_yield_of_anything_but_a_plan_is_refused() -> None:
    def pipeline() -> Any:
        yield Ok(1)

    with pytest.raises(PlanContractError, match=r"pipeline \(.*not a plan: wrap the Result"):
        run_virtual(async_do(pipeline)())


@pytest.mark.skipif(sys.version_info < (3, 11), reason="notes came with Python 3.11")
def test_a_defect_names_the_function() -> None:
    @async_do
    def pipeline() -> Steps[None]:
        yield from as_plan(ticks)
        raise LookupError("x")

    with pytest.raises(LookupError) as caught:
        run_virtual(pipeline())
    (note,) = getattr(caught.value, "__notes__")  # noqa: B009 - not known to checkers for 3.10
    assert "async_do" in note
    assert "pipeline" in note
