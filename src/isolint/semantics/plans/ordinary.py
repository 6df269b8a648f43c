"""Values that are certainly neither a plan nor anything else that can be called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.semantics.meanings import Collection, External, Instance, Mapped, Text
from isolint.semantics.plans.results import RESULTS, result_class
from isolint.syntax import nodes

if TYPE_CHECKING:
    from isolint.semantics.meanings import Class, Meaning, Meanings
    from isolint.semantics.module import ModuleSemantics

_LITERALS = (
    nodes.BaseNumber,
    nodes.BaseString,
    nodes.BaseList,
    nodes.BaseDict,
    nodes.BaseSet,
    nodes.Tuple,
    nodes.Comparison,
)
_CONSTANTS = frozenset({"None", "True", "False"})
_BUILT_IN = frozenset(
    f"builtins.{name}"
    for name in "None bool int float complex str bytes bytearray list tuple dict set frozenset range".split()
)
_OUTCOMES = RESULTS | {"Result"}
"""Last names of the classes of outcomes, and of the alias for both."""


def kind_of_value(node: nodes.Node, module: ModuleSemantics) -> str:
    """Say what an expression is that certainly cannot be called; empty for any other."""
    if isinstance(node, nodes.Call) and (result := result_class(node.func, module)):
        return f"an outcome (`{result}`)"
    is_constant = isinstance(node, nodes.Name) and node.value in _CONSTANTS
    if is_constant or isinstance(node, _LITERALS):
        return "a value"
    if isinstance(node, (nodes.Call, nodes.Name, nodes.Attribute)) and is_ordinary(
        module.inference.of(node), module
    ):
        from isolint.semantics.plans.values import is_settled

        return "a value" if is_settled(node, module) else ""
    return ""


def kind_of_plain(node: nodes.Node, module: ModuleSemantics) -> str:
    """Say what an expression is that is certainly no outcome, either; empty for any other."""
    kind = kind_of_value(node, module)
    return kind if kind == "a value" and not _may_be_outcome(module.inference.of(node)) else ""


def is_plain(meanings: Meanings, module: ModuleSemantics) -> bool:
    """Whether something is known of a value, and that it is neither an outcome nor anything that can be called."""
    return is_ordinary(meanings, module) and not _may_be_outcome(meanings)


def _may_be_outcome(meanings: Meanings) -> bool:
    return any(isinstance(m, Instance) and _name_of(m.of).rpartition(".")[2] in _OUTCOMES for m in meanings)


def _name_of(of: External | Class) -> str:
    return of.name if isinstance(of, External) else of.binding.name


def is_ordinary(meanings: Meanings, module: ModuleSemantics) -> bool:
    """Whether something is known of a value, and that it can never be called."""
    return bool(meanings) and all(_is_ordinary(m, module) for m in meanings)


def _is_ordinary(meaning: Meaning, module: ModuleSemantics) -> bool:
    if isinstance(meaning, (Text, Collection, Mapped)):
        return True
    if not isinstance(meaning, Instance):
        return False
    if isinstance(meaning.of, External):
        return meaning.of.name in _BUILT_IN or meaning.of.name.rpartition(".")[2] in _OUTCOMES
    # Of a class that inherits from elsewhere, the member is known by name only, and so found.
    return not module.inference.member(meaning, "__call__")
