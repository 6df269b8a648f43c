"""The two trees there are of a text: the lean one, and libcst's own with everything in it.

Both have the same nodes where these carry meaning, so semantics and rules take either. The lean tree is
made in a fraction of the time; it has nothing to rewrite code with, and cannot tell the place of every
node. Then it raises :class:`NotPlaced`, and whoever asks starts again with libcst's.
"""

from __future__ import annotations

import ast
import re
from enum import Enum
from typing import TYPE_CHECKING, Protocol, final

from isolint.model import Span
from isolint.syntax import nodes, parsing
from isolint.syntax.parsing import SyntaxProblem
from isolint.syntax.walk import descend

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from libcst import CSTNode, Module

    from isolint.syntax.outline import Outline
    from isolint.syntax.parsing import Text
    from isolint.syntax.translation.expressions import Origin


_ENDS_ELSEWHERE = (ast.GeneratorExp, ast.Starred)
"""Parentheses and commas are part of these for the interpreter or for libcst, not for both."""


@final
class Defer(Enum):
    """What is put off of the bodies of definitions until somebody looks into them.

    Where they are parsed again then, they are taken out of the tree that is given.
    """

    NOTHING = "nothing"
    TRANSLATING = "translating"
    PARSING = "parsing"


class NotPlaced(Exception):  # noqa: N818  # no error: the full tree knows
    """The lean tree cannot tell where a node stands."""


class Tree(Protocol):
    """A module and the places of its nodes."""

    @property
    def module(self) -> Module:
        """The root."""
        ...

    def spans(self, wanted: Iterable[CSTNode]) -> Mapping[CSTNode, Span]:
        """Return where the ``wanted`` nodes stand."""
        ...

    def line_of(self, node: CSTNode) -> int:
        """Return the line on which a node begins; 0 where the tree cannot tell."""
        ...

    def text_of(self, node: CSTNode) -> str:
        """Return the source of an expression, without parentheses around all of it."""
        ...


@final
class FullTree:
    """What libcst parsed."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self._all: Mapping[CSTNode, Span] | None = None

    def spans(self, wanted: Iterable[CSTNode]) -> Mapping[CSTNode, Span]:
        """Return where the ``wanted`` nodes stand; those of another tree are left out."""
        from isolint.syntax.positions import positions

        known, wanted = self._all or {}, set(wanted)
        return known if known.keys() >= wanted else positions(self.module, wanted)

    def line_of(self, node: CSTNode) -> int:
        """Return the line on which a node begins; 0 for one of another tree."""
        if self._all is None:  # asked for one note after the other: all at once is the cheapest
            self._all = self.spans(descend(self.module))
        span = self._all.get(node)
        return span.line if span is not None else 0

    def text_of(self, node: CSTNode) -> str:
        """Return the source of an expression, without redundant parentheses around all of it."""
        redundant = getattr(node, "lpar", ()) and not isinstance(node, (nodes.Tuple, nodes.GeneratorExp))
        return self.code_of(node.with_changes(lpar=(), rpar=()) if redundant else node)

    def code_of(self, node: CSTNode) -> str:
        """Return the source of an expression as it stands there."""
        return self.module.code_for_node(node)


@final
class LeanTree:
    """What the interpreter parsed, in libcst's nodes. Raises NotPlaced where it cannot answer."""

    def __init__(self, module: Module, origins: Mapping[int, Origin], lines: Sequence[str]) -> None:
        self.module = module
        self._origins = origins
        self._lines = lines

    def spans(self, wanted: Iterable[CSTNode]) -> Mapping[CSTNode, Span]:
        """Return where the ``wanted`` nodes stand."""
        return {node: self._span(node) for node in wanted}

    def line_of(self, node: CSTNode) -> int:
        """Return the line on which a node begins; 0 where the interpreter keeps no place for it."""
        origin = self._origins.get(id(node))
        return getattr(origin.at if isinstance(origin, tuple) else origin, "lineno", 0)

    def holds(self, node: CSTNode) -> bool:
        """Whether ``node`` is one of this tree whose place is known."""
        return id(node) in self._origins

    def text_of(self, node: CSTNode) -> str:
        """Return the source of an expression, without parentheses around all of it."""
        origin = self._origins.get(id(node))
        # A tuple's parentheses are redundant in few places only, and shown in all.
        return self._text(self._place(origin) if isinstance(origin, ast.Tuple) else self._span(node))

    def _text(self, span: Span) -> str:
        lines = list(self._lines[span.line - 1 : span.end_line])
        lines[-1] = lines[-1][: span.end_column - 1]
        lines[0] = lines[0][span.column - 1 :]
        return "\n".join(lines)

    def _span(self, node: CSTNode) -> Span:
        origin = self._origins.get(id(node))
        if isinstance(origin, tuple):
            return self._written(origin.at, origin.text)
        if not isinstance(origin, (ast.expr, ast.alias)) or isinstance(origin, _ENDS_ELSEWHERE):
            raise NotPlaced
        return self._inside(origin) if isinstance(origin, ast.Tuple) else self._place(origin)

    def _place(self, origin: ast.expr | ast.alias) -> Span:
        start, end = origin.lineno, origin.end_lineno or origin.lineno
        first, last = origin.col_offset, origin.end_col_offset or origin.col_offset
        return Span(start, self._column(start, first), end, self._column(end, last))

    def _inside(self, origin: ast.Tuple) -> Span:
        """Return the place of a tuple without the parentheses, which are not libcst's part of it."""
        if not origin.elts:
            raise NotPlaced
        outer, first, last = map(self._place, (origin, origin.elts[0], origin.elts[-1]))
        before = self._text(Span(outer.line, outer.column, first.line, first.column)).strip()
        behind = self._text(Span(last.end_line, last.end_column, outer.end_line, outer.end_column)).strip()
        if (before, behind) not in {("(", ")"), ("", "")}:
            raise NotPlaced  # a comma at the end, a comment, an element in parentheses of its own
        return Span(first.line, first.column, last.end_line, last.end_column)

    def _written(self, at: ast.stmt, text: str) -> Span:
        line = self._lines[at.lineno - 1]
        found = re.compile(rf"\b{re.escape(text)}\b").search(line, self._column(at.lineno, at.col_offset) - 1)
        if found is None:
            raise NotPlaced
        return Span(at.lineno, found.start() + 1, at.lineno, found.end() + 1)

    def _column(self, line: int, offset: int) -> int:
        """Return the 1-based column in characters of an offset in bytes."""
        text = self._lines[line - 1]
        return offset + 1 if text.isascii() else len(text.encode()[:offset].decode()) + 1


def full_tree(text: Text, *, known_good: bool) -> FullTree | SyntaxProblem:
    """Parse with libcst. ``known_good`` says that the interpreter has accepted the text."""
    module = parsing.parse(text, known_good=known_good)
    return module if isinstance(module, SyntaxProblem) else FullTree(module)


def lean_tree(
    tree: ast.Module, text: Text, defer: Defer = Defer.NOTHING, outline: Outline | None = None
) -> LeanTree:
    """Make a tree of what the interpreter has parsed, from which the bodies in the ``outline`` are left out.

    Then these must be put off. Raises RecursionError where code nests too deeply.
    """
    from isolint.syntax.translation import translated

    return LeanTree(*translated(tree, text.lines, defer, outline), text.lines)
