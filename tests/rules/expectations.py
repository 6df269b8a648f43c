"""Reads the ``# expect: CODE`` markers of fixture files."""

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

if TYPE_CHECKING:
    from collections.abc import Iterable

    from isolint.model import Fix, Span

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures" / "rules"
_MARKER = re.compile(r"# expect: ([A-Z0-9, ]+)")


def folder_of(rule: Rule) -> str:
    return f"{rule.code}-{rule.name}"


def expected(path: Path) -> Counter[tuple[int, str]]:
    """Return how often each (line, code) is expected; a marker names one code for each finding."""
    lines = path.read_text(encoding="utf-8").splitlines()
    marked = ((number, match) for number, line in enumerate(lines, 1) if (match := _MARKER.search(line)))
    return Counter((number, code.strip()) for number, match in marked for code in match[1].split(","))


def found(outcome: Outcome) -> Counter[tuple[int, str]]:
    """Return how often each (line, code) was found; a crash fails the test with its traceback."""
    if isinstance(outcome, Unparsable):
        return Counter({(outcome.diagnostic.span.line, outcome.diagnostic.code): 1})
    assert isinstance(outcome, Checked), outcome
    return Counter((diagnostic.span.line, diagnostic.code) for diagnostic in outcome.diagnostics)


def check_fixture(path: Path, root: Path = FIXTURES) -> Outcome:
    """Check one fixture the way the command line does."""
    config = load(root, explicit=root / "isolint.toml", isolated=False)
    own_rule = path.parent.name.partition("-")[0]  # a strict rule has to be asked for
    (outcome,) = check_paths([path], replace(config, extend_select=(own_rule,))).outcomes
    return outcome


def applied(source: str, fixes: Iterable[Fix]) -> str:
    """Return ``source`` with every edit of ``fixes`` made; one that several propose is made once."""
    offsets = [0]
    for line in source.splitlines(keepends=True):
        offsets.append(offsets[-1] + len(line))

    def place(span: Span) -> tuple[int, int]:
        start, end = offsets[span.line - 1], offsets[span.end_line - 1]
        return start + span.column - 1, end + span.end_column - 1

    edits = {edit for fix in fixes for edit in fix.edits}
    for edit in sorted(edits, key=lambda edit: (place(edit.span), edit.content), reverse=True):
        start, end = place(edit.span)
        source = source[:start] + edit.content + source[end:]
    return source
