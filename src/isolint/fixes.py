"""From proposed changes at nodes to edits at positions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.model import Edit, Fix, Span
from isolint.rule import Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from isolint.rule import Change, Proposal
    from isolint.syntax.nodes import CSTNode


def placed(proposal: Proposal, spans: Mapping[CSTNode, Span]) -> Fix:
    """Return the fix that ``proposal`` means, its edits in source order."""
    edits = sorted(Edit(_target(change, spans), change.content) for change in proposal.changes)
    return Fix(proposal.message, proposal.safety, tuple(edits), proposal.reason)


def _target(change: Change, spans: Mapping[CSTNode, Span]) -> Span:
    span = spans[change.node]
    if change.place is Place.BEFORE:
        return Span(span.line, span.column, span.line, span.column)
    if change.place is Place.AFTER:
        return Span(span.end_line, span.end_column, span.end_line, span.end_column)
    return span
