"""The laws a pipeline of your own should keep, each as an assertion to call from a Hypothesis test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from asyncplan.gather import async_gather
from asyncplan.plan import AsyncPlan, async_bind, async_map, async_pure
from asyncplan.result import Err, ErrInfo, Ok, Result
from asyncplan.testing.virtual_time import run_virtual

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")

Driver: TypeAlias = Callable[[AsyncPlan[Any]], Result[Any, ErrInfo]]


@dataclass(frozen=True)
class Raised:
    """The outcome of a run that ended in an exception: its class and its message."""

    kind: type[Exception]
    message: str


def observed(plan: AsyncPlan[A]) -> AsyncPlan[Result[A, ErrInfo] | Raised]:
    """Make a plan that succeeds with the whole outcome of `plan`, an exception included."""

    async def observe() -> Result[Result[A, ErrInfo] | Raised, ErrInfo]:
        try:
            return Ok(await async_bind(plan, async_pure)())
        except Exception as exc:  # noqa: BLE001 - any defect is observed
            return Ok(Raised(type(exc), str(exc)))

    return observe


def assert_monad_laws(
    plan: AsyncPlan[A],
    f: Callable[[A], AsyncPlan[B]],
    g: Callable[[B], AsyncPlan[C]],
    value: A,
    *,
    drive: Driver = run_virtual,
    reset: Callable[[], object] | None = None,
) -> None:
    """Fail unless left identity, right identity and associativity hold, for these in the outcome of a run.

    `drive` runs a plan; `reset`, called before each run, puts stateful fakes back to their start.
    """
    same = _Comparison(drive, reset)
    same("left identity", async_bind(async_pure(value), f), f(value))
    same("right identity", async_bind(plan, async_pure), plan)
    same(
        "associativity",
        async_bind(async_bind(plan, f), g),
        async_bind(plan, lambda x: async_bind(f(x), g)),
    )


def assert_functor_laws(
    plan: AsyncPlan[A],
    f: Callable[[A], B],
    g: Callable[[B], C],
    *,
    drive: Driver = run_virtual,
    reset: Callable[[], object] | None = None,
) -> None:
    """Fail unless mapping the identity changes nothing, and mapping f, then g, is mapping both at once."""
    same = _Comparison(drive, reset)
    same("identity of map", async_map(plan, lambda x: x), plan)
    same("composition of map", async_map(async_map(plan, f), g), async_map(plan, lambda x: g(f(x))))


def assert_replayable(
    plan: AsyncPlan[Any],
    *,
    runs: int = 3,
    drive: Driver = run_virtual,
    reset: Callable[[], object] | None = None,
) -> None:
    """Fail unless `plan` gives one and the same outcome `runs` times in a row, and `runs` times at once."""
    if runs < 2:
        raise ValueError("a replay takes at least 2 runs")
    same = _Comparison(drive, reset)
    first = same.outcome(plan)
    for number in range(2, runs + 1):
        _require_equal(f"replay: run 1 and run {number}", first, same.outcome(plan))
    for number, outcome in enumerate(same.values(async_gather([observed(plan)] * runs, concurrency=runs)), 1):
        _require_equal(f"concurrent replay: a run alone and run {number} of {runs}", first, outcome)


class _Comparison:
    """Compares plans by the outcome of a run of each."""

    def __init__(self, drive: Driver, reset: Callable[[], object] | None) -> None:
        self._drive = drive
        self._reset = reset

    def __call__(self, law: str, left: AsyncPlan[Any], right: AsyncPlan[Any]) -> None:
        _require_equal(law, self.outcome(left), self.outcome(right))

    def outcome(self, plan: AsyncPlan[Any]) -> object:
        return self.values(observed(plan))

    def values(self, plan: AsyncPlan[Any]) -> Any:
        if self._reset is not None:
            self._reset()
        match self._drive(plan):
            case Ok(value=value):
                return value
            case Err(error=error):
                raise AssertionError(f"the given drive turned a success into {error!r}")


def _require_equal(law: str, left: object, right: object) -> None:
    if left != right:
        raise AssertionError(f"{law} does not hold: {left!r} is not {right!r}")
