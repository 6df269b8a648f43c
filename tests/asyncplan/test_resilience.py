"""Retry and timeout, on virtual time."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncplan import (
    TRANSIENT,
    AsyncPlan,
    Backoff,
    Err,
    ErrInfo,
    Ok,
    PlanContractError,
    RetryPolicy,
    TimeoutPolicy,
    async_fail,
    async_gather_all,
    async_lift,
    async_pure,
    async_retry,
    async_timeout,
    delays,
)
from asyncplan.shell import run
from asyncplan.testing import assert_replayable, run_virtual

DOWN = ErrInfo("DOWN", "no", stage="http", ctx={"url": "/x"})
DOWN_TOO = TRANSIENT | {"DOWN"}
THREE = RetryPolicy(3, Backoff(initial=1, factor=2, ceiling=30, jitter=0), codes=DOWN_TOO)


class Flaky:
    """Fails `failures` times, takes `seconds` each time, and keeps the times of its calls."""

    def __init__(self, failures: int, seconds: float = 0, error: ErrInfo = DOWN) -> None:
        self.failures = failures
        self.seconds = seconds
        self.error = error
        self.calls: list[float] = []

    async def call(self) -> Any:
        self.calls.append(asyncio.get_running_loop().time())
        await asyncio.sleep(self.seconds)
        return Ok(len(self.calls)) if len(self.calls) > self.failures else Err(self.error)


def test_a_retry_has_growing_pauses() -> None:
    flaky = Flaky(2)
    assert run_virtual(async_retry(flaky.call, THREE)) == Ok(3)
    assert flaky.calls == [0, 1, 3]


def test_the_last_error_keeps_its_code_and_says_how_many_attempts_there_were() -> None:
    flaky = Flaky(9)
    error = ErrInfo("DOWN", "no", stage="http", ctx={"url": "/x", "attempts": 3})
    assert run_virtual(async_retry(flaky.call, THREE)) == Err(error)
    assert len(flaky.calls) == 3


def test_an_error_of_another_code_is_not_tried_again() -> None:
    flaky = Flaky(9)
    policy = RetryPolicy(5, codes=frozenset({"LATE"}))
    outcome = run_virtual(async_retry(flaky.call, policy))
    assert isinstance(outcome, Err)
    assert (outcome.error.code, outcome.error.ctx["attempts"], len(flaky.calls)) == ("DOWN", 1, 1)


@pytest.mark.parametrize(("budget", "calls"), [(0, 1), (2.9, 1), (3, 2), (7.9, 2), (8, 3)])
def test_a_retry_stops_within_its_budget(budget: float, calls: int) -> None:
    flaky = Flaky(9, seconds=2)
    run_virtual(
        async_retry(flaky.call, RetryPolicy(9, Backoff(1, 3, 30, jitter=0), codes=None, budget=budget))
    )
    assert len(flaky.calls) == calls
    assert flaky.calls[-1] <= budget


def test_a_defect_is_not_tried_again() -> None:
    calls: list[int] = []

    async def defect() -> Any:
        calls.append(1)
        raise ValueError("x")

    with pytest.raises(ValueError, match="x"):
        run_virtual(async_retry(defect, THREE))
    assert calls == [1]


def test_a_cancellation_is_not_tried_again() -> None:
    flaky = Flaky(9, seconds=5)

    async def main() -> Any:
        task = asyncio.ensure_future(async_retry(flaky.call, THREE)())
        await asyncio.sleep(1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return Ok(None)

    assert run_virtual(main) == Ok(None)
    assert flaky.calls == [0]


def test_clock_and_sleep_are_capabilities() -> None:
    slept: list[float] = []
    now = [100.0]

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    plan = async_retry(
        async_fail(DOWN),
        RetryPolicy(9, Backoff(1, 2, 30, jitter=0), codes=None, budget=7),
        clock=lambda: now[0],
        sleep=sleep,
    )
    outcome = run_virtual(plan)
    assert slept == [1, 2, 4]
    assert outcome == Err(ErrInfo("DOWN", "no", stage="http", ctx={"url": "/x", "attempts": 4}))


def test_a_retry_replays_with_the_same_pauses() -> None:
    policy = RetryPolicy(4, Backoff(1, 2, 30, jitter=0.5), codes=DOWN_TOO)
    assert_replayable(async_retry(async_fail(DOWN), policy, seed=3))


POLICIES = st.builds(
    RetryPolicy,
    attempts=st.integers(1, 12),
    backoff=st.builds(
        Backoff, st.floats(0, 5), st.floats(1, 4), ceiling=st.floats(5, 60), jitter=st.floats(0, 1)
    ),
)


@given(POLICIES, st.integers())
def test_delays_are_pure_and_bounded(policy: RetryPolicy, seed: int) -> None:
    pauses = delays(policy, seed)
    backoff = policy.backoff
    assert pauses == delays(policy, seed)
    assert len(pauses) == policy.attempts - 1
    assert all(0 <= pause <= backoff.ceiling for pause in pauses)
    full = delays(RetryPolicy(policy.attempts, Backoff(backoff.initial, backoff.factor, backoff.ceiling, 0)))
    assert list(full) == sorted(full)
    assert all((1 - backoff.jitter) * most <= pause <= most for pause, most in zip(pauses, full, strict=True))


def test_seeds_spread_the_jitter() -> None:
    policy = RetryPolicy(3, Backoff(jitter=1))
    assert len({delays(policy, seed) for seed in range(20)}) == 20


@pytest.mark.parametrize(
    "make",
    [
        lambda: Backoff(initial=-1),
        lambda: Backoff(initial=31, ceiling=30),
        lambda: Backoff(ceiling=float("inf")),
        lambda: Backoff(factor=0.5),
        lambda: Backoff(jitter=1.1),
        lambda: Backoff(initial=float("nan")),
        lambda: RetryPolicy(0),
        lambda: RetryPolicy(budget=-1),
        lambda: TimeoutPolicy(-1),
        lambda: TimeoutPolicy(float("nan")),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(make: Any) -> None:
    with pytest.raises(ValueError, match=r"(Backoff|RetryPolicy|TimeoutPolicy)"):
        make()


@pytest.mark.parametrize(
    ("policy", "fields"),
    [
        (RetryPolicy, {"codes": "TIMEOUT"}),
        (RetryPolicy, {"codes": {1}}),
        (RetryPolicy, {"codes": 3}),
        (RetryPolicy, {"attempts": 2.5}),
        (RetryPolicy, {"attempts": True}),
        (RetryPolicy, {"backoff": 2}),
        (RetryPolicy, {"budget": "1"}),
        (Backoff, {"initial": "1"}),
        (TimeoutPolicy, {"seconds": "5"}),
        (TimeoutPolicy, {"seconds": None}),
        (TimeoutPolicy, {"seconds": 5, "code": 3}),
    ],
)
def test_a_policy_of_other_types_is_refused(policy: Any, fields: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=r"(Backoff|RetryPolicy|TimeoutPolicy)\.\w+ is .*, not "):
        policy(**fields)


def test_codes_may_be_any_collection_and_are_kept_as_a_frozenset() -> None:
    assert RetryPolicy(codes={"A"}) == RetryPolicy(codes=frozenset({"A"}))
    assert hash(RetryPolicy(codes={"A"})) == hash(RetryPolicy(codes=frozenset({"A"})))


def test_a_number_is_no_policy() -> None:
    with pytest.raises(
        PlanContractError, match=r"given int 5, not a TimeoutPolicy: write TimeoutPolicy\(sec"
    ):
        async_timeout(async_pure(1), 5)  # type: ignore[arg-type]
    with pytest.raises(
        PlanContractError, match=r"given int 3, not a RetryPolicy: write RetryPolicy\(attempts="
    ):
        async_retry(async_pure(1), 3)  # type: ignore[arg-type]
    with pytest.raises(PlanContractError, match="async_retry was given int 1, not a function"):
        async_retry(async_pure(1), THREE, sleep=1)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "calls"), [("HTTP_404", 1), ("NO_USER", 1), ("HTTP_503", 3), ("TIMEOUT", 3), ("ConnectError", 3)]
)
def test_the_default_policy_retries_what_may_pass(code: str, calls: int) -> None:
    flaky = Flaky(9, error=ErrInfo(code, "no"))
    run_virtual(async_retry(flaky.call, RetryPolicy()))
    assert len(flaky.calls) == calls


def test_clients_that_fail_together_do_not_come_back_together() -> None:
    flaky = Flaky(10_000, error=ErrInfo("BUSY", "no"))
    clients = async_gather_all([async_retry(flaky.call, RetryPolicy(4))] * 200, concurrency=200)
    run_virtual(clients)
    first = flaky.calls[:]
    assert len(set(first)) == 601
    flaky.calls.clear()
    run_virtual(clients)
    assert flaky.calls == first  # time in a test is the same each time
    flaky.calls.clear()
    run_virtual(clients, seed=1)
    assert flaky.calls != first


def test_outside_of_tests_chance_decides() -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    failing = async_fail(ErrInfo("BUSY", "no"))
    for seed in (None, None, 7, 7):
        run(async_retry(failing, RetryPolicy(2), seed=seed, sleep=sleep))
    assert len(set(slept)) == 3
    assert slept[2] == slept[3] == delays(RetryPolicy(2), 7)[0]


def sleeping(seconds: float, outcome: Any = Ok("done")) -> AsyncPlan[Any]:  # noqa: B008
    return async_lift(lambda: asyncio.sleep(seconds, outcome))


@pytest.mark.parametrize("seed", [None, 1, 2, 3])
@pytest.mark.parametrize(
    ("seconds", "limit", "in_time"), [(1, 2, True), (3, 2, False), (0, 1, True), (1, 0, False)]
)
def test_a_timeout_is_an_error_of_its_own(
    seconds: float, limit: float, *, in_time: bool, seed: int | None
) -> None:
    late = ErrInfo("TIMEOUT", f"no outcome within {limit} s", stage="async_timeout", ctx={"seconds": limit})
    plan = async_timeout(sleeping(seconds), TimeoutPolicy(limit))
    assert run_virtual(plan, seed=seed) == (Ok("done") if in_time else Err(late))


def test_a_timeout_raised_inside_stays_an_exception() -> None:
    async def raises() -> Any:
        raise asyncio.TimeoutError("inside")

    with pytest.raises(asyncio.TimeoutError, match="inside"):
        run_virtual(async_timeout(raises, TimeoutPolicy(5)))


def test_an_error_from_inside_stays_as_it_is() -> None:
    inner = ErrInfo("TIMEOUT", "the server said so")
    assert run_virtual(async_timeout(sleeping(1, Err(inner)), TimeoutPolicy(5))) == Err(inner)


def test_the_inner_of_two_timeouts_is_told_from_the_outer() -> None:
    plan = async_timeout(async_timeout(sleeping(9), TimeoutPolicy(1, "INNER")), TimeoutPolicy(5, "OUTER"))
    outcome = run_virtual(plan)
    assert isinstance(outcome, Err)
    assert outcome.error.code == "INNER"


def test_a_plan_that_finishes_in_spite_of_its_timeout_keeps_its_outcome() -> None:
    async def committing() -> Any:
        try:
            await asyncio.sleep(9)
        except asyncio.CancelledError:
            await asyncio.sleep(1)
        return Ok("committed")

    assert run_virtual(async_timeout(committing, TimeoutPolicy(2))) == Ok("committed")


def test_a_plan_that_breaks_while_it_is_timed_out_is_a_defect() -> None:
    async def breaking() -> Any:
        try:
            await asyncio.sleep(9)
        finally:
            raise ValueError("x")

    with pytest.raises(ValueError, match="x"):
        run_virtual(async_timeout(breaking, TimeoutPolicy(2)))


def test_a_sleep_that_breaks_is_a_defect() -> None:
    async def broken(_: float) -> None:
        raise ValueError("no clock")

    with pytest.raises(ValueError, match="no clock"):
        run_virtual(async_timeout(sleeping(1), TimeoutPolicy(2), sleep=broken))
    with pytest.raises(ValueError, match="no clock"):
        run_virtual(async_retry(async_fail(DOWN), THREE, sleep=broken))


def test_retry_and_timeout_work_together() -> None:
    flaky = Flaky(0, seconds=3)
    plan = async_retry(async_timeout(flaky.call, TimeoutPolicy(1)), THREE)
    outcome = run_virtual(plan)
    assert isinstance(outcome, Err)
    assert (outcome.error.code, outcome.error.ctx["attempts"]) == ("TIMEOUT", 3)
    assert flaky.calls == [0, 2, 5]
    assert run_virtual(async_timeout(async_retry(async_pure(1), THREE), TimeoutPolicy(1))) == Ok(1)
