"""Newer syntax said in older words, for a Python that runs isolint but is older than the code around a file.

Lines stay where they are, and :class:`Reading` knows the column that each had before. The definitions and calls of a module
are the same, but for facts that no rule uses: the bounds of type parameters, and that the value of a formatted
string is text.
"""

from __future__ import annotations

import ast
import sys
from bisect import bisect_right
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any, final

from msgspec import Struct

from isolint.syntax import parsing
from isolint.syntax.deep import with_deep_stack
from isolint.syntax.parsing import SyntaxProblem, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import libcst as cst
    from libcst.metadata import CodeRange

_REMEMBERED = 16
"""Texts: a file is read for its summary, and again to be checked."""


@final
class Change(Struct, frozen=True):
    """In a line of older syntax, ``after`` is the column behind a change, and ``shift`` the offset from there on."""

    line: int
    after: int
    shift: int


@final
class Reading(Struct, frozen=True):
    """A text as it was parsed. ``text`` is in the words of the running Python, ``changes`` are sorted."""

    tree: ast.Module
    text: Text
    changes: tuple[Change, ...] = ()

    def column(self, line: int, column: int) -> int:
        """Return the column that a place of ``text`` has in the text as it was given."""
        before = bisect_right(self.changes, (line, column), key=lambda change: (change.line, change.after))
        last = self.changes[before - 1] if before else None
        return column if last is None or last.line != line else max(column + last.shift, 1)


def readable(text: Text) -> Reading | SyntaxProblem:
    """Parse a text with the interpreter's own parser, in older syntax if it must be.

    A problem is that of the text as it was given.
    """
    quick = parsing.quick_tree(text)
    if isinstance(quick, ast.Module):
        return Reading(quick, text)
    try:
        words = _reworded(text.content)
    except RecursionError:
        words = with_deep_stack(lambda: _reworded(text.content))
    if words is None:
        return quick
    content, changes = words
    tree = parsing.quick_tree(content)
    return Reading(tree, content, changes) if isinstance(tree, ast.Module) else quick


@lru_cache(_REMEMBERED)
def _reworded(content: str) -> tuple[Text, tuple[Change, ...]] | None:
    text = parsing.Text(content)
    module = parsing.parse(parsing.Text("\n".join(text.lines)), known_good=False)
    return None if isinstance(module, SyntaxProblem) else _Rewording(module, text).result()


def _lacks(major: int, minor: int) -> bool:
    return sys.version_info < (major, minor)


@final
class _Rewording:
    def __init__(self, module: cst.Module, text: Text) -> None:
        from libcst.metadata import MetadataWrapper, PositionProvider

        wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
        self._module = wrapper.module
        self._ranges: Any = wrapper.resolve(PositionProvider)
        self._content = "\n".join(text.lines)
        self._line_starts = [0, *accumulate(len(line) + 1 for line in text.lines)]
        self._gone = parsing.without_form_feeds(self._content)[1]
        self._edits: list[tuple[int, int, str]] = []
        self._settled: set[cst.CSTNode] = set()

    def result(self) -> tuple[Text, tuple[Change, ...]]:
        for node in _below(self._module):
            handle = getattr(self, f"_on_{type(node).__name__}", None)
            if handle is not None:
                handle(node)
        pieces: list[str] = []
        done = 0
        changes: list[Change] = []
        for start, end, words in sorted(self._edits, key=lambda edit: (edit[0], -edit[1])):
            if start >= done:  # else inside of a removed part
                pieces += self._content[done:start], words
                done = end
                changes.append(self._change("".join(pieces), end))
        reworded = "".join((*pieces, self._content[done:]))
        return parsing.Text(reworded), tuple(changes)

    def _change(self, before: str, end: int) -> Change:
        """Return the shift of the columns behind an edit: ``before`` is the new text up to there, ``end`` the old place."""
        line = before.count("\n") + 1
        column = len(before) - (before.rfind("\n") + 1) + 1
        return Change(line, column, end - self._line_starts[line - 1] + 1 - column)

    def _start(self, node: cst.CSTNode) -> int:
        return self._offset(self._range(node).start.line, self._range(node).start.column)

    def _end(self, node: cst.CSTNode) -> int:
        return self._offset(self._range(node).end.line, self._range(node).end.column)

    def _range(self, node: cst.CSTNode) -> CodeRange:
        found: CodeRange = self._ranges[node]
        return found

    def _offset(self, line: int, column: int) -> int:
        return self._line_starts[line - 1] + self._gone.get(line, 0) + column

    def _put(self, start: int, end: int, words: str, line_end: str = "\n") -> None:
        self._edits.append((start, end, words + line_end * self._content.count("\n", start, end)))

    def _drop_star(self, start: int) -> None:
        star = self._content.index("*", start)
        self._put(star, star + 1, " ")

    def _on_TypeParameters(self, given: Any) -> None:
        has_defaults = any(parameter.default is not None for parameter in given.params)
        if _lacks(3, 13 if has_defaults else 12):
            self._put(self._start(given), self._end(given), "", "\\\n")

    def _on_LazyImport(self, given: Any) -> None:
        if _lacks(3, 15):
            start = self._start(given)
            keyword = "import" if type(given).__name__ == "LazyImport" else "from"
            self._put(start, self._content.index(keyword, start), "")

    _on_LazyImportFrom = _on_LazyImport

    def _on_TypeAlias(self, given: Any) -> None:
        if _lacks(3, 12):
            self._put(self._start(given), self._start(given.name), "")

    def _on_ExceptHandler(self, given: Any) -> None:
        if _lacks(3, 14) and type(given.type).__name__ == "Tuple" and not given.type.lpar:
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
        if _lacks(3, 11) and type(given.annotation).__name__ == "StarredElement":
            self._drop_star(self._start(given.annotation))

    def _on_ConcatenatedString(self, given: Any) -> None:
        """Put a tuple of the expressions in place of a string that the running Python rejects."""
        if given in self._settled:
            return
        pieces = list(_pieces(given))
        self._settled.update(pieces)
        start, end = self._start(given), self._end(given)
        if all(type(piece).__name__ == "SimpleString" for piece in pieces) or _parses(
            self._content[start:end]
        ):
            return
        opening = "(("
        for expression in (one for piece in pieces for one in _expressions(getattr(piece, "parts", ()))):
            outside = self._with_brackets(expression)
            self._put(start, outside[0], opening)
            opening, start = "), (", outside[1]
        self._put(start, end, "()" if opening == "((" else "),)")

    _on_FormattedString = _on_TemplatedString = _on_ConcatenatedString

    def _with_brackets(self, expression: cst.CSTNode) -> tuple[int, int]:
        """Return where an expression begins and ends, brackets around it included."""
        brackets = [*getattr(expression, "lpar", ()), *getattr(expression, "rpar", ())]
        places = [expression, *brackets]
        return min(map(self._start, places)), max(map(self._end, places))


def _below(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    pending = [node]
    while pending:
        yield (here := pending.pop())
        pending += reversed(here.children)


def _pieces(string: Any) -> Iterator[Any]:
    """Yield ``string`` with all that it is put together from, in the order of the text."""
    yield string
    while type(string).__name__ == "ConcatenatedString":
        yield string.left
        string = string.right
        yield string


def _expressions(parts: Sequence[Any] | None) -> Iterator[cst.CSTNode]:
    for part in parts or ():
        if type(part).__name__ in ("FormattedStringExpression", "TemplatedStringExpression"):
            yield part.expression
            yield from _expressions(part.format_spec)


def _parses(expression: str) -> bool:
    return isinstance(parsing.quick_tree(parsing.Text(f"({expression})")), ast.Module)
