"""Bodies of functions that are translated only when somebody looks into them.

Most of what a module defines is never asked for by those that import it, and most of its text stands in
the bodies of functions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, final

import libcst as cst

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Sequence

    from libcst import CSTNode


@final
class DeferredBlock(cst.IndentedBlock):
    """A block that keeps the interpreter's statements, and translates them at the first look."""

    __slots__ = ("_lines", "_made", "_translate")  # type: ignore[misc]  # there a class variable

    _lines: Sequence[str]
    _made: Sequence[CSTNode] | None
    _translate: Callable[[], Sequence[CSTNode]]

    @property
    def body(self) -> Sequence[CSTNode]:  # type: ignore[override]  # a field there
        """The statements."""
        if self._made is None:
            object.__setattr__(self, "_made", self._translate())
            object.__setattr__(self, "_translate", list)
        return self._made or ()

    @property
    def size(self) -> int:
        """The characters of the lines it stands on."""
        return sum(map(len, self._lines))

    def mentions(self, word: str) -> bool:
        """Whether ``word`` may stand in it; a no is certain."""
        # Names that are not ASCII have several spellings.
        return any(word in line or not line.isascii() for line in self._lines)


def deferred(
    statements: Sequence[ast.stmt],
    lines: Sequence[str],
    translate: Callable[[Sequence[ast.stmt]], Sequence[CSTNode]],
) -> DeferredBlock:
    """Return a block for ``statements``, which stand in a text of these ``lines``."""
    made = object.__new__(DeferredBlock)
    last = statements[-1]
    values = {
        "_lines": lines[statements[0].lineno - 1 : last.end_lineno],
        "_made": None,
        "_translate": lambda: translate(statements),
    }
    for name, value in values.items():
        object.__setattr__(made, name, value)  # the nodes are frozen
    return made
