"""What a test of plans needs: strategies, laws, purity, replay, virtual time. Needs Hypothesis.

Install it with `pip install "isolint[testing]"`.
"""

from asyncplan.testing.laws import (
    Raised,
    assert_functor_laws,
    assert_monad_laws,
    assert_replayable,
    observed,
)
from asyncplan.testing.purity import assert_pure_construction
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
from asyncplan.testing.virtual_time import DeadlockError, VirtualLoop, run_virtual

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
