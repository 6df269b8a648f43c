"""A defect, caught or not, is freed when the last name for it goes: it is part of no cycle."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import weakref
from typing import TYPE_CHECKING, Any

import pytest

from asyncplan import (
    AsyncPlan,
    Ok,
    RetryPolicy,
    Steps,
    TimeoutPolicy,
    as_plan,
    async_attempt,
    async_bind,
    async_bracket,
    async_call,
    async_do,
    async_ensure,
    async_gather,
    async_gather_all,
    async_lift,
    async_map,
    async_named,
    async_or_else,
    async_pure,
    async_race,
    async_retry,
    async_timeout,
    async_zip,
)
from asyncplan.shell import run

if TYPE_CHECKING:
    from collections.abc import Callable


class DefectError(Exception):
    """An exception that can be referenced weakly."""


class Source:
    """Plans that raise, and weak references to the exceptions raised."""

    def __init__(self, waits: int) -> None:
        self.raised: list[weakref.ref[DefectError]] = []
        self.waits = waits

    async def fail(self) -> Any:
        for _ in range(self.waits):
            await asyncio.sleep(0)
        defect = DefectError("defect")
        self.raised.append(weakref.ref(defect))
        try:
            raise defect
        finally:
            del defect

    def alive(self) -> int:
        return sum(ref() is not None for ref in self.raised)


async def forever() -> Any:
    await asyncio.Event().wait()


async def done() -> Any:
    return Ok(1)


@async_do
def step(plan: AsyncPlan[Any]) -> Steps[Any]:
    return (yield from as_plan(plan))


@async_do
def guarded(plan: AsyncPlan[Any]) -> Steps[Any]:
    try:
        return (yield from as_plan(plan))
    except DefectError:
        return 0


SHAPES: dict[str, Callable[[AsyncPlan[Any]], AsyncPlan[Any]]] = {
    "itself": lambda p: p,
    "lift": async_lift,
    "bind": lambda p: async_bind(p, async_pure),
    "continuation": lambda p: async_bind(done, lambda _: p),
    "map": lambda p: async_named(async_map(p, str), "named"),
    "do": step,
    "do in a do": lambda p: step(step(p)),
    "ensure": lambda p: async_ensure(p, done),
    "bracket": lambda p: async_bracket(done, lambda _: p, lambda _: async_lift(done)),
    "retry": lambda p: async_retry(p, RetryPolicy()),
    "timeout": lambda p: async_timeout(p, TimeoutPolicy(60)),
    "gather": lambda p: async_gather([p, p]),
    "gather, cancelling": lambda p: async_gather([p, async_lift(forever)]),
    "gather_all of nodes": lambda p: async_gather_all([async_map(p, str)]),
    "zip": lambda p: async_zip(p, async_lift(done)),
    "race": lambda p: async_race([async_lift(forever), p]),
}
CATCHERS: dict[str, Callable[[AsyncPlan[Any]], AsyncPlan[Any]]] = {
    "attempt": lambda p: async_or_else(async_attempt(p, catch=DefectError), lambda _: async_pure(0)),
    "attempt, kept as a value": lambda p: async_map(
        async_or_else(async_attempt(p, catch=DefectError), async_pure), lambda _: 0
    ),
    "call": lambda p: async_or_else(async_call(lambda: p(), catch=DefectError), lambda _: async_pure(0)),  # noqa: PLW0108
    "do": guarded,
}


def alive_after(source: Source, plan: AsyncPlan[Any]) -> int:
    """Run `plan`, which may raise a DefectError, and count the defects that only the collector could free."""

    async def main() -> int:
        gc.collect()
        gc.disable()
        try:
            with contextlib.suppress(DefectError):
                await plan()
            for _ in range(3):
                await asyncio.sleep(0)
            return source.alive()
        finally:
            gc.enable()

    async def as_a_plan() -> Any:
        return Ok(await main())

    outcome = run(as_a_plan)
    assert source.raised
    assert isinstance(outcome, Ok)
    alive: int = outcome.value
    return alive


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("waits", [0, 1])
def test_a_defect_that_comes_out_is_part_of_no_cycle(shape: str, waits: int) -> None:
    source = Source(waits)
    assert alive_after(source, SHAPES[shape](source.fail)) == 0


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("catcher", CATCHERS)
@pytest.mark.parametrize("waits", [0, 1])
def test_a_caught_defect_is_part_of_no_cycle(shape: str, catcher: str, waits: int) -> None:
    source = Source(waits)
    assert alive_after(source, CATCHERS[catcher](SHAPES[shape](source.fail))) == 0
