"""A fixed number of mutated fixtures; ``make fuzz`` checks more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fuzz.__main__ import SEARCHING, prepared, text_of, wrong

if TYPE_CHECKING:
    from isolint.project import Checker
    from isolint.project.checking import Job

SEED = 19
COUNT = 60
PARTS = 4


@pytest.fixture(scope="module")
def prepared_once() -> tuple[list[tuple[Job, str]], Checker]:
    return prepared(ignore=SEARCHING)


@pytest.mark.parametrize("part", range(PARTS))
def test_mutated_fixtures(prepared_once: tuple[list[tuple[Job, str]], Checker], part: int) -> None:
    texts, checker = prepared_once
    for number in range(part, COUNT, PARTS):
        job, data = text_of(texts, SEED, number)
        assert wrong(job, data, checker) == [], f"--seed {SEED} --only {number}"
