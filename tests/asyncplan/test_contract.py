"""A broken contract is reported with the culprit, its file and its line; no stray coroutine is left."""

from __future__ import annotations

import asyncio
import inspect
import re
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import pytest

from asyncplan import (
    AsyncPlan,
    Err,
    ErrInfo,
    Ok,
    PlanContractError,
    RetryPolicy,
    TimeoutPolicy,
    async_attempt,
    async_bind,
    async_call,
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
    async_retry,
    async_timeout,
    async_traverse,
    lift_sync,
)
from asyncplan.contract import label
from asyncplan.testing import run_virtual

if TYPE_CHECKING:
    from collections.abc import Callable


async def fetch() -> Any:
    return Ok(1)


def itself(plan: Any) -> Any:
    return plan


def mapped(plan: Any) -> Any:
    return async_map(plan, str)


async def five() -> Any:
    return 5


async def nested_coroutine() -> Any:
    return fetch()


def to_int(_: object) -> Any:
    return 3


def to_result(_: object) -> Any:
    return Ok(3)


def to_coroutine(_: object) -> Any:
    return fetch()


def to_none(_: object) -> Any:
    return None


def at(f: Callable[..., Any]) -> str:
    return re.escape(f"({__file__}:{f.__code__.co_firstlineno})")


@pytest.mark.parametrize(
    ("continuation", "returned", "hint"),
    [
        (to_int, "int 3", "async_pure"),
        (to_result, r"Ok\(value=3\)", "async_from_result"),
        (to_coroutine, "the coroutine fetch", "async_lift"),
        (to_none, "None", "async_pure"),
    ],
)
def test_a_continuation_that_returns_no_plan(continuation: Any, returned: str, hint: str) -> None:
    expected = (
        rf"continuation {continuation.__name__} {at(continuation)} returned {returned}, not a plan: .*{hint}"
    )
    for plan in (
        async_bind(async_pure(1), continuation),
        async_bind(fetch, continuation),
        async_bind(async_bind(async_named(async_pure(1), "x"), async_pure), continuation),
        async_or_else(async_fail(ErrInfo("E", "no")), continuation),
        async_traverse([1], continuation),
    ):
        with pytest.raises(PlanContractError, match=expected):
            run_virtual(plan)


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        (lambda: Ok(1), r"returned Ok\(value=1\), which cannot be awaited: .* lift_sync"),
        (lambda: 1, r"returned int 1, which cannot be awaited"),
        (five, rf"plan five {at(five)} gave int 5, not Ok or Err"),
        (async_lift(five), rf"plan five {at(five)} gave int 5, not Ok or Err"),
        (nested_coroutine, r"gave the coroutine fetch, not Ok or Err"),
        (lift_sync(lambda: 3), r"plan .*<lambda> .*gave int 3, not Ok or Err"),  # type: ignore[arg-type,return-value]
        (3, r"the driver was given int 3, not a plan"),
        (async_gather([3]), r"the driver was given int 3, not a plan"),  # type: ignore[arg-type]
    ],
)
def test_a_plan_that_gives_no_result(plan: Any, message: str) -> None:
    with pytest.raises(PlanContractError, match=message):
        run_virtual(plan)


@pytest.mark.parametrize("wrap", [itself, async_lift, mapped])
def test_a_coroutine_handed_out_again(wrap: Callable[[Any], Any]) -> None:
    coroutine = fetch()
    plan = wrap(lambda: coroutine)
    assert run_virtual(plan) in (Ok(1), Ok("1"))
    with pytest.raises(
        PlanContractError, match=rf"plan .*<lambda> .*{re.escape(__file__)}.* coroutine fetch"
    ):
        run_virtual(plan)


def test_a_coroutine_shared_by_concurrent_runs() -> None:
    async def slow() -> Any:
        await asyncio.sleep(1)
        return Ok(1)

    coroutine = slow()
    plan = async_lift(lambda: coroutine)
    with pytest.raises(PlanContractError, match="handed out the coroutine"):
        run_virtual(async_gather([plan, plan]))


def test_a_runtime_error_from_inside_is_not_taken_for_a_reuse() -> None:
    async def confusing() -> Any:
        raise RuntimeError("cannot reuse already awaited coroutine")

    with pytest.raises(RuntimeError, match="cannot reuse") as caught:
        run_virtual(confusing)
    assert not isinstance(caught.value, PlanContractError)


CONSTRUCTORS: list[Callable[[Any], Any]] = [
    async_lift,
    lift_sync,
    partial(async_map, f=str),
    partial(async_bind, f=async_pure),
    partial(async_or_else, f=async_pure),
    partial(async_map_err, f=str),  # type: ignore[arg-type]
    partial(async_named, name="x"),
    partial(async_attempt, catch=ValueError),
    partial(async_ensure, finalizer=fetch),
    partial(async_ensure, fetch),
    partial(async_retry, policy=RetryPolicy()),
    partial(async_timeout, policy=TimeoutPolicy(1)),
]


@pytest.mark.parametrize("construct", CONSTRUCTORS)
def test_an_argument_that_is_no_plan_is_refused_where_it_is_given(construct: Callable[[Any], Any]) -> None:
    coroutine = fetch()
    for wrong in (3, None, coroutine):
        with pytest.raises(PlanContractError, match=r"was given (int 3|None|the coroutine fetch), not a "):
            construct(wrong)
    assert inspect.getcoroutinestate(coroutine) == inspect.CORO_CLOSED


@pytest.mark.parametrize("construct", [async_bind, async_map, async_or_else, async_map_err])
def test_a_continuation_that_cannot_be_called_is_refused(construct: Callable[..., Any]) -> None:
    with pytest.raises(PlanContractError, match=f"{construct.__name__} was given int 3, not a function"):
        construct(async_pure(1), 3)


def test_only_a_result_is_a_result() -> None:
    with pytest.raises(PlanContractError, match="gave int 3, not Ok or Err"):
        async_from_result(3)  # type: ignore[arg-type]


class Service:
    def __call__(self) -> Any:
        return fetch()

    def method(self) -> Any:
        return fetch()


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (to_int, rf"^to_int {at(to_int)}$"),
        (partial(partial(to_int), 1), rf"^partial of to_int {at(to_int)}$"),
        (Service(), rf"^Service {at(Service.__call__)}$"),
        (Service().method, rf"^Service\.method {at(Service.method)}$"),
        (len, r"^len$"),
        (int, r"^int$"),
    ],
)
def test_labels(f: object, expected: str) -> None:
    assert re.match(expected, label(f))


@pytest.mark.parametrize("combinator", [async_bind, async_map])
def test_a_plan_where_a_function_of_the_value_belongs(combinator: Any) -> None:
    plan = combinator(async_named(async_pure(1), "first"), async_pure(2))
    with pytest.raises(PlanContractError) as caught:
        run_virtual(plan)
    assert str(caught.value) == (
        f"{combinator.__name__} was given <Plan async_pure(2)> where a function of one argument belongs"
        ": to go on with it for any value, write lambda _: plan"
    )


def test_a_plan_for_the_answer_to_a_failure() -> None:
    wrong: Any = async_pure(2)
    plan: AsyncPlan[Any] = async_or_else(async_fail(ErrInfo("E", "no")), wrong)
    with pytest.raises(PlanContractError, match="async_or_else was given <Plan async_pure"):
        run_virtual(plan)


def test_one_plan_for_the_plans_of_a_gather() -> None:
    with pytest.raises(PlanContractError, match=r"not an iterable: give a list, async_gather\(\[plan\]\)"):
        async_gather(cast("Any", async_pure(1)))


NODES: dict[str, Any] = {
    "value": async_pure(1),
    "make": async_lift(fetch),
    "src": async_bind(async_pure(1), async_pure),
    "f": async_map(async_pure(1), str),
    "error": async_fail(ErrInfo("NO", "no")),
    "plans": async_gather([async_pure(1)]),
    "name": async_named(async_pure(1), "one"),
    "finalizer": async_ensure(async_pure(1), async_pure(2)),
    "policy": async_timeout(async_pure(1), TimeoutPolicy(1)),
    "args": async_call(fetch),
}


@pytest.mark.parametrize("name", NODES)
def test_nodes_cannot_be_changed(name: str) -> None:
    node = NODES[name]
    before = getattr(node, name)
    with pytest.raises(AttributeError):
        setattr(node, name, 2)
    with pytest.raises(AttributeError):
        delattr(node, name)
    with pytest.raises(AttributeError):
        node.anything = 2
    assert getattr(node, name) is before


def test_an_error_that_is_no_err_info_is_refused() -> None:
    wrong: Any = "text"
    with pytest.raises(
        PlanContractError, match=r"async_fail .*: str 'text' is no ErrInfo: write ErrInfo\(code"
    ):
        async_fail(wrong)
    for plan in (
        async_map_err(async_fail(ErrInfo("NO", "no")), lambda _: wrong),
        async_lift(lambda: failing_with(wrong)),
        async_gather([async_lift(lambda: failing_with(wrong))]),
        async_attempt(raise_key_error, catch=KeyError, to_error=lambda _: wrong),
    ):
        with pytest.raises(PlanContractError, match="str 'text' is no ErrInfo"):
            run_virtual(plan)


def test_a_name_is_a_text() -> None:
    with pytest.raises(PlanContractError, match="async_named was given int 3, not a str"):
        async_named(async_pure(1), 3)  # type: ignore[arg-type]


async def failing_with(error: Any) -> Any:
    return Err(error)


async def raise_key_error() -> Any:
    raise KeyError("x")
