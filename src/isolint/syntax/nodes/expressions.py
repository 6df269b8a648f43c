"""Expressions, and the parts of them that are none themselves."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, TypeAlias, final

from isolint.syntax.nodes.base import BaseExpression, Node

if TYPE_CHECKING:
    from collections.abc import Sequence

    from isolint.syntax.nodes.operators import Operator


# Names and constants


@final
class Name(BaseExpression):
    """An identifier, or ``None``, ``True`` and ``False``."""

    value: str


class BaseNumber(BaseExpression):
    """A number; of those that may be no place in a sequence, which one does not matter."""

    value: str


@final
class Integer(BaseNumber):
    """``1``."""


@final
class Float(BaseNumber):
    """``1.0``."""


@final
class Imaginary(BaseNumber):
    """``1j``."""


@final
class Ellipsis(BaseExpression):  # noqa: A001  # as the rest, by the name that libcst gives it
    """``...``."""


class BaseString(BaseExpression):
    """Text or bytes."""


@final
class SimpleString(BaseString):
    """One literal; ``value`` is how it is written, quotes and prefix included."""

    value: str

    @property
    def evaluated_value(self) -> str | bytes:
        """What it stands for."""
        value: str | bytes = ast.literal_eval(self.value)
        return value

    @property
    def raw_value(self) -> str:
        """What stands between the quotes."""
        quoted = self.value.lstrip("rRbBuU")
        quote = quoted[:3] if quoted[:3] in ('"""', "'" * 3) else quoted[:1]
        return quoted[len(quote) : len(quoted) - len(quote)]


@final
class ConcatenatedString(BaseString):
    """Literals side by side."""

    left: SimpleString | FormattedString | TemplatedString
    right: SimpleString | FormattedString | TemplatedString | ConcatenatedString


class BaseFormatted(BaseString):
    """A string with expressions in it."""

    parts: Sequence[Node]


@final
class FormattedString(BaseFormatted):
    """``f"..."``."""


@final
class TemplatedString(BaseFormatted):
    """``t"..."``."""


@final
class FormattedStringText(Node):
    """What stands between the expressions."""

    value: str = ""


@final
class TemplatedStringText(Node):
    """What stands between the expressions."""

    value: str = ""


class BaseFormattedExpression(Node):
    """``{expression!conversion:format_spec}``."""

    expression: BaseExpression
    conversion: str | None = None
    format_spec: Sequence[Node] | None = None
    equal: Node | None = None


@final
class FormattedStringExpression(BaseFormattedExpression):
    """One in ``f"..."``."""


@final
class TemplatedStringExpression(BaseFormattedExpression):
    """One in ``t"..."``."""


# Attributes, calls, subscripts


@final
class Attribute(BaseExpression):
    """``value.attr``."""

    value: BaseExpression
    attr: Name


@final
class Arg(Node):
    """``keyword=value``, or ``value`` behind as many stars as ``star`` has."""

    value: BaseExpression
    keyword: Name | None = None
    star: str = ""


@final
class Call(BaseExpression):
    """``func(args)``."""

    func: BaseExpression
    args: Sequence[Arg]
    parenthesized: bool = False


@final
class Index(Node):
    """An item that is asked for, behind a ``star`` where it is unpacked."""

    value: BaseExpression
    star: str | None = None


@final
class Slice(Node):
    """``lower:upper:step``."""

    lower: BaseExpression | None
    upper: BaseExpression | None
    step: BaseExpression | None = None


@final
class SubscriptElement(Node):
    """One of the things between the brackets."""

    slice: Index | Slice


@final
class Subscript(BaseExpression):
    """``value[slice]``."""

    value: BaseExpression
    slice: Sequence[SubscriptElement]


# Operations


@final
class BinaryOperation(BaseExpression):
    """``left operator right``."""

    left: BaseExpression
    operator: Operator
    right: BaseExpression


@final
class BooleanOperation(BaseExpression):
    """``left and right``, or with ``or``."""

    left: BaseExpression
    operator: Operator
    right: BaseExpression


@final
class UnaryOperation(BaseExpression):
    """``operator expression``."""

    operator: Operator
    expression: BaseExpression


@final
class ComparisonTarget(Node):
    """``operator comparator``."""

    operator: Operator
    comparator: BaseExpression


@final
class Comparison(BaseExpression):
    """``left``, compared once or in a chain."""

    left: BaseExpression
    comparisons: Sequence[ComparisonTarget]


@final
class IfExp(BaseExpression):
    """``body if test else orelse``."""

    test: BaseExpression
    body: BaseExpression
    orelse: BaseExpression


@final
class NamedExpr(BaseExpression):
    """``target := value``."""

    target: BaseExpression
    value: BaseExpression


@final
class Await(BaseExpression):
    """``await expression``."""

    expression: BaseExpression


@final
class From(Node):
    """``from item``, behind ``yield`` and ``raise``."""

    item: BaseExpression


@final
class Yield(BaseExpression):
    """``yield value``."""

    value: BaseExpression | From | None = None


# Displays


@final
class Element(Node):
    """One element of a display."""

    value: BaseExpression


@final
class StarredElement(BaseExpression):
    """``*value``."""

    value: BaseExpression


BaseElement: TypeAlias = "Element | StarredElement"


@final
class Tuple(BaseExpression):
    """``a, b``."""

    elements: Sequence[BaseElement]
    parenthesized: bool = False


class BaseList(BaseExpression):
    """A display or comprehension in brackets."""


@final
class List(BaseList):
    """``[a, b]``."""

    elements: Sequence[BaseElement]


class BaseSet(BaseExpression):
    """A display or comprehension in braces, without colons."""


@final
class Set(BaseSet):
    """``{a, b}``."""

    elements: Sequence[BaseElement]


class BaseDict(BaseExpression):
    """A display or comprehension in braces, with colons."""


@final
class DictElement(Node):
    """``key: value``."""

    key: BaseExpression
    value: BaseExpression


@final
class StarredDictElement(Node):
    """``**value``."""

    value: BaseExpression


@final
class Dict(BaseDict):
    """``{a: b}``."""

    elements: Sequence[DictElement | StarredDictElement]


# Comprehensions


@final
class SimpleWhitespace(Node):
    """Blanks."""


@final
class Asynchronous(Node):
    """``async``."""

    whitespace_after: SimpleWhitespace


@final
class CompIf(Node):
    """``if test``."""

    test: BaseExpression


@final
class CompFor(Node):
    """``for target in iter``, the conditions behind it, and the next loop."""

    target: BaseExpression
    iter: BaseExpression
    ifs: Sequence[CompIf] = ()
    inner_for_in: CompFor | None = None
    asynchronous: Asynchronous | None = None


@final
class GeneratorExp(BaseExpression):
    """``(elt for_in)``."""

    elt: BaseExpression
    for_in: CompFor


@final
class ListComp(BaseList):
    """``[elt for_in]``."""

    elt: BaseExpression
    for_in: CompFor


@final
class SetComp(BaseSet):
    """``{elt for_in}``."""

    elt: BaseExpression
    for_in: CompFor


@final
class DictComp(BaseDict):
    """``{key: value for_in}``."""

    key: BaseExpression
    value: BaseExpression
    for_in: CompFor


# Functions


@final
class Annotation(Node):
    """The type behind a colon or an arrow."""

    annotation: BaseExpression


@final
class Param(Node):
    """``name: annotation = default``, behind as many stars as ``star`` has."""

    name: Name
    annotation: Annotation | None = None
    default: BaseExpression | None = None
    star: str | None = None


@final
class ParamStar(Node):
    """The star behind which parameters are given by keyword."""


@final
class Parameters(Node):
    """All parameters of a function; ``posonly_params`` stand before the others."""

    params: Sequence[Param]
    star_arg: Param | ParamStar | None = None
    kwonly_params: Sequence[Param] = ()
    star_kwarg: Param | None = None
    posonly_params: Sequence[Param] = ()

    @property
    def all(self) -> list[Param]:
        """All of them in the order of the text."""
        starred = [self.star_arg] if isinstance(self.star_arg, Param) else []
        last = [self.star_kwarg] if self.star_kwarg is not None else []
        return [*self.posonly_params, *self.params, *starred, *self.kwonly_params, *last]


@final
class Colon(Node):
    """``:``."""


@final
class Lambda(BaseExpression):
    """``lambda params: body``."""

    params: Parameters
    body: BaseExpression
    colon: Colon
