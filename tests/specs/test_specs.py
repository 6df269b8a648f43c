"""Meanings of names, case by case; README.md describes the format.

``gaps.toml`` lists the markers that the engine does not meet, with its own answers. The list is strict: a marker that
is met must leave it, and a wrong answer other than the listed one fails.
"""

from __future__ import annotations

import pytest
import tomli

from tests.specs.engine import revealed
from tests.specs.reading import FOLDER, Case, cases, read

CASES = list(cases())
GAPS: dict[str, dict[str, str]] = tomli.loads((FOLDER / "gaps.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_meanings_of_names(case: Case) -> None:
    gaps = GAPS.get(case.name, {})
    wrong = [
        f"{reveal.module}:{reveal.line}: {reveal.key}; the engine says {answer}"
        + (", so take it from gaps.toml" if answer == reveal.expected else "")
        for reveal, answer in revealed(case).items()
        if answer != gaps.get(reveal.key, reveal.expected)
    ]
    assert not wrong, "\n".join(wrong)


def test_gaps_are_about_cases() -> None:
    """A gap names a case, a marker in it, and an answer other than the expected one."""
    known = {case.name: {reveal.key: reveal.expected for reveal in case.reveals} for case in CASES}
    assert len(known) == len(CASES), "two cases have one name"
    listed = [(name, key, said) for name, gaps in GAPS.items() for key, said in gaps.items()]
    assert [(name, key) for name, key, _ in listed if key not in known.get(name, {})] == []
    assert [(name, key) for name, key, said in listed if said == known[name][key]] == []


@pytest.mark.parametrize(
    ("block", "problem"),
    [
        ("```python\nrun\n```", "no line says"),
        ("```python\nrun  # reveal: run asyncio.run\n```", "not `# reveal:"),
        ("```python\nrun  # reveal: ran -> unknown\n```", "does not read `ran`"),
        ("```python\nrun = 1  # reveal: run -> unknown\n```", "does not read `run`"),
        ("```\nrun  # reveal: run -> unknown\n```", "a block of no language"),
        ("```python\n1\n```\n```python\n2\n```", "two blocks are app/main.py"),
    ],
)
def test_no_case_passes_by_a_slip(block: str, problem: str) -> None:
    with pytest.raises(AssertionError, match=problem):
        [revealed(case) for case in read("slips", f"## A slip\n\n{block}\n")]
