"""Functions and objects that a caller can replace: the defaults of parameters, and the values used where none is passed."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.program.mro import is_record
from isolint.program.types import Class, Instance, Place
from isolint.semantic_index.consumers import ConsumedAs
from isolint.semantic_index.scopes import ParamBinding, ScopeKind, ValueBinding

if TYPE_CHECKING:
    from isolint.program.view import ModuleView
    from isolint.semantic_index.scopes import Binding, Scope

STEPS = 8
"""From an object back to its origin."""


def is_passed_in(callee: ast.expr, name: str, module: ModuleView) -> bool:
    """Whether the callee is the default of a parameter, or kept from one: ``def wait(sleep=time.sleep)``."""
    while isinstance(callee, ast.Attribute):
        bindings = bindings_of(callee, module)
        if bindings:
            return all(_is_kept(binding, name, module) for binding in bindings)
        callee = callee.value
    return _is_default(callee, name, module)


def _is_kept(binding: Binding, name: str, module: ModuleView) -> bool:
    """Whether an attribute holds a parameter whose default is the function ``name``: set by a method, or a field."""
    if not isinstance(binding, ValueBinding):
        return False
    if _is_field(binding, module):
        return _stands_for(binding.value, name, module)
    return _is_default(binding.value, name, module)


def _is_field(binding: ValueBinding, module: ModuleView) -> bool:
    """Whether a class attribute is a field that the constructor of its class takes: of a dataclass, for example."""
    annotation = binding.annotation
    if annotation is None or binding.value is None or binding.scope.kind is not ScopeKind.CLASS:
        return False
    if not is_record(module.linker, Class(Place(module.name, binding.scope.qualname))):
        return False
    outer = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    return all(one.name.rpartition(".")[2] != "ClassVar" for one in module.externals(outer))


def stands_in(node: ast.expr, scope: Scope, module: ModuleView) -> bool:
    """Whether an expression in ``scope`` is the default of a parameter or field, or replaces a parameter that is not passed."""
    consumer = module.index.consumers.get(node)
    if consumer is not None and consumer.by is ConsumedAs.ALTERNATIVE and isinstance(consumer.node, ast.expr):
        return any(_is_parameter(side, module) for side in alternatives(consumer.node))
    for binding in scope.log:
        if isinstance(binding, ValueBinding) and _value_or_default(binding.value) is node:
            return _is_field(binding, module) or _replaces_none(binding)
    every = (parameter for inner in module.index.inner.values() for parameter in inner.parameters)
    return any(parameter.default is node for parameter in every)


def _value_or_default(value: ast.expr | None) -> ast.expr | None:
    """Return the value of a binding, or the default in it: of ``field(default=time.time)``, the function."""
    keywords = value.keywords if isinstance(value, ast.Call) else ()
    return next((keyword.value for keyword in keywords if keyword.arg == "default"), value)


def _replaces_none(binding: ValueBinding) -> bool:
    """Whether an assignment is to a parameter whose default is None: ``if clock is None: clock = time.time``."""
    return any(b.name == binding.name and _is_none(b.default) for b in binding.scope.parameters)


def bindings_of(attribute: ast.Attribute, module: ModuleView) -> list[Binding]:
    """Return the bindings of an attribute in the classes of this module that its object may have."""
    owners = (one.of for one in module.types(attribute.value) if isinstance(one, Instance))
    return [b for of in owners if isinstance(of, Class) for b in module.class_bindings(of, attribute.attr)]


def _is_default(node: ast.expr | None, name: str, module: ModuleView, steps: int = STEPS) -> bool:
    """Whether a value is a parameter, and the function ``name``, or an object that has it, only where none is passed.

    The function is the default or an alternative: ``clock or time.time``, ``if clock is None: clock = time.time``.
    """
    if node is None or not steps:
        return False
    sides = alternatives(node)
    if sides:
        given = [side for side in sides if _is_parameter(side, module)]
        return bool(given) and all(side in given or _stands_for(side, name, module) for side in sides)
    bindings = module.bindings(node)
    values = [b.value for b in bindings if isinstance(b, ValueBinding) and not is_global(b)]
    parameters = [b for b in bindings if isinstance(b, ParamBinding) and not is_receiver(b)]
    if not bindings or len(values) + len(parameters) < len(bindings):
        return False
    if not parameters:
        return all(_is_default(value, name, module, steps - 1) for value in values)
    if not values:
        return all(_stands_for(b.default, name, module) for b in parameters)
    return all(_is_none(b.default) for b in parameters) and all(
        _stands_for(v, name, module) or _is_default(v, name, module, steps - 1) for v in values
    )


def _is_none(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_parameter(node: ast.expr, module: ModuleView) -> bool:
    bindings = module.bindings(node)
    return bool(bindings) and all(isinstance(b, ParamBinding) and not is_receiver(b) for b in bindings)


def _stands_for(node: ast.expr | None, name: str, module: ModuleView) -> bool:
    """Whether an expression is the function ``name``, or the module or object that has it."""
    return node is not None and any(f"{name}.".startswith(f"{one}.") for one in module.names(node))


def alternatives(node: ast.expr) -> list[ast.expr]:
    """Return the expressions of which one is the value: of ``a or b``, and of ``a if test else b``."""
    if isinstance(node, ast.BoolOp):
        return node.values
    return [node.body, node.orelse] if isinstance(node, ast.IfExp) else []


def is_global(binding: ValueBinding) -> bool:
    """Whether a name is one of the module: ambient, although a function may set it to its parameter."""
    owner = binding.scope.elsewhere.get(binding.name, binding.scope)
    return owner.kind is ScopeKind.MODULE


def is_receiver(binding: ParamBinding) -> bool:
    """Whether a parameter is the object or class that a method is called on."""
    return binding is binding.scope.receiver
