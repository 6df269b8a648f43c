"""The children of a node that carry meaning: no whitespace, punctuation, or comments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.syntax import nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.syntax.nodes import Node

_NO_PARTS = frozenset(
    "place home colon operator asynchronous whitespace_after relative star conversion equal parenthesized".split()
)
"""Fields that say how something is written, or where it stands."""
# `x.attr` and `f(keyword=...)` hold names that are not looked up anywhere.
_NOT_LOOKED_UP = {"Attribute": {"attr"}, "Arg": {"keyword"}, "MatchKeywordElement": {"key"}}

_fields: dict[type, tuple[str, ...]] = {}


def _meaningful_fields(kind: type[Node]) -> tuple[str, ...]:
    skipped = _NOT_LOOKED_UP.get(kind.__name__, set())
    listed = ("body",) if issubclass(kind, nodes.DeferredBlock) else kind.__struct_fields__
    names = tuple(name for name in listed if name not in _NO_PARTS and name not in skipped)
    _fields[kind] = names
    return names


def children(node: Node) -> list[Node]:
    """Return the meaningful child nodes of ``node`` in field order."""
    kind = type(node)
    names = _fields.get(kind)
    if names is None:
        names = _meaningful_fields(kind)
    found: list[Node] = []
    for name in names:
        value = getattr(node, name)
        if type(value) in (list, tuple):
            found.extend(value)
        elif type(value) in _fields or isinstance(value, nodes.Node):  # the first is far cheaper
            found.append(value)
    return found


def descend(node: Node, stop: tuple[type, ...] = ()) -> Iterator[Node]:
    """Yield ``node`` and all below it in pre-order, without entering the nodes of the ``stop`` classes.

    Iterative: generated code nests deeper than Python's stack. The starting node is always entered.
    """
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        if current is node or not isinstance(current, stop):
            stack.extend(reversed(children(current)))
