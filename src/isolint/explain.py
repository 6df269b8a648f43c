"""Notes to findings: where the type of an expression comes from, where a look at its line does not tell."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.program.declared import spelled
from isolint.program.types import Class, Coroutine, External, Function, Instance, Place, known
from isolint.semantic_index.narrowing import narrowing
from isolint.semantic_index.scopes import (
    EnterBinding,
    FunctionBinding,
    ImportBinding,
    IterBinding,
    ParamBinding,
    ValueBinding,
)
from isolint.semantic_index.targets import item_name
from isolint.syntax.ast_names import last_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from isolint.program.types import Type
    from isolint.program.view import ModuleView
    from isolint.semantic_index.scopes import Binding

_LONGEST_TEXT = 60


def of_reference(node: ast.expr, module: ModuleView) -> str:
    """Describe the object whose method ``node`` reads, or the origin of a name of this module."""
    if told := _of_method(node, module):
        return told
    current = _giver(node)
    if current is not node and (told := _of_owner(node, module)):
        return told
    while isinstance(current, ast.Attribute):
        if told := _of_owner(current.value, module):
            return told
        current = current.value
    return _of_name(current, node, module)


def _giver(node: ast.expr) -> ast.expr:
    """Return the expression that is called, or subscripted, where ``node`` is the value that it gives."""
    while isinstance(node, (ast.Call, ast.Subscript)):
        if isinstance(node, ast.Call) and last_name(node.func) == "getattr":
            return node
        node = node.func if isinstance(node, ast.Call) else node.value
    return node


def _of_name(name: ast.expr, reference: ast.expr, module: ModuleView) -> str:
    read = module.index.reads.get(name) if isinstance(name, ast.Name) else None
    if read is not None and (tested := _passed(name, read.bindings, module)):
        return tested
    bindings = module.bindings(name)
    told = (described(binding, module) for binding in bindings if not isinstance(binding, ImportBinding))
    return next((text for text in told if text), "") or _of_import(bindings, reference, module)


def _passed(node: ast.expr, bindings: tuple[Binding, ...], module: ModuleView) -> str:
    """Describe the test that narrows the type of a name or attribute here."""
    types = narrowing(bindings).types
    classes = types[0].elts if types and isinstance(types[0], ast.Tuple) else types[:1]
    if not any(known(module.declared(one)) for one in classes):
        return ""
    return (
        f"`{module.text_of(node)}` has passed `isinstance` with `{_shortened(module.text_of(types[0]))}` "
        f"on line {types[0].lineno}"
    )


def _of_import(bindings: Iterable[Binding], reference: ast.expr, module: ModuleView) -> str:
    """Say which module of the project keeps a name that stands for something from elsewhere."""
    reached = [one.name for one in module.reached(reference) if module.catalogue.get(one.name)]
    for binding in bindings:
        if not isinstance(binding, ImportBinding):
            continue
        place = module.linker.modules.split(binding.origin, module.name)
        if place is not None and place[1] and not any(name.startswith(binding.origin) for name in reached):
            return f"`{binding.name}` is `{binding.origin}`"
    return ""


def _of_method(node: ast.expr, module: ModuleView) -> str:
    """Say that only one kind of object has such a method, where nothing else tells its type."""
    if not isinstance(node, ast.Attribute) or known(module.types(node.value)):
        return ""
    called = spelled(module.linker, module.name, module.symbols.of(node.value))
    told = module.catalogue.telling(node.attr, called)
    if told is None:
        return ""
    kind, _, method = told.name.rpartition(".")
    return f"its type is not known: the name `{called}` and the method `{method}` point to {kind}"


def _of_owner(owner: ast.expr, module: ModuleView) -> str:
    """Describe the origin of the value of an attribute or of a call."""
    if isinstance(owner, ast.Subscript):
        return _of_item(owner, module)
    if isinstance(owner, ast.Attribute):
        if tested := _passed(owner, module.index.attribute_reads.get(owner, ()), module):
            return tested
        return _of_attribute(owner, owner.value, owner.attr, module)
    if isinstance(owner, ast.Call):
        for callee in module.functions(owner.func):
            return _returned(module.text_of(owner), callee, module)
    return ""


def _of_item(owner: ast.Subscript, module: ModuleView) -> str:
    name = item_name(owner)
    held = owner.value.value if isinstance(owner.value, ast.Attribute) else None
    return _of_attribute(owner, held, name, module) if name and held is not None else ""


def _of_attribute(node: ast.expr, owner: ast.expr, name: str, module: ModuleView) -> str:
    for holder in module.types(owner):
        of = holder.of if isinstance(holder, Instance) else holder
        if isinstance(of, Class):
            for binding in module.class_bindings(of, name):
                if told := described(binding, module, _shortened(module.text_of(node))):
                    return told
            if told := _elsewhere(of, name, node, module):
                return told
    return ""


def _elsewhere(of: Class, name: str, node: ast.expr, module: ModuleView) -> str:
    """Say that a class of another module keeps an attribute."""
    kinds = [kind for one in module.types(node) if (kind := _kind(one))]
    if of.place.module == module.name or not kinds:
        return ""
    return f"`{_shortened(module.text_of(node))}` is the {kinds[0]} that `{of.place}` keeps as `{name}`"


def _returned(text: str, callee: Function, module: ModuleView) -> str:
    kinds = [kind for one in module.result(callee) if (kind := _kind(one))]
    if not kinds:
        return ""
    return f"`{_shortened(text)}` gives the {kinds[0]} that `{callee.place.name}` returns,{_place(callee.place, module)}"


def described(binding: Binding, module: ModuleView, name: str = "", *, follow: bool = True) -> str:
    """Say in one clause how ``binding`` came about; empty where nothing tells."""
    shown = name or binding.name
    at = f" on line {getattr(binding.node, 'lineno', 0)}"
    if isinstance(binding, EnterBinding):
        kind = next((k for one in module.type_of_binding(binding) if (k := _kind(one))), "")
        if kind:
            return f"`{shown}` is the {kind} opened on line {binding.item.lineno}"
        return f"`{shown}` is opened by `{_shortened(module.text_of(binding.item))}`{at}"
    if isinstance(binding, IterBinding):
        given = _shortened(module.text_of(binding.iterable))
        return f"`{shown}` is an element of `{given}` on line {binding.iterable.lineno}"
    if isinstance(binding, FunctionBinding):
        return f"`{name}` is the value of the property `{binding.name}`{at}" if name else ""
    verb, source = _source(binding, module)
    if source is None or (isinstance(source, ast.Constant) and source.value is None):
        return ""
    told = f"`{shown}` {verb} `{_shortened(module.text_of(source))}` on line {source.lineno}"
    return told + _one_step_on(source, module) if follow else told


def _source(binding: Binding, module: ModuleView) -> tuple[str, ast.expr | None]:
    if isinstance(binding, ParamBinding):
        if binding.annotation is not None:
            return "is a parameter annotated as", binding.annotation
        return "is a parameter, by default", binding.default
    if not isinstance(binding, ValueBinding):
        return "", None
    if binding.annotation is not None and known(module.declared(binding.annotation)):
        return "is annotated as", binding.annotation
    return "is", _assigned(binding)


def _assigned(binding: ValueBinding) -> ast.expr | None:
    """Return the expression that is bound; where it is a part of a call's result, the call."""
    value = binding.value
    for index in binding.path:
        elements = value.elts if isinstance(value, (ast.Tuple, ast.List)) else []
        if not 0 <= index < len(elements):
            return binding.value if isinstance(binding.value, (ast.Call, ast.Await)) else None
        value = elements[index]
    return value


def _one_step_on(source: ast.expr, module: ModuleView) -> str:
    """Say of a name that stands for itself how it came about in turn."""
    told = (
        described(b, module, follow=False)
        for b in module.bindings(source)
        if not isinstance(b, ImportBinding)
    )
    return next((f", and {text}" for text in told if text), "")


def _kind(one: Type) -> str:
    if isinstance(one, Coroutine):
        given = [_kind(result) for result in one.result]
        return next((kind for kind in given if kind), "")
    of = one.of if isinstance(one, Instance) else None
    return of.name if isinstance(of, External) and of.name != "builtins.None" else ""


def _place(place: Place, module: ModuleView) -> str:
    """Say where a function is defined: its line, and the name of its module if that is another one."""
    line = module.linker.line(place, module.name)
    where = f" of `{place.module}`" if place.module != module.name else ""
    return f" on line {line}{where}" if line is not None else ""


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 3] + "..."
