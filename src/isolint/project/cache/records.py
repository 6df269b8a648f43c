"""Outcomes and glimpses as JSON and back. What cannot be read back raises ValueError, TypeError or KeyError."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from isolint.model import Checked, Diagnostic, Edit, Fix, Role, Safety, Span, Unparsable
from isolint.semantics.exports import Exports
from isolint.semantics.glimpse import Glimpse
from isolint.semantics.imports import Imported

if TYPE_CHECKING:
    from pathlib import PurePath

    from isolint.model import Outcome


def encoded(outcome: Outcome) -> list[Any] | None:
    """Return an outcome without its path and role, None for one that is no fact about the file."""
    if isinstance(outcome, Unparsable):
        return [_encoded_diagnostic(outcome.diagnostic)]
    if isinstance(outcome, Checked):
        return [list(map(_encoded_diagnostic, outcome.diagnostics)), outcome.suppressed, outcome.parsed]
    return None


def decoded(record: list[Any], path: PurePath, role: Role) -> Outcome:
    """Return the outcome for a file that goes by ``path`` now."""
    if len(record) == 1:
        return Unparsable(path, role, _decoded_diagnostic(record[0], path, role))
    diagnostics, suppressed, parsed = record
    found = tuple(_decoded_diagnostic(fields, path, role) for fields in diagnostics)
    return Checked(path, role, found, suppressed, parsed)


def _encoded_diagnostic(found: Diagnostic) -> list[Any]:
    return [
        found.code, found.name, found.message, _encoded_span(found.span), found.resolved, found.help,
        found.note, found.snippet, found.noqa_line, _encoded_fix(found.fix),
    ]  # fmt: skip


def _decoded_diagnostic(fields: list[Any], path: PurePath, role: Role) -> Diagnostic:
    code, name, message, span, resolved, help_text, note, snippet, noqa_line, fix = fields
    return Diagnostic(
        path,
        code,
        name,
        message,
        Span(*span),
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


def _encoded_fix(fix: Fix | None) -> list[Any] | None:
    if fix is None:
        return None
    edits = [[_encoded_span(edit.span), edit.content] for edit in fix.edits]
    return [fix.message, fix.safety.value, edits, fix.reason]


def _decoded_fix(fields: list[Any] | None) -> Fix | None:
    if fields is None:
        return None
    message, safety, edits, reason = fields
    return Fix(message, Safety(safety), tuple(Edit(Span(*span), content) for span, content in edits), reason)


def encoded_glimpse(glimpse: Glimpse) -> list[Any]:
    """Return all that was seen of a module."""
    offered = glimpse.exports
    return [
        sorted(glimpse.words), sorted(glimpse.members), sorted(glimpse.sights),
        offered.origins, offered.stars,
        [[one.name, one.line, one.type_checking] for one in offered.imported], sorted(offered.returned),
    ]  # fmt: skip


def decoded_glimpse(record: list[Any]) -> Glimpse:
    """Return the glimpse."""
    words, members, sights, origins, stars, imported, returned = record
    offered = Exports(
        dict(origins), stars, tuple(Imported(*fields) for fields in imported), frozenset(returned)
    )
    return Glimpse(frozenset(words), frozenset(members), frozenset(sights), offered)
