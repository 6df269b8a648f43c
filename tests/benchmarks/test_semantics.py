"""The script that times the semantics layer: which files it takes, and what it adds up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks.corpus import CONFIG
from benchmarks.semantics import FileCost, measured, row

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = {
    "__init__": "",
    "plain": "def f(x):\n    return x + 1\n",
    "owner": "import asyncio\n\n\nclass Owner:\n    loop = asyncio.new_event_loop()\n",
    "user": "from demo.owner import Owner\n\n\ndef f(o: Owner):\n    o.loop.run_forever()\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "demo").mkdir()
    (tmp_path / "isolint.toml").write_text(CONFIG.format(package="demo"))
    for name, text in TEXTS.items():
        (tmp_path / "demo" / f"{name}.py").write_text(text)
    return tmp_path


def test_files_that_pass_the_gate_are_timed(folder: Path) -> None:
    costs = measured(folder, 2)
    assert {cost.path.rpartition("/")[2] for cost in costs} == {"owner.py", "user.py"}
    for cost in costs:
        assert min(cost.libcst, cost.lean, cost.again) > 0
        assert cost.reparse == 0


def test_the_best_turn_counts() -> None:
    cost = FileCost("a.py", libcst=1.0, lean=0.5, reparse=0.0)
    for seconds in (0.9, 0.7, 0.8):
        cost.improve(first=seconds - 0.05, again=seconds)
    assert cost.columns() == pytest.approx({"libcst": 1.0, "tree": 0.5, "own": 0.2, "others": 0.0})


def test_a_row_has_ratios_of_totals_and_of_the_file_in_the_middle() -> None:
    costs = [
        FileCost("a.py", libcst=4.0, lean=1.0, reparse=0.0, first=3.0, again=2.0),
        FileCost("b.py", libcst=1.0, lean=0.5, reparse=0.0, first=1.1, again=1.1),
        FileCost("c.py", libcst=1.0, lean=0.5, reparse=0.8, first=0.9, again=0.9),
    ]
    assert row("demo", costs) == "| demo | 3 | 6.00 | 2.80 | 2.00 | 1.00 | 0.33 | 0.50 | 0.40 | 1 | 1 |"
