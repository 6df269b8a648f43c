"""Definitions in a project: the function behind a callee, and the class of an object.

Only annotations and plain assignments are followed, since a type that is guessed would be written into code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, final

import libcst as cst
from libcst.helpers import get_full_name_for_node
from msgspec import Struct

from isolint.lift.annotations import annotations_of, decorates, last_name, result_of, unquoted
from isolint.lift.views import view_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.lift.inside import Inside
    from isolint.lift.views import Source, View

_LONGEST_WAY = 8
"""Re-exports followed from an import to a definition."""


@final
class Signature(Struct, frozen=True):
    """A function and the module that its annotations are to be read in."""

    function: cst.FunctionDef
    view: View

    @property
    def result(self) -> str:
        """The value type of the `Result` that a call gives once it is awaited; empty for any other type."""
        if self.function.returns is None:
            return ""
        return result_of(self.function.returns.annotation, self.view)

    @property
    def plan(self) -> str:
        """`Plan` or `AsyncPlan` where a call gives a plan, else empty."""
        if any(decorates(each, "async_do", self.view) for each in self.function.decorators):
            return "Plan"
        returns = self.function.returns.annotation if self.function.returns is not None else None
        name = last_name(unquoted(returns)) if returns is not None else ""
        return name if name in {"Plan", "AsyncPlan"} and self.function.asynchronous is None else ""


@final
class Project:
    """The modules of a project, each parsed once."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._views: dict[str, View | None] = {}

    def view(self, module: str) -> View | None:
        """Return the top level of a module of the project, None where there is none that can be parsed."""
        if module not in self._views:
            found = self._source.read(module)
            self._views[module] = view_of(*found) if found is not None else None
        return self._views[module]

    def definition(self, view: View, name: str) -> tuple[View, str] | None:
        """Follow a name of a module through imports to the module of the project that defines it."""
        for _ in range(_LONGEST_WAY):
            if name in view.functions or name in view.classes or name in view.values:
                return view, name
            origin = view.imports.get(name)
            there = self.view(origin[0]) if origin is not None and origin[1] else None
            if origin is None or there is None:
                return None
            view, name = there, origin[1]
        return None

    def signature(self, callee: cst.BaseExpression, inside: Inside) -> Signature | None:
        """Return the signature of a callee, None where annotations do not tell."""
        if isinstance(callee, cst.Name):
            found = self.definition(inside.view, callee.value)
            function = found[0].functions.get(found[1]) if found is not None else None
            return Signature(function, found[0]) if found is not None and function is not None else None
        if not isinstance(callee, cst.Attribute):
            return None
        module = self.view(inside.view.origin(get_full_name_for_node(callee.value) or ""))
        if module is not None and callee.attr.value in module.functions:
            return Signature(module.functions[callee.attr.value], module)
        holder = self.class_of(callee.value, inside)
        return self.method(holder, callee.attr.value) if holder is not None else None

    def class_of(self, node: cst.BaseExpression, inside: Inside) -> tuple[View, cst.ClassDef] | None:
        """Return the class of an object: of a parameter, `self`, an attribute of it, or a value of a module.

        Also of a call of a class, and of `super()` the first base that is a class of the project.
        """
        if isinstance(node, cst.Call):
            if isinstance(node.func, cst.Name) and node.func.value == "super" and inside.owner is not None:
                bases = (self._annotated(base.value, inside.view) for base in inside.owner.bases)
                return next((base for base in bases if base is not None), None)
            return self._annotated(node.func, inside.view)
        if isinstance(node, cst.Name):
            annotation = inside.annotations.get(node.value)
            if annotation is not None:
                return self._annotated(annotation, inside.view)
            if inside.owner is not None and node.value == inside.first:
                return inside.view, inside.owner
            return self.class_of_value(inside.view, node.value)
        if isinstance(node, cst.Attribute):
            holder = self.class_of(node.value, inside)
            annotation = _attribute(holder[1], node.attr.value) if holder is not None else None
            if holder is not None and annotation is not None:
                return self._annotated(annotation, holder[0])
        return None

    def class_of_value(self, view: View, name: str) -> tuple[View, cst.ClassDef] | None:
        """Return the class of the object that a module makes at its top level under a name."""
        found = self.definition(view, name)
        made = found[0].values.get(found[1]) if found is not None else None
        if found is None or not isinstance(made, cst.Call):
            return None
        return self._annotated(made.func, found[0])

    def _annotated(self, annotation: cst.BaseExpression, view: View) -> tuple[View, cst.ClassDef] | None:
        node = unquoted(annotation)
        if isinstance(node, cst.Name):
            found = self.definition(view, node.value)
            if found is not None and found[1] in found[0].classes:
                return found[0], found[0].classes[found[1]]
        if isinstance(node, cst.Attribute):
            module = self.view(view.origin(get_full_name_for_node(node.value) or ""))
            if module is not None and node.attr.value in module.classes:
                return module, module.classes[node.attr.value]
        return None

    def bases(self, holder: tuple[View, cst.ClassDef]) -> Iterator[tuple[View, cst.ClassDef]]:
        """Yield a class of the project and those that it derives from."""
        yield holder
        for base in holder[1].bases:
            inherited = self._annotated(base.value, holder[0])
            if inherited is not None and inherited[1] is not holder[1]:
                yield from self.bases(inherited)

    def method(self, holder: tuple[View, cst.ClassDef], name: str) -> Signature | None:
        """Return a method of a class, or of the classes of the project that it derives from."""
        view, node = holder
        for statement in node.body.body:
            if isinstance(statement, cst.FunctionDef) and statement.name.value == name:
                return Signature(statement, view)
        for base in node.bases:
            inherited = self._annotated(base.value, view)
            found = self.method(inherited, name) if inherited is not None else None
            if found is not None:
                return found
        return None


def _attribute(node: cst.ClassDef, name: str) -> cst.BaseExpression | None:
    """Return the annotation of an attribute, the parameter's that `__init__` keeps in it, or the class it makes one of."""
    for statement in node.body.body:
        if isinstance(statement, cst.SimpleStatementLine):
            for small in statement.body:
                if isinstance(small, cst.AnnAssign) and get_full_name_for_node(small.target) == name:
                    return small.annotation.annotation
        elif isinstance(statement, cst.FunctionDef) and statement.name.value == "__init__":
            kept = _kept_parameter(statement, name)
            if kept is not None:
                return kept
    return None


def _kept_parameter(function: cst.FunctionDef, name: str) -> cst.BaseExpression | None:
    given = annotations_of(function)
    for line in function.body.body:
        for small in line.body if isinstance(line, cst.SimpleStatementLine) else ():
            value = small.value if isinstance(small, (cst.Assign, cst.AnnAssign)) else None
            targets = [each.target for each in small.targets] if isinstance(small, cst.Assign) else []
            if isinstance(small, cst.AnnAssign) and get_full_name_for_node(small.target) == f"self.{name}":
                return small.annotation.annotation
            if f"self.{name}" in map(get_full_name_for_node, targets):
                made_by = value.func if isinstance(value, cst.Call) else None
                return given.get(value.value) if isinstance(value, cst.Name) else made_by
    return None
