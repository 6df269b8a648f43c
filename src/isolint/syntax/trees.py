"""The two trees there are of a text: the lean one, and libcst's own with everything in it.

Both come in the same nodes, so semantics and rules take either. The lean tree is made in a fraction of the
time; it has nothing to rewrite code with, and cannot tell the place of every node. Then it raises :class:`NotPlaced`, and whoever asks starts again with libcst's.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, Protocol, final

from isolint.model import Span
from isolint.syntax import nodes, parsing, places
from isolint.syntax.names import dotted
from isolint.syntax.parsing import SyntaxProblem
from isolint.syntax.walk import descend

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Mapping, Sequence

    import libcst

    from isolint.syntax.nodes import Module, Node
    from isolint.syntax.outline import Outline
    from isolint.syntax.parsing import Text
    from isolint.syntax.places import Place


_ENDS_ELSEWHERE = (nodes.GeneratorExp, nodes.StarredElement)
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

    def spans(self, wanted: Iterable[Node]) -> Mapping[Node, Span]:
        """Return where the ``wanted`` nodes stand."""
        ...

    def line_of(self, node: Node) -> int:
        """Return the line on which a node begins; 0 where the tree cannot tell."""
        ...

    def text_of(self, node: Node) -> str:
        """Return the source of an expression, without parentheses around all of it."""
        ...


@final
class FullTree:
    """What libcst parsed. ``origins`` are its nodes, by the ids of those in ``module`` that are made of them.

    ``gone`` counts, by line, the characters at its beginning that libcst was not given.
    """

    def __init__(
        self,
        module: Module,
        parsed: libcst.Module,
        origins: Mapping[int, libcst.CSTNode],
        gone: Mapping[int, int],
    ) -> None:
        self.module = module
        self._parsed = parsed
        self._origins = origins
        self._gone = gone
        self._all: Mapping[Node, Span] | None = None

    def spans(self, wanted: Iterable[Node]) -> Mapping[Node, Span]:
        """Return where the ``wanted`` nodes stand; those of another tree are left out."""
        from isolint.syntax.positions import positions

        known, wanted = self._all or {}, set(wanted)
        if known.keys() >= wanted:
            return known
        origins = {node: self._origins[id(node)] for node in wanted if id(node) in self._origins}
        spans = positions(self._parsed, origins.values())
        return {node: self._shifted(spans[origin]) for node, origin in origins.items() if origin in spans}

    def _shifted(self, span: Span) -> Span:
        if not self._gone:
            return span
        start, end = (self._gone.get(line, 0) for line in (span.line, span.end_line))
        return Span(span.line, span.column + start, span.end_line, span.end_column + end)

    def line_of(self, node: Node) -> int:
        """Return the line on which a node begins; 0 for one of another tree."""
        if self._all is None:  # asked for one note after the other: all at once is the cheapest
            self._all = self.spans(descend(self.module))
        span = self._all.get(node)
        return span.line if span is not None else 0

    def text_of(self, node: Node) -> str:
        """Return the source of an expression, without redundant parentheses around all of it."""
        origin = self._origins[id(node)]
        redundant = getattr(origin, "lpar", ()) and not isinstance(node, (nodes.Tuple, nodes.GeneratorExp))
        return self._parsed.code_for_node(origin.with_changes(lpar=(), rpar=()) if redundant else origin)

    def code_of(self, node: Node) -> str:
        """Return the source of an expression as it stands there."""
        return self._parsed.code_for_node(self._origins[id(node)])


@final
class LeanTree:
    """What the interpreter parsed. Raises NotPlaced where it cannot answer."""

    def __init__(self, module: Module, lines: Sequence[str]) -> None:
        self.module = module
        self._lines = lines

    def spans(self, wanted: Iterable[Node]) -> Mapping[Node, Span]:
        """Return where the ``wanted`` nodes stand."""
        return {node: self._span(node) for node in wanted}

    def line_of(self, node: Node) -> int:
        """Return the line on which a node begins; 0 where the interpreter keeps no place for it."""
        return places.line_of(node.place) if self.holds(node) else 0

    def holds(self, node: Node) -> bool:
        """Whether ``node`` is one of this tree whose place is known."""
        return node.home is self._lines

    def text_of(self, node: Node) -> str:
        """Return the source of an expression, without parentheses around all of it."""
        # A tuple's parentheses are redundant in few places only, and shown in all.
        return self._text(self._whole(node) if isinstance(node, nodes.Tuple) else self._span(node))

    def _text(self, span: Span) -> str:
        lines = list(self._lines[span.line - 1 : span.end_line])
        lines[-1] = lines[-1][: span.end_column - 1]
        lines[0] = lines[0][span.column - 1 :]
        return "\n".join(lines)

    def _span(self, node: Node) -> Span:
        place = places.unpacked(node.place)
        if self.holds(node) and place.is_written:
            return self._written(place, dotted(node))
        if isinstance(node, _ENDS_ELSEWHERE):
            raise NotPlaced
        return self._inside(node) if isinstance(node, nodes.Tuple) else self._whole(node)

    def _whole(self, node: Node) -> Span:
        start, first, end, last = places.unpacked(node.place)
        if not (end and self.holds(node)):
            raise NotPlaced
        return Span(start, self._column(start, first), end, self._column(end, last))

    def _inside(self, given: nodes.Tuple) -> Span:
        """Return the place of a tuple without the parentheses, which are not libcst's part of it."""
        if not given.elements:
            raise NotPlaced
        ends = (given.elements[0], given.elements[-1])
        inner = (one.value if isinstance(one, nodes.Element) else one for one in ends)
        outer, first, last = map(self._whole, (given, *inner))
        before = self._text(Span(outer.line, outer.column, first.line, first.column)).strip()
        behind = self._text(Span(last.end_line, last.end_column, outer.end_line, outer.end_column)).strip()
        if (before, behind) not in {("(", ")"), ("", "")}:
            raise NotPlaced  # a comma at the end, a comment, an element in parentheses of its own
        return Span(first.line, first.column, last.end_line, last.end_column)

    def _written(self, place: Place, text: str) -> Span:
        line = self._lines[place.line - 1]
        start = self._column(place.line, place.column) - 1
        found = re.compile(rf"\b{re.escape(text)}\b").search(line, start)
        if found is None:
            raise NotPlaced
        return Span(place.line, found.start() + 1, place.line, found.end() + 1)

    def _column(self, line: int, offset: int) -> int:
        """Return the 1-based column in characters of an offset in bytes."""
        text = self._lines[line - 1]
        return offset + 1 if text.isascii() else len(text.encode()[:offset].decode()) + 1


def full_tree(text: Text, *, known_good: bool) -> FullTree | SyntaxProblem:
    """Parse with libcst. ``known_good`` says that the interpreter has accepted the text."""
    from isolint.syntax.adoption import adopted

    parsed = parsing.parse(text, known_good=known_good)
    if isinstance(parsed, SyntaxProblem):
        return parsed
    module, origins = adopted(parsed)
    return FullTree(module, parsed, origins, parsing.without_form_feeds(text.content)[1])


def lean_tree(
    tree: ast.Module, text: Text, defer: Defer = Defer.NOTHING, outline: Outline | None = None
) -> LeanTree:
    """Make a tree of what the interpreter has parsed, from which the bodies in the ``outline`` are left out.

    Then these must be put off. Raises RecursionError where code nests too deeply.
    """
    from isolint.syntax.translation import translated

    return LeanTree(translated(tree, text.lines, defer, outline), text.lines)
