"""Nodes made from the interpreter's own tree: what code means, without how it is laid out.

Whoever rewrites code needs to know all of it, and asks libcst; tests hold what is made of both trees against each other.
"""

from __future__ import annotations

import ast
import warnings
from keyword import iskeyword
from typing import TYPE_CHECKING

from isolint.syntax.translation.statements import Statements
from isolint.syntax.trees import Defer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from isolint.syntax.nodes import Module, Node
    from isolint.syntax.outline import Outline

_LONGEST_QUOTED = 1000


def translated(
    tree: ast.Module, lines: Sequence[str], defer: Defer = Defer.NOTHING, outline: Outline | None = None
) -> Module:
    """Return ``tree`` in nodes that know their places, but for those whose place the interpreter does not tell.

    ``lines`` are those of the text, and ``outline`` says which bodies are left out of the tree. Raises RecursionError
    where expressions nest too deeply.
    """
    return Statements(lines, outline).module(tree, defer)


def quoted_expression(text: object) -> Node | None:
    """Return the expression that a string holds, in nodes without a place; None where it holds none."""
    if not isinstance(text, str) or len(text) > _LONGEST_QUOTED:
        return None
    if text.isascii() and text.isidentifier() and not iskeyword(text):
        return Statements(()).name(text)  # most are, and a parser takes its time to start
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parsed = ast.parse(text.strip(), mode="eval")
        made: Node = Statements(text.strip().splitlines()).expression(parsed.body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return made
