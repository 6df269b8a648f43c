"""Says where the meaning of a name comes from, where a look at the line does not tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.semantics.declared import instances
from isolint.semantics.lookups import narrowed, reaching
from isolint.semantics.meanings import Class, Coroutine, External, Function, Instance
from isolint.semantics.members import called_name, item_bindings, tests_of, told_by_name
from isolint.semantics.scopes import (
    EnterBinding,
    FunctionBinding,
    ImportBinding,
    IterBinding,
    ParamBinding,
    PartBinding,
    ValueBinding,
)
from isolint.semantics.unpacking import unpacked
from isolint.syntax import nodes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from isolint.semantics.meanings import Meaning
    from isolint.semantics.module import ModuleSemantics
    from isolint.semantics.scopes import Binding

_LONGEST_TEXT = 60


def of_reference(node: nodes.Node, module: ModuleSemantics) -> str:
    """Say what the object is that ``node`` asks for a method, or where a name of this module comes from."""
    if told := _of_method(node, module):
        return told
    current = _given_by(node)
    if current is not node and (told := _of_owner(node, module)):
        return told
    while isinstance(current, nodes.Attribute):
        if told := _of_owner(current.value, module):
            return told
        current = current.value
    return _of_name(current, node, module)


def _given_by(node: nodes.Node) -> nodes.Node:
    """Return what is called, or looked into, where ``node`` is what that gives."""
    while isinstance(node, (nodes.Call, nodes.Subscript)) and called_name(node) != "getattr":
        node = node.func if isinstance(node, nodes.Call) else node.value
    return node


def _of_name(name: nodes.Node, reference: nodes.Node, module: ModuleSemantics) -> str:
    bindings = module.bindings(name)
    if tested := _of_test(name, bindings, module):
        return tested
    told = (described(binding, module) for binding in bindings if not isinstance(binding, ImportBinding))
    return next((text for text in told if text), "") or _of_import(bindings, reference, module)


def _of_test(name: nodes.Node, bindings: tuple[Binding, ...], module: ModuleSemantics) -> str:
    """Say which test tells of what type a name is here."""
    read = module.recorder.reads.get(name)
    types = narrowed(read, bindings).types if read is not None else ()
    return _passed(name, types, module) if types and instances(module.inference, types) else ""


def _passed(name: nodes.Node, types: tuple[nodes.Node, ...], module: ModuleSemantics) -> str:
    line = module.line_of(types[0])
    where = f" on line {line}" if line else ""
    return f"`{module.text_of(name)}` has passed `isinstance` with `{_shortened(module.text_of(types[0]))}`{where}"


def _of_import(bindings: Iterable[Binding], reference: nodes.Node, module: ModuleSemantics) -> str:
    """Say which first-party module keeps a name that stands for something from elsewhere."""
    reached = [e.name for e in module.inference.reached(reference) if module.catalogue.get(e.name)]
    imports = (binding for binding in bindings if isinstance(binding, ImportBinding))
    for binding in imports:
        place = module.index.split(binding.origin)
        if place is not None and place[1] and not any(name.startswith(binding.origin) for name in reached):
            return f"`{binding.name}` is `{binding.origin}`"
    return ""


def _of_method(node: nodes.Node, module: ModuleSemantics) -> str:
    """Say that only one kind of object has such a method, where that is all there is to go by."""
    told = told_by_name(module.inference, node) if isinstance(node, nodes.Attribute) else None
    if told is None or not isinstance(node, nodes.Attribute):
        return ""
    kind, _, method = told.name.rpartition(".")
    called = called_name(node.value)
    return f"its type is not known, but nothing else that is called `{called}` has the method `{method}` of {kind}"


def _of_owner(owner: nodes.Node, module: ModuleSemantics) -> str:
    """Say how an attribute or the result of a call came to be what it is."""
    text = module.text_of(owner) if isinstance(owner, (nodes.Attribute, nodes.Call)) else ""
    if isinstance(owner, nodes.Subscript):
        kept = (described(b, module, module.text_of(owner)) for b in item_bindings(module.inference, owner))
        return next((told for told in kept if told), "")
    if isinstance(owner, nodes.Attribute):
        types = tests_of(module.inference, owner).types
        if instances(module.inference, types):
            return _passed(owner, types, module)
        for holder in module.inference.of(owner.value):
            of = holder.of if isinstance(holder, Instance) else holder
            if isinstance(of, Class):
                for binding in module.inference.attribute_bindings(of, owner.attr.value):
                    if told := described(binding, module, _shortened(text)):
                        return told
    if isinstance(owner, nodes.Call):
        for callee in module.inference.functions(owner.func):
            return _returned(text, callee, module)
    return ""


def _returned(text: str, callee: Function, module: ModuleSemantics) -> str:
    given = module.inference.called(callee)
    known = [_kind(m) for m in given if _kind(m)]
    if not known:
        return ""
    made_by = f"that `{callee.binding.name}` returns,{_place(callee.binding, module)}"
    return f"`{_shortened(text)}` gives the {known[0]} {made_by}"


def described(binding: Binding, module: ModuleSemantics, name: str = "", *, follow: bool = True) -> str:
    """Say in one clause how ``binding`` came about; empty where nothing tells."""
    verb, source = "", None
    if isinstance(binding, EnterBinding):
        verb, source = "is opened by", binding.item
        kind = next((_kind(m) for m in module.inference.bound(binding) if _kind(m)), "")
        if kind:
            return f"`{name or binding.name}` is the {kind} opened{_place(binding, module)}"
    elif isinstance(binding, ValueBinding):
        tells = binding.annotation is not None and module.inference.annotated(binding.annotation)
        verb, source = ("is annotated as", binding.annotation) if tells else ("is", _assigned(binding))
    elif isinstance(binding, (IterBinding, PartBinding)):
        given = f"what `{_shortened(module.text_of(binding.iterable))}` gives"
        return f"`{name or binding.name}` is {given}{_place(binding, module)}"
    elif isinstance(binding, ParamBinding):
        verb, source = (
            ("is a parameter annotated as", binding.annotation)
            if binding.annotation
            else ("is a parameter, by default", binding.default)
        )
    elif isinstance(binding, FunctionBinding) and name:
        return f"`{name}` is what the property `{binding.name}` gives{_place(binding, module)}"
    if source is None or _says_nothing(source):
        return ""
    told = f"`{name or binding.name}` {verb} `{_shortened(module.text_of(source))}`{_place(binding, module)}"
    return told + _one_step_on(source, module) if follow else told


def _one_step_on(source: nodes.Node, module: ModuleSemantics) -> str:
    """Say of a name that stands for itself how it came about in turn."""
    read = module.inference.read_of(source) if isinstance(source, nodes.Name) else None
    onward = reaching(read) if read is not None else ()
    told = (described(b, module, follow=False) for b in onward if not isinstance(b, ImportBinding))
    return next((f", and {text}" for text in told if text), "")


def _assigned(binding: ValueBinding) -> nodes.Node | None:
    """Return the expression that is bound; where it is a part of a call's result, the call."""
    part = unpacked(binding)
    return binding.value if part is None and isinstance(binding.value, (nodes.Call, nodes.Await)) else part


def _says_nothing(source: nodes.Node) -> bool:
    return isinstance(source, nodes.Name) and source.value == "None"


def _kind(meaning: Meaning) -> str:
    if isinstance(meaning, Coroutine):
        return next(map(_kind, meaning.result), "")
    of = meaning.of if isinstance(meaning, Instance) else None
    return of.name if isinstance(of, External) and of.name != "builtins.None" else ""


def _place(binding: Binding, module: ModuleSemantics) -> str:
    """Say where a binding stands: its line here, the name of the module elsewhere."""
    parts = (getattr(binding, part, None) for part in ("item", "value", "iterable"))
    source = next((part for part in parts if part is not None), None)
    line = module.line_of(source or getattr(binding, "annotation", None) or binding.node)
    home = module.inference.home_of(binding.scope)
    where = f" of `{home}`" if home != module.name else ""
    return f" on line {line}{where}" if line else f" in `{home}`" if where else ""


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 3] + "..."
