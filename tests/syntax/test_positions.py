from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import libcst
import pytest
from libcst.metadata import MetadataWrapper, PositionProvider

from isolint.syntax.positions import positions

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCES = sorted(Path(libcst.__file__).parent.glob("_nodes/*.py"))[:4] + sorted(
    Path(__file__).parent.glob("*.py")
)


def descend(node: libcst.CSTNode) -> Iterator[libcst.CSTNode]:
    yield node
    for child in node.children:
        yield from descend(child)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_equal_to_the_provider_of_libcst(path: Path) -> None:
    module = libcst.parse_module(path.read_bytes())
    wanted = [node for node in descend(module) if isinstance(node, libcst.BaseExpression)]
    provided = MetadataWrapper(module, unsafe_skip_copy=True).resolve(PositionProvider)
    found = positions(module, wanted)
    for node in wanted:
        start, end, span = provided[node].start, provided[node].end, found[node]
        assert (start.line, start.column + 1) == (span.line, span.column)
        assert (end.line, end.column + 1) == (span.end_line, span.end_column)


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_kind(line_end: str) -> None:
    module = libcst.parse_module(line_end.join(["a = '''", "x'''", "b = c", ""]))
    name = next(n for n in descend(module) if isinstance(n, libcst.Name) and n.value == "c")
    span = positions(module, [name])[name]
    assert (span.line, span.column, span.end_line, span.end_column) == (3, 5, 3, 6)


def test_columns_count_code_points() -> None:
    module = libcst.parse_module("x = '𝔘é', y\n")
    name = next(n for n in descend(module) if isinstance(n, libcst.Name) and n.value == "y")
    assert positions(module, [name])[name].column == 11
