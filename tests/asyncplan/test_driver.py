"""How outcomes, defects and finalizers travel through a plan."""

from __future__ import annotations

import asyncio
import gc
import sys
from typing import Any

import pytest

from asyncplan import (
    AsyncPlan,
    Err,
    ErrInfo,
    Ok,
    Result,
    async_attempt,
    async_bind,
    async_ensure,
    async_fail,
    async_from_result,
    async_gather,
    async_lift,
    async_map,
    async_map_err,
    async_named,
    async_or_else,
    async_pure,
    async_traverse,
    lift_sync,
)
from asyncplan.shell import perform_async, run
from asyncplan.testing import run_virtual

NO = ErrInfo("NO", "no")
LATE = ErrInfo("LATE", "late")
UNCAUGHT: list[BaseException] = [asyncio.CancelledError(), GeneratorExit(), BaseException("other")]
needs_notes = pytest.mark.skipif(sys.version_info < (3, 11), reason="exceptions have notes since Python 3.11")


def raising(exc: BaseException) -> AsyncPlan[Any]:
    async def fail() -> Any:
        raise exc

    return fail


def itself(plan: AsyncPlan[Any]) -> AsyncPlan[Any]:
    return plan


def gathered(plan: AsyncPlan[Any]) -> AsyncPlan[Any]:
    return async_gather([plan])


def raise_x(*_: object) -> Any:
    raise ValueError("x")


def logging(log: list[str], entry: str, outcome: Result[Any, ErrInfo] = Ok(None)) -> AsyncPlan[Any]:  # noqa: B008
    async def write() -> Any:
        log.append(entry)
        return outcome

    return write


OUTCOMES: list[tuple[AsyncPlan[Any], Result[Any, ErrInfo]]] = [
    (async_pure(1), Ok(1)),
    (async_fail(NO), Err(NO)),
    (async_from_result(Ok(1)), Ok(1)),
    (async_from_result(Err(NO)), Err(NO)),
    (lift_sync(lambda: Ok(1)), Ok(1)),
    (lift_sync(lambda: Err(NO)), Err(NO)),
    (async_map(async_pure(1), str), Ok("1")),
    (async_map(async_fail(NO), str), Err(NO)),
    (async_bind(async_fail(NO), async_pure), Err(NO)),
    (async_bind(async_pure(1), lambda _: async_fail(NO)), Err(NO)),
    (async_or_else(async_pure(1), async_fail), Ok(1)),
    (async_or_else(async_fail(NO), lambda e: async_pure(e.code)), Ok("NO")),
    (async_or_else(async_fail(NO), lambda _: async_fail(LATE)), Err(LATE)),
    (async_map_err(async_fail(NO), lambda _: LATE), Err(LATE)),
    (async_map_err(async_pure(1), lambda _: LATE), Ok(1)),
    (async_named(async_pure(1), "x"), Ok(1)),
    (async_named(async_fail(NO), "x"), Err(NO)),
    (async_attempt(async_pure(1), catch=ValueError), Ok(1)),
    (async_bind(async_attempt(async_fail(NO), catch=ValueError), async_pure), Err(NO)),
]


@pytest.mark.parametrize(("plan", "outcome"), OUTCOMES)
def test_outcomes(plan: AsyncPlan[Any], outcome: Result[Any, ErrInfo]) -> None:
    assert run_virtual(plan) == outcome
    assert run_virtual(lambda: plan()) == outcome  # noqa: PLW0108 - a function around a plan
    gathered = Ok([outcome.value]) if isinstance(outcome, Ok) else Err(outcome.error.within(0))
    assert run_virtual(async_gather([plan])) == gathered


def test_the_shell_drives_on_a_loop_of_its_own_or_on_the_running_one() -> None:
    async def main() -> Result[int, ErrInfo]:
        return await perform_async(async_map(async_pure(1), lambda x: x + 1))

    assert run(async_pure(1)) == Ok(1)
    assert asyncio.run(main()) == Ok(2)


@pytest.mark.parametrize(
    "plan",
    [
        raising(ValueError("x")),
        async_map(async_pure(1), raise_x),
        async_bind(async_pure(1), raise_x),
        async_or_else(async_fail(NO), lambda _: raising(ValueError("x"))),
        async_traverse([1, 2], lambda n: raising(ValueError("x")) if n > 1 else async_pure(n)),
        lift_sync(raise_x),
    ],
)
def test_only_attempt_turns_a_defect_into_a_failure(plan: AsyncPlan[Any]) -> None:
    for handler in (plan, async_or_else(plan, async_fail), async_map_err(plan, lambda _: NO)):
        with pytest.raises(ValueError, match=r"^x"):
            run_virtual(handler)
    with pytest.raises(ValueError, match=r"^x"):
        run_virtual(async_attempt(plan, catch=KeyError))
    caught = async_attempt(plan, catch=(KeyError, ValueError), to_error=lambda exc: ErrInfo("V", str(exc)))
    assert run_virtual(caught) == Err(ErrInfo("V", "x"))
    assert run_virtual(
        async_or_else(async_attempt(plan, catch=Exception), lambda e: async_pure(e.code))
    ) == Ok("ValueError")


@pytest.mark.parametrize("exc", UNCAUGHT, ids=lambda exc: type(exc).__name__)
@pytest.mark.parametrize("nested", [itself, gathered], ids=["alone", "gathered"])
def test_base_exceptions_are_never_translated(exc: BaseException, nested: Any) -> None:
    log: list[str] = []
    plan = async_ensure(async_attempt(nested(raising(exc)), catch=Exception), logging(log, "finalized"))
    with pytest.raises(type(exc)) as caught:
        run_virtual(plan)
    assert caught.value is exc or isinstance(exc, asyncio.CancelledError)
    assert log == ["finalized"]


@pytest.mark.parametrize("exc", [KeyboardInterrupt(), SystemExit(3)], ids=lambda exc: type(exc).__name__)
@pytest.mark.parametrize("nested", [itself, gathered], ids=["alone", "gathered"])
def test_interrupts_leave_the_loop(exc: BaseException, nested: Any) -> None:
    with pytest.raises(type(exc)):
        run(async_attempt(nested(raising(exc)), catch=Exception))


class CancelledValueError(asyncio.CancelledError, ValueError):
    """A cancellation that is also an Exception, as a library may define one."""


def test_a_cancellation_that_is_an_exception_too_is_not_caught() -> None:
    with pytest.raises(asyncio.CancelledError):
        run_virtual(async_attempt(raising(CancelledValueError()), catch=Exception))


@pytest.mark.parametrize("catch", [BaseException, asyncio.CancelledError, (ValueError, SystemExit), 3])
def test_attempt_refuses_to_catch_more_than_exceptions(catch: Any) -> None:
    with pytest.raises(TypeError, match="async_attempt catches subclasses of Exception only, not"):
        async_attempt(async_pure(1), catch=catch)


def test_a_handler_that_fails_itself_goes_on_outwards() -> None:
    def broken(exc: ValueError) -> ErrInfo:
        raise KeyError("handler") from exc

    inner = async_attempt(raising(ValueError("x")), catch=ValueError, to_error=broken)
    assert run_virtual(async_attempt(inner, catch=KeyError, to_error=lambda _: NO)) == Err(NO)
    with pytest.raises(KeyError) as caught:
        run_virtual(inner)
    assert isinstance(caught.value.__cause__, ValueError)


@pytest.mark.parametrize(
    ("plan", "finalizer", "outcome"),
    [
        (async_pure(1), Ok(None), Ok(1)),
        (async_fail(NO), Ok(None), Err(NO)),
        (async_pure(1), Err(LATE), Err(LATE)),
        (async_fail(NO), Err(LATE), Err(NO)),
    ],
)
def test_a_finalizer_runs_after_any_outcome(plan: Any, finalizer: Any, outcome: Any) -> None:
    log: list[str] = []
    assert run_virtual(async_ensure(plan, logging(log, "inner", finalizer))) == outcome
    assert (
        run_virtual(async_map(async_ensure(plan, logging(log, "again", finalizer)), lambda x: x)) == outcome
    )
    assert log == ["inner", "again"]


@pytest.mark.parametrize("finalizer", [Ok(None), Err(LATE)])
def test_a_finalizer_does_not_hide_a_defect(finalizer: Any) -> None:
    log: list[str] = []
    plan = async_ensure(
        async_ensure(raising(ValueError("x")), logging(log, "in", finalizer)), logging(log, "out")
    )
    with pytest.raises(ValueError, match=r"^x"):
        run_virtual(plan)
    assert log == ["in", "out"]
    assert run_virtual(async_attempt(plan, catch=ValueError, to_error=lambda _: NO)) == Err(NO)


def test_a_defect_of_the_finalizer_replaces_the_outcome_and_keeps_what_it_replaced() -> None:
    with pytest.raises(KeyError) as caught:
        run_virtual(async_ensure(raising(ValueError("x")), raising(KeyError("k"))))
    assert isinstance(caught.value.__context__, ValueError)
    with pytest.raises(KeyError):
        run_virtual(async_ensure(async_fail(NO), raising(KeyError("k"))))


def test_a_finalizer_runs_when_the_plan_is_cancelled() -> None:
    log: list[str] = []

    async def forever() -> Any:
        await asyncio.Event().wait()

    async def main() -> Result[str, ErrInfo]:
        task = asyncio.ensure_future(async_ensure(forever, logging(log, "finalized"))())
        await asyncio.sleep(1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return Ok("cancelled")

    assert run_virtual(main) == Ok("cancelled")
    assert log == ["finalized"]


def test_a_run_that_is_closed_finalizes_without_waiting() -> None:
    log: list[str] = []
    one_second = async_lift(lambda: asyncio.sleep(1, Ok(1)))
    pure_chain = async_pure(0)
    for _ in range(10_000):
        pure_chain = async_map(pure_chain, lambda n: n + 1)
    run_once = async_ensure(one_second, async_bind(pure_chain, lambda n: logging(log, str(n))))()

    async def start() -> Result[None, ErrInfo]:
        run_once.send(None)
        run_once.close()
        return Ok(None)

    assert run_virtual(start) == Ok(None)
    assert log == ["10000"]


@needs_notes
def test_a_defect_says_once_where_it_was_raised() -> None:
    def parse(_: object) -> Any:
        raise ValueError("x")

    plan = async_named(async_named(async_bind(async_pure(1), parse), "load"), "sync")
    with pytest.raises(ValueError, match=r"^x") as caught:
        run_virtual(async_gather([async_ensure(plan, async_pure(None))]))
    line = parse.__code__.co_firstlineno
    place = f"async_bind test_a_defect_says_once_where_it_was_raised.parse ({__file__}:{line})"
    assert caught.value.__notes__ == [f"asyncplan: raised in {place} of plan 'load' of plan 'sync'"]  # type: ignore[attr-defined]


@needs_notes
def test_a_defect_of_a_leaf_names_the_leaf_and_one_raised_again_is_not_noted_again() -> None:
    shared = ValueError("shared")
    plan = async_named(async_lift(raising(shared)), "load")
    for _ in range(3):
        with pytest.raises(ValueError, match="shared"):
            run_virtual(plan)
    (note,) = getattr(shared, "__notes__", [""])
    assert note.startswith("asyncplan: raised in async_lift raising.fail (")
    assert note.endswith("of plan 'load'")


def test_a_long_chain_of_pure_steps_lets_other_tasks_run() -> None:
    def forever(n: int) -> AsyncPlan[int]:
        return async_bind(async_pure(n + 1), forever)

    left = async_pure(0)
    failing = async_fail(NO)
    for _ in range(100_000):
        left = async_map(left, lambda n: n + 1)
        failing = async_bind(failing, async_pure)
    many = async_gather([async_pure(0)] * 100_000, concurrency=1)
    synchronous = async_traverse(range(100_000), lambda i: lift_sync(lambda: Ok(i)), concurrency=1)

    async def turns_beside(plan: AsyncPlan[Any], limit: int) -> int:
        turns = 0
        task = asyncio.ensure_future(perform_async(plan))
        while not task.done() and turns < limit:
            turns += 1
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        return turns

    async def main() -> Result[list[int], ErrInfo]:
        return Ok([await turns_beside(p, 1000) for p in (forever(0), left, failing, many, synchronous)])

    turns = run_virtual(main)
    assert isinstance(turns, Ok)
    assert turns.value[0] == 1000
    assert all(count >= 20 for count in turns.value[1:]), turns


def test_a_run_leaves_nothing_for_the_garbage_collector() -> None:
    async def one() -> Any:
        return Ok(1)

    plan = async_ensure(async_bind(async_map(async_gather([one, one]), len), async_pure), one)
    failing = async_gather([one, raising(ValueError("x"))])
    run(plan)
    gc.collect()
    gc.disable()
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(perform_async(plan))
        with pytest.raises(ValueError, match="x"):
            loop.run_until_complete(perform_async(failing))
        gc.collect()
        gc.set_debug(gc.DEBUG_SAVEALL)
        loop.run_until_complete(perform_async(plan))
        gc.collect()
        leftovers = [type(found).__module__ for found in gc.garbage]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
        loop.close()
    assert not [module for module in leftovers if module.startswith("asyncplan")]
