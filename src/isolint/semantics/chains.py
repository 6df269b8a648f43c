"""What is kept under a key at the end of a chain of names, ``a.b["c"]``, as text."""

from __future__ import annotations

from isolint.syntax import nodes


def item_name(node: nodes.Node) -> str:
    """Return the name under which ``owner`` is said to have ``owner.table["key"]``; empty for anything else."""
    if not isinstance(node, nodes.Subscript) or not isinstance(node.value, nodes.Attribute):
        return ""
    index = node.slice[0].slice
    key = index.value if isinstance(index, nodes.Index) and len(node.slice) == 1 else None
    if not isinstance(key, nodes.SimpleString):
        return ""
    return f"{node.value.attr.value}[{key.evaluated_value!r}]"


def holder_of_item(node: nodes.Node) -> nodes.Node | None:
    """Return ``owner`` of ``owner.table["key"]``; None for anything else."""
    table = node.value if isinstance(node, nodes.Subscript) and item_name(node) else None
    return table.value if isinstance(table, nodes.Attribute) else None
