"""When to try again and how long to wait, as plain data. All times are in seconds.

Each policy checks its fields when it is made: `TypeError` for another type, `ValueError` for a number out of
range.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

TRANSIENT: Final = frozenset(
    {
        # of this package and by convention
        *("TIMEOUT", "BUSY", "UNAVAILABLE", "RATE_LIMITED", "NETWORK", "CONNECTION", "TRANSIENT"),
        # the statuses of HTTP that invite another attempt
        *("HTTP_408", "HTTP_425", "HTTP_429", "HTTP_500", "HTTP_502", "HTTP_503", "HTTP_504"),
        # exceptions of Python, as `ErrInfo.from_exception` names them
        *("TimeoutError", "ConnectionError", "ConnectionResetError", "ConnectionAbortedError"),
        *("ConnectionRefusedError", "BrokenPipeError", "IncompleteReadError"),
        # exceptions of httpx and aiohttp
        *("ConnectTimeout", "ReadTimeout", "WriteTimeout", "PoolTimeout", "ConnectError", "ReadError"),
        *("WriteError", "RemoteProtocolError", "ServerDisconnectedError", "ServerTimeoutError"),
        *("ClientConnectorError", "ClientOSError"),
    }
)
"""The codes that a `RetryPolicy` takes as worth another attempt unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """Pauses that grow: `initial`, then `factor` times the one before, at most `ceiling` seconds.

    `jitter` is the part of each pause, 0 to 1, that is left to chance, so that clients which failed together do
    not come back together: 0.2 makes 10 s anything from 8 to 10.
    """

    initial: float = 0.1
    factor: float = 2.0
    ceiling: float = 30.0
    jitter: float = 0.5

    def __post_init__(self) -> None:
        for name in ("initial", "factor", "ceiling", "jitter"):
            _require_number(getattr(self, name), f"Backoff.{name}")
        if not 0 <= self.initial <= self.ceiling:
            raise ValueError(
                f"Backoff.initial lies between 0 and ceiling ({self.ceiling:g} s), not at {self.initial:g} s"
                ": raise the ceiling too"
            )
        if self.factor < 1:
            raise ValueError(f"Backoff.factor is at least 1, not {self.factor:g}")
        if not 0 <= self.jitter <= 1:
            raise ValueError(f"Backoff.jitter lies between 0 and 1, not at {self.jitter:g}")


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """The attempts at a failing plan: `attempts` in all, the first included.

    `codes` are those of the errors worth another attempt: `TRANSIENT` unless given, so a "HTTP_404" is not tried
    again. Add your own, `codes=TRANSIENT | {"LOCKED"}`; None means every error. `budget` bounds the seconds from
    the first attempt to the start of the last: a pause that would overrun it is not begun.
    """

    attempts: int = 3
    backoff: Backoff = field(default_factory=Backoff)
    codes: AbstractSet[str] | None = TRANSIENT
    budget: float | None = None

    def __post_init__(self) -> None:
        if type(self.attempts) is not int:
            raise TypeError(f"RetryPolicy.attempts is a whole number, not {self.attempts!r}")
        if self.attempts < 1:
            raise ValueError(f"RetryPolicy.attempts counts the first one: at least 1, not {self.attempts}")
        _require(self.backoff, Backoff, "RetryPolicy.backoff", "a Backoff")
        if self.codes is not None:
            object.__setattr__(self, "codes", _checked_codes(self.codes))
        if self.budget is not None:
            _require_number(self.budget, "RetryPolicy.budget")
            if self.budget < 0:
                raise ValueError(f"RetryPolicy.budget is not negative, as {self.budget:g} s is")


@dataclass(frozen=True, slots=True)
class TimeoutPolicy:
    """The time limit of a plan; `code` is that of the error if it takes longer."""

    seconds: float
    code: str = "TIMEOUT"

    def __post_init__(self) -> None:
        _require_number(self.seconds, "TimeoutPolicy.seconds")
        if self.seconds < 0:
            raise ValueError(f"TimeoutPolicy.seconds is not negative, as {self.seconds:g} s is")
        _require(self.code, str, "TimeoutPolicy.code", "a str")


def delays(policy: RetryPolicy, seed: int = 0) -> tuple[float, ...]:
    """Compute the pauses before the second, third, ... attempt. The same for the same arguments. O(attempts)."""
    return tuple(iter_delays(policy, random.Random(seed)))  # noqa: S311 - spreads load, keeps no secret


def iter_delays(policy: RetryPolicy, chance: random.Random) -> Iterator[float]:
    """Yield the pauses of one run; `chance` decides the jitter."""
    return islice(_pauses(policy.backoff, chance), policy.attempts - 1)


def _pauses(backoff: Backoff, chance: random.Random) -> Iterator[float]:
    pause = backoff.initial
    while True:
        yield pause * (1 - backoff.jitter * chance.random())
        pause = min(pause * backoff.factor, backoff.ceiling)


def _require(given: object, wanted: type, name: str, description: str) -> None:
    if not isinstance(given, wanted):
        raise TypeError(f"{name} is {description}, not {given!r}")


def _require_number(given: object, name: str) -> None:
    if isinstance(given, bool) or not isinstance(given, (int, float)):
        raise TypeError(f"{name} is a number, not {given!r}")
    if not isfinite(given):
        raise ValueError(f"{name} is a finite number, not {given!r}")


def _is_collection(codes: object) -> bool:
    return isinstance(codes, Iterable) and not isinstance(codes, str)


def _checked_codes(codes: Any) -> frozenset[str]:
    if not _is_collection(codes):
        raise TypeError(f"RetryPolicy.codes is a set of codes, such as {{'BUSY'}}, not {codes!r}")
    kept: frozenset[Any] = frozenset(codes)
    for code in kept:
        _require(code, str, "each of RetryPolicy.codes", "a str")
    return kept
