"""Fixes: proposed by a rule at nodes, placed as edits by span, chosen among those that overlap, and applied."""

from __future__ import annotations

from bisect import bisect
from enum import Enum
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple, final

from msgspec import Struct

from isolint.model import Edit, Fix, Span
from isolint.syntax import concrete
from isolint.syntax.concrete import Revision

if TYPE_CHECKING:
    from collections.abc import Iterable

    from isolint.model import Import, Safety
    from isolint.syntax.imports import Home
    from isolint.syntax.parsing import SyntaxProblem, Text
    from isolint.syntax.spans import Located, Spans


@final
class Place(Enum):
    """The place of a change, relative to its node. ``BELOW`` is a new line behind a statement, with its indentation."""

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
    """A fix before its changes have positions.

    Another fix may change code between the changes where ``relies_on`` names the code that these are made for. ``signature``
    is the qualified name of a function whose parameters change.
    """

    message: str
    safety: Safety
    changes: tuple[Change, ...]
    reason: str = ""
    imports: tuple[Import, ...] = ()
    relies_on: tuple[Located | Span, ...] = ()
    signature: str = ""


class _Range(NamedTuple):
    """A range of the text, by lines and columns; ``are_lines`` says that whole lines are inserted there."""

    start: tuple[int, int]
    end: tuple[int, int]
    are_lines: bool = False


def placed(proposal: Proposal, spans: Spans, text: Text) -> Fix:
    """Return the fix that ``proposal`` means in a text, its edits in source order."""
    edits = sorted(_edit(change, spans.at(change.node), text) for change in proposal.changes)
    relies_on = tuple(spans.at(node) for node in proposal.relies_on)
    return Fix(
        proposal.message,
        proposal.safety,
        tuple(edits),
        proposal.reason,
        proposal.imports,
        relies_on,
        proposal.signature,
    )


def compatible(fixes: Iterable[Fix]) -> list[Fix]:
    """Return the fixes that can be applied at once: of those that overlap or touch, the first in the text."""
    chosen: list[Fix] = []
    taken: list[_Range] = []
    candidates = [(_ranges(fix), fix) for fix in dict.fromkeys(fixes)]
    for ranges, fix in sorted(candidates, key=itemgetter(0)):
        if not any(_is_taken(each, taken) for each in ranges):
            chosen.append(fix)
            for each in ranges:
                if each not in taken[(at := bisect(taken, each)) - 1 : at]:
                    taken.insert(at, each)
    return chosen


def apply(data: bytes, fixes: Iterable[Fix], home: Home) -> bytes | SyntaxProblem:
    """Return the file with the edits of compatible fixes made; a problem where LibCST does not take it."""
    given = tuple(fixes)
    edits = tuple(edit for fix in given for edit in fix.edits)
    imports = tuple(dict.fromkeys(needed for fix in given for needed in fix.imports))
    return concrete.revised(data, Revision(edits, imports), home)


def _ranges(fix: Fix) -> list[_Range]:
    """Return the places that no other fix may change: the code that a fix relies on, and that it edits."""
    edits = [_range(edit.span, edit.content) for edit in fix.edits]
    if len(edits) == 1 and not fix.relies_on:
        return edits
    if not fix.relies_on:
        return [_Range(min(each.start for each in edits), max(each.end for each in edits))]
    wide = sorted(_range(span) for span in fix.relies_on)
    return sorted({*wide, *(each for each in edits if not any(_is_inside(each, one) for one in wide))})


def _range(span: Span, content: str = "") -> _Range:
    is_empty = (span.line, span.column) == (span.end_line, span.end_column)
    are_lines = is_empty and span.column == 1 and content.endswith(("\n", "\r"))
    return _Range((span.line, span.column), (span.end_line, span.end_column), are_lines)


def _is_taken(wanted: _Range, taken: list[_Range]) -> bool:
    """Whether a range overlaps or touches one of those taken, which are in order and apart."""
    at = bisect(taken, wanted)
    return any(_touch(wanted, each) for each in taken[max(at - 1, 0) : at + 1])


def _is_inside(one: _Range, other: _Range) -> bool:
    return other.start <= one.start and one.end <= other.end


def _touch(one: _Range, other: _Range) -> bool:
    if one.are_lines and other.are_lines:
        return False  # whole lines that are inserted at one place follow each other
    return one.start <= other.end and other.start <= one.end


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
