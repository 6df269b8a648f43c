"""libcst's nodes made from the interpreter's own tree: what code means, without how it is laid out.

Whitespace, comments and redundant parentheses are most of what libcst builds, and mean nothing to the
semantics and the rules, whose one vocabulary its classes stay. Whoever rewrites code needs all of it,
and asks libcst itself; tests hold both trees against each other.
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

    from libcst import CSTNode, Module

    from isolint.syntax.outline import Outline
    from isolint.syntax.translation.expressions import Origin

_LONGEST_QUOTED = 1000


def translated(
    tree: ast.Module, lines: Sequence[str], defer: Defer = Defer.NOTHING, outline: Outline | None = None
) -> tuple[Module, dict[int, Origin]]:
    """Return ``tree`` in libcst's nodes and, by their ids, the node that each of them was made of.

    A node whose place the interpreter does not tell is left out of the latter. ``lines`` are those of
    the text, and ``outline`` says which bodies are left out of the tree. What bodies that are put off are made of is known once somebody has looked into them. Raises
    RecursionError where expressions nest too deeply.
    """
    statements = Statements(lines, outline)
    return statements.module(tree, defer), statements.origins


def quoted_expression(text: object) -> CSTNode | None:
    """Return the expression that a string holds, in nodes without a place; None where it holds none."""
    if not isinstance(text, str) or len(text) > _LONGEST_QUOTED:
        return None
    if text.isascii() and text.isidentifier() and not iskeyword(text):
        return Statements(()).name(text)  # most are, and a parser takes its time to start
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parsed = ast.parse(text.strip(), mode="eval")
        return Statements(text.strip().splitlines()).expression(parsed.body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
