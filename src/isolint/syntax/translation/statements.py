"""Statements and patterns: one method for each class of the interpreter's nodes."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, cast, final

import libcst as cst

from isolint.syntax import parsing
from isolint.syntax.outline import can_stand_alone, lines_of
from isolint.syntax.translation.blanks import maker
from isolint.syntax.translation.deferred import deferred
from isolint.syntax.translation.expressions import Written
from isolint.syntax.translation.patterns import Patterns
from isolint.syntax.trees import Defer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from libcst import CSTNode, Module

    from isolint.syntax.outline import Outline

_module = maker(
    cst.Module, "body header footer", encoding="utf-8", default_indent="    ", default_newline="\n"
)
_line = maker(cst.SimpleStatementLine, "body")
_block = maker(cst.IndentedBlock, "body")
_expression = maker(cst.Expr, "value")
_assign = maker(cst.Assign, "targets value")
_target = maker(cst.AssignTarget, "target")
_annotated = maker(cst.AnnAssign, "target annotation value")
_augmented = maker(cst.AugAssign, "target value")
_return = maker(cst.Return, "value")
_raise = maker(cst.Raise, "exc cause")
_from = maker(cst.From, "item")
_assert = maker(cst.Assert, "test msg")
_delete = maker(cst.Del, "target")
_tuple = maker(cst.Tuple, "elements")
_element = maker(cst.Element, "value")
_global = maker(cst.Global, "names")
_nonlocal = maker(cst.Nonlocal, "names")
_item = maker(cst.NameItem, "name")
_import = maker(cst.Import, "names")
_import_from = maker(cst.ImportFrom, "module names relative")
_alias = maker(cst.ImportAlias, "name asname")
_as = maker(cst.AsName, "name")
_attribute = maker(cst.Attribute, "value attr")
_type_alias = maker(cst.TypeAlias, "name value type_parameters")
_type_parameters = maker(cst.TypeParameters, "params")
_type_parameter = maker(cst.TypeParam, "param default")
_type_variable = maker(cst.TypeVar, "name bound")
_function = maker(cst.FunctionDef, "name params body decorators returns asynchronous type_parameters")
_class = maker(cst.ClassDef, "name body bases keywords decorators type_parameters")
_decorator = maker(cst.Decorator, "decorator")
_if = maker(cst.If, "test body orelse")
_else = maker(cst.Else, "body")
_for = maker(cst.For, "target iter body orelse asynchronous")
_while = maker(cst.While, "test body orelse")
_with = maker(cst.With, "items body asynchronous")
_with_item = maker(cst.WithItem, "item asname")
_try = maker(cst.Try, "body handlers orelse finalbody")
_try_star = maker(cst.TryStar, "body handlers orelse finalbody")
_handler = maker(cst.ExceptHandler, "body type name")
_star_handler = maker(cst.ExceptStarHandler, "body type name")
_finally = maker(cst.Finally, "body")
_match = maker(cst.Match, "subject cases")
_case = maker(cst.MatchCase, "pattern body guard")

_TYPE_VARIABLES = {"TypeVarTuple": maker(cst.TypeVarTuple, "name"), "ParamSpec": maker(cst.ParamSpec, "name")}


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
        return cast("Module", _module(lines(given.body), (), ()))

    def _with_deferred(self, given: Sequence[ast.stmt]) -> list[CSTNode]:
        """Translate statements but for the bodies of definitions; those in a function are not put off again."""
        self._deferring = True
        try:
            return self._lines_of(given)
        finally:
            self._deferring = False

    def _lines_of(self, given: Sequence[ast.stmt]) -> list[CSTNode]:
        return [self._statement(statement) for statement in given]

    def _statement(self, given: ast.stmt) -> CSTNode:
        made = self.expression(given)
        return _line([made]) if isinstance(made, cst.BaseSmallStatement) else made

    def _block(self, given: Sequence[ast.stmt]) -> CSTNode:
        return _block(self._lines_of(given))

    def _else(self, given: Sequence[ast.stmt]) -> CSTNode | None:
        return _else(self._block(given)) if given else None

    # Small statements

    def _on_Expr(self, given: ast.Expr) -> CSTNode:
        return _expression(self.expression(given.value))

    def _on_Assign(self, given: ast.Assign) -> CSTNode:
        return _assign([_target(self.expression(t)) for t in given.targets], self.expression(given.value))

    def _on_AnnAssign(self, given: ast.AnnAssign) -> CSTNode:
        target = self.expression(given.target)
        return _annotated(target, self.annotation(given.annotation), self.optional(given.value))

    def _on_AugAssign(self, given: ast.AugAssign) -> CSTNode:
        return _augmented(self.expression(given.target), self.expression(given.value))

    def _on_Return(self, given: ast.Return) -> CSTNode:
        return _return(self.optional(given.value))

    def _on_Raise(self, given: ast.Raise) -> CSTNode:
        cause = self.optional(given.cause)
        return _raise(self.optional(given.exc), _from(cause) if cause is not None else None)

    def _on_Assert(self, given: ast.Assert) -> CSTNode:
        return _assert(self.expression(given.test), self.optional(given.msg))

    def _on_Delete(self, given: ast.Delete) -> CSTNode:
        targets = [self.expression(target) for target in given.targets]
        return _delete(targets[0] if len(targets) == 1 else _tuple([_element(target) for target in targets]))

    def _on_Pass(self, _given: ast.Pass) -> CSTNode:
        return cst.Pass()

    def _on_Break(self, _given: ast.Break) -> CSTNode:
        return cst.Break()

    def _on_Continue(self, _given: ast.Continue) -> CSTNode:
        return cst.Continue()

    def _on_Global(self, given: ast.Global) -> CSTNode:
        return _global([_item(self.name(name)) for name in given.names])

    def _on_Nonlocal(self, given: ast.Nonlocal) -> CSTNode:
        return _nonlocal([_item(self.name(name)) for name in given.names])

    # Imports

    def _on_Import(self, given: ast.Import) -> CSTNode:
        return _import([self.expression(alias) for alias in given.names])

    def _on_ImportFrom(self, given: ast.ImportFrom) -> CSTNode:
        module = self._dotted(given.module) if given.module else None
        if module is not None and given.module is not None:
            self.origins[id(module)] = Written(given, given.module)
        dots = [cst.Dot() for _ in range(given.level)]
        if given.names[0].name == "*":
            return _import_from(module, cst.ImportStar(), dots)
        return _import_from(module, [self.expression(alias) for alias in given.names], dots)

    def _on_alias(self, given: ast.alias) -> CSTNode:
        return _alias(self._dotted(given.name), _as(self.name(given.asname)) if given.asname else None)

    def _dotted(self, text: str) -> CSTNode:
        first, *rest = text.split(".")
        made = self.name(first)
        for name in rest:
            made = _attribute(made, self.name(name))
        return made

    # Definitions

    def _on_FunctionDef(self, given: ast.FunctionDef | ast.AsyncFunctionDef) -> CSTNode:
        asynchronous = cst.Asynchronous() if isinstance(given, ast.AsyncFunctionDef) else None
        return _function(
            self.name(given.name, given),
            self.parameters(given.args),
            self._body(given),
            [_decorator(self.expression(decorator)) for decorator in given.decorator_list],
            self.annotation(given.returns),
            asynchronous,
            self._type_parameters(given),
        )

    _on_AsyncFunctionDef = _on_FunctionDef

    def _body(self, definition: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> CSTNode:
        body = definition.body
        first, last = lines_of(body)
        # A body that is left out ends with its first line here, and so does a class that ends with it.
        lines = self._lines[first - 1 : self._ends.get(last, last)]
        if not self._deferring or not can_stand_alone(lines, body[0]):
            return self._block(body)
        if not self._keep:
            definition.body = []  # most of a tree, and the node itself stays, for its place
        inner = self._with_deferred if isinstance(definition, ast.ClassDef) else self._lines_of
        return deferred(body, lines, self._parsed, inner, keep=self._keep)

    def _parsed(self, block: str, line: int) -> Sequence[ast.stmt]:
        """Parse a block that has been put off: a class without the bodies of its functions, if they are known."""
        if self._outline is not None and line not in self._ends:
            block = "\n".join(self._outline.without_bodies(block.split("\n"), line))
        return parsing.quick_block(block, line)

    def _on_ClassDef(self, given: ast.ClassDef) -> CSTNode:
        return _class(
            self.name(given.name, given),
            self._body(given),
            self.arguments(given.bases, ()),
            self.arguments((), given.keywords),
            [_decorator(self.expression(decorator)) for decorator in given.decorator_list],
            self._type_parameters(given),
        )

    def _on_TypeAlias(self, given: Any) -> CSTNode:  # a class that Python 3.10 lacks
        name, value = self.expression(given.name), self.expression(given.value)
        return _type_alias(name, value, self._type_parameters(given))

    def _type_parameters(self, given: ast.AST) -> CSTNode | None:
        listed: Sequence[Any] = getattr(given, "type_params", ())
        return _type_parameters([self._type_parameter(one) for one in listed]) if listed else None

    def _type_parameter(self, given: Any) -> CSTNode:  # classes that Python 3.10 lacks
        other = _TYPE_VARIABLES.get(type(given).__name__)
        name = self.name(given.name)
        made = other(name) if other is not None else _type_variable(name, self.optional(given.bound))
        return _type_parameter(made, self.optional(getattr(given, "default_value", None)))

    # Compound statements

    def _on_If(self, given: ast.If) -> CSTNode:
        rest = given.orelse
        # Of `else:` and an `if` inside, only the latter is further in.
        is_elif = len(rest) == 1 and isinstance(rest[0], ast.If) and rest[0].col_offset == given.col_offset
        orelse = self.expression(rest[0]) if is_elif else self._else(rest)
        return _if(self.expression(given.test), self._block(given.body), orelse)

    def _on_For(self, given: ast.For | ast.AsyncFor) -> CSTNode:
        target, iterable = self.expression(given.target), self.expression(given.iter)
        asynchronous = cst.Asynchronous() if isinstance(given, ast.AsyncFor) else None
        return _for(target, iterable, self._block(given.body), self._else(given.orelse), asynchronous)

    _on_AsyncFor = _on_For

    def _on_While(self, given: ast.While) -> CSTNode:
        return _while(self.expression(given.test), self._block(given.body), self._else(given.orelse))

    def _on_With(self, given: ast.With | ast.AsyncWith) -> CSTNode:
        asynchronous = cst.Asynchronous() if isinstance(given, ast.AsyncWith) else None
        return _with([self._with_item(item) for item in given.items], self._block(given.body), asynchronous)

    _on_AsyncWith = _on_With

    def _with_item(self, given: ast.withitem) -> CSTNode:
        target = self.optional(given.optional_vars)
        return _with_item(self.expression(given.context_expr), _as(target) if target is not None else None)

    def _on_Try(self, given: ast.Try) -> CSTNode:
        handlers = [self._handled(handler, _handler) for handler in given.handlers]
        return _try(
            self._block(given.body), handlers, self._else(given.orelse), self._finally(given.finalbody)
        )

    def _on_TryStar(self, given: Any) -> CSTNode:  # a class that Python 3.10 lacks
        handlers = [self._handled(handler, _star_handler) for handler in given.handlers]
        final = self._finally(given.finalbody)
        return _try_star(self._block(given.body), handlers, self._else(given.orelse), final)

    def _handled(self, given: ast.ExceptHandler, make: Any) -> CSTNode:
        named = _as(self.name(given.name)) if given.name is not None else None
        made: CSTNode = make(self._block(given.body), self.optional(given.type), named)
        self.origins[id(made)] = given
        return made

    def _finally(self, given: Sequence[ast.stmt]) -> CSTNode | None:
        return _finally(self._block(given)) if given else None

    def _on_Match(self, given: ast.Match) -> CSTNode:
        return _match(self.expression(given.subject), [self._case(case) for case in given.cases])

    def _case(self, given: ast.match_case) -> CSTNode:
        return _case(self.expression(given.pattern), self._block(given.body), self.optional(given.guard))
