"""Names spelled by an expression: the dotted chain ``a.b.c``, its first name and its last."""

from __future__ import annotations

import ast


def dotted(node: ast.AST | None) -> str:
    """Return ``a.b.c`` for a chain of a name and attributes, an empty string for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([node.id, *reversed(parts)]) if parts else node.id


def last_name(node: ast.AST | None) -> str:
    """Return the last name of a chain, however it begins: ``c`` for ``f().c`` and for ``c``."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def callee_of(node: ast.expr) -> ast.expr:
    """Return the callee of a call; of anything else the node itself, as of a decorator without arguments."""
    return node.func if isinstance(node, ast.Call) else node


def root_of(node: ast.expr) -> ast.expr:
    """Return the expression that a chain of attributes begins with."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node


def is_class_name(name: str) -> bool:
    """Whether a name is spelled as that of a class by convention: ``Route``, but neither ``route`` nor ``ROUTE``."""
    return name[:1].isupper() and not name.isupper()
