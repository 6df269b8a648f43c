"""Statements and patterns: one method for each class of the interpreter's nodes."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, final

from isolint.syntax import nodes, parsing
from isolint.syntax.outline import can_stand_alone, lines_of
from isolint.syntax.places import beginning, written
from isolint.syntax.translation.expressions import asynchronous
from isolint.syntax.translation.patterns import Patterns
from isolint.syntax.trees import Defer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from isolint.syntax.nodes import (
        Attribute,
        BaseHandler,
        Else,
        Finally,
        MatchCase,
        Module,
        Name,
        Node,
        ParamSpec,
        Suite,
        TypeParam,
        TypeParameters,
        TypeVarTuple,
        WithItem,
    )  # fmt: skip
    from isolint.syntax.outline import Outline


_TYPE_VARIABLES: dict[str, type[TypeVarTuple | ParamSpec]] = {
    "TypeVarTuple": nodes.TypeVarTuple,
    "ParamSpec": nodes.ParamSpec,
}


@final
class Statements(Patterns):
    """Translates whole modules."""

    _deferring = False
    _keep = False

    def __init__(self, lines: Sequence[str], outline: Outline | None = None) -> None:
        super().__init__(lines)
        self._outline = outline
        self._ends = outline.ends() if outline is not None else {}

    def module(self, given: ast.Module, defer: Defer = Defer.NOTHING) -> Module:
        """Return a module."""
        self._keep = defer is Defer.TRANSLATING
        lines = self._lines_of if defer is Defer.NOTHING else self._with_deferred
        return nodes.Module(lines(given.body))

    def _with_deferred(self, given: Sequence[ast.stmt]) -> list[Node]:
        """Translate statements but for the bodies of definitions; those in a function are not put off again."""
        self._deferring = True
        try:
            return self._lines_of(given)
        finally:
            self._deferring = False

    def _lines_of(self, given: Sequence[ast.stmt]) -> list[Node]:
        return [self._statement(statement) for statement in given]

    def _statement(self, given: ast.stmt) -> Node:
        made = self.expression(given)
        return nodes.SimpleStatementLine([made]) if isinstance(made, nodes.BaseSmallStatement) else made

    def _block(self, given: Sequence[ast.stmt]) -> Suite:
        return nodes.IndentedBlock(self._lines_of(given))

    def _else(self, given: Sequence[ast.stmt]) -> Else | None:
        return nodes.Else(self._block(given)) if given else None

    # Small statements

    def _on_Expr(self, given: ast.Expr) -> Node:
        return nodes.Expr(self.expression(given.value))

    def _on_Assign(self, given: ast.Assign) -> Node:
        return nodes.Assign(
            [nodes.AssignTarget(self.expression(t)) for t in given.targets], self.expression(given.value)
        )

    def _on_AnnAssign(self, given: ast.AnnAssign) -> Node:
        target = self.expression(given.target)
        annotation = nodes.Annotation(self.expression(given.annotation))
        return nodes.AnnAssign(target, annotation, self.optional(given.value))

    def _on_AugAssign(self, given: ast.AugAssign) -> Node:
        return nodes.AugAssign(self.expression(given.target), self.expression(given.value))

    def _on_Return(self, given: ast.Return) -> Node:
        return nodes.Return(self.optional(given.value))

    def _on_Raise(self, given: ast.Raise) -> Node:
        cause = self.optional(given.cause)
        return nodes.Raise(self.optional(given.exc), nodes.From(cause) if cause is not None else None)

    def _on_Assert(self, given: ast.Assert) -> Node:
        return nodes.Assert(self.expression(given.test), self.optional(given.msg))

    def _on_Delete(self, given: ast.Delete) -> Node:
        targets = [self.expression(target) for target in given.targets]
        return nodes.Del(
            targets[0] if len(targets) == 1 else nodes.Tuple([nodes.Element(target) for target in targets])
        )

    def _on_Pass(self, _given: ast.Pass) -> Node:
        return nodes.Pass()

    def _on_Break(self, _given: ast.Break) -> Node:
        return nodes.Break()

    def _on_Continue(self, _given: ast.Continue) -> Node:
        return nodes.Continue()

    def _on_Global(self, given: ast.Global) -> Node:
        return nodes.Global([nodes.NameItem(self.name(name)) for name in given.names])

    def _on_Nonlocal(self, given: ast.Nonlocal) -> Node:
        return nodes.Nonlocal([nodes.NameItem(self.name(name)) for name in given.names])

    # Imports

    def _on_Import(self, given: ast.Import) -> Node:
        return nodes.Import([self.expression(alias) for alias in given.names])

    def _on_ImportFrom(self, given: ast.ImportFrom) -> Node:
        module = self._dotted(given.module) if given.module else None
        if module is not None and given.module is not None:
            self._put(module, written(given))
        dots = [nodes.Dot() for _ in range(given.level)]
        if given.names[0].name == "*":
            return nodes.ImportFrom(module, nodes.ImportStar(), dots)
        return nodes.ImportFrom(module, [self.expression(alias) for alias in given.names], dots)

    def _on_alias(self, given: ast.alias) -> Node:
        return nodes.ImportAlias(
            self._dotted(given.name), nodes.AsName(self.name(given.asname)) if given.asname else None
        )

    def _dotted(self, text: str) -> Name | Attribute:
        first, *rest = text.split(".")
        made: Name | Attribute = self.name(first)
        for name in rest:
            made = nodes.Attribute(made, self.name(name))
        return made

    # Definitions

    def _on_FunctionDef(self, given: ast.FunctionDef | ast.AsyncFunctionDef) -> Node:
        return nodes.FunctionDef(
            self.name(given.name, given),
            self.parameters(given.args),
            self._body(given),
            [nodes.Decorator(self.expression(decorator)) for decorator in given.decorator_list],
            self.annotation(given.returns),
            asynchronous() if isinstance(given, ast.AsyncFunctionDef) else None,
            self._type_parameters(given),
        )

    _on_AsyncFunctionDef = _on_FunctionDef

    def _body(self, definition: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> Suite:
        body = definition.body
        first, last = lines_of(body)
        # A body that is left out ends with its first line here, and so does a class that ends with it.
        lines = self._lines[first - 1 : self._ends.get(last, last)]
        if not self._deferring or not can_stand_alone(lines, body[0]):
            return self._block(body)
        if not self._keep:
            definition.body = []  # most of a tree, and the node itself stays, for its place
        inner = self._with_deferred if isinstance(definition, ast.ClassDef) else self._lines_of
        kept = body if self._keep else None
        return nodes.DeferredBlock("\n".join(lines), lines_of(body)[0], kept, self._parsed, inner)

    def _parsed(self, block: str, line: int) -> Sequence[ast.stmt]:
        """Parse a block that has been put off: a class without the bodies of its functions, if they are known."""
        if self._outline is not None and line not in self._ends:
            block = "\n".join(self._outline.without_bodies(block.split("\n"), line))
        return parsing.quick_block(block, line)

    def _on_ClassDef(self, given: ast.ClassDef) -> Node:
        return nodes.ClassDef(
            self.name(given.name, given),
            self._body(given),
            self.arguments(given.bases, ()),
            self.arguments((), given.keywords),
            [nodes.Decorator(self.expression(decorator)) for decorator in given.decorator_list],
            self._type_parameters(given),
        )

    def _on_TypeAlias(self, given: Any) -> Node:  # a class that Python 3.10 lacks
        name, value = self.expression(given.name), self.expression(given.value)
        return nodes.TypeAlias(name, value, self._type_parameters(given))

    def _type_parameters(self, given: ast.AST) -> TypeParameters | None:
        listed: Sequence[Any] = getattr(given, "type_params", ())
        return nodes.TypeParameters([self._type_parameter(one) for one in listed]) if listed else None

    def _type_parameter(self, given: Any) -> TypeParam:  # classes that Python 3.10 lacks
        other = _TYPE_VARIABLES.get(type(given).__name__)
        name = self.name(given.name)
        made = other(name) if other is not None else nodes.TypeVar(name, self.optional(given.bound))
        return nodes.TypeParam(made, self.optional(getattr(given, "default_value", None)))

    # Compound statements

    def _on_If(self, given: ast.If) -> Node:
        rest = given.orelse
        # Of `else:` and an `if` inside, only the latter is further in.
        is_elif = len(rest) == 1 and isinstance(rest[0], ast.If) and rest[0].col_offset == given.col_offset
        orelse = self.expression(rest[0]) if is_elif else self._else(rest)
        return nodes.If(self.expression(given.test), self._block(given.body), orelse)

    def _on_For(self, given: ast.For | ast.AsyncFor) -> Node:
        target, iterable = self.expression(given.target), self.expression(given.iter)
        is_async = isinstance(given, ast.AsyncFor)
        return nodes.For(
            target,
            iterable,
            self._block(given.body),
            self._else(given.orelse),
            asynchronous() if is_async else None,
        )

    _on_AsyncFor = _on_For

    def _on_While(self, given: ast.While) -> Node:
        return nodes.While(self.expression(given.test), self._block(given.body), self._else(given.orelse))

    def _on_With(self, given: ast.With | ast.AsyncWith) -> Node:
        is_async = isinstance(given, ast.AsyncWith)
        return nodes.With(
            [self._with_item(item) for item in given.items],
            self._block(given.body),
            asynchronous() if is_async else None,
        )

    _on_AsyncWith = _on_With

    def _with_item(self, given: ast.withitem) -> WithItem:
        target = self.optional(given.optional_vars)
        return nodes.WithItem(
            self.expression(given.context_expr), nodes.AsName(target) if target is not None else None
        )

    def _on_Try(self, given: ast.Try) -> Node:
        handlers = [self._handled(handler, nodes.ExceptHandler) for handler in given.handlers]
        return nodes.Try(
            self._block(given.body), handlers, self._else(given.orelse), self._finally(given.finalbody)
        )

    def _on_TryStar(self, given: Any) -> Node:  # a class that Python 3.10 lacks
        handlers = [self._handled(handler, nodes.ExceptStarHandler) for handler in given.handlers]
        final = self._finally(given.finalbody)
        return nodes.TryStar(self._block(given.body), handlers, self._else(given.orelse), final)

    def _handled(self, given: ast.ExceptHandler, kind: type[BaseHandler]) -> Any:
        named = nodes.AsName(self.name(given.name)) if given.name is not None else None
        made = kind(self._block(given.body), self.optional(given.type), named)
        self._put(made, beginning(given))
        return made

    def _finally(self, given: Sequence[ast.stmt]) -> Finally | None:
        return nodes.Finally(self._block(given)) if given else None

    def _on_Match(self, given: ast.Match) -> Node:
        return nodes.Match(self.expression(given.subject), [self._case(case) for case in given.cases])

    def _case(self, given: ast.match_case) -> MatchCase:
        return nodes.MatchCase(
            self.expression(given.pattern), self._block(given.body), self.optional(given.guard)
        )
