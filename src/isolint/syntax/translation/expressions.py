"""Expressions: one method for each class of the interpreter's nodes."""

from __future__ import annotations

import ast
import re
import sys
from typing import TYPE_CHECKING, Any, ClassVar

from isolint.syntax import nodes
from isolint.syntax.places import beginning, whole, written

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from isolint.syntax.nodes import (
        Annotation,
        Arg,
        Asynchronous,
        BaseElement,
        BaseExpression,
        CompFor,
        DictElement,
        Name,
        Node,
        Operator,
        Param,
        Parameters,
        ParamStar,
        StarredDictElement,
    )  # fmt: skip

_PLACES = 64
"""Integers that may be the place of an element: `pair[1]`."""
_ONE_STRING = re.compile(
    r"""[a-zA-Z]{0,2}(?:'{3}[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'{3}|"{3}[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"{3}"""
    r"""|'[^'\\]*(?:\\.[^'\\]*)*'|"[^"\\]*(?:\\.[^"\\]*)*")""",
    re.DOTALL,
)
_PLACES_IN_FORMATTED = sys.version_info >= (3, 12)
"""Earlier interpreters misplace what stands inside f-strings."""
_OPERATORS: dict[str, Operator] = {
    theirs: getattr(nodes, ours)()
    for theirs, _, ours in (
        pair.partition(" ")
        for pair in (
            "Add Add,Sub Subtract,Mult Multiply,MatMult MatrixMultiply,Div Divide,Mod Modulo,Pow Power,"
            "LShift LeftShift,RShift RightShift,BitOr BitOr,BitXor BitXor,BitAnd BitAnd,FloorDiv FloorDivide,"
            "Invert BitInvert,Not Not,UAdd Plus,USub Minus,And And,Or Or,Eq Equal,NotEq NotEqual,Lt LessThan,"
            "LtE LessThanEqual,Gt GreaterThan,GtE GreaterThanEqual,Is Is,IsNot IsNot,In In,NotIn NotIn"
        ).split(",")
    )
}


class Expressions:
    """Translates expressions of a text with these ``lines``."""

    _methods: ClassVar[dict[type, tuple[Callable[..., Node], Callable[[Any], int]]]] = {}
    """By the interpreter's classes, with what tells a place. Shared: quoted annotations have a translator each."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._misplaced = False

    def expression(
        self, given: ast.AST
    ) -> Any:  # of the class that a field wants, for the interpreter says so
        """Return the node that says what ``given`` says."""
        kind = type(given)
        known = self._methods.get(kind)
        if known is None:
            known = self._methods[kind] = getattr(type(self), f"_on_{kind.__name__}"), _placing(kind)
        method, place_of = known
        made = method(self, given)
        if not self._misplaced:
            self._put(made, place_of(given))
        return made

    def _put(self, made: Node, place: int) -> None:
        made.place, made.home = place, self._lines

    def optional(self, given: ast.AST | None) -> Any:
        """Return its node, None for nothing."""
        return self.expression(given) if given is not None else None

    def name(self, identifier: str, at: ast.stmt | None = None) -> Name:
        """Return a name that has no node of its own in the interpreter's tree, but may stand ``at`` one."""
        made = nodes.Name(identifier)
        if at is not None:
            self._put(made, written(at))
        return made

    def annotation(self, given: ast.expr | None) -> Annotation | None:
        """Return an annotation of a parameter, a result or a variable."""
        return nodes.Annotation(self.expression(given)) if given is not None else None

    # Names and constants

    def _on_Name(self, given: ast.Name) -> Node:
        return nodes.Name(given.id)

    def _on_Constant(self, given: ast.Constant) -> Node:
        value = given.value
        if isinstance(value, (str, bytes)):
            return self._literal(given)
        if value is ...:
            return nodes.Ellipsis()
        if value is None or isinstance(value, bool):
            return nodes.Name(repr(value))
        made = (
            nodes.Integer
            if isinstance(value, int)
            else nodes.Float
            if isinstance(value, float)
            else nodes.Imaginary
        )
        is_place = made is nodes.Integer and value in range(_PLACES)
        # Other numbers are not read, and one of a million digits takes forever to write.
        return made(str(value) if is_place else "0")

    def _literal(self, given: ast.Constant) -> Node:
        written = "" if self._misplaced else self._segment(given)
        if not written:  # no backslash can stand in there
            return nodes.SimpleString(repr(given.value))
        if _ONE_STRING.fullmatch(written):
            return nodes.SimpleString(written)
        return nodes.ConcatenatedString(nodes.SimpleString(repr(given.value)), nodes.SimpleString("''"))

    def _segment(self, given: ast.Constant) -> str:
        first, last = given.lineno - 1, (given.end_lineno or given.lineno) - 1
        lines = [line.encode() if not line.isascii() else line for line in self._lines[first : last + 1]]
        lines[-1] = lines[-1][: given.end_col_offset]
        lines[0] = lines[0][given.col_offset :]
        return "\n".join(line if isinstance(line, str) else line.decode() for line in lines)

    def _on_JoinedStr(self, given: ast.JoinedStr) -> Node:
        before = self._misplaced
        self._misplaced = before or not _PLACES_IN_FORMATTED
        made = nodes.FormattedString([self._part(part) for part in given.values])
        self._misplaced = before
        return made

    _on_TemplateStr = _on_JoinedStr

    def _part(self, part: ast.expr) -> Node:
        return nodes.FormattedStringText("") if isinstance(part, ast.Constant) else self.expression(part)

    def _on_FormattedValue(self, given: ast.FormattedValue) -> Node:
        specified = given.format_spec
        parts = (
            [self._part(part) for part in specified.values] if isinstance(specified, ast.JoinedStr) else None
        )
        conversion = chr(given.conversion) if given.conversion > 0 else None
        return nodes.FormattedStringExpression(self.expression(given.value), conversion, parts)

    _on_Interpolation = _on_FormattedValue

    # Attributes, calls, subscripts

    def _on_Attribute(self, given: ast.Attribute) -> Node:
        return nodes.Attribute(self.expression(given.value), nodes.Name(given.attr))

    def _on_Call(self, given: ast.Call) -> Node:
        return nodes.Call(self.expression(given.func), self.arguments(given.args, given.keywords))

    def arguments(self, positional: Sequence[ast.expr], keywords: Sequence[ast.keyword]) -> list[Arg]:
        """Return arguments in the order of the text."""
        if keywords and positional and isinstance(positional[-1], ast.Starred):
            both: list[ast.expr | ast.keyword] = [*positional, *keywords]
            both.sort(key=lambda arg: (arg.lineno, arg.col_offset))
            return [self._argument(arg) for arg in both]
        return [*map(self._argument, positional), *map(self._argument, keywords)]

    def _argument(self, given: ast.expr | ast.keyword) -> Arg:
        if isinstance(given, ast.keyword):
            named = nodes.Name(given.arg) if given.arg is not None else None
            return nodes.Arg(self.expression(given.value), named, "" if named is not None else "**")
        if isinstance(given, ast.Starred):
            return nodes.Arg(self.expression(given.value), None, "*")
        return nodes.Arg(self.expression(given), None, "")

    def _on_Subscript(self, given: ast.Subscript) -> Node:
        inner = given.slice
        several = isinstance(inner, ast.Tuple) and inner.elts and not self._is_parenthesized(inner)
        parts = inner.elts if isinstance(inner, ast.Tuple) and several else [inner]
        return nodes.Subscript(
            self.expression(given.value), [nodes.SubscriptElement(self._indexed(part)) for part in parts]
        )

    def _is_parenthesized(self, given: ast.Tuple) -> bool:
        first = given.elts[0]
        return (given.lineno, given.col_offset) != (first.lineno, first.col_offset)

    def _indexed(self, given: ast.expr) -> Any:
        if isinstance(given, ast.Slice):
            return self.expression(given)
        if isinstance(given, ast.Starred):
            return nodes.Index(self.expression(given.value), "*")
        return nodes.Index(self.expression(given), None)

    def _on_Slice(self, given: ast.Slice) -> Node:
        return nodes.Slice(self.optional(given.lower), self.optional(given.upper), self.optional(given.step))

    # Operations

    def _on_BinOp(self, given: ast.BinOp) -> Node:
        return nodes.BinaryOperation(
            self.expression(given.left), _operator(given.op), self.expression(given.right)
        )

    def _on_UnaryOp(self, given: ast.UnaryOp) -> Node:
        return nodes.UnaryOperation(_operator(given.op), self.expression(given.operand))

    def _on_BoolOp(self, given: ast.BoolOp) -> Node:
        first, *rest = map(self.expression, given.values)
        made: BaseExpression = first
        for right in rest:
            made = nodes.BooleanOperation(made, _operator(given.op), right)
        return made

    def _on_Compare(self, given: ast.Compare) -> Node:
        left = self.expression(given.left)
        pairs = zip(given.ops, given.comparators, strict=True)
        return nodes.Comparison(
            left, [nodes.ComparisonTarget(_operator(op), self.expression(right)) for op, right in pairs]
        )

    def _on_IfExp(self, given: ast.IfExp) -> Node:
        return nodes.IfExp(
            self.expression(given.test), self.expression(given.body), self.expression(given.orelse)
        )

    def _on_NamedExpr(self, given: ast.NamedExpr) -> Node:
        return nodes.NamedExpr(self.expression(given.target), self.expression(given.value))

    def _on_Await(self, given: ast.Await) -> Node:
        return nodes.Await(self.expression(given.value))

    def _on_Yield(self, given: ast.Yield) -> Node:
        return nodes.Yield(self.optional(given.value))

    def _on_YieldFrom(self, given: ast.YieldFrom) -> Node:
        return nodes.Yield(nodes.From(self.expression(given.value)))

    # Displays and comprehensions

    def _elements(self, given: Sequence[ast.expr]) -> list[BaseElement]:
        return [
            self.expression(element)
            if isinstance(element, ast.Starred)
            else nodes.Element(self.expression(element))
            for element in given
        ]

    def _on_Starred(self, given: ast.Starred) -> Node:
        return nodes.StarredElement(self.expression(given.value))

    def _on_Tuple(self, given: ast.Tuple) -> Node:
        return nodes.Tuple(self._elements(given.elts))

    def _on_List(self, given: ast.List) -> Node:
        return nodes.List(self._elements(given.elts))

    def _on_Set(self, given: ast.Set) -> Node:
        return nodes.Set(self._elements(given.elts))

    def _on_Dict(self, given: ast.Dict) -> Node:
        pairs = zip(given.keys, given.values, strict=True)
        return nodes.Dict([self._item(key, value) for key, value in pairs])

    def _item(self, key: ast.expr | None, value: ast.expr) -> DictElement | StarredDictElement:
        if key is None:
            return nodes.StarredDictElement(self.expression(value))
        return nodes.DictElement(self.expression(key), self.expression(value))

    def _on_ListComp(self, given: ast.ListComp) -> Node:
        return nodes.ListComp(self.expression(given.elt), self._loops(given.generators))

    def _on_SetComp(self, given: ast.SetComp) -> Node:
        return nodes.SetComp(self.expression(given.elt), self._loops(given.generators))

    def _on_GeneratorExp(self, given: ast.GeneratorExp) -> Node:
        return nodes.GeneratorExp(self.expression(given.elt), self._loops(given.generators))

    def _on_DictComp(self, given: ast.DictComp) -> Node:
        loops = self._loops(given.generators)
        return nodes.DictComp(self.expression(given.key), self.expression(given.value), loops)

    def _loops(self, given: Sequence[ast.comprehension]) -> Any:
        inner: CompFor | None = None
        for loop in reversed(given):
            conditions = [nodes.CompIf(self.expression(test)) for test in loop.ifs]
            target, iterable = self.expression(loop.target), self.expression(loop.iter)
            inner = nodes.CompFor(
                target, iterable, conditions, inner, asynchronous() if loop.is_async else None
            )
        return inner

    # Functions

    def _on_Lambda(self, given: ast.Lambda) -> Node:
        return nodes.Lambda(self.parameters(given.args), self.expression(given.body), nodes.Colon())

    def parameters(self, given: ast.arguments) -> Parameters:
        """Return the parameters of a function."""
        first, plain = given.posonlyargs, given.args
        missing = [None] * (len(first) + len(plain) - len(given.defaults))
        defaults: list[ast.expr | None] = [*missing, *given.defaults]
        star: Param | ParamStar | None = None
        if given.vararg is not None:
            star = self._parameter(given.vararg, None, "*")
        elif given.kwonlyargs:
            star = nodes.ParamStar()
        return nodes.Parameters(
            list(map(self._parameter, plain, defaults[len(first) :])),
            star,
            list(map(self._parameter, given.kwonlyargs, given.kw_defaults)),
            self._parameter(given.kwarg, None, "**") if given.kwarg is not None else None,
            list(map(self._parameter, first, defaults)),
        )

    def _parameter(self, given: ast.arg, default: ast.expr | None, star: str = "") -> Param:
        name = nodes.Name(given.arg)
        made = nodes.Param(name, self.annotation(given.annotation), self.optional(default), star)
        self._put(made, beginning(given))
        return made


def _placing(kind: type[ast.AST]) -> Callable[[Any], int]:
    """Return what tells the place of such a node; of statements and patterns nobody asks for more than the line."""
    return whole if issubclass(kind, (ast.expr, ast.alias)) else beginning


def asynchronous() -> Asynchronous:
    """Return the word ``async``."""
    return nodes.Asynchronous(nodes.SimpleWhitespace())


def _operator(given: ast.AST) -> Operator:
    return _OPERATORS[type(given).__name__]
