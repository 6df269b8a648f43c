"""Newer syntax said in older words, for a Python that runs isolint but is older than the code around a file.

Only the places of lines stay. What a module offers, holds and calls is the same but for what nobody asks
about other modules: the bounds of type parameters, and that the value of a formatted string is text.
"""

from __future__ import annotations

import ast
import sys
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any, final

from isolint.syntax import nodes, parsing
from isolint.syntax.deep import with_deep_stack
from isolint.syntax.parsing import SyntaxProblem, Text
from isolint.syntax.trees import full_tree
from isolint.syntax.walk import descend

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.syntax.nodes import Node
    from isolint.syntax.trees import FullTree

_REMEMBERED = 64
"""Texts: a module is read for what it offers, for what it holds, and for what it renames."""


def readable(text: Text) -> tuple[ast.Module | SyntaxProblem, Text]:
    """Parse with the interpreter's own parser what it accepts, in older words if it must be.

    Returns what was parsed as well. A problem is that of the text as it was given.
    """
    quick = parsing.quick_tree(text)
    if isinstance(quick, ast.Module):
        return quick, text
    try:
        words = _reworded(text.content)
    except RecursionError:
        words = with_deep_stack(lambda: _reworded(text.content))
    tree = parsing.quick_tree(words) if words is not None else quick
    return (tree, words) if isinstance(tree, ast.Module) and words is not None else (quick, text)


@lru_cache(_REMEMBERED)
def _reworded(content: str) -> Text | None:
    text = parsing.text_of(content)
    tree = full_tree(text, known_good=False)
    return None if isinstance(tree, SyntaxProblem) else _Rewording(tree, text).result()


def _lacks(major: int, minor: int) -> bool:
    return sys.version_info < (major, minor)


@final
class _Rewording:
    def __init__(self, tree: FullTree, text: Text) -> None:
        self._nodes = list(descend(tree.module))
        self._spans = tree.spans(self._nodes)
        self._content = "\n".join(text.lines)
        self._line_starts = [0, *accumulate(len(line) + 1 for line in text.lines)]
        self._edits: list[tuple[int, int, str]] = []
        self._settled: set[Node] = set()

    def result(self) -> Text:
        for node in self._nodes:
            handle = getattr(self, f"_on_{type(node).__name__}", None)
            if handle is not None:
                handle(node)
        pieces: list[str] = []
        done = 0
        for start, end, words in sorted(self._edits, key=lambda edit: (edit[0], -edit[1])):
            if start >= done:  # else inside of what is gone already
                pieces += self._content[done:start], words
                done = end
        return parsing.text_of("".join((*pieces, self._content[done:])))

    def _start(self, node: Node) -> int:
        span = self._spans[node]
        return self._line_starts[span.line - 1] + span.column - 1

    def _end(self, node: Node) -> int:
        span = self._spans[node]
        return self._line_starts[span.end_line - 1] + span.end_column - 1

    def _put(self, start: int, end: int, words: str, line_end: str = "\n") -> None:
        self._edits.append((start, end, words + line_end * self._content.count("\n", start, end)))

    def _drop_star(self, start: int) -> None:
        star = self._content.index("*", start)
        self._put(star, star + 1, " ")

    def _on_TypeParameters(self, given: Any) -> None:
        has_defaults = any(parameter.default is not None for parameter in given.params)
        if _lacks(3, 13 if has_defaults else 12):
            self._put(self._start(given), self._end(given), "", "\\\n")

    def _on_Import(self, given: Any) -> None:
        start = self._start(given)
        if _lacks(3, 15) and self._content.startswith("lazy", start):
            keyword = "import" if isinstance(given, nodes.Import) else "from"
            self._put(start, self._content.index(keyword, start), "")

    _on_ImportFrom = _on_Import

    def _on_TypeAlias(self, given: Any) -> None:
        if _lacks(3, 12):
            self._put(self._start(given), self._start(given.name), "")

    def _on_ExceptHandler(self, given: Any) -> None:
        if _lacks(3, 14) and isinstance(given.type, nodes.Tuple) and not given.type.parenthesized:
            for at, bracket in ((self._start(given.type), "("), (self._end(given.type), ")")):
                self._put(at, at, bracket)

    def _on_ExceptStarHandler(self, given: Any) -> None:
        if _lacks(3, 11):
            self._drop_star(self._start(given))
        self._on_ExceptHandler(given)

    def _on_Index(self, given: Any) -> None:
        if _lacks(3, 11) and given.star:
            self._drop_star(self._start(given))

    def _on_Annotation(self, given: Any) -> None:
        if _lacks(3, 11) and isinstance(given.annotation, nodes.StarredElement):
            self._drop_star(self._start(given.annotation))

    def _on_ConcatenatedString(self, given: Any) -> None:
        """Put a tuple of the expressions in place of a string that the running Python rejects."""
        if given in self._settled:
            return
        pieces = list(_pieces(given))
        self._settled.update(pieces)
        start, end = self._start(given), self._end(given)
        if all(isinstance(piece, nodes.SimpleString) for piece in pieces) or _parses(
            self._content[start:end]
        ):
            return
        opening = "(("
        for expression in (one for piece in pieces for one in _expressions(getattr(piece, "parts", ()))):
            self._put(start, self._start(expression), opening)
            opening, start = "), (", self._end(expression)
        self._put(start, end, "()" if opening == "((" else "),)")

    _on_FormattedString = _on_TemplatedString = _on_ConcatenatedString


def _pieces(string: Any) -> Iterator[Any]:
    """Yield ``string`` with all that it is put together from, in the order of the text."""
    yield string
    while isinstance(string, nodes.ConcatenatedString):
        yield string.left
        string = string.right
        yield string


def _expressions(parts: Any) -> Iterator[Node]:
    for part in parts or ():
        if isinstance(part, (nodes.FormattedStringExpression, nodes.TemplatedStringExpression)):
            yield part.expression
            yield from _expressions(part.format_spec)


def _parses(expression: str) -> bool:
    return isinstance(parsing.quick_tree(parsing.text_of(f"({expression})")), ast.Module)
