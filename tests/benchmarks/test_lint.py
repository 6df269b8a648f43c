"""The script that times whole runs: its cases, comparisons and time limits."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import pytest

from benchmarks import lint_cases
from benchmarks.corpus import Pin
from benchmarks.floor import dealt, listed, parse
from benchmarks.lint import measured, table
from benchmarks.lint_cases import COLD, COPIES, FLOOR, RUFF, Case, Tree, cases, chosen, floor
from benchmarks.processes import Cost, cost_of

DEMO = Pin("demo-dist", "1.0", "demo", "")
DRIVING = "import asyncio\n\nimport demo.inner\n\nasyncio.run(demo.inner.main())\n"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    monkeypatch.setattr(lint_cases, "CORPUS", tmp_path)
    for name, text in {"__init__": "", "start": DRIVING, "inner/__init__": "demonic = 'demo'\n"}.items():
        path = tmp_path / DEMO.folder / "demo" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Tree(DEMO, tmp_path / "work")


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_a_process_is_stopped_with_its_children(tmp_path: Path) -> None:
    child = "import time; time.sleep(60)"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', '{child}'])"
    cost = cost_of(python(code), tmp_path, 0.5)
    assert not cost.finished
    assert cost.wall < 30


def test_a_process_that_fails_has_no_cost(tmp_path: Path) -> None:
    assert cost_of(python(""), tmp_path, 60).finished
    with pytest.raises(click.ClickException, match="exit 3\nwrong"):
        cost_of(python("import sys; print('wrong', file=sys.stderr); sys.exit(3)"), tmp_path, 60)


def test_a_stopped_case_is_not_run_again_and_shown_as_such(tmp_path: Path) -> None:
    quick = Case("quick", python(""), tmp_path, against=())
    stuck = Case("stuck", python("import time; time.sleep(60)"), tmp_path, against=("quick",))
    costs = measured([quick, stuck], 2, 0.5)
    assert [len(costs[name]) for name in ("quick", "stuck")] == [2, 1]
    *_, last = table([quick, stuck], costs)
    assert last.startswith("| stuck | stopped after ")
    assert "over " in last


def test_the_best_turns_are_compared(tmp_path: Path) -> None:
    slow, twice = Case("slow", [], tmp_path, against=()), Case("twice", [], tmp_path, against=("slow",))
    costs = {"slow": [Cost(2, 3, 10), Cost(1, 4, 20)], "twice": [Cost(2.5, 1, 1)]}
    assert [*table([slow, twice], costs)][2:] == [
        "| slow | 1.00 |  | 3.00 | 20 |",
        "| twice | 2.50 | 2.5x slow | 1.00 | 1 |",
    ]


def test_a_case_comes_with_what_it_is_compared_with(tree: Tree) -> None:
    every = list(cases(tree))
    assert chosen(every, []) == every
    assert [case.name for case in chosen(every, ["4X"])] == [
        *(FLOOR, RUFF, COLD),
        *(f"floor, {COPIES}x the files", f"cold, {COPIES}x the files"),
    ]
    assert len({case.name for case in every}) == len(every)
    with pytest.raises(click.UsageError, match="one file, warm"):
        chosen(every, ["unheard of"])


def test_grown_packages_import_from_themselves(tree: Tree) -> None:
    tree.grow()
    assert sorted(path.name for path in tree.grown.iterdir() if path.is_dir()) == [
        f"demo_{number}" for number in range(1, COPIES + 1)
    ]
    assert (tree.grown / "demo_2/start.py").read_text() == DRIVING.replace("demo", "demo_2")
    assert (tree.grown / "demo_2/inner/__init__.py").read_text() == "demonic = 'demo_2'\n"


@pytest.mark.parametrize(
    "name",
    ["floor, 4x", RUFF, COLD, "warm, one file changed", "one file, warm", "unsaved", "6 layers", "cold, 4x"],
)
def test_cases_run(tree: Tree, name: str) -> None:
    (case,) = (case for case in cases(tree) if name in case.name)
    costs = measured([case], 1, 60)
    assert all(cost.finished and cost.peak > 1 for cost in costs[case.name])


def test_an_unsaved_text_is_not_the_saved_one(tree: Tree) -> None:
    saved = (tree.folder / tree.in_layer).read_bytes()
    assert tree.unsaved.read_bytes().startswith(saved)
    assert tree.unsaved.read_bytes() != saved


def test_the_floor_deals_out_every_file(tree: Tree) -> None:
    hands = dealt(listed(str(tree.package)), 2)
    assert sorted(Path(path).name for hand in hands for path in hand) == [
        "__init__.py",
        "__init__.py",
        "start.py",
    ]
    assert all(hands)


def test_the_floor_passes_what_does_not_parse(tmp_path: Path) -> None:
    for name, text in {"good": "1", "bad": "def (:", "null": "\0"}.items():
        (tmp_path / f"{name}.py").write_text(text)
    assert parse([str(path) for path in tmp_path.iterdir()]) == 2
    cost_of(floor(str(tmp_path)), tmp_path, 60)


def test_a_package_that_was_not_fetched_is_named(tmp_path: Path) -> None:
    with pytest.raises(click.ClickException, match="fetch demo-dist"):
        Tree(DEMO, tmp_path)
