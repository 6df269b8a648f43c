"""Ordinary values: those that are certainly neither a plan nor anything else that can be called."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.plans.results import RESULTS, result_class
from isolint.program.types import Class, Collection, External, Instance, Mapped, Number, Text, known

if TYPE_CHECKING:
    from isolint.program.types import Type, Types
    from isolint.program.view import ModuleView

_VALUES = (
    ast.Constant,
    ast.JoinedStr,
    ast.List,
    ast.ListComp,
    ast.Dict,
    ast.DictComp,
    ast.Set,
    ast.SetComp,
    ast.Tuple,
    ast.Compare,
)
_BUILT_IN = frozenset(
    f"builtins.{name}"
    for name in "None bool int float complex str bytes bytearray list tuple dict set frozenset range".split()
)
_OUTCOMES = RESULTS | {"Result"}
"""Last names of the classes of outcomes, and of the alias for both."""


def kind_of_value(node: ast.expr, module: ModuleView) -> str:
    """Describe an expression that certainly cannot be called; empty for any other."""
    if isinstance(node, ast.Call) and (result := result_class(node.func, module)):
        return f"an outcome (`{result}`)"
    if isinstance(node, _VALUES):
        return "a value"
    is_asked = isinstance(node, (ast.Call, ast.Name, ast.Attribute))
    return "a value" if is_asked and is_ordinary(module.types(node), module) else ""


def kind_of_plain(node: ast.expr, module: ModuleView) -> str:
    """Describe an expression that is certainly no outcome, either; empty for any other."""
    kind = kind_of_value(node, module)
    return kind if kind == "a value" and not _may_be_outcome(module.types(node)) else ""


def is_plain(types: Types, module: ModuleView) -> bool:
    """Whether something is known of a value, and that it is neither an outcome nor anything that can be called."""
    return is_ordinary(types, module) and not _may_be_outcome(types)


def _may_be_outcome(types: Types) -> bool:
    return any(isinstance(one, Instance) and _last_name(one.of) in _OUTCOMES for one in types)


def _last_name(of: External | Class) -> str:
    return of.name.rpartition(".")[2] if isinstance(of, External) else of.place.name


def is_ordinary(types: Types, module: ModuleView) -> bool:
    """Whether something is known of a value, and that it can never be called."""
    return bool(types) and all(_is_ordinary(one, module) for one in types)


def _is_ordinary(one: Type, module: ModuleView) -> bool:
    if isinstance(one, (Text, Number, Collection, Mapped)):
        return True
    if not isinstance(one, Instance):
        return False
    if isinstance(one.of, External):
        return one.of.name in _BUILT_IN or one.of.name.rpartition(".")[2] in _OUTCOMES
    if one.of.place.name in _OUTCOMES:
        return True
    # Of a class that inherits from elsewhere, the member is known by name only, and so found.
    return not known(module.linker.member(one, "__call__", module.name))
