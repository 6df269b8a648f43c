"""When to try again and how long to wait, as plain data. All times are in seconds."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from itertools import islice
from math import isfinite
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def _require(*, holds: bool, rule: str) -> None:
    if not holds:
        raise ValueError(rule)


@dataclass(frozen=True, slots=True)
class Backoff:
    """Pauses that grow: `initial`, then `factor` times the one before, at most `ceiling` seconds.

    `jitter` is the part of each pause, 0 to 1, that is left to chance: 0.2 makes 10 s anything from 8 to 10.
    """

    initial: float = 0.1
    factor: float = 2.0
    ceiling: float = 30.0
    jitter: float = 0.0

    def __post_init__(self) -> None:
        _require(holds=0 <= self.initial <= self.ceiling, rule="Backoff needs 0 <= initial <= ceiling")
        _require(holds=isfinite(self.ceiling), rule="Backoff.ceiling is a finite number of seconds")
        _require(holds=self.factor >= 1, rule="Backoff.factor is at least 1")
        _require(holds=0 <= self.jitter <= 1, rule="Backoff.jitter lies between 0 and 1")


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often a failing plan runs: `attempts` times in all, the first included.

    `codes` are those of the errors worth another attempt; None means every one. `budget` bounds the seconds
    from the first attempt to the start of the last: a pause that would overrun it is not begun.
    """

    attempts: int = 3
    backoff: Backoff = field(default_factory=Backoff)
    codes: frozenset[str] | None = None
    budget: float | None = None

    def __post_init__(self) -> None:
        _require(holds=self.attempts >= 1, rule="RetryPolicy.attempts counts the first one: at least 1")
        _require(holds=self.budget is None or self.budget >= 0, rule="RetryPolicy.budget is not negative")


@dataclass(frozen=True, slots=True)
class TimeoutPolicy:
    """How long a plan may run; `code` is that of the error if it takes longer."""

    seconds: float
    code: str = "TIMEOUT"

    def __post_init__(self) -> None:
        _require(holds=self.seconds >= 0, rule="TimeoutPolicy.seconds is not negative")


def delays(policy: RetryPolicy, seed: int = 0) -> tuple[float, ...]:
    """Compute the pauses before the second, third, ... attempt. The same for the same arguments. O(attempts)."""
    return tuple(iter_delays(policy, seed))


def iter_delays(policy: RetryPolicy, seed: int) -> Iterator[float]:
    """Yield what `delays` collects."""
    return islice(_pauses(policy.backoff, seed), policy.attempts - 1)


def _pauses(backoff: Backoff, seed: int) -> Iterator[float]:
    chance = random.Random(seed)  # noqa: S311 - spreads load, keeps no secret
    pause = backoff.initial
    while True:
        yield pause * (1 - backoff.jitter * chance.random())
        pause = min(pause * backoff.factor, backoff.ceiling)
