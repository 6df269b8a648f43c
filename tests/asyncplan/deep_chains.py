"""Build, drive, inspect and free a plan of a million steps. Run as a script: `deep_chains.py SHAPE`."""

from __future__ import annotations

import asyncio
import resource
import sys
from typing import TYPE_CHECKING, Any

from asyncplan import (
    AsyncPlan,
    Err,
    ErrInfo,
    Ok,
    RetryPolicy,
    async_attempt,
    async_bind,
    async_ensure,
    async_fail,
    async_lift,
    async_map,
    async_or_else,
    async_pure,
    async_retry,
    render_tree,
    to_mermaid,
)
from asyncplan.shell import run

if TYPE_CHECKING:
    from collections.abc import Callable

DEPTH = 1_000_000
CEILING = 400 * 2**20
DOWN = Err(ErrInfo("DOWN", "no"))


def chain(step: Callable[[AsyncPlan[Any]], AsyncPlan[Any]], leaf: AsyncPlan[Any]) -> AsyncPlan[Any]:
    for _ in range(DEPTH):
        leaf = step(leaf)
    return leaf


def increment(n: int) -> int:
    return n + 1


def pure_increment(n: int) -> AsyncPlan[int]:
    return async_pure(n + 1)


async def at_once(outcome: Any) -> Any:
    return outcome


async def after_a_turn(outcome: Any) -> Any:
    await asyncio.sleep(0)
    return outcome


async def defect() -> Any:
    raise ValueError("x")


def waiting_increment(n: int) -> AsyncPlan[int]:
    make = after_a_turn if n % 100 == 0 else at_once
    return async_lift(lambda: make(Ok(n + 1)))


def to_the_right(n: int) -> AsyncPlan[int]:
    return async_bind(async_pure(n + 1), to_the_right) if n < DEPTH else async_pure(n)


def waiting_to_the_right(n: int) -> AsyncPlan[int]:
    return async_bind(waiting_increment(n), waiting_to_the_right) if n < DEPTH else async_pure(n)


def recovering(n: int) -> AsyncPlan[int]:
    return async_or_else(async_fail(DOWN.error), lambda _: recovering(n + 1)) if n < DEPTH else async_pure(n)


NOTHING = async_pure(None)
ONCE = RetryPolicy(1)
SHAPES: dict[str, tuple[Callable[[], AsyncPlan[Any]], object]] = {
    "left": (lambda: chain(lambda p: async_bind(p, pure_increment), async_pure(0)), Ok(DEPTH)),
    "left-waiting": (lambda: chain(lambda p: async_bind(p, waiting_increment), async_pure(0)), Ok(DEPTH)),
    "right": (lambda: to_the_right(0), Ok(DEPTH)),
    "right-waiting": (lambda: waiting_to_the_right(0), Ok(DEPTH)),
    "map": (lambda: chain(lambda p: async_map(p, increment), async_pure(0)), Ok(DEPTH)),
    "recovering": (lambda: recovering(0), Ok(DEPTH)),
    "failing": (
        lambda: chain(lambda p: async_bind(p, pure_increment), async_lift(lambda: at_once(DOWN))),
        DOWN,
    ),
    "finalized": (lambda: chain(lambda p: async_ensure(p, NOTHING), async_pure(1)), Ok(1)),
    "finalized-failing": (lambda: chain(lambda p: async_ensure(p, NOTHING), async_fail(DOWN.error)), DOWN),
    "finalized-raising": (lambda: chain(lambda p: async_ensure(p, NOTHING), defect), ValueError),
    "raising": (
        lambda: chain(lambda p: async_attempt(async_bind(p, pure_increment), catch=KeyError), defect),
        ValueError,
    ),
    "retried": (lambda: chain(lambda p: async_retry(p, ONCE), async_pure(1)), Ok(1)),
}


def outcome_of(plan: AsyncPlan[Any]) -> object:
    try:
        return run(plan)
    except ValueError as exc:
        return type(exc)


def main(shape: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (CEILING, CEILING))
    build, expected = SHAPES[shape]
    plan = build()
    assert outcome_of(plan) == expected, outcome_of(plan)
    assert len(repr(plan)) < 2000
    assert hash(plan) == hash(plan)
    assert len(render_tree(plan).splitlines()) <= 201
    assert to_mermaid(plan).startswith("flowchart TD")
    if shape == "map":
        assert plan == build()
    del plan


if __name__ == "__main__":
    main(sys.argv[1])
