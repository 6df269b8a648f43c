"""Changes proposed at nodes, and the edits they become once the nodes have positions."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.model import Edit, Fix, Span

if TYPE_CHECKING:
    from collections.abc import Mapping

    from isolint.model import Safety
    from isolint.syntax.nodes import Node


@final
class Place(Enum):
    """Where a change goes, seen from its node."""

    BEFORE = "before"
    INSTEAD = "instead"
    AFTER = "after"


@final
class Change(Struct, frozen=True):
    """New text at a node that has no position yet."""

    node: Node
    place: Place
    content: str


@final
class Proposal(Struct, frozen=True):
    """A fix before its changes have positions."""

    message: str
    safety: Safety
    changes: tuple[Change, ...]
    reason: str = ""


def placed(proposal: Proposal, spans: Mapping[Node, Span]) -> Fix:
    """Return the fix that ``proposal`` means, its edits in source order."""
    edits = sorted(Edit(_target(change, spans), change.content) for change in proposal.changes)
    return Fix(proposal.message, proposal.safety, tuple(edits), proposal.reason)


def _target(change: Change, spans: Mapping[Node, Span]) -> Span:
    span = spans[change.node]
    if change.place is Place.BEFORE:
        return Span(span.line, span.column, span.line, span.column)
    if change.place is Place.AFTER:
        return Span(span.end_line, span.end_column, span.end_line, span.end_column)
    return span
