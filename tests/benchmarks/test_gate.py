"""The quick ways against the plain one, on the modules of the fixtures as they stand beside each other."""

from __future__ import annotations

from pathlib import Path

from benchmarks.gate import differing

FIXTURES = Path(__file__).parents[2] / "fixtures"


def test_nothing_is_lost_across_modules() -> None:
    assert list(differing(FIXTURES / "rules")) == []
