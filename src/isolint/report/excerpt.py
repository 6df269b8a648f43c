"""A source line cut to the terminal, and the place in it to underline."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.report.view import columns, visible

if TYPE_CHECKING:
    from isolint.model import Span

_TAB = "    "
_CUT = "..."


@final
class Excerpt(Struct, frozen=True):
    """Printable ``text``, of which ``length`` terminal columns behind the first ``indent`` are meant."""

    text: str
    indent: int
    length: int


def excerpt(snippet: str, span: Span, width: int) -> Excerpt:
    """Return the part of the line around the span that fits into ``width`` terminal columns.

    A span over several lines is underlined to the end of its first line, an empty one for one column.
    """
    shown = [_TAB if character == "\t" else visible(character) for character in snippet.rstrip()]
    start = min(span.column - 1, len(shown))
    end = span.end_column - 1 if span.line == span.end_line else len(shown)
    end = max(start, min(end, len(shown)))
    low, high = 0, len(shown)
    if columns("".join(shown)) > width:
        low, high = _window(shown, start, end, width - 2 * len(_CUT))
    before = (_CUT if low else "") + "".join(shown[low:start])
    meant = "".join(shown[start : min(end, high)])
    after = "".join(shown[min(end, high) : high]) + (_CUT if high < len(shown) else "")
    return Excerpt(before + meant + after, columns(before), max(1, columns(meant)))


def _window(shown: list[str], start: int, end: int, room: int) -> tuple[int, int]:
    """Return the range to keep: the meant part first, then its surroundings on both sides in turn."""
    low = high = start
    while high < end and columns(shown[high]) <= room:
        room -= columns(shown[high])
        high += 1
    if high < end:
        return low, high
    left, right = low > 0, high < len(shown)
    while left or right:
        if left := low > 0 and columns(shown[low - 1]) <= room:
            low -= 1
            room -= columns(shown[low])
        if right := high < len(shown) and columns(shown[high]) <= room:
            room -= columns(shown[high])
            high += 1
    return low, high
