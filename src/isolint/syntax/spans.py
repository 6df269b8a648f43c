"""Spans of nodes of the standard library's ``ast``: lines and columns from 1, columns in characters."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, TypeAlias, final

from isolint.model import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from isolint.syntax.older import Reading
    from isolint.syntax.parsing import Text

Located: TypeAlias = (
    "ast.expr | ast.stmt | ast.alias | ast.arg | ast.pattern | ast.excepthandler | ast.keyword"
)
_NAME_BEHIND = {ast.FunctionDef: "def", ast.AsyncFunctionDef: "def", ast.ClassDef: "class"}


@final
class Spans:
    """Places nodes in a text. ``parsed`` is the text in the words that the tree was made of, where that is another one."""

    def __init__(self, text: Text, parsed: Reading | None = None) -> None:
        self._text = text
        self._parsed = parsed if parsed is not None and parsed.changes else None

    @property
    def lines(self) -> Sequence[str]:
        """The lines of the text, without their ends."""
        return self._text.lines

    def of(self, node: Located) -> Span:
        """Return the span of a node, from its first to behind its last character."""
        end_line = node.end_lineno or node.lineno
        end = node.end_col_offset if node.end_col_offset is not None else node.col_offset
        return Span(
            node.lineno, self._column(node.lineno, node.col_offset), end_line, self._column(end_line, end)
        )

    def at(self, place: Located | Span) -> Span:
        """Return the span of a node, or the span that is given."""
        return place if isinstance(place, Span) else self.of(place)

    def of_name(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> Span:
        """Return the span of the name that a definition binds."""
        return self._found(node.lineno, node.col_offset, rf"\b{_NAME_BEHIND[type(node)]}\s+(\w+)") or self.of(
            node
        )

    def of_module(self, node: ast.ImportFrom) -> Span:
        """Return the span of the module in ``from module import name``, dots included."""
        return self._found(node.lineno, node.col_offset, r"\bfrom\s*([\w.]+)") or self.of(node)

    def of_import(self, alias: ast.alias) -> Span:
        """Return the span of the module that ``import a.b as c`` names: ``a.b``."""
        span = self.of(alias)
        return Span(span.line, span.column, span.line, span.column + len(alias.name))

    def _found(self, line: int, offset: int, pattern: str) -> Span | None:
        text = self.lines[line - 1]
        found = re.compile(pattern).search(text, self._column(line, offset) - 1)
        return Span(line, found.start(1) + 1, line, found.end(1) + 1) if found is not None else None

    def has_brackets(self, node: Located) -> bool:
        """Whether brackets stand right around a node that are no part of it."""
        span = self.of(node)
        before = self.lines[span.line - 1][: span.column - 1].rstrip()
        return before.endswith("(") and self.lines[span.end_line - 1][
            span.end_column - 1 :
        ].lstrip().startswith(")")

    def text(self, node: Located) -> str:
        """Return the source of a node, without parentheses around it."""
        return self.text_at(self.of(node))

    def text_at(self, span: Span) -> str:
        """Return the source in a span; line ends come out as line feeds."""
        lines = list(self.lines[span.line - 1 : span.end_line])
        lines[-1] = lines[-1][: span.end_column - 1]
        lines[0] = lines[0][span.column - 1 :]
        return "\n".join(lines)

    def _column(self, line: int, offset: int) -> int:
        """Return the 1-based column in characters of an offset in bytes."""
        parsed = self._parsed
        text = (parsed.text.lines if parsed is not None else self.lines)[line - 1]
        column = offset + 1 if text.isascii() else len(text.encode()[:offset].decode(errors="ignore")) + 1
        return parsed.column(line, column) if parsed is not None else column
