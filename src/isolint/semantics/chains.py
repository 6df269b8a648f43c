"""Chains of names, ``a.b.c``, and what is kept under a key at the end of one, as text."""

from __future__ import annotations

import ast

from isolint.syntax import nodes


def dotted(node: nodes.Node | None) -> str:
    """Return the text of a chain of names, ``a.b.c``; empty for anything else."""
    parts: list[str] = []
    while isinstance(node, nodes.Attribute):
        parts.append(node.attr.value)
        node = node.value
    if not isinstance(node, nodes.Name):
        return ""
    parts.append(node.value)
    return ".".join(reversed(parts))


def item_name(node: nodes.Node) -> str:
    """Return the name under which ``owner`` is said to have ``owner.table["key"]``; empty for anything else."""
    if not isinstance(node, nodes.Subscript) or not isinstance(node.value, nodes.Attribute):
        return ""
    index = node.slice[0].slice
    key = index.value if isinstance(index, nodes.Index) and len(node.slice) == 1 else None
    if not isinstance(key, nodes.SimpleString):
        return ""
    return f"{node.value.attr.value}[{ast.literal_eval(key.value)!r}]"


def holder_of_item(node: nodes.Node) -> nodes.Node | None:
    """Return ``owner`` of ``owner.table["key"]``; None for anything else."""
    table = node.value if isinstance(node, nodes.Subscript) and item_name(node) else None
    return table.value if isinstance(table, nodes.Attribute) else None
