"""What can be seen of a module before it is bound: enough to say which rules cannot apply to it."""

from __future__ import annotations

import ast
import re
from functools import cached_property
from typing import TYPE_CHECKING, final

from isolint.semantics.exports import imported

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORD = re.compile(r"\w+")


@final
class Glimpse:
    """A text, the interpreter's own tree of it, and what is soon read off them; each worked out once.

    Relative imports start from ``package``.
    """

    def __init__(self, text: str, tree: ast.Module, package: str) -> None:
        self.text = text
        self.tree = tree
        self.package = package

    @cached_property
    def words(self) -> frozenset[str]:
        """Every identifier that stands anywhere in the text, in strings and comments too."""
        return frozenset(_WORD.findall(self.text))

    @cached_property
    def nodes(self) -> Sequence[ast.AST]:
        """All nodes of the tree."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def imports(self) -> Sequence[str]:
        """The dotted name of everything the module imports; the module itself for a star."""
        return tuple(dict.fromkeys(imported(self.tree, self.package)))
