"""Which expressions are a plan for certain: a finding needs more than that they may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.semantics.elements import COMPREHENSIONS, DISPLAYS
from isolint.semantics.meanings import Collection, Coroutine, Function, Plan
from isolint.semantics.scopes import IterBinding, ParamBinding, ValueBinding
from isolint.syntax import nodes

if TYPE_CHECKING:
    from isolint.semantics.module import ModuleSemantics
    from isolint.semantics.scopes import Binding

_STEPS = 40
"""From an expression back to where its value comes from; nobody writes longer ways by hand."""


def is_plan(node: nodes.Node, module: ModuleSemantics) -> bool:
    """Whether ``node`` is a plan whichever way the code went."""
    meanings = module.inference.of(node)
    return (
        bool(meanings)
        and all(isinstance(m, Plan) for m in meanings)
        and _is_settled(node, module, _STEPS, {})
    )


def is_stream(node: nodes.Node, module: ModuleSemantics) -> bool:
    """Whether ``node`` is a stream whichever way the code went."""
    return is_plan(node, module) and all(m == Plan(is_stream=True) for m in module.inference.of(node))


def is_coroutine(node: nodes.Node, module: ModuleSemantics) -> bool:
    """Whether ``node`` is a coroutine whichever way the code went."""
    meanings = module.inference.of(node)
    is_one = bool(meanings) and all(isinstance(m, Coroutine) for m in meanings)
    return is_one and _is_settled(node, module, _STEPS, {})


def is_collection_of_plans(node: nodes.Node, module: ModuleSemantics) -> bool:
    """Whether going through ``node`` gives plans and nothing else."""
    return _is_collection_of(Plan, node, module)


def is_collection_of_coroutines(node: nodes.Node, module: ModuleSemantics) -> bool:
    """Whether going through ``node`` gives coroutines and nothing else."""
    return _is_collection_of(Coroutine, node, module)


def _is_collection_of(kind: type[Plan | Coroutine], node: nodes.Node, module: ModuleSemantics) -> bool:
    meanings = module.inference.of(node)
    held = [m.elements for m in meanings if isinstance(m, Collection)]
    if len(held) < len(meanings) or not all(isinstance(m, kind) for elements in held for m in elements):
        return False
    return bool(meanings) and _is_settled(node, module, _STEPS, {})


def is_settled(node: nodes.Node, module: ModuleSemantics) -> bool:
    """Whether what ``node`` is known to mean is all that it may be."""
    return _is_settled(node, module, _STEPS, {})


def _is_settled(
    node: nodes.Node, module: ModuleSemantics, steps: int, known: dict[tuple[nodes.Node, int], bool]
) -> bool:
    """Whether nothing unknown may stand in for ``node`` besides what it is known to mean.

    ``known`` are the answers so far: functions that call each other several times have ways without number.
    """
    if not steps or not module.inference.of(node):
        return False
    if (node, steps) not in known:
        known[node, steps] = _has_only_settled(node, module, steps - 1, known)
    return known[node, steps]


def _has_only_settled(
    node: nodes.Node, module: ModuleSemantics, steps: int, known: dict[tuple[nodes.Node, int], bool]
) -> bool:
    if isinstance(node, nodes.Name):
        return all(_is_settled_binding(b, module, steps, known) for b in module.bindings(node))
    if isinstance(node, nodes.Call):
        return _is_settled(node.func, module, steps, known) and all(
            _is_settled_result(m, module, steps, known)
            for m in module.inference.of(node.func)
            if isinstance(m, Function)
        )
    return all(_is_settled(part, module, steps, known) for part in _parts(node))


def _parts(node: nodes.Node) -> tuple[nodes.Node, ...]:
    if isinstance(node, nodes.IfExp):
        return (node.body, node.orelse)
    if isinstance(node, nodes.BooleanOperation):
        return (node.left, node.right)
    if isinstance(node, nodes.NamedExpr):
        return (node.value,)
    if isinstance(node, DISPLAYS):
        return tuple(element.value for element in node.elements)
    return (node.elt,) if isinstance(node, COMPREHENSIONS) else ()


def _is_settled_binding(
    binding: Binding, module: ModuleSemantics, steps: int, known: dict[tuple[nodes.Node, int], bool]
) -> bool:
    if not module.inference.bound(binding):
        return False
    if isinstance(binding, ValueBinding) and binding.annotation is None and binding.value is not None:
        return bool(binding.path) or _is_settled(binding.value, module, steps, known)
    if isinstance(binding, IterBinding):
        return _is_settled(binding.iterable, module, steps, known)
    if isinstance(binding, ParamBinding) and binding.default is not None:
        usual = module.inference.of(binding.default)
        return bool(usual) and set(usual) <= set(module.inference.bound(binding))
    return True


def _is_settled_result(
    function: Function, module: ModuleSemantics, steps: int, known: dict[tuple[nodes.Node, int], bool]
) -> bool:
    """Whether a function says what it returns, or every ``return`` shows it."""
    scope = function.binding.inner
    node = scope.node
    if not isinstance(node, nodes.FunctionDef) or node.returns is not None or scope.is_async:
        return True
    return not scope.reaches_end() and all(
        _is_settled(value, module, steps, known) for value in scope.returns
    )
