"""Findings as the records of the machine formats.

The field names are ruff's, so that programs that read ruff read isolint; further fields are isolint's own. A
file that could not be checked is a record too, told by ``"code": null`` and ``"name": "crashed"``: who
counts records never takes it for clean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from isolint.model import Crashed, Span
from isolint.report.chains import worded
from isolint.report.tally import findings_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from isolint.model import Diagnostic, Fix, Outcome, Step
    from isolint.report.view import View

Record: TypeAlias = "dict[str, Any]"
CRASHED = "crashed"
_START = Span(1, 1, 1, 1)


def records(outcomes: Iterable[Outcome], view: View) -> Iterator[Record]:
    """Yield one record for each finding and for each file that could not be checked."""
    for outcome in outcomes:
        if isinstance(outcome, Crashed):
            yield _crash(outcome, view)
        for found in findings_of(outcome):
            yield _finding(found, view)


def _finding(found: Diagnostic, view: View) -> Record:
    return {
        "code": found.code,
        "name": found.name,
        "message": worded(found),
        "filename": view.full(found.path),
        "cell": found.cell or None,
        **_range(found.span),
        "url": view.url_of(found.code) or None,
        "fix": None if found.fix is None else _fix(found.fix),
        "noqa_row": found.noqa_line or None,
        "severity": found.severity.value,
        "role": found.role.value,
        "resolved": found.resolved or None,
        "module": found.module or None,
        "scope": found.scope or None,
        "fingerprint": found.fingerprint or None,
        "chain": [_step(step, view) for step in found.chain],
    }


def _step(step: Step, view: View) -> Record:
    return {
        "name": step.name,
        "module": step.module,
        "filename": view.of_project(step.path),
        "row": step.line,
    }


def _crash(crash: Crashed, view: View) -> Record:
    return {
        "code": None,
        "name": CRASHED,
        "message": f"could not be checked: {crash.error}",
        "filename": view.full(crash.path),
        "cell": None,
        **_range(_START),
        "url": None,
        "fix": None,
        "noqa_row": None,
        "severity": "error",
        "role": None,
        "resolved": None,
        "module": None,
        "scope": None,
        "fingerprint": None,
        "chain": [],
    }


def _fix(fix: Fix) -> Record:
    edits = [{"content": edit.content, **_range(edit.span)} for edit in fix.edits]
    imports = [{"module": needed.module, "name": needed.name or None} for needed in fix.imports]
    return {
        "applicability": fix.safety.value,
        "message": fix.message,
        "edits": edits,
        "imports": imports,
    }


def _range(span: Span) -> Record:
    return {
        "location": {"row": span.line, "column": span.column},
        "end_location": {"row": span.end_line, "column": span.end_column},
    }
