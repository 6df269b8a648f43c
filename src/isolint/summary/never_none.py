"""Expressions that are never None by their form: ``str(x)``, ``f"{x}"``, ``x or "a"``, a display, a comparison.

A call that passes one to a parameter that is None by default leaves nothing for the function to put in its place.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.semantic_index.narrowing import narrowing
from isolint.semantic_index.scopes import ValueBinding
from isolint.syntax.ast_names import is_class_name

if TYPE_CHECKING:
    from isolint.semantic_index.index import SemanticIndex
    from isolint.semantic_index.scopes import Binding

_FORMS = (
    ast.JoinedStr, ast.List, ast.Tuple, ast.Set, ast.Dict, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
    ast.Lambda, ast.Compare, ast.BinOp, ast.UnaryOp,
)  # fmt: skip
_BUILTINS = frozenset(
    """
    abs ascii bin bool bytearray bytes chr complex dict divmod enumerate filter float format frozenset hash hex id int
    isinstance issubclass iter len list map object oct ord range repr reversed round set slice sorted str sum tuple type
    zip
    """.split()
)
_OF_TEXT = frozenset(
    """
    capitalize casefold center decode encode expandtabs format hex isoformat join ljust lower lstrip partition removeprefix
    removesuffix replace rjust rpartition rsplit rstrip split splitlines strftime strip swapcase title total_seconds
    translate upper zfill
    """.split()
)
"""Methods of texts, bytes and times; those of these names in other classes give no None either, as a rule."""
_MOST_NAMES = 2
"""Names that one is followed through, ..."""
_MOST_BINDINGS = 8
"""... and bindings of each: the cost of an argument is bounded by both."""


def is_never_none(node: ast.expr, index: SemanticIndex, names: int = _MOST_NAMES) -> bool:
    """Whether the value of an expression is surely something; names are followed to the values that they are bound to."""
    if isinstance(node, _FORMS):
        return True
    if isinstance(node, ast.Constant):
        return node.value is not None
    if isinstance(node, ast.Subscript):
        return isinstance(node.slice, ast.Slice)
    if isinstance(node, ast.Call):
        return _gives_something(node.func, index)
    if isinstance(node, ast.Name):
        read = index.reads.get(node)
        if read is not None and narrowing(read.bindings).types:
            return True
        bindings = read.definitions if read is not None and names else ()
        few = 0 < len(bindings) <= _MOST_BINDINGS
        return few and all(_holds_something(one, index, names - 1) for one in bindings)
    sides = _alternatives(node)
    return bool(sides) and all(is_never_none(side, index, names) for side in sides)


def _alternatives(node: ast.expr) -> list[ast.expr]:
    """Return the expressions that the value of another one comes from: any, but for the last side of an ``or``."""
    if isinstance(node, ast.NamedExpr):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return [node.body, node.orelse]
    if isinstance(node, ast.BoolOp):
        return node.values[-1:] if isinstance(node.op, ast.Or) else node.values
    return []


def _holds_something(binding: Binding, index: SemanticIndex, names: int) -> bool:
    if not isinstance(binding, ValueBinding) or binding.value is None or binding.path:
        return False
    return is_never_none(binding.value, index, names)


def _gives_something(callee: ast.expr, index: SemanticIndex) -> bool:
    """Whether a callee is a built-in that never gives None, a class by its name, or a method of a text by its name."""
    if isinstance(callee, ast.Attribute):
        return callee.attr in _OF_TEXT or is_class_name(callee.attr)
    if not isinstance(callee, ast.Name):
        return False
    read = index.reads.get(callee)
    is_builtin = callee.id in _BUILTINS and (read is None or not read.bindings)
    return is_builtin or is_class_name(callee.id)
