from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from isolint.report.tally import findings
from isolint.rule import FixAvailability
from isolint.rules import all_rules
from tests.rules.expectations import FIXTURES, check_fixture, expected, folder_of, found

if TYPE_CHECKING:
    from pathlib import Path

FILES = sorted(FIXTURES.glob("ISO*/*.py"))
FIXED = sorted(FIXTURES.glob("ISO*/*.py.fixed"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_exactly_the_marked_findings(path: Path) -> None:
    outcome = check_fixture(path)
    assert found(outcome) == expected(path)
    without = {rule.code for rule in all_rules() if rule.fix is FixAvailability.NONE}
    assert not {one.code for one in findings([outcome]) if one.fix is not None} & without


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_fixtures_named_good_have_no_findings_and_bad_ones_do(path: Path) -> None:
    codes = {code for _, code in expected(path)}
    if path.stem.startswith("good"):
        assert not codes
    else:
        assert path.stem.startswith("bad")
        assert path.parent.name.partition("-")[0] in codes


def test_every_rule_has_good_and_bad_fixtures() -> None:
    for rule in all_rules():
        stems = {path.stem.partition("_")[0] for path in (FIXTURES / folder_of(rule)).glob("*.py")}
        assert stems == {"bad", "good"}, rule.code


def test_every_folder_has_a_rule() -> None:
    folders = {path.name for path in FIXTURES.glob("ISO*")}
    assert folders == {folder_of(rule) for rule in all_rules()}


def test_every_fix_has_a_fixed_file() -> None:
    with_fixes = {rule.code for rule in all_rules() if rule.fix is not FixAvailability.NONE}
    assert {path.parent.name.partition("-")[0] for path in FIXED} == with_fixes
