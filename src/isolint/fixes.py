"""Fixes: proposed by a rule at nodes, placed as edits by span, chosen among those that overlap, and applied."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.model import Edit, Fix, Span
from isolint.syntax import concrete
from isolint.syntax.concrete import Revision

if TYPE_CHECKING:
    from collections.abc import Iterable

    from isolint.model import Import, Safety
    from isolint.syntax.concrete import Home
    from isolint.syntax.parsing import SyntaxProblem, Text
    from isolint.syntax.spans import Located, Spans


@final
class Place(Enum):
    """Where a change goes, seen from its node. ``BELOW`` is a line of its own behind a statement, as far in."""

    BEFORE = "before"
    INSTEAD = "instead"
    AFTER = "after"
    BELOW = "below"


@final
class Change(Struct, frozen=True):
    """New text at a node, or at a span; one before it may go in ``skip`` columns behind its start.

    A line feed in ``content`` becomes the line end of the file.
    """

    node: Located | Span
    place: Place
    content: str
    skip: int = 0


@final
class Proposal(Struct, frozen=True):
    """A fix before its changes have positions."""

    message: str
    safety: Safety
    changes: tuple[Change, ...]
    reason: str = ""
    imports: tuple[Import, ...] = ()


def placed(proposal: Proposal, spans: Spans, text: Text) -> Fix:
    """Return the fix that ``proposal`` means in a text, its edits in source order."""
    edits = sorted(_edit(change, spans.at(change.node), text) for change in proposal.changes)
    return Fix(proposal.message, proposal.safety, tuple(edits), proposal.reason, proposal.imports)


def compatible(fixes: Iterable[Fix]) -> list[Fix]:
    """Return the fixes that can be applied at once: of those that overlap or touch, the first in the text."""
    chosen: list[Fix] = []
    end = (0, 0)
    for fix in sorted(fixes, key=lambda fix: (_reach(fix), fix.message)):
        start, reach = _reach(fix)
        if fix in chosen:
            continue
        if start > end:
            chosen.append(fix)
            end = reach
    return chosen


def apply(data: bytes, fixes: Iterable[Fix], home: Home) -> bytes | SyntaxProblem:
    """Return the file with the edits of compatible fixes made; a problem where LibCST does not take it."""
    given = tuple(fixes)
    edits = tuple(edit for fix in given for edit in fix.edits)
    imports = tuple(dict.fromkeys(needed for fix in given for needed in fix.imports))
    return concrete.revised(data, Revision(edits, imports), home)


def _reach(fix: Fix) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return where the first edit of a fix starts and the last one ends: the code it relies on lies between them."""
    spans = [edit.span for edit in fix.edits]
    return (
        min((span.line, span.column) for span in spans),
        max((span.end_line, span.end_column) for span in spans),
    )


def _edit(change: Change, span: Span, text: Text) -> Edit:
    content = change.content.replace("\n", text.line_end)
    if change.place is Place.INSTEAD:
        return Edit(span, content)
    if change.place is Place.BEFORE:
        column = span.column + change.skip
        return Edit(Span(span.line, column, span.line, column), content)
    if change.place is Place.AFTER:
        return Edit(Span(span.end_line, span.end_column, span.end_line, span.end_column), content)
    own, last = text.lines[span.line - 1], len(text.lines[span.end_line - 1]) + 1
    indentation = own[: len(own) - len(own.lstrip())]
    below = f"{text.line_end}{indentation}{content}"
    return Edit(Span(span.end_line, last, span.end_line, last), below)
