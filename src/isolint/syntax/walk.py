"""The children of a node that carry meaning: no whitespace, punctuation, or comments."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from isolint.syntax import nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.syntax.nodes import CSTNode

_PUNCTUATION = frozenset(
    "lpar rpar lbracket rbracket lbrace rbrace comma dot semicolon colon equal operator asynchronous "
    "leading_lines lines_after_decorators header footer trailing_whitespace leading_whitespace indent "
    "posonly_ind relative separator trailing_comma first_colon second_colon star conversion start end "
    "encoding default_indent default_newline has_trailing_newline".split()
)
# `x.attr` and `f(keyword=...)` hold names that are not looked up anywhere.
_NOT_LOOKED_UP = {"Attribute": {"attr"}, "Arg": {"keyword"}, "MatchKeywordElement": {"key"}}

_fields: dict[type, tuple[str, ...]] = {}


def _meaningful_fields(kind: type[CSTNode]) -> tuple[str, ...]:
    skipped = _NOT_LOOKED_UP.get(kind.__name__, set())
    names = tuple(
        field.name
        for field in fields(kind)
        if field.name not in _PUNCTUATION
        and field.name not in skipped
        and not field.name.startswith("whitespace")
    )
    _fields[kind] = names
    return names


def children(node: CSTNode) -> list[CSTNode]:
    """Return the meaningful child nodes of ``node`` in field order."""
    kind = type(node)
    names = _fields.get(kind)
    if names is None:
        names = _meaningful_fields(kind)
    found: list[CSTNode] = []
    for name in names:
        value = getattr(node, name)
        if type(value) in (list, tuple):
            found.extend(value)
        elif type(value) in _fields or isinstance(value, nodes.CSTNode):  # the first is far cheaper
            found.append(value)
    return found


def descend(node: CSTNode, stop: tuple[type, ...] = ()) -> Iterator[CSTNode]:
    """Yield ``node`` and all below it in pre-order, without entering the nodes of the ``stop`` classes.

    Iterative: generated code nests deeper than Python's stack. The starting node is always entered.
    """
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        if current is node or not isinstance(current, stop):
            stack.extend(reversed(children(current)))
