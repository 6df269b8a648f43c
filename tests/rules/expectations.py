"""A reader of the ``# expect: CODE`` markers in fixture files."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from isolint.config import load
from isolint.model import Checked, Outcome, Unparsable
from isolint.project import check_paths

if TYPE_CHECKING:
    from isolint.rule import Rule


ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures" / "rules"
_MARKER = re.compile(r"# expect: ([A-Z0-9, ]+)")


def folder_of(rule: Rule) -> str:
    return f"{rule.code}-{rule.name}"


def expected(path: Path) -> Counter[tuple[int, str]]:
    """Return the expected number of findings for each (line, code); a marker names one code for each finding."""
    lines = path.read_text(encoding="utf-8").splitlines()
    marked = ((number, match) for number, line in enumerate(lines, 1) if (match := _MARKER.search(line)))
    return Counter((number, code.strip()) for number, match in marked for code in match[1].split(","))


def found(outcome: Outcome) -> Counter[tuple[int, str]]:
    """Return the number of findings for each (line, code); a crash fails the test with its traceback."""
    if isinstance(outcome, Unparsable):
        return Counter({(outcome.diagnostic.span.line, outcome.diagnostic.code): 1})
    assert isinstance(outcome, Checked), outcome
    return Counter((diagnostic.span.line, diagnostic.code) for diagnostic in outcome.diagnostics)


def check_fixture(path: Path, root: Path = FIXTURES) -> Outcome:
    """Check one fixture the way the command line does; one called ``..._strict.py`` with ``strict`` for effects."""
    config = load(root, explicit=root / "isolint.toml", isolated=False)
    if path.stem.endswith("_strict"):
        config = replace(config, options=replace(config.options, strict_effects=True))
    own_rule = path.parent.name.partition("-")[0]  # a strict rule has to be asked for
    (outcome,) = check_paths([path], replace(config, extend_select=(own_rule,))).outcomes
    return outcome
