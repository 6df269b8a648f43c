"""Ordinary functions as plans: those that return values and raise, and those that block."""

from __future__ import annotations

import asyncio
import threading
import time
from contextvars import ContextVar
from typing import Any

import pytest

from asyncplan import (
    Err,
    ErrInfo,
    Ok,
    PlanContractError,
    Result,
    async_call,
    async_gather,
    async_map,
    lift_blocking,
)
from asyncplan.shell import run
from asyncplan.testing import assert_pure_construction, assert_replayable, run_virtual


async def divided(x: int, y: int) -> float:
    await asyncio.sleep(1)
    return x / y


def as_error(exc: ZeroDivisionError) -> ErrInfo:
    return ErrInfo("ZERO", str(exc))


def test_a_value_becomes_the_plans() -> None:
    plan = async_call(divided, 6, 3)
    assert run_virtual(plan) == Ok(2)
    assert run_virtual(async_call(lambda: divided(x=6, y=2))) == Ok(3)
    assert_replayable(plan)


def test_exceptions_are_defects_but_for_those_to_catch() -> None:
    with pytest.raises(ZeroDivisionError):
        run_virtual(async_call(divided, 1, 0))
    with pytest.raises(ZeroDivisionError):
        run_virtual(async_call(divided, 1, 0, catch=(KeyError, OSError)))
    match run_virtual(async_call(divided, 1, 0, catch=ZeroDivisionError)):
        case Err(error):
            assert (error.code, error.msg) == ("ZeroDivisionError", "division by zero")
            assert isinstance(error.cause, ZeroDivisionError)
        case Ok(value):
            raise AssertionError(value)
    plan = async_call(divided, 1, 0, catch=ArithmeticError, to_error=lambda exc: ErrInfo("MATH", str(exc)))
    assert run_virtual(plan) == Err(ErrInfo("MATH", "division by zero"))


def test_an_exception_before_the_first_wait_is_caught_too() -> None:
    def eager(_: int) -> Any:
        raise ZeroDivisionError("at once")

    plan = async_call(eager, 1, catch=ZeroDivisionError, to_error=as_error)
    assert run_virtual(plan) == Err(ErrInfo("ZERO", "at once"))


def test_cancellation_is_never_caught() -> None:
    with pytest.raises(TypeError, match="async_call catches subclasses of Exception only"):
        async_call(divided, 1, 0, catch=asyncio.CancelledError)  # type: ignore[type-var]

    async def main() -> Any:
        task = asyncio.ensure_future(async_call(divided, 1, 1, catch=Exception)())
        await asyncio.sleep(0.5)
        task.cancel()
        await asyncio.wait([task])
        return Ok(task.cancelled())

    assert run_virtual(main) == Ok(value=True)


def test_building_runs_nothing() -> None:
    assert_pure_construction(async_call, divided, 1, 0)
    assert "async_call divided (" in repr(async_call(divided, 1, 0))
    assert async_call(divided, 1, 0) == async_call(divided, 1, 0) != async_call(divided, 1, 1)


def test_async_call_refuses_other_functions() -> None:
    async def port() -> Result[int, ErrInfo]:
        return Ok(1)

    with pytest.raises(PlanContractError, match=r"port \(.*gave Ok\(value=1\): async_call is for plain"):
        run_virtual(async_call(port))

    async def plain() -> int:
        return 1

    with pytest.raises(PlanContractError, match=r"function time .*which cannot be awaited: .*lift_blocking"):
        run_virtual(async_call(time.time))  # type: ignore[arg-type]
    with pytest.raises(PlanContractError, match=r"async_call was given the coroutine .*, not a function"):
        async_call(plain())  # type: ignore[arg-type]
    coroutine = plain()
    reusing = async_call(lambda: coroutine)
    assert run_virtual(reusing) == Ok(1)
    with pytest.raises(PlanContractError, match="for a second run"):
        run_virtual(reusing)
    with pytest.raises(PlanContractError, match=r"int 3 is no ErrInfo"):
        run_virtual(async_call(divided, 1, 0, catch=ArithmeticError, to_error=lambda _: 3))  # type: ignore[arg-type, return-value]


SEEN: ContextVar[str] = ContextVar("SEEN", default="")


def test_a_blocking_call_runs_in_a_thread_with_the_context() -> None:
    def read() -> Result[tuple[bool, str], ErrInfo]:
        return Ok((threading.current_thread() is threading.main_thread(), SEEN.get()))

    async def main() -> Any:
        SEEN.set("seen")
        return await lift_blocking(read)()

    assert run(main) == Ok((False, "seen"))
    assert repr(lift_blocking(read)).startswith("<Plan lift_blocking test_a_blocking")


def test_blocking_calls_run_side_by_side() -> None:
    barrier = threading.Barrier(3, timeout=5)

    def meet() -> Result[int, ErrInfo]:
        return Ok(barrier.wait())

    assert run(async_map(async_gather([lift_blocking(meet)] * 3), sorted)) == Ok([0, 1, 2])


def test_a_blocking_call_that_gives_no_result() -> None:
    with pytest.raises(PlanContractError, match=r"gave int 3, not Ok or Err"):
        run(lift_blocking(lambda: 3))  # type: ignore[arg-type, return-value]
