"""Outcomes as JSON and back. What cannot be read back raises one of UNREADABLE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from isolint.model import Checked, Diagnostic, Edit, Fix, Rejection, Role, Safety, Span, Unparsable
from isolint.project.cache.shape import fields, numbers

if TYPE_CHECKING:
    from pathlib import PurePath

    from isolint.model import Outcome

_DIAGNOSTIC = (str, str, str, list, str, str, str, str, int)
"""The fields of a finding, but for its fix, which may be none."""


def encoded(outcome: Outcome) -> list[Any] | None:
    """Return an outcome without its path and role, None for one that is no fact about the file."""
    if isinstance(outcome, Unparsable):
        return [_encoded_diagnostic(outcome.diagnostic)]
    if isinstance(outcome, Checked):
        found = list(map(_encoded_diagnostic, outcome.diagnostics))
        return [found, outcome.suppressed, outcome.parsed, _encoded_rejection(outcome.rejected)]
    return None


def decoded(record: list[Any], path: PurePath, role: Role) -> Outcome:
    """Return the outcome for a file that goes by ``path`` now."""
    if len(record) == 1:
        return Unparsable(path, role, _decoded_diagnostic(record[0], path, role))
    diagnostics, suppressed, parsed, rejected = fields(record, list, int, bool, list)
    numbers([suppressed])
    found = tuple(_decoded_diagnostic(one, path, role) for one in diagnostics)
    return Checked(path, role, found, suppressed, parsed, _decoded_rejection(rejected))


def _encoded_rejection(rejected: Rejection | None) -> list[Any]:
    return [rejected.line, rejected.message] if rejected is not None else []


def _decoded_rejection(record: list[Any]) -> Rejection | None:
    if not record:
        return None
    line, message = fields(record, int, str)
    numbers([line], least=1)
    return Rejection(line, message)


def _encoded_diagnostic(found: Diagnostic) -> list[Any]:
    return [
        found.code, found.name, found.message, _encoded_span(found.span), found.resolved, found.help,
        found.note, found.snippet, found.noqa_line, _encoded_fix(found.fix),
    ]  # fmt: skip


def _decoded_diagnostic(record: list[Any], path: PurePath, role: Role) -> Diagnostic:
    *plain, fix = record
    code, name, message, span, resolved, help_text, note, snippet, noqa_line = fields(plain, *_DIAGNOSTIC)
    numbers([noqa_line])
    return Diagnostic(
        path,
        code,
        name,
        message,
        _decoded_span(span),
        role,
        resolved,
        help_text,
        note,
        snippet,
        noqa_line,
        _decoded_fix(fix),
    )


def _encoded_span(span: Span) -> list[int]:
    return [span.line, span.column, span.end_line, span.end_column]


def _decoded_span(record: list[Any]) -> Span:
    line, column, end_line, end_column = numbers(record, least=1)
    return Span(line, column, end_line, end_column)


def _encoded_fix(fix: Fix | None) -> list[Any] | None:
    if fix is None:
        return None
    edits = [[_encoded_span(edit.span), edit.content] for edit in fix.edits]
    return [fix.message, fix.safety.value, edits, fix.reason]


def _decoded_fix(record: list[Any] | None) -> Fix | None:
    if record is None:
        return None
    message, safety, edits, reason = fields(record, str, str, list, str)
    return Fix(message, Safety(safety), tuple(map(_decoded_edit, edits)), reason)


def _decoded_edit(record: list[Any]) -> Edit:
    span, content = fields(record, list, str)
    return Edit(_decoded_span(span), content)
