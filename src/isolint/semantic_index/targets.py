"""Targets: the parameters, the names and the items that values are bound to, and the part of the value that each takes.

In ``first, *rest, last = value`` the places are 0, :data:`REST` and :data:`LAST`.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

N = TypeVar("N", bound=ast.AST)

REST, LAST = -1, -2
"""The places of a starred target, and of the last one behind it; the one before the last has -3, and so on."""


def places(targets: Sequence[N]) -> Iterator[tuple[N, int]]:
    """Yield the targets of an unpacking, or the parts of a pattern, with their places: see :data:`REST` and :data:`LAST`."""
    behind = False
    for place, target in enumerate(targets):
        if isinstance(target, (ast.Starred, ast.MatchStar)):
            behind = True
            yield target, REST
        else:
            yield target, LAST - (len(targets) - 1 - place) if behind else place


def item_name(node: ast.expr) -> str:
    """Return the attribute name that ``owner.table["key"]`` is bound under, ``table['key']``; empty for others."""
    if not isinstance(node, ast.Subscript) or not isinstance(node.value, ast.Attribute):
        return ""
    key = node.slice.value if isinstance(node.slice, ast.Constant) else None
    return f"{node.value.attr}[{key!r}]" if isinstance(key, str) else ""


def parameters(arguments: ast.arguments) -> Iterable[tuple[ast.arg, ast.expr | None, int, str]]:
    """Yield each parameter with its default, its position (-1 where it has none) and its stars."""
    positional = [*arguments.posonlyargs, *arguments.args]
    without = len(positional) - len(arguments.defaults)
    for index, argument in enumerate(positional):
        yield argument, arguments.defaults[index - without] if index >= without else None, index, ""
    if arguments.vararg is not None:
        yield arguments.vararg, None, -1, "*"
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield argument, default, -1, ""
    if arguments.kwarg is not None:
        yield arguments.kwarg, None, -1, "**"
