"""Goes through the statements of a module once and records scopes, bindings, reads and facts."""

from __future__ import annotations

from typing import cast, final

from isolint.semantics.control_flow import ControlFlow
from isolint.semantics.facts import AnnotationOf, Definition, Import, ModuleSite, Usage
from isolint.semantics.imports import Seen, absolute, as_written
from isolint.semantics.recorder import Recorder
from isolint.semantics.scopes import (
    ClassBinding,
    FunctionBinding,
    ImportBinding,
    Scope,
    ScopeKind,
    ValueBinding,
)
from isolint.syntax import nodes
from isolint.syntax.names import dotted, last_name
from isolint.syntax.nodes import DeferredBlock
from isolint.syntax.walk import descend


def bind(module: nodes.Module, package: str, seen: Seen = as_written) -> Recorder:
    """Bind ``module``; ``package`` is the dotted package that its relative imports start from."""
    recorder = Recorder(module)
    _Binder(recorder, package, seen).block(module.body)
    recorder.facts.append(ModuleSite(module, recorder.root, guarded=False))
    return recorder


@final
class _Binder(ControlFlow):
    def __init__(self, recorder: Recorder, package: str, seen: Seen) -> None:
        super().__init__(recorder)
        self._package = package
        self._seen = seen

    # Assignments

    def _on_Assign(self, node: nodes.Node) -> None:
        assign = cast("nodes.Assign", node)
        self._walk(assign.value, Usage.ASSIGNED)
        for target in assign.targets:
            self._bind_value(target.target, assign.value)

    def _bind_value(
        self, target: nodes.Node, value: nodes.Node | None, annotation: nodes.Node | None = None
    ) -> None:
        recorder = self._recorder
        self._expressions.assign(
            target,
            lambda name, at, path: ValueBinding(
                name, at, recorder.scope, recorder.tick(), value, annotation, path
            ),
        )

    def _on_AnnAssign(self, node: nodes.Node) -> None:
        assign = cast("nodes.AnnAssign", node)
        annotation = assign.annotation.annotation
        on_class = self._recorder.scope.kind is ScopeKind.CLASS or isinstance(assign.target, nodes.Attribute)
        self._expressions.annotation(
            annotation, AnnotationOf.ATTRIBUTE if on_class else AnnotationOf.VARIABLE
        )
        if assign.value is not None:
            if last_name(annotation) == "TypeAlias":
                self._expressions.annotation(assign.value, AnnotationOf.VARIABLE)
            else:
                self._walk(assign.value, Usage.ASSIGNED)
        self._bind_value(assign.target, assign.value, annotation)

    def _on_AugAssign(self, node: nodes.Node) -> None:
        assign = cast("nodes.AugAssign", node)
        self._walk(assign.target, Usage.INSPECTED)
        self._walk(assign.value)
        if isinstance(assign.target, nodes.Name):
            self._bind_opaque(assign.target.value, assign.target)

    def _on_TypeAlias(self, node: nodes.Node) -> None:
        alias = cast("nodes.TypeAlias", node)
        self._expressions.annotation(alias.value, AnnotationOf.VARIABLE)
        self._bind_value(alias.name, alias.value)

    def _on_Del(self, node: nodes.Node) -> None:
        for target in descend(cast("nodes.Del", node).target, (nodes.Attribute, nodes.Subscript)):
            if isinstance(target, nodes.Name):
                self._recorder.scope.flow.set(target.value, (), self._recorder.tick())
            elif isinstance(target, (nodes.Attribute, nodes.Subscript)):
                self._walk(target, Usage.INSPECTED)

    def _on_Global(self, node: nodes.Node) -> None:
        for item in cast("nodes.Global", node).names:
            self._recorder.scope.elsewhere[item.name.value] = self._recorder.root

    def _on_Nonlocal(self, node: nodes.Node) -> None:
        scope = self._recorder.scope
        for item in cast("nodes.Nonlocal", node).names:
            name = item.name.value
            outer = [s for s in scope.enclosing() if s is not scope and s.kind is ScopeKind.FUNCTION]
            home = next((s for s in outer if name in s.names), None)
            if home is not None:
                scope.elsewhere[name] = home

    # Imports

    def _on_Import(self, node: nodes.Node) -> None:
        for alias in cast("nodes.Import", node).names:
            written = dotted(alias.name)
            module, top = self._seen(written), written.partition(".")[0]
            asname = last_name(alias.asname.name) if alias.asname is not None else ""
            self._note_import(alias, module, "", asname or top, alias.name, first=True)
            # `import a.b` binds `a`, `import a.b as c` binds `a.b`.
            self._bind_import(asname or top, alias, module if asname else self._seen(top))

    def _on_ImportFrom(self, node: nodes.Node) -> None:
        statement = cast("nodes.ImportFrom", node)
        module = absolute(dotted(statement.module), len(statement.relative), self._package, self._seen)
        if isinstance(statement.names, nodes.ImportStar):
            self._note_import(
                statement.names, module, "*", "", statement.module or statement.names, first=True
            )
            self._recorder.scope.stars.append(module)
            return
        for index, alias in enumerate(statement.names):
            name = dotted(alias.name)
            bound = last_name(alias.asname.name) if alias.asname is not None else name
            self._note_import(alias, module, name, bound, statement.module or alias, first=not index)
            self._bind_import(bound, alias, f"{module}.{name}")

    def _note_import(
        self, node: nodes.Node, module: str, name: str, bound: str, origin: nodes.Node, *, first: bool
    ) -> None:
        recorder = self._recorder
        fact = Import(
            node, recorder.scope, recorder.guarded, module, name, bound, recorder.type_checking, origin, first
        )
        recorder.facts.append(fact)
        recorder.libraries.add(module.partition(".")[0])

    def _bind_import(self, bound: str, node: nodes.Node, origin: str) -> None:
        recorder = self._recorder
        binding = ImportBinding(bound, node, recorder.scope, recorder.tick(), origin, recorder.type_checking)
        recorder.bind(binding)

    # Definitions

    def _on_FunctionDef(self, node: nodes.Node) -> None:
        function = cast("nodes.FunctionDef", node)
        recorder = self._recorder
        for decorator in function.decorators:
            self._walk(decorator.decorator, Usage.DECORATES)
        for param in function.params.all:
            if param.annotation is not None:
                self._expressions.annotation(param.annotation.annotation, AnnotationOf.PARAMETER)
            if param.default is not None:
                self._walk(param.default, Usage.PASSED, ("", "default"))
        if function.returns is not None:
            self._expressions.annotation(function.returns.annotation, AnnotationOf.RETURN)
        order = recorder.tick()
        scope = recorder.open(ScopeKind.FUNCTION, function, is_async=function.asynchronous is not None)
        recorder.bind(FunctionBinding(function.name.value, function, recorder.scope, order, scope))
        recorder.facts.append(Definition(function, recorder.scope, recorder.guarded, scope))
        with recorder.inside(scope):
            self._expressions.bind_parameters(function.params, scope)
        self._bind_body(function, scope)

    def _on_ClassDef(self, node: nodes.Node) -> None:
        definition = cast("nodes.ClassDef", node)
        recorder = self._recorder
        for decorator in definition.decorators:
            self._walk(decorator.decorator, Usage.DECORATES)
        for base in definition.bases:
            self._walk(base.value, Usage.INHERITED)
        for keyword in definition.keywords:
            self._walk(keyword.value)
        scope = recorder.open(ScopeKind.CLASS, definition)
        self._bind_body(definition, scope)
        self._bind_class(definition, scope)

    def _bind_body(self, definition: nodes.FunctionDef | nodes.ClassDef, scope: Scope) -> None:
        if isinstance(definition.body, DeferredBlock):
            self._recorder.defer(scope, definition.body, lambda: self._suite(definition.body))
            return
        with self._recorder.inside(scope):
            self._suite(definition.body)

    def _bind_class(self, definition: nodes.ClassDef, scope: Scope) -> None:
        recorder = self._recorder
        recorder.bind(ClassBinding(definition.name.value, definition, recorder.scope, recorder.tick(), scope))
