"""GitLab Code Quality: https://docs.gitlab.com/ci/testing/code_quality."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

from isolint.model import Crashed, Severity, Span
from isolint.report.chains import with_cell
from isolint.report.tally import findings_of
from isolint.report.view import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from isolint.model import Outcome
    from isolint.report.view import View

Record: TypeAlias = "dict[str, Any]"
_START = Span(1, 1, 1, 1)
"""Of files that were not checked, and of notebooks, whose cells have lines of their own."""
_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.HINT: "info"}


def render(outcomes: Sequence[Outcome], view: View) -> str:
    """Return one array. GitLab takes paths from the root of the repository."""
    return json.dumps([each for outcome in outcomes for each in _issues(outcome, view)], indent=2) + "\n"


def _issues(outcome: Outcome, view: View) -> Iterator[Record]:
    path = view.in_repository(view.full(outcome.path))
    if isinstance(outcome, Crashed):
        yield {
            "description": visible(f"could not be checked: {outcome.error}"),
            "check_name": "crashed",
            "fingerprint": f"crashed {path}",
            "severity": "blocker",
            "location": _location(path, _START),
        }
    for found in findings_of(outcome):
        yield {
            "description": visible(with_cell(found)),
            "check_name": found.code,
            "fingerprint": found.fingerprint,
            "severity": _SEVERITIES[found.severity],
            "location": _location(path, _START if found.cell else found.span),
        }


def _location(path: str, span: Span) -> Record:
    positions = {
        "begin": {"line": span.line, "column": span.column},
        "end": {"line": span.end_line, "column": span.end_column},
    }
    return {"path": path, "lines": {"begin": span.line, "end": span.end_line}, "positions": positions}
