"""Chains of names, ``a.b.c``, and what is kept under a key at the end of one, as text."""

from __future__ import annotations

import ast

import libcst as cst


def dotted(node: cst.CSTNode | None) -> str:
    """Return the text of a chain of names, ``a.b.c``; empty for anything else."""
    parts: list[str] = []
    while isinstance(node, cst.Attribute):
        parts.append(node.attr.value)
        node = node.value
    if not isinstance(node, cst.Name):
        return ""
    parts.append(node.value)
    return ".".join(reversed(parts))


def item_name(node: cst.CSTNode) -> str:
    """Return the name under which ``owner`` is said to have ``owner.table["key"]``; empty for anything else."""
    if not isinstance(node, cst.Subscript) or not isinstance(node.value, cst.Attribute):
        return ""
    index = node.slice[0].slice
    key = index.value if isinstance(index, cst.Index) and len(node.slice) == 1 else None
    if not isinstance(key, cst.SimpleString):
        return ""
    return f"{node.value.attr.value}[{ast.literal_eval(key.value)!r}]"


def holder_of_item(node: cst.CSTNode) -> cst.CSTNode | None:
    """Return ``owner`` of ``owner.table["key"]``; None for anything else."""
    table = node.value if isinstance(node, cst.Subscript) and item_name(node) else None
    return table.value if isinstance(table, cst.Attribute) else None
