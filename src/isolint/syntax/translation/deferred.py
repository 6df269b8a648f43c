"""Bodies of functions that are translated only when somebody looks into them.

Most of what a module defines is never asked for by those that import it, and most of its text stands in
the bodies of functions.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, final

import libcst as cst

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Sequence

    from libcst import CSTNode


@final
class DeferredBlock(cst.IndentedBlock):
    """A block that keeps the interpreter's statements, and translates them at the first look.

    ``text`` are the lines it stands on.
    """

    __slots__ = ("_made", "_translate", "text")  # type: ignore[misc]  # there a class variable

    text: str
    _made: Sequence[CSTNode] | None
    _translate: Callable[[], Sequence[CSTNode]]

    @property
    def body(self) -> Sequence[CSTNode]:  # type: ignore[override]  # a field there
        """The statements."""
        if self._made is None:
            object.__setattr__(self, "_made", self._translate())
            object.__setattr__(self, "_translate", list)
        return self._made or ()

    def mentions(self, word: str) -> bool:
        """Whether ``word`` may stand in it; a no is certain."""
        # Names that are not ASCII have several spellings.
        return word in self.text or not self.text.isascii()

    def may_bind_attribute(self, name: str) -> bool:
        """Whether an attribute may be assigned to that has this name; a no is certain."""
        if not self.text.isascii():
            return True
        return name in self.text and bool(re.search(rf"\b{name}\b(?![\s\\]*[(.\[])", self.text))


def deferred(
    statements: Sequence[ast.stmt],
    lines: Sequence[str],
    translate: Callable[[Sequence[ast.stmt]], Sequence[CSTNode]],
) -> DeferredBlock:
    """Return a block for ``statements``, which stand in a text of these ``lines``."""
    made = object.__new__(DeferredBlock)
    # A definition begins with its first decorator, which has a line of its own.
    first = min(node.lineno for node in (statements[0], *getattr(statements[0], "decorator_list", ())))
    values = {
        "text": "\n".join(lines[first - 1 : statements[-1].end_lineno]),
        "_made": None,
        "_translate": lambda: translate(statements),
    }
    for name, value in values.items():
        object.__setattr__(made, name, value)  # the nodes are frozen
    return made
