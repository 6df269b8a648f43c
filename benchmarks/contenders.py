# ruff: noqa: D103 - each function is one spelling of the same chain; libraries may be missing
"""The ways to run a chain of async steps that `runtime.py` compares."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from asyncplan import Err, Ok, async_bind, async_do, async_lift, async_map, async_pure

REFERENCE = "hand-written loop, `match`"
Chain = Callable[[int], Any]


@dataclass(frozen=True)
class Contender:
    """One row. Each chain takes the number of steps; `describes` tells descriptions from loops."""

    name: str
    left: Chain
    right: Chain
    map: Chain | None
    waiting: Chain
    describes: bool = True
    rebuilds: bool = False

    def prepared(self, shape: str, size: int) -> Callable[[], Awaitable[Any]] | None:
        """Give a function that runs the chain once; None where the row has no such shape."""
        make: Chain | None = getattr(self, shape)
        if make is None:
            return None
        if self.rebuilds:
            return lambda: self.run_of(make(size))()  # noqa: PLW0108 - built anew by each run
        try:
            return self.run_of(make(size))
        except RecursionError:
            return None

    def run_of(self, built: Any) -> Callable[[], Awaitable[Any]]:
        """Give a function that drives a chain."""
        return built if callable(built) else lambda: built


# Steps, for those that await them.


async def step(x: int) -> Any:
    return Ok(x + 1)


async def waiting_step(x: int) -> Any:
    await asyncio.sleep(0)
    return Ok(x + 1)


def increment(x: int) -> int:
    return x + 1


# Hand-written.


def by_match(step: Callable[[int], Awaitable[Any]]) -> Chain:
    def chain(size: int) -> Any:
        async def loop() -> Any:
            x = 0
            for _ in range(size):
                match await step(x):
                    case Ok(value=value):
                        x = value
                    case Err(error=error):
                        return Err(error)
            return Ok(x)

        return loop

    return chain


def by_isinstance(step: Callable[[int], Awaitable[Any]]) -> Chain:
    def chain(size: int) -> Any:
        async def loop() -> Any:
            x = 0
            for _ in range(size):
                outcome = await step(x)
                if isinstance(outcome, Err):
                    return outcome
                x = outcome.value
            return Ok(x)

        return loop

    return chain


# Any way that has pure, bind, map and lift: the same chains for all.


def chains(pure: Any, bind: Any, map_: Any, lift: Any) -> dict[str, Any]:
    def pure_step(x: int) -> Any:
        return pure(x + 1)

    def lifted_step(x: int) -> Any:
        return lift(lambda: waiting_step(x))

    def left(size: int) -> Any:
        plan = pure(0)
        for _ in range(size):
            plan = bind(plan, pure_step)
        return plan

    def right(size: int) -> Any:
        def after(left: int) -> Callable[[int], Any]:
            return (lambda x: bind(pure_step(x), after(left - 1))) if left > 1 else pure_step

        return bind(pure(0), after(size))

    def mapped(size: int) -> Any:
        plan = pure(0)
        for _ in range(size):
            plan = map_(plan, increment)
        return plan

    def waiting(size: int) -> Any:
        plan = pure(0)
        for _ in range(size):
            plan = bind(plan, lifted_step)
        return plan

    return {"left": left, "right": right, "map": mapped, "waiting": waiting}


# Steps one below the other.


def do_chain(step: Callable[[int], Any]) -> Chain:
    @async_do
    def steps(size: int) -> Any:
        x = 0
        for _ in range(size):
            x = yield from step(x)
        return x

    return steps


def pure_plan(x: int) -> Any:
    return async_pure(x + 1)


def waiting_plan(x: int) -> Any:
    return async_lift(lambda: waiting_step(x))


# The lesson's closures.


def closure_pure(value: Any) -> Any:
    async def coroutine() -> Any:
        return Ok(value)

    return lambda: coroutine()  # noqa: PLW0108 - as in the lesson


def closure_bind(plan: Any, f: Any) -> Any:
    async def coroutine() -> Any:
        match await plan():
            case Ok(value=value):
                return await f(value)()
            case Err(error=error):
                return Err(error)

    return lambda: coroutine()  # noqa: PLW0108 - as in the lesson


def closure_map(plan: Any, f: Any) -> Any:
    return closure_bind(plan, lambda value: closure_pure(f(value)))


def closure_lift(make: Any) -> Any:
    return make


def libraries() -> list[Contender]:
    """Give a row for each library that is installed."""
    found = []
    if find_spec("returns"):
        found.append(dry_python_returns())
    if find_spec("expression"):
        found.append(expression())
    return found


def dry_python_returns() -> Contender:
    from returns.future import FutureResult  # type: ignore[import-not-found]
    from returns.result import Success  # type: ignore[import-not-found]

    async def waiting(x: int) -> Any:
        await asyncio.sleep(0)
        return Success(x + 1)

    def waiting_step(x: int) -> Any:
        return FutureResult(waiting(x))

    def waiting_chain(size: int) -> Any:
        plan = FutureResult.from_value(0)
        for _ in range(size):
            plan = plan.bind(waiting_step)
        return plan

    shapes = chains(FutureResult.from_value, lambda p, f: p.bind(f), lambda p, f: p.map(f), None)
    shapes["waiting"] = waiting_chain
    return Contender("`returns` FutureResult, built and driven", **shapes, rebuilds=True)


def expression() -> Contender:
    from expression import Ok as Success  # type: ignore[import-not-found]
    from expression.effect.async_result import AsyncResultBuilder  # type: ignore[import-not-found]

    builder = AsyncResultBuilder()

    def lift(make: Any) -> Any:
        async def waiting() -> Any:
            return Success((await make()).value)

        return waiting()

    async def pure(value: int) -> Any:
        return Success(value)

    async def bind(plan: Any, f: Any) -> Any:
        return await builder.bind(await plan, f)

    async def map_(plan: Any, f: Any) -> Any:
        return await builder.bind(await plan, lambda value: builder.return_(f(value)))

    return Contender(
        "`Expression` async_result, built and driven", **chains(pure, bind, map_, lift), rebuilds=True
    )


PLANS = chains(async_pure, async_bind, async_map, async_lift)
CLOSURES = chains(closure_pure, closure_bind, closure_map, closure_lift)
MATCH, ISINSTANCE = by_match(step), by_isinstance(step)
CONTENDERS = [
    Contender(REFERENCE, MATCH, MATCH, MATCH, by_match(waiting_step), describes=False),
    Contender(
        "hand-written loop, `isinstance`",
        ISINSTANCE,
        ISINSTANCE,
        ISINSTANCE,
        by_isinstance(waiting_step),
        describes=False,
    ),
    Contender("asyncplan", **PLANS),
    Contender("asyncplan, built and driven", **PLANS, describes=False, rebuilds=True),
    Contender(
        "asyncplan `async_do`",
        do_chain(pure_plan),
        do_chain(pure_plan),
        None,
        do_chain(waiting_plan),
        describes=False,
    ),
    Contender("closures, as in the lesson", **CLOSURES),
    *libraries(),
]
