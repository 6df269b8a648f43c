"""The formats of a picture by the names users give them."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, final

if TYPE_CHECKING:
    from pathlib import PurePath

    from isolint.report.boundary.model import Boundary
    from isolint.report.view import View


@final
class MapFormat(Enum):
    """The format of a picture."""

    SVG = "svg"
    HTML = "html"
    MERMAID = "mermaid"
    DOT = "dot"
    JSON = "json"


_BY_SUFFIX = {
    ".svg": MapFormat.SVG,
    ".html": MapFormat.HTML,
    ".htm": MapFormat.HTML,
    ".mmd": MapFormat.MERMAID,
    ".mermaid": MapFormat.MERMAID,
    ".dot": MapFormat.DOT,
    ".gv": MapFormat.DOT,
    ".json": MapFormat.JSON,
}


SUFFIXES = tuple(_BY_SUFFIX)
"""Endings of file names that select a format."""


def format_of(path: PurePath | None) -> MapFormat | None:
    """Return the format that the name of a file asks for: SVG where it says nothing, None where it is unknown."""
    if path is None or not path.suffix:
        return MapFormat.SVG
    return _BY_SUFFIX.get(path.suffix.lower())


def render(boundary: Boundary, chosen: MapFormat, view: View, title: str) -> str:
    """Return the picture, ending with a line end; ``title`` is the name of the project."""
    # Imported here: a command that draws nothing must not wait for them.
    match chosen:
        case MapFormat.SVG:
            from isolint.report.boundary import svg

            return svg.render(boundary)
        case MapFormat.HTML:
            from isolint.report.boundary import html

            return html.render(boundary, view, title)
        case MapFormat.MERMAID:
            from isolint.report.boundary import mermaid

            return mermaid.render(boundary)
        case MapFormat.DOT:
            from isolint.report.boundary import dot

            return dot.render(boundary)
        case MapFormat.JSON:
            from isolint.report.boundary import records

            return records.render(boundary, view)
