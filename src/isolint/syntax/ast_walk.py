"""Walks over nodes of the standard library's ``ast``, in the order of the text."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def descend(root: ast.AST | Iterable[ast.AST], stop: tuple[type[ast.AST], ...] = ()) -> Iterator[ast.AST]:
    """Yield ``root`` and all below it; of a node of one of the types ``stop`` nothing below it.

    ``root`` may be a block of statements.
    """
    pending = [root] if isinstance(root, ast.AST) else list(reversed([*root]))
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, stop):
            pending += reversed([*ast.iter_child_nodes(node)])


def blocks_of(node: ast.AST) -> Iterator[list[ast.stmt]]:
    """Yield the blocks of a statement or module itself: ``body``, ``orelse``, ``finalbody``."""
    for name in ("body", "orelse", "finalbody"):
        block = getattr(node, name, None)
        if isinstance(block, list):
            yield block
