"""The Reviewdog Diagnostic Format: https://github.com/reviewdog/reviewdog/tree/master/proto/rdf.

Its columns count bytes of UTF-8. Of a finding over several lines only the first line is known, so that the end has no
column; a fix is offered where it is one edit within that line.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

from isolint.model import Crashed, Severity
from isolint.report.chains import with_cell
from isolint.report.tally import findings_of
from isolint.report.view import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from isolint.model import Diagnostic, Outcome, Span
    from isolint.report.view import View

Record: TypeAlias = "dict[str, Any]"
_SEVERITIES = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.HINT: "INFO"}


def render(outcomes: Sequence[Outcome], view: View) -> str:
    """Return one object with all diagnostics."""
    diagnostics = [each for outcome in outcomes for each in _diagnostics(outcome, view)]
    result = {"source": {"name": "isolint"}, "severity": "ERROR", "diagnostics": diagnostics}
    return json.dumps(result, indent=2) + "\n"


def _diagnostics(outcome: Outcome, view: View) -> Iterator[Record]:
    path = view.full(outcome.path)
    if isinstance(outcome, Crashed):
        text = visible(f"could not be checked: {outcome.error}")
        yield {"message": text, "location": {"path": path}, "severity": "ERROR"}
    for found in findings_of(outcome):
        yield _diagnostic(found, path, view)


def _diagnostic(found: Diagnostic, path: str, view: View) -> Record:
    url = view.url_of(found.code)
    record: Record = {
        "message": visible(with_cell(found)) + (f"\n{visible(found.help)}" if found.help else ""),
        "location": {"path": path}
        if found.cell
        else {"path": path, "range": _range(found.span, found.snippet)},
        "severity": _SEVERITIES[found.severity],
        "code": {"value": found.code, **({"url": url} if url else {})},
    }
    if found.chain:
        record["related_locations"] = [
            {
                "message": visible(step.name),
                "location": {
                    "path": view.of_project(step.path),
                    "range": {"start": {"line": max(step.line, 1)}},
                },
            }
            for step in found.chain
        ]
    edits = found.fix.edits if found.fix is not None and not found.cell else ()
    if len(edits) == 1 and {edits[0].span.line, edits[0].span.end_line} == {found.span.line}:
        record["suggestions"] = [{"range": _range(edits[0].span, found.snippet), "text": edits[0].content}]
    return record


def _range(span: Span, line: str) -> Record:
    start = {"line": span.line, "column": _bytes_before(line, span.column)}
    if span.line != span.end_line:
        return {"start": start, "end": {"line": span.end_line}}
    return {"start": start, "end": {"line": span.end_line, "column": _bytes_before(line, span.end_column)}}


def _bytes_before(line: str, column: int) -> int:
    """Return the column, from 1, in bytes of one in characters."""
    return len(line[: column - 1].encode("utf-8", "surrogatepass")) + 1
