"""Test support for plans: virtual time, laws, purity, replay; and strategies, the one part that needs Hypothesis.

`pip install "asyncplan[testing]"` brings Hypothesis. Everything but the strategies works without it.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from asyncplan.testing.laws import (
    Raised,
    assert_functor_laws,
    assert_monad_laws,
    assert_replayable,
    observed,
)
from asyncplan.testing.purity import assert_pure_construction
from asyncplan.testing.virtual_time import DeadlockError, VirtualLoop, run_virtual

if TYPE_CHECKING:
    from asyncplan.testing.strategies import (
        continuations,
        err_infos,
        failing,
        plans,
        raising,
        raw,
        succeeding,
        suspending,
    )

__all__ = [
    "DeadlockError",
    "Raised",
    "VirtualLoop",
    "assert_functor_laws",
    "assert_monad_laws",
    "assert_pure_construction",
    "assert_replayable",
    "continuations",
    "err_infos",
    "failing",
    "observed",
    "plans",
    "raising",
    "raw",
    "run_virtual",
    "succeeding",
    "suspending",
]


def __getattr__(name: str) -> object:
    """Import the strategies when one of them is asked for."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        strategies = import_module("asyncplan.testing.strategies")
    except ModuleNotFoundError as missing:
        if missing.name != "hypothesis":
            raise
        raise ImportError(
            f'{__name__}.{name} needs Hypothesis: pip install "asyncplan[testing]"', name=missing.name
        ) from missing
    return getattr(strategies, name)
