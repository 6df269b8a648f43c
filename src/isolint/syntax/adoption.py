"""What libcst parsed, in our own nodes: for code that the interpreter does not know, and to rewrite code."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any, cast

import libcst

from isolint.syntax import nodes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from isolint.syntax.nodes import Module, Node

_OUR_OWN = len(nodes.Node.__struct_fields__)
"""Fields behind all others that say where a node stands."""
_SAME = {"LazyImport": "Import", "LazyImportFrom": "ImportFrom"}
"""Kinds of nodes that mean the same to us as others: a lazy import runs when its name is first used."""


def adopted(module: libcst.Module) -> tuple[Module, dict[int, libcst.CSTNode]]:
    """Return a module in our own nodes, and what each of our nodes, by its id, was made of.

    Raises RecursionError where expressions nest too deeply.
    """
    origins: dict[int, libcst.CSTNode] = {}
    made = _adopted(module, origins)
    assert isinstance(made, nodes.Module)  # noqa: S101  # the classes have the same names
    return made, origins


def _adopted(given: libcst.CSTNode, origins: dict[int, libcst.CSTNode]) -> Node:
    name = type(given).__name__
    kind: type[Node] | None = getattr(nodes, _SAME.get(name, name), None)
    if kind is not None:
        made = kind(*[_value(given, name, origins) for name in kind.__struct_fields__[:-_OUR_OWN]])
    else:
        made = _other(given, [_adopted(one, origins) for one in given.children if _says_something(one)])
    origins[id(made)] = given
    return made


def _other(given: libcst.CSTNode, parts: list[Node]) -> Node:
    """Stand for a kind of node that is newer than this."""
    if isinstance(given, libcst.BaseExpression):
        return nodes.OtherExpression(parts)
    return nodes.OtherStatement(parts) if isinstance(given, libcst.BaseSmallStatement) else nodes.Other(parts)


def _says_something(node: libcst.CSTNode) -> bool:
    """Whether a node is no blank, comma or bracket, as far as one can tell by its name."""
    return hasattr(nodes, type(node).__name__) and not isinstance(node, libcst.SimpleWhitespace)


def _value(given: libcst.CSTNode, name: str, origins: dict[int, libcst.CSTNode]) -> Any:
    if name == "parenthesized":
        return bool(getattr(given, "lpar", ()))
    value = getattr(given, name)
    if isinstance(given, libcst.Name) and isinstance(value, str) and not value.isascii():
        return unicodedata.normalize("NFKC", value)  # as the interpreter reads it
    if isinstance(value, libcst.CSTNode):
        return _adopted(value, origins)
    if isinstance(value, (list, tuple)):
        return [_adopted(one, origins) for one in cast("Iterable[libcst.CSTNode]", value)]
    return None if isinstance(value, libcst.MaybeSentinel) else value
