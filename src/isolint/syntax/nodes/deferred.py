"""Bodies of functions and classes that are translated only when somebody looks into them.

Most of what a module defines is never asked for by those that import it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, final

from isolint.syntax.nodes.base import BaseSuite

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Sequence

    from isolint.syntax.nodes.base import Node


@final
class DeferredBlock(BaseSuite):
    """A block that keeps its text, and translates it at the first look.

    ``text`` are the lines it stands on, of which the first is number ``line`` of the file. It is parsed
    then unless the statements have been ``kept``.
    """

    text: str
    line: int
    kept: Sequence[ast.stmt] | None
    _parse: Callable[[str, int], Sequence[ast.stmt]]
    _translate: Callable[[Sequence[ast.stmt]], Sequence[Node]]
    _made: Sequence[Node] | None = None

    @property
    def body(self) -> Sequence[Node]:
        """The statements. Raises RecursionError where they nest too deeply for what is left of the stack."""
        if self._made is None:
            given = self._parse(self.text, self.line) if self.kept is None else self.kept
            self._made = self._translate(given)
        return self._made

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
