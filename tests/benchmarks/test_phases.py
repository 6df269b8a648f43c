"""The phases of a cold run, on a package of two files of which one has a finding."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from benchmarks import phases
from benchmarks.corpus import Pin

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_phase_inside_another_counts_for_itself_alone() -> None:
    watch = phases.Stopwatch()
    with watch.phase("outer"), watch.phase("inner"):
        until = time.process_time() + 0.02
        while time.process_time() < until:
            pass
    assert watch.seconds["inner"] >= 0.02 > watch.seconds["outer"]


def test_every_phase_is_timed_and_only_files_with_evidence_are_looked_at_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "shop-1.0" / "shop"
    package.mkdir(parents=True)
    drives = "import asyncio\n\n\ndef run(work):\n    return asyncio.run(work)\n"
    package.joinpath("__init__.py").write_text("#" * (len(drives) * 3), encoding="utf-8")
    package.joinpath("jobs.py").write_text(drives, encoding="utf-8")
    monkeypatch.setattr(phases, "CORPUS", tmp_path)
    floor, compiling, checking, shares = phases.phases(Pin("shop", "1.0", "shop", ""), ())
    assert set(floor.seconds) == {"ast.parse", "walk"}
    assert set(compiling.seconds) == {"parse", "index", "summary", "the rest"}
    assert {"parse", "index", "evidence of modules", "evidence of facts"} < set(checking.seconds)
    assert shares == "looked at again 25%, with findings 25%"
