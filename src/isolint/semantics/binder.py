"""Goes through the statements of a module once and records scopes, bindings, reads and facts."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias, cast, final

import libcst as cst

from isolint.semantics.exports import absolute
from isolint.semantics.expressions import ExpressionWalker, last_name, parameters
from isolint.semantics.facts import AnnotationOf, Import, Usage
from isolint.semantics.recorder import Recorder
from isolint.semantics.scopes import (
    Binding,
    ClassBinding,
    EnterBinding,
    FunctionBinding,
    ImportBinding,
    IterBinding,
    OpaqueBinding,
    Scope,
    ScopeKind,
    ValueBinding,
)
from isolint.syntax.walk import children, descend

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from isolint.semantics.flow import Branch

Body: TypeAlias = "cst.BaseSuite | cst.Else | cst.Finally | cst.MatchCase"


def bind(module: cst.Module, package: str) -> Recorder:
    """Bind ``module``; ``package`` is the dotted package that its relative imports start from."""
    recorder = Recorder(module)
    _Binder(recorder, package).block(module.body)
    return recorder


def dotted(node: cst.CSTNode | None) -> str:
    """Return the text of a chain of names, ``a.b.c``; empty for None."""
    parts: list[str] = []
    while isinstance(node, cst.Attribute):
        parts.append(node.attr.value)
        node = node.value
    if isinstance(node, cst.Name):
        parts.append(node.value)
    return ".".join(reversed(parts))


def _is_type_checking(test: cst.CSTNode) -> bool:
    return last_name(test) == "TYPE_CHECKING"


def _is_main_guard(test: cst.CSTNode) -> bool:
    if not isinstance(test, cst.Comparison) or len(test.comparisons) != 1:
        return False
    right = test.comparisons[0]
    sides = (test.left, right.comparator)
    texts = {last_name(side) or (side.value if isinstance(side, cst.SimpleString) else "") for side in sides}
    return (
        isinstance(right.operator, cst.Equal)
        and "__name__" in texts
        and bool(texts & {'"__main__"', "'__main__'"})
    )


@final
class _Binder:
    def __init__(self, recorder: Recorder, package: str) -> None:
        self._recorder = recorder
        self._package = package
        self._expressions = ExpressionWalker(recorder)
        self._walk = self._expressions.walk
        self._handlers: dict[type, Callable[[cst.CSTNode], None]] = {
            getattr(cst, name.removeprefix("_on_")): getattr(self, name)
            for name in dir(self)
            if name.startswith("_on_") and hasattr(cst, name.removeprefix("_on_"))
        }

    def block(self, statements: Iterable[cst.CSTNode]) -> None:
        """Go through statements in order."""
        for statement in statements:
            if isinstance(statement, cst.SimpleStatementLine):
                self.block(statement.body)
                continue
            handler = self._handlers.get(type(statement))
            if handler is not None:
                handler(statement)
            else:
                for child in children(statement):
                    self._walk(child)

    def _suite(self, body: Body) -> None:
        inner = body if isinstance(body, cst.BaseSuite) else body.body
        self.block(inner.body)

    def _branch(self, body: Body | None) -> Branch[Binding]:
        flow = self._recorder.scope.flow
        mark = flow.mark()
        if body is not None:
            self._suite(body)
        return flow.take_back(mark, self._recorder.tick())

    def _join(self, branches: list[Branch[Binding]]) -> None:
        self._recorder.scope.flow.join(branches, self._recorder.tick())

    @contextmanager
    def _flags(self, *, guarded: bool = False, type_checking: bool = False) -> Iterator[None]:
        recorder = self._recorder
        outer = (recorder.guarded, recorder.type_checking)
        recorder.guarded |= guarded
        recorder.type_checking |= type_checking
        yield
        recorder.guarded, recorder.type_checking = outer

    def _bind_opaque(self, name: str, node: cst.CSTNode) -> None:
        self._recorder.bind(OpaqueBinding(name, node, self._recorder.scope, self._recorder.tick()))

    # Assignments

    def _on_Assign(self, node: cst.CSTNode) -> None:
        assign = cast("cst.Assign", node)
        self._walk(assign.value, Usage.ASSIGNED)
        for target in assign.targets:
            self._bind_value(target.target, assign.value)

    def _bind_value(
        self, target: cst.CSTNode, value: cst.CSTNode | None, annotation: cst.CSTNode | None = None
    ) -> None:
        recorder = self._recorder
        self._expressions.assign(
            target,
            lambda name, at, path: ValueBinding(
                name, at, recorder.scope, recorder.tick(), value, annotation, path
            ),
        )

    def _on_AnnAssign(self, node: cst.CSTNode) -> None:
        assign = cast("cst.AnnAssign", node)
        annotation = assign.annotation.annotation
        on_class = self._recorder.scope.kind is ScopeKind.CLASS or isinstance(assign.target, cst.Attribute)
        self._expressions.annotation(
            annotation, AnnotationOf.ATTRIBUTE if on_class else AnnotationOf.VARIABLE
        )
        if assign.value is not None:
            is_alias = last_name(annotation) == "TypeAlias"
            self._walk(assign.value, Usage.INSPECTED if is_alias else Usage.ASSIGNED)
        self._bind_value(assign.target, assign.value, annotation)

    def _on_AugAssign(self, node: cst.CSTNode) -> None:
        assign = cast("cst.AugAssign", node)
        self._walk(assign.target, Usage.INSPECTED)
        self._walk(assign.value)
        if isinstance(assign.target, cst.Name):
            self._bind_opaque(assign.target.value, assign.target)

    def _on_TypeAlias(self, node: cst.CSTNode) -> None:
        alias = cast("cst.TypeAlias", node)
        self._expressions.annotation(alias.value, AnnotationOf.VARIABLE)
        self._bind_opaque(alias.name.value, alias)

    def _on_Del(self, node: cst.CSTNode) -> None:
        for target in descend(cast("cst.Del", node).target, (cst.Attribute, cst.Subscript)):
            if isinstance(target, cst.Name):
                self._recorder.scope.flow.set(target.value, (), self._recorder.tick())
            elif isinstance(target, (cst.Attribute, cst.Subscript)):
                self._walk(target, Usage.INSPECTED)

    def _on_Global(self, node: cst.CSTNode) -> None:
        for item in cast("cst.Global", node).names:
            self._recorder.scope.elsewhere[item.name.value] = self._recorder.root

    def _on_Nonlocal(self, node: cst.CSTNode) -> None:
        scope = self._recorder.scope
        for item in cast("cst.Nonlocal", node).names:
            name = item.name.value
            outer = [s for s in scope.enclosing() if s is not scope and s.kind is ScopeKind.FUNCTION]
            home = next((s for s in outer if name in s.names), None)
            if home is not None:
                scope.elsewhere[name] = home

    # Imports

    def _on_Import(self, node: cst.CSTNode) -> None:
        for alias in cast("cst.Import", node).names:
            module = dotted(alias.name)
            asname = last_name(alias.asname.name) if alias.asname is not None else ""
            self._note_import(alias, module, "", asname or module.partition(".")[0], alias.name, first=True)
            # `import a.b` binds `a`, `import a.b as c` binds `a.b`.
            self._bind_import(
                asname or module.partition(".")[0], alias, module if asname else module.partition(".")[0]
            )

    def _on_ImportFrom(self, node: cst.CSTNode) -> None:
        statement = cast("cst.ImportFrom", node)
        module = absolute(dotted(statement.module), len(statement.relative), self._package)
        if isinstance(statement.names, cst.ImportStar):
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

    _on_LazyImport = _on_Import
    _on_LazyImportFrom = _on_ImportFrom

    def _note_import(
        self, node: cst.CSTNode, module: str, name: str, bound: str, origin: cst.CSTNode, *, first: bool
    ) -> None:
        recorder = self._recorder
        fact = Import(
            node, recorder.scope, recorder.guarded, module, name, bound, recorder.type_checking, origin, first
        )
        recorder.facts.append(fact)

    def _bind_import(self, bound: str, node: cst.CSTNode, origin: str) -> None:
        recorder = self._recorder
        binding = ImportBinding(bound, node, recorder.scope, recorder.tick(), origin, recorder.type_checking)
        recorder.bind(binding)

    # Definitions

    def _on_FunctionDef(self, node: cst.CSTNode) -> None:
        function = cast("cst.FunctionDef", node)
        recorder = self._recorder
        for decorator in function.decorators:
            self._walk(decorator.decorator, Usage.DECORATES)
        for param in parameters(function.params):
            if param.annotation is not None:
                self._expressions.annotation(param.annotation.annotation, AnnotationOf.PARAMETER)
            if param.default is not None:
                self._walk(param.default, Usage.PASSED, ("", "default"))
        if function.returns is not None:
            self._expressions.annotation(function.returns.annotation, AnnotationOf.RETURN)
        order = recorder.tick()
        scope = recorder.open(ScopeKind.FUNCTION, function, is_async=function.asynchronous is not None)
        recorder.bind(FunctionBinding(function.name.value, function, recorder.scope, order, scope))
        with recorder.inside(scope):
            self._expressions.bind_parameters(function.params, scope)
            self._suite(function.body)

    def _on_ClassDef(self, node: cst.CSTNode) -> None:
        definition = cast("cst.ClassDef", node)
        recorder = self._recorder
        for decorator in definition.decorators:
            self._walk(decorator.decorator, Usage.DECORATES)
        for base in definition.bases:
            self._walk(base.value, Usage.INHERITED)
        for keyword in definition.keywords:
            self._walk(keyword.value)
        scope = recorder.open(ScopeKind.CLASS, definition)
        with recorder.inside(scope):
            self._suite(definition.body)
        self._bind_class(definition, scope)

    def _bind_class(self, definition: cst.ClassDef, scope: Scope) -> None:
        recorder = self._recorder
        recorder.bind(ClassBinding(definition.name.value, definition, recorder.scope, recorder.tick(), scope))

    # Control flow

    def _on_If(self, node: cst.CSTNode) -> None:
        branches: list[Branch[Binding]] = []
        rest: cst.CSTNode | None = node
        while isinstance(rest, cst.If):
            test = rest.test
            negated = isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not)
            tested = cast("cst.UnaryOperation", test).expression if negated else test
            typing_only = _is_type_checking(tested)
            self._walk(test, Usage.INSPECTED)
            with self._flags(guarded=_is_main_guard(test), type_checking=typing_only and not negated):
                branches.append(self._branch(rest.body))
            rest = rest.orelse
            with self._flags(type_checking=typing_only and negated):
                if not isinstance(rest, cst.If):
                    branches.append(self._branch(rest))
        self._join(branches)

    def _on_For(self, node: cst.CSTNode) -> None:
        loop = cast("cst.For", node)
        recorder = self._recorder
        if loop.asynchronous is not None:
            self._expressions.note_await(loop.iter, "async for")
        self._walk(loop.iter)
        with recorder.looping():
            self._expressions.assign(
                loop.target,
                lambda name, at, path: (
                    OpaqueBinding(name, at, recorder.scope, recorder.tick())
                    if path
                    else IterBinding(name, at, recorder.scope, recorder.tick(), loop.iter)
                ),
            )
            self._suite(loop.body)
        self._else(loop.orelse)

    def _on_While(self, node: cst.CSTNode) -> None:
        loop = cast("cst.While", node)
        with self._recorder.looping():
            self._walk(loop.test, Usage.INSPECTED)
            self._suite(loop.body)
        self._else(loop.orelse)

    def _else(self, orelse: cst.Else | None) -> None:
        if orelse is not None:
            self._join([self._branch(orelse), self._branch(None)])

    def _on_With(self, node: cst.CSTNode) -> None:
        statement = cast("cst.With", node)
        if statement.asynchronous is not None:
            self._expressions.note_await(statement.items[0].item, "async with")
        for item in statement.items:
            self._walk(item.item)
            if item.asname is not None:
                self._bind_entered(item.asname.name, item.item)
        self._suite(statement.body)

    def _bind_entered(self, target: cst.CSTNode, item: cst.CSTNode) -> None:
        recorder = self._recorder
        self._expressions.assign(
            target,
            lambda name, at, path: (
                OpaqueBinding(name, at, recorder.scope, recorder.tick())
                if path
                else EnterBinding(name, at, recorder.scope, recorder.tick(), item)
            ),
        )

    def _on_Try(self, node: cst.CSTNode) -> None:
        statement = cast("cst.Try", node)
        scope = self._recorder.scope
        first, mark = len(scope.log), scope.flow.mark()
        self._suite(statement.body)
        tried = scope.log[first:]
        if statement.orelse is not None:
            self._suite(statement.orelse)
        branches = [scope.flow.take_back(mark, self._recorder.tick())]
        branches += [self._handler(handler, tried) for handler in statement.handlers]
        self._join(branches)
        if statement.finalbody is not None:
            alive, scope.flow.alive = scope.flow.alive, True
            self._suite(statement.finalbody)
            scope.flow.alive &= alive

    _on_TryStar = _on_Try

    def _handler(
        self, handler: cst.ExceptHandler | cst.ExceptStarHandler, tried: list[Binding]
    ) -> Branch[Binding]:
        recorder = self._recorder
        flow = recorder.scope.flow
        mark = flow.mark()
        recorder.tick()
        recorder.bind_maybe(tried)
        if handler.type is not None:
            self._walk(handler.type, Usage.INSPECTED)
        if handler.name is not None:
            self._bind_opaque(last_name(handler.name.name), handler)
        self._suite(handler.body)
        return flow.take_back(mark, recorder.tick())

    def _on_Match(self, node: cst.CSTNode) -> None:
        statement = cast("cst.Match", node)
        self._walk(statement.subject)
        branches = [self._branch(None)]
        for case in statement.cases:
            flow = self._recorder.scope.flow
            mark = flow.mark()
            self._pattern(case.pattern)
            if case.guard is not None:
                self._walk(case.guard, Usage.INSPECTED)
            self._suite(case)
            branches.append(flow.take_back(mark, self._recorder.tick()))
        self._join(branches)

    def _pattern(self, pattern: cst.CSTNode) -> None:
        for part in descend(pattern, (cst.MatchValue,)):
            if isinstance(part, cst.MatchValue):
                self._walk(part.value, Usage.INSPECTED)
            elif isinstance(part, cst.MatchClass):
                self._walk(part.cls, Usage.INSPECTED)
            elif isinstance(part, (cst.MatchAs, cst.MatchStar)) and part.name is not None:
                self._bind_opaque(part.name.value, part)

    # Statements that end a way through the code

    def _on_Return(self, node: cst.CSTNode) -> None:
        value = cast("cst.Return", node).value
        if value is not None:
            self._recorder.scope.returns.append(value)
            self._walk(value)
        self._end()

    def _on_Raise(self, node: cst.CSTNode) -> None:
        for child in children(node):
            self._walk(child)
        self._end()

    def _on_Break(self, _node: cst.CSTNode) -> None:
        self._end()

    _on_Continue = _on_Break

    def _end(self) -> None:
        self._recorder.scope.flow.alive = False

    def _on_Expr(self, node: cst.CSTNode) -> None:
        self._walk(cast("cst.Expr", node).value, Usage.INSPECTED)

    def _on_Assert(self, node: cst.CSTNode) -> None:
        for child in children(node):
            self._walk(child, Usage.INSPECTED)
