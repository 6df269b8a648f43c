"""Names as they are written: alone, or in a chain of attributes."""

from __future__ import annotations

from isolint.syntax.nodes import Attribute, Name, Node


def dotted(node: Node | None) -> str:
    """Return the text of a chain of names, ``a.b.c``; empty for anything else."""
    parts: list[str] = []
    while isinstance(node, Attribute):
        parts.append(node.attr.value)
        node = node.value
    if not isinstance(node, Name):
        return ""
    parts.append(node.value)
    return ".".join(reversed(parts))


def root_of(node: Node) -> Node:
    """Return the leftmost part of a chain of attributes."""
    while isinstance(node, Attribute):
        node = node.value
    return node


def last_name(node: Node) -> str:
    """Return ``c`` for ``a.b.c`` and for ``c``; empty for anything else."""
    if isinstance(node, Attribute):
        return node.attr.value
    return node.value if isinstance(node, Name) else ""
