"""Statements by the expressions in them, for fixes that remove a statement or stand beside one."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.syntax.ast_walk import descend

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from isolint.rule import Context
    from isolint.semantic_index.scopes import ValueBinding


def blocks(root: ast.AST) -> Iterator[Sequence[ast.stmt]]:
    """Yield the statements of each block in ``root``, itself included."""
    for node in descend(root):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list):
                yield block


def removable_assignment(binding: ValueBinding, used_at: ast.AST, context: Context) -> ast.Assign | None:
    """Return ``name = value`` where nothing but ``used_at`` reads the name, and a block is left without it."""
    reads = [
        node
        for node, read in context.module.index.reads.items()
        if read.name == binding.name and binding in read.definitions
    ]
    if reads != [used_at]:
        return None
    for statements in blocks(binding.scope.node):
        for found in statements:
            is_it = isinstance(found, ast.Assign) and found.value is binding.value and len(found.targets) == 1
            if is_it and isinstance(found, ast.Assign) and len(statements) > 1:
                return found
    return None
