"""Expressions: one method for each class of the interpreter's nodes."""

from __future__ import annotations

import ast
import re
import sys
from typing import TYPE_CHECKING, ClassVar, NamedTuple, TypeAlias, final

import libcst as cst

from isolint.syntax.translation.blanks import maker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from libcst import CSTNode

_ONE_STRING = re.compile(
    r"""[a-zA-Z]{0,2}(?:'{3}(?:\\.|(?!'{3})[^\\])*'{3}|"{3}(?:\\.|(?!"{3})[^\\])*"{3}"""
    r"""|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")""",
    re.DOTALL,
)
_PLACES_IN_FORMATTED = sys.version_info >= (3, 12)
"""Earlier interpreters misplace what stands inside f-strings."""
_OPERATORS: dict[str, CSTNode] = {
    theirs: getattr(cst, ours)()
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

_name = maker(cst.Name, "value")
_attribute = maker(cst.Attribute, "value attr")
_call = maker(cst.Call, "func args")
_arg = maker(cst.Arg, "value keyword star")
_string = maker(cst.SimpleString, "value")
_strings = maker(cst.ConcatenatedString, "left right")
_integer = maker(cst.Integer, "value")
_float = maker(cst.Float, "value")
_imaginary = maker(cst.Imaginary, "value")
_ellipsis = maker(cst.Ellipsis, "")
_formatted = maker(cst.FormattedString, "parts", start='f"', end='"')
_formatted_text = maker(cst.FormattedStringText, "value")
_formatted_value = maker(cst.FormattedStringExpression, "expression conversion format_spec equal")
_element = maker(cst.Element, "value")
_starred = maker(cst.StarredElement, "value")
_pair = maker(cst.DictElement, "key value")
_pairs = maker(cst.StarredDictElement, "value")
_tuple = maker(cst.Tuple, "elements")
_list = maker(cst.List, "elements")
_set = maker(cst.Set, "elements")
_dict = maker(cst.Dict, "elements")
_subscript = maker(cst.Subscript, "value slice")
_subscript_element = maker(cst.SubscriptElement, "slice")
_index = maker(cst.Index, "value star")
_slice = maker(cst.Slice, "lower upper step")
_binary = maker(cst.BinaryOperation, "left operator right")
_boolean = maker(cst.BooleanOperation, "left operator right")
_unary = maker(cst.UnaryOperation, "operator expression")
_comparison = maker(cst.Comparison, "left comparisons")
_compared = maker(cst.ComparisonTarget, "operator comparator")
_choice = maker(cst.IfExp, "test body orelse")
_lambda = maker(cst.Lambda, "params body", colon=cst.Colon())
_walrus = maker(cst.NamedExpr, "target value")
_await = maker(cst.Await, "expression")
_yield = maker(cst.Yield, "value")
_from = maker(cst.From, "item")
_list_comp = maker(cst.ListComp, "elt for_in")
_set_comp = maker(cst.SetComp, "elt for_in")
_dict_comp = maker(cst.DictComp, "key value for_in")
_generator = maker(cst.GeneratorExp, "elt for_in")
_loop = maker(cst.CompFor, "target iter ifs inner_for_in asynchronous")
_condition = maker(cst.CompIf, "test")
_parameters = maker(
    cst.Parameters,
    "params star_arg kwonly_params star_kwarg posonly_params",
    posonly_ind=cst.MaybeSentinel.DEFAULT,
)
_parameter = maker(cst.Param, "name annotation default star")
_annotation = maker(cst.Annotation, "annotation")


@final
class Written(NamedTuple):
    """Text that the interpreter has no node for: the first that reads so on the line where ``at`` begins."""

    at: ast.stmt
    text: str


Origin: TypeAlias = "ast.AST | Written"


class Expressions:
    """Translates expressions; ``origins`` grows by what each node, by its id, was made of."""

    _methods: ClassVar[dict[type, Callable[..., CSTNode]]] = {}
    """By the interpreter's classes; shared, for a translator is made for every quoted annotation."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.origins: dict[int, Origin] = {}
        self._lines = lines
        self._misplaced = False

    def expression(self, given: ast.AST) -> CSTNode:
        """Return the node that says what ``given`` says."""
        kind = type(given)
        method = self._methods.get(kind)
        if method is None:
            method = self._methods[kind] = getattr(type(self), f"_on_{kind.__name__}")
        made: CSTNode = method(self, given)
        if not self._misplaced:
            self.origins[id(made)] = given
        return made

    def optional(self, given: ast.AST | None) -> CSTNode | None:
        """Return its node, None for nothing."""
        return self.expression(given) if given is not None else None

    def name(self, identifier: str, at: ast.stmt | None = None) -> CSTNode:
        """Return a name that has no node of its own in the interpreter's tree, but may stand ``at`` one."""
        made = _name(identifier)
        if at is not None:
            self.origins[id(made)] = Written(at, identifier)
        return made

    def annotation(self, given: ast.expr | None) -> CSTNode | None:
        """Return an annotation of a parameter, a result or a variable."""
        return _annotation(self.expression(given)) if given is not None else None

    # Names and constants

    def _on_Name(self, given: ast.Name) -> CSTNode:
        return _name(given.id)

    def _on_Constant(self, given: ast.Constant) -> CSTNode:
        value = given.value
        if isinstance(value, (str, bytes)):
            return self._literal(given)
        if value is ...:
            return _ellipsis()
        if value is None or isinstance(value, bool):
            return _name(repr(value))
        made = _integer if isinstance(value, int) else _float if isinstance(value, float) else _imaginary
        return made("0")  # nobody reads numbers, and one of a million digits takes forever to write

    def _literal(self, given: ast.Constant) -> CSTNode:
        written = "" if self._misplaced else self._segment(given)
        if not written:  # no backslash can stand in there
            return _string(repr(given.value))
        if _ONE_STRING.fullmatch(written):
            return _string(written)
        return _strings(_string(repr(given.value)), _string("''"))

    def _segment(self, given: ast.Constant) -> str:
        first, last = given.lineno - 1, (given.end_lineno or given.lineno) - 1
        lines = [line.encode() if not line.isascii() else line for line in self._lines[first : last + 1]]
        lines[-1] = lines[-1][: given.end_col_offset]
        lines[0] = lines[0][given.col_offset :]
        return "\n".join(line if isinstance(line, str) else line.decode() for line in lines)

    def _on_JoinedStr(self, given: ast.JoinedStr) -> CSTNode:
        before = self._misplaced
        self._misplaced = before or not _PLACES_IN_FORMATTED
        made = _formatted([self._part(part) for part in given.values])
        self._misplaced = before
        return made

    _on_TemplateStr = _on_JoinedStr

    def _part(self, part: ast.expr) -> CSTNode:
        return _formatted_text("") if isinstance(part, ast.Constant) else self.expression(part)

    def _on_FormattedValue(self, given: ast.FormattedValue) -> CSTNode:
        specified = given.format_spec
        parts = (
            [self._part(part) for part in specified.values] if isinstance(specified, ast.JoinedStr) else None
        )
        conversion = chr(given.conversion) if given.conversion > 0 else None
        return _formatted_value(self.expression(given.value), conversion, parts, None)

    _on_Interpolation = _on_FormattedValue

    # Attributes, calls, subscripts

    def _on_Attribute(self, given: ast.Attribute) -> CSTNode:
        return _attribute(self.expression(given.value), _name(given.attr))

    def _on_Call(self, given: ast.Call) -> CSTNode:
        return _call(self.expression(given.func), self.arguments(given.args, given.keywords))

    def arguments(self, positional: Sequence[ast.expr], keywords: Sequence[ast.keyword]) -> list[CSTNode]:
        """Return arguments in the order of the text."""
        if keywords and positional and isinstance(positional[-1], ast.Starred):
            both: list[ast.expr | ast.keyword] = [*positional, *keywords]
            both.sort(key=lambda arg: (arg.lineno, arg.col_offset))
            return [self._argument(arg) for arg in both]
        return [*map(self._argument, positional), *map(self._argument, keywords)]

    def _argument(self, given: ast.expr | ast.keyword) -> CSTNode:
        if isinstance(given, ast.keyword):
            named = _name(given.arg) if given.arg is not None else None
            return _arg(self.expression(given.value), named, "" if named is not None else "**")
        if isinstance(given, ast.Starred):
            return _arg(self.expression(given.value), None, "*")
        return _arg(self.expression(given), None, "")

    def _on_Subscript(self, given: ast.Subscript) -> CSTNode:
        inner = given.slice
        several = isinstance(inner, ast.Tuple) and inner.elts and not self._is_parenthesized(inner)
        parts = inner.elts if isinstance(inner, ast.Tuple) and several else [inner]
        return _subscript(
            self.expression(given.value), [_subscript_element(self._indexed(part)) for part in parts]
        )

    def _is_parenthesized(self, given: ast.Tuple) -> bool:
        first = given.elts[0]
        return (given.lineno, given.col_offset) != (first.lineno, first.col_offset)

    def _indexed(self, given: ast.expr) -> CSTNode:
        if isinstance(given, ast.Slice):
            return self.expression(given)
        if isinstance(given, ast.Starred):
            return _index(self.expression(given.value), "*")
        return _index(self.expression(given), None)

    def _on_Slice(self, given: ast.Slice) -> CSTNode:
        return _slice(self.optional(given.lower), self.optional(given.upper), self.optional(given.step))

    # Operations

    def _on_BinOp(self, given: ast.BinOp) -> CSTNode:
        return _binary(self.expression(given.left), _operator(given.op), self.expression(given.right))

    def _on_UnaryOp(self, given: ast.UnaryOp) -> CSTNode:
        return _unary(_operator(given.op), self.expression(given.operand))

    def _on_BoolOp(self, given: ast.BoolOp) -> CSTNode:
        made, *rest = map(self.expression, given.values)
        for right in rest:
            made = _boolean(made, _operator(given.op), right)
        return made

    def _on_Compare(self, given: ast.Compare) -> CSTNode:
        left = self.expression(given.left)
        pairs = zip(given.ops, given.comparators, strict=True)
        return _comparison(left, [_compared(_operator(op), self.expression(right)) for op, right in pairs])

    def _on_IfExp(self, given: ast.IfExp) -> CSTNode:
        return _choice(
            self.expression(given.test), self.expression(given.body), self.expression(given.orelse)
        )

    def _on_NamedExpr(self, given: ast.NamedExpr) -> CSTNode:
        return _walrus(self.expression(given.target), self.expression(given.value))

    def _on_Await(self, given: ast.Await) -> CSTNode:
        return _await(self.expression(given.value))

    def _on_Yield(self, given: ast.Yield) -> CSTNode:
        return _yield(self.optional(given.value))

    def _on_YieldFrom(self, given: ast.YieldFrom) -> CSTNode:
        return _yield(_from(self.expression(given.value)))

    # Displays and comprehensions

    def _elements(self, given: Sequence[ast.expr]) -> list[CSTNode]:
        return [
            self.expression(element)
            if isinstance(element, ast.Starred)
            else _element(self.expression(element))
            for element in given
        ]

    def _on_Starred(self, given: ast.Starred) -> CSTNode:
        return _starred(self.expression(given.value))

    def _on_Tuple(self, given: ast.Tuple) -> CSTNode:
        return _tuple(self._elements(given.elts))

    def _on_List(self, given: ast.List) -> CSTNode:
        return _list(self._elements(given.elts))

    def _on_Set(self, given: ast.Set) -> CSTNode:
        return _set(self._elements(given.elts))

    def _on_Dict(self, given: ast.Dict) -> CSTNode:
        pairs = zip(given.keys, given.values, strict=True)
        return _dict([self._item(key, value) for key, value in pairs])

    def _item(self, key: ast.expr | None, value: ast.expr) -> CSTNode:
        if key is None:
            return _pairs(self.expression(value))
        return _pair(self.expression(key), self.expression(value))

    def _on_ListComp(self, given: ast.ListComp) -> CSTNode:
        return _list_comp(self.expression(given.elt), self._loops(given.generators))

    def _on_SetComp(self, given: ast.SetComp) -> CSTNode:
        return _set_comp(self.expression(given.elt), self._loops(given.generators))

    def _on_GeneratorExp(self, given: ast.GeneratorExp) -> CSTNode:
        return _generator(self.expression(given.elt), self._loops(given.generators))

    def _on_DictComp(self, given: ast.DictComp) -> CSTNode:
        loops = self._loops(given.generators)
        return _dict_comp(self.expression(given.key), self.expression(given.value), loops)

    def _loops(self, given: Sequence[ast.comprehension]) -> CSTNode | None:
        inner: CSTNode | None = None
        for loop in reversed(given):
            conditions = [_condition(self.expression(test)) for test in loop.ifs]
            target, iterable = self.expression(loop.target), self.expression(loop.iter)
            inner = _loop(target, iterable, conditions, inner, cst.Asynchronous() if loop.is_async else None)
        return inner

    # Functions

    def _on_Lambda(self, given: ast.Lambda) -> CSTNode:
        return _lambda(self.parameters(given.args), self.expression(given.body))

    def parameters(self, given: ast.arguments) -> CSTNode:
        """Return the parameters of a function."""
        first, plain = given.posonlyargs, given.args
        missing = [None] * (len(first) + len(plain) - len(given.defaults))
        defaults: list[ast.expr | None] = [*missing, *given.defaults]
        star: object = cst.MaybeSentinel.DEFAULT
        if given.vararg is not None:
            star = self._parameter(given.vararg, None, "*")
        elif given.kwonlyargs:
            star = cst.ParamStar()
        return _parameters(
            list(map(self._parameter, plain, defaults[len(first) :])),
            star,
            list(map(self._parameter, given.kwonlyargs, given.kw_defaults)),
            self._parameter(given.kwarg, None, "**") if given.kwarg is not None else None,
            list(map(self._parameter, first, defaults)),
        )

    def _parameter(self, given: ast.arg, default: ast.expr | None, star: str = "") -> CSTNode:
        name = _name(given.arg)
        made = _parameter(name, self.annotation(given.annotation), self.optional(default), star)
        self.origins[id(made)] = given
        return made


def _operator(given: ast.AST) -> CSTNode:
    return _OPERATORS[type(given).__name__]
