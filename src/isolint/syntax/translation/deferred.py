"""Bodies of functions and classes that are translated only when somebody looks into them.

Most of what a module defines is never asked for by those that import it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, final

import libcst as cst

from isolint.syntax.outline import lines_of

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Sequence

    from libcst import CSTNode


@final
class DeferredBlock(cst.IndentedBlock):
    """A block that keeps its text, and translates it at the first look.

    ``text`` are the lines it stands on, of which the first is number ``line`` of the file. It is parsed
    then unless the statements have been ``kept``.
    """

    __slots__ = ("_made", "_parse", "_translate", "kept", "line", "text")  # type: ignore[misc]  # there a class variable

    text: str
    line: int
    kept: Sequence[ast.stmt] | None
    _made: Sequence[CSTNode] | None
    _parse: Callable[[str, int], Sequence[ast.stmt]]
    _translate: Callable[[Sequence[ast.stmt]], Sequence[CSTNode]]

    @property
    def body(self) -> Sequence[CSTNode]:  # type: ignore[override]  # a field there
        """The statements. Raises RecursionError where they nest too deeply for what is left of the stack."""
        if self._made is None:
            given = self._parse(self.text, self.line) if self.kept is None else self.kept
            made = self._translate(given)
            object.__setattr__(self, "_made", made)  # the nodes are frozen
        return self._made or ()

    def mentions(self, word: str) -> bool:
        """Whether ``word``, or that before the bracket of an item, may stand in it; a no is certain."""
        # Names that are not ASCII have several spellings.
        return word.partition("[")[0] in self.text or not self.text.isascii()

    def may_bind_attribute(self, name: str) -> bool:
        """Whether an attribute, or an item of one, may be assigned to that has this name; a no is certain."""
        if not self.text.isascii():
            return True
        if name.endswith("]"):
            return self.mentions(name)
        if not name.isidentifier():
            return False  # from a `getattr`: no statement can assign to it
        return name in self.text and bool(re.search(rf"\b{name}\b(?![\s\\]*[(.\[])", self.text))


def deferred(
    statements: Sequence[ast.stmt],
    lines: Sequence[str],
    parse: Callable[[str, int], Sequence[ast.stmt]],
    translate: Callable[[Sequence[ast.stmt]], Sequence[CSTNode]],
    *,
    keep: bool,
) -> DeferredBlock:
    """Return a block for ``statements``, which stand alone on ``lines`` of a text, and that may ``keep`` them.

    If not, they are parsed again, from the number of their first line on.
    """
    made = object.__new__(DeferredBlock)
    values = {
        "text": "\n".join(lines),
        "line": lines_of(statements)[0],
        "kept": statements if keep else None,
        "_made": None,
        "_parse": parse,
        "_translate": translate,
    }
    for name, value in values.items():
        object.__setattr__(made, name, value)  # the nodes are frozen
    return made
