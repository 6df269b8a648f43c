"""Races: the winning plan, and the end of the others."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from asyncplan import (
    AsyncPlan,
    Err,
    ErrInfo,
    Ok,
    PlanContractError,
    async_ensure,
    async_fail,
    async_lift,
    async_pure,
    async_race,
)
from asyncplan.shell import run
from asyncplan.testing import DeadlockError, run_virtual

if TYPE_CHECKING:
    from collections.abc import Callable

NO = ErrInfo("NO", "no")


class Runners:
    """Plans that log how they end, and take a second to clean up."""

    def __init__(self) -> None:
        self.log: list[str] = []

    def plan(self, name: str, seconds: float, outcome: Any = None) -> AsyncPlan[str]:
        async def work() -> Any:
            await asyncio.sleep(seconds)
            self.log.append(f"{name} ends")
            if isinstance(outcome, Exception):
                raise outcome
            return outcome or Ok(name)

        async def clean() -> Any:
            await asyncio.sleep(1)
            self.log.append(f"{name} cleaned")
            return Ok(None)

        return async_ensure(work, clean)


CASES: dict[str, tuple[Callable[[Runners], list[AsyncPlan[str]]], Any]] = {
    "fastest wins": (lambda r: [r.plan("slow", 9), r.plan("quick", 2)], Ok("quick")),
    "a failure waits for a success": (
        lambda r: [r.plan("failing", 1, Err(NO)), r.plan("slow", 9)],
        Ok("slow"),
    ),
    "all fail: the first in order": (
        lambda r: [r.plan("a", 3, Err(NO)), r.plan("b", 1, Err(ErrInfo("B", "b")))],
        Err(NO),
    ),
    "equally fast: the first in order": (lambda r: [r.plan("a", 2), r.plan("b", 2)], Ok("a")),
    "ready at once": (lambda r: [r.plan("slow", 3), async_pure("pure")], Ok("pure")),
}


@pytest.mark.parametrize("case", CASES)
def test_outcomes(case: str) -> None:
    runners = Runners()
    make, outcome = CASES[case]
    assert run_virtual(async_race(make(runners))) == outcome


def test_the_losers_have_cleaned_up_when_the_outcome_is_in() -> None:
    runners = Runners()
    plans = [runners.plan("a", 9), runners.plan("b", 1), runners.plan("c", 9)]
    assert run_virtual(async_race(plans)) == Ok("b")
    assert sorted(runners.log) == ["a cleaned", "b cleaned", "b ends", "c cleaned"]


def test_an_exception_ends_the_race() -> None:
    runners = Runners()
    with pytest.raises(LookupError, match="defect"):
        run_virtual(async_race([runners.plan("a", 9), runners.plan("b", 1, LookupError("defect"))]))
    assert "a ends" not in runners.log
    assert "a cleaned" in runners.log


def test_a_defect_in_a_loser_is_not_lost() -> None:
    async def fragile() -> Any:
        try:
            await asyncio.sleep(9)
        finally:
            raise LookupError("cleaning up failed")

    with pytest.raises(LookupError, match="cleaning up failed"):
        run_virtual(async_race([async_lift(fragile), async_pure(1)]))


def test_a_cancelled_race_cancels_every_plan() -> None:
    runners = Runners()

    async def main() -> Any:
        task = asyncio.ensure_future(async_race([runners.plan("a", 9), runners.plan("b", 9)])())
        await asyncio.sleep(1)
        task.cancel()
        await asyncio.wait([task])
        return Ok((task.cancelled(), len(asyncio.all_tasks())))

    assert run_virtual(main) == Ok((True, 1))
    assert sorted(runners.log) == ["a cleaned", "b cleaned"]


def test_a_plan_that_cancels_itself_cancels_the_race() -> None:
    async def give_up() -> Any:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        run_virtual(async_race([give_up, Runners().plan("b", 9)]))


def test_no_plans_are_refused() -> None:
    class Empty:
        def __iter__(self) -> Any:
            return iter(())

    with pytest.raises(PlanContractError, match="given no plans"):
        async_race([])
    with pytest.raises(PlanContractError, match="given no plans"):
        run(async_race(Empty()))
    with pytest.raises(PlanContractError, match="one-shot iterator"):
        async_race(iter([async_pure(1)]))


def test_a_race_that_none_can_end_is_a_deadlock() -> None:
    async def never() -> Any:
        await asyncio.Event().wait()

    with pytest.raises(DeadlockError):
        run_virtual(async_race([async_lift(never), async_fail(NO)]))


def test_equality_and_repr() -> None:
    plan = async_race([async_pure(1), async_pure(2)])
    assert plan == async_race((async_pure(1), async_pure(2)))
    assert repr(plan) == "<Plan async_race of 2 plans>"
