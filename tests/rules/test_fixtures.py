from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from isolint.model import Checked
from isolint.rule import FixAvailability
from isolint.rules import all_rules
from tests.rules.expectations import FIXTURES, applied, check_fixture, expected, folder_of, found

FILES = sorted(FIXTURES.glob("ISO*/*.py"))
FIXED = sorted(FIXTURES.glob("ISO*/*.py.fixed"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_exactly_the_marked_findings(path: Path) -> None:
    assert found(check_fixture(path)) == expected(path)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_good_and_bad_are_what_they_are_called(path: Path) -> None:
    codes = {code for _, code in expected(path)}
    if path.stem.startswith("good"):
        assert not codes
    else:
        assert path.stem.startswith("bad")
        assert path.parent.name.partition("-")[0] in codes


def test_every_rule_has_both() -> None:
    for rule in all_rules():
        stems = {path.stem.partition("_")[0] for path in (FIXTURES / folder_of(rule)).glob("*.py")}
        assert stems == {"bad", "good"}, rule.code


def test_every_folder_has_a_rule() -> None:
    folders = {path.name for path in FIXTURES.glob("ISO*")}
    assert folders == {folder_of(rule) for rule in all_rules()}


@pytest.mark.parametrize("path", FIXED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_fixes_give_the_fixed_file(path: Path) -> None:
    source = path.with_suffix("").read_text(encoding="utf-8")
    outcome = check_fixture(path.with_suffix(""))
    assert isinstance(outcome, Checked)
    code = path.parent.name.partition("-")[0]
    fixes = [d.fix for d in outcome.diagnostics if d.fix is not None and d.code == code]
    assert applied(source, fixes) == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FIXED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_rule_is_silent_on_what_was_fixed(path: Path, tmp_path: Path) -> None:
    """Only what has no fix is still reported; a fixed file parses, or it would be reported as ISO900."""
    code = path.parent.name.partition("-")[0]
    before = check_fixture(path.with_suffix(""))
    assert isinstance(before, Checked)
    unfixed = sum(d.code == code and d.fix is None for d in before.diagnostics)
    root = shutil.copytree(FIXTURES, tmp_path / "rules")
    fixed = Path(shutil.copy(path, root / path.parent.name / path.stem))
    after = check_fixture(fixed, root)
    assert isinstance(after, Checked)
    left = [d for d in after.diagnostics if d.code == code]
    assert len(left) <= unfixed
    assert all(d.fix is None for d in left)


def test_every_fix_has_a_fixed_file() -> None:
    with_fixes = {rule.code for rule in all_rules() if rule.fix is not FixAvailability.NONE}
    assert {path.parent.name.partition("-")[0] for path in FIXED} == with_fixes
