"""Statements that a fix removes, or puts something behind: those that have their lines to themselves."""

from __future__ import annotations

import ast
from itertools import pairwise
from typing import TYPE_CHECKING

from isolint.syntax.ast_walk import blocks_of, descend

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from isolint.rule import Context
    from isolint.semantic_index.index import SemanticIndex
    from isolint.semantic_index.scopes import ValueBinding


def blocks(root: ast.AST) -> Iterator[Sequence[ast.stmt]]:
    """Yield the statements of each block in ``root``, itself included."""
    for node in descend(root):
        yield from blocks_of(node)


def is_alone(statement: ast.stmt, context: Context) -> bool:
    """Whether a statement has its lines for itself: nothing else but comments stands on them."""
    span, lines = context.module.spans.of(statement), context.module.spans.lines
    before = lines[span.line - 1][: span.column - 1].strip()
    behind = lines[span.end_line - 1][span.end_column - 1 :].strip()
    return not before and (not behind or behind.startswith("#"))


def next_statement(expression: ast.expr, context: Context) -> ast.stmt | None:
    """Return the statement behind the one that is this expression alone."""
    pair = context.once(_followed, context.module.index.tree).get(expression)
    return pair[1] if pair is not None and all(is_alone(each, context) for each in pair) else None


def _followed(tree: ast.Module) -> dict[ast.expr, tuple[ast.stmt, ast.stmt]]:
    """Return the statements that are an expression, each with the one behind it, by the expression."""
    return {
        found.value: (found, behind)
        for statements in blocks(tree)
        for found, behind in pairwise(statements)
        if isinstance(found, ast.Expr)
    }


def alone_in_blocks(tree: ast.Module) -> set[ast.stmt]:
    """Return the statements that are all of a block, which cannot go."""
    return {statements[0] for statements in blocks(tree) if len(statements) == 1}


def reads_by_binding(index: SemanticIndex) -> dict[ast.AST, list[ast.Name]]:
    """Return the reads of each definition, by the node that binds it."""
    found: dict[ast.AST, list[ast.Name]] = {}
    for name, read in index.reads.items():
        for binding in read.definitions:
            found.setdefault(binding.node, []).append(name)
    return found


def removable_assignment(binding: ValueBinding, used_at: ast.AST, context: Context) -> ast.Assign | None:
    """Return ``name = value`` where nothing but ``used_at`` reads the name, and a block is left without it."""
    index = context.module.index
    if binding.value is None or context.once(reads_by_binding, index).get(binding.node) != [used_at]:
        return None
    taker = index.consumers.get(binding.value)
    found = taker.node if taker is not None else None
    if not isinstance(found, ast.Assign) or found.value is not binding.value or len(found.targets) > 1:
        return None
    is_all = found in context.once(alone_in_blocks, index.tree)
    return found if not is_all and is_alone(found, context) else None
