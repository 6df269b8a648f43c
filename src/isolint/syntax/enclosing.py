"""Definitions around a line: ``Service.load`` for a line of the method ``load`` of the class ``Service``."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable


@final
class Definition(Struct, frozen=True):
    """A function or class by its dotted name in the module, and its lines, decorators included."""

    qualname: str
    first: int
    last: int


def definitions(tree: ast.Module) -> list[Definition]:
    """Return every function and class of a module, each before those inside of it."""
    found: list[Definition] = []
    pending: list[tuple[ast.AST, str]] = [(tree, "")]
    while pending:  # no recursion: each elif is nested in the one before
        node, prefix = pending.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            first = min((node.lineno, *(decorator.lineno for decorator in node.decorator_list)))
            found.append(Definition(prefix + node.name, first, node.end_lineno or node.lineno))
            prefix = f"{prefix}{node.name}."
        pending += ((child, prefix) for child in _statements(node))
    return found


def qualname_at(around: Iterable[Definition], line: int) -> str:
    """Return the name of the innermost definition that ``line`` is in, ``""`` for none."""
    inside = [each for each in around if each.first <= line <= each.last]
    return (
        min(inside, key=lambda each: (each.last - each.first, -each.qualname.count("."))).qualname
        if inside
        else ""
    )


def _statements(node: ast.AST) -> list[ast.AST]:
    """Return the nodes directly in a block; definitions stand in statements only."""
    names = ("body", "handlers", "orelse", "finalbody", "cases")
    blocks: list[list[ast.AST] | ast.AST] = [getattr(node, name, []) for name in names]
    return [child for block in blocks if isinstance(block, list) for child in block]
