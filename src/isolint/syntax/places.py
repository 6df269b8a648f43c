"""Where nodes stand, as one number for each: trees have many nodes, and are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, final

if TYPE_CHECKING:
    import ast

NOWHERE = 0
"""Of what stands nowhere, or nobody knows where."""
_BITS = 24
_MOST = 1 << _BITS
_REST = _MOST - 1


@final
class Place(NamedTuple):
    """Lines from 1, columns from 0 and in bytes, as the interpreter counts them.

    Where only the beginning is known, ``end_line`` is 0. Where a text begins on that line in the first place from
    ``column`` on that reads as the node does, ``is_written`` says so.
    """

    line: int
    column: int
    end_line: int
    end_column: int

    @property
    def is_written(self) -> bool:
        """Whether the node is the first on the line that reads as it does."""
        return not self.end_line and bool(self.end_column)


def whole(given: ast.expr | ast.alias) -> int:
    """Return the place from the first to the last character of ``given``."""
    line, column = given.lineno, given.col_offset
    end_line, end_column = given.end_lineno or line, given.end_col_offset or column
    if column >= _MOST or end_column >= _MOST or end_line >= _MOST:
        return beginning(given)  # in the longest of all texts: whoever asks takes another way
    return ((line << _BITS | column) << _BITS | end_line) << _BITS | end_column


def beginning(given: ast.AST) -> int:
    """Return the place of something of which only the line counts where it begins; nowhere for what has none."""
    return getattr(given, "lineno", 0) << 3 * _BITS


def written(at: ast.stmt) -> int:
    """Return the place of what has no node of its own in the interpreter's tree, and begins in the line of ``at``."""
    return (at.lineno << _BITS | min(at.col_offset, _REST)) << 2 * _BITS | 1


def line_of(place: int) -> int:
    """Return the line on which something begins; 0 for nowhere."""
    return place >> 3 * _BITS


def unpacked(place: int) -> Place:
    """Return the numbers that a place is made of."""
    return Place(place >> 3 * _BITS, place >> 2 * _BITS & _REST, place >> _BITS & _REST, place & _REST)
