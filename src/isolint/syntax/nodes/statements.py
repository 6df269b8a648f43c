"""Statements, and the parts of them that are none themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, final
from typing import TypeAlias as TypingAlias

from isolint.syntax.nodes.base import BaseCompoundStatement, BaseSmallStatement, BaseSuite, Node

if TYPE_CHECKING:
    from collections.abc import Sequence

    from isolint.syntax.nodes.base import BaseExpression
    from isolint.syntax.nodes.deferred import DeferredBlock
    from isolint.syntax.nodes.expressions import (
        Annotation,
        Arg,
        Asynchronous,
        Attribute,
        From,
        List,
        Name,
        Parameters,
        Tuple,
    )  # fmt: skip
    from isolint.syntax.nodes.patterns import MatchPattern


# Blocks


@final
class SimpleStatementLine(Node):
    """A line of small statements."""

    body: Sequence[BaseSmallStatement]


@final
class Module(Node):
    """A whole file."""

    body: Sequence[Node]


@final
class IndentedBlock(BaseSuite):
    """Statements on lines of their own."""

    body: Sequence[Node]


@final
class SimpleStatementSuite(BaseSuite):
    """Small statements on the line of the colon."""

    body: Sequence[Node]


Suite: TypingAlias = "IndentedBlock | SimpleStatementSuite | DeferredBlock"


# Small statements


@final
class Expr(BaseSmallStatement):
    """An expression that stands alone."""

    value: BaseExpression


@final
class AssignTarget(Node):
    """``target =``."""

    target: BaseExpression


@final
class Assign(BaseSmallStatement):
    """``a = b = value``."""

    targets: Sequence[AssignTarget]
    value: BaseExpression


@final
class AnnAssign(BaseSmallStatement):
    """``target: annotation = value``."""

    target: BaseExpression
    annotation: Annotation
    value: BaseExpression | None = None


@final
class AugAssign(BaseSmallStatement):
    """``target += value``, with any operator."""

    target: BaseExpression
    value: BaseExpression


@final
class Return(BaseSmallStatement):
    """``return value``."""

    value: BaseExpression | None = None


@final
class Raise(BaseSmallStatement):
    """``raise exc from cause``."""

    exc: BaseExpression | None = None
    cause: From | None = None


@final
class Assert(BaseSmallStatement):
    """``assert test, msg``."""

    test: BaseExpression
    msg: BaseExpression | None = None


@final
class Del(BaseSmallStatement):
    """``del target``."""

    target: BaseExpression


@final
class Pass(BaseSmallStatement):
    """``pass``."""


@final
class Break(BaseSmallStatement):
    """``break``."""


@final
class Continue(BaseSmallStatement):
    """``continue``."""


@final
class NameItem(Node):
    """One of several names."""

    name: Name


@final
class Global(BaseSmallStatement):
    """``global names``."""

    names: Sequence[NameItem]


@final
class Nonlocal(BaseSmallStatement):
    """``nonlocal names``."""

    names: Sequence[NameItem]


# Imports


@final
class AsName(Node):
    """``as name``."""

    name: Name | Tuple | List


@final
class ImportAlias(Node):
    """``name as asname``."""

    name: Attribute | Name
    asname: AsName | None = None


@final
class Import(BaseSmallStatement):
    """``import names``."""

    names: Sequence[ImportAlias]


@final
class ImportStar(Node):
    """``*``."""


@final
class Dot(Node):
    """``.``."""


@final
class ImportFrom(BaseSmallStatement):
    """``from .module import names``; ``relative`` are the dots."""

    module: Attribute | Name | None
    names: Sequence[ImportAlias] | ImportStar
    relative: Sequence[Dot] = ()


# Definitions


@final
class TypeVar(Node):
    """``name: bound``."""

    name: Name
    bound: BaseExpression | None = None


@final
class TypeVarTuple(Node):
    """``*name``."""

    name: Name


@final
class ParamSpec(Node):
    """``**name``."""

    name: Name


@final
class TypeParam(Node):
    """``param = default``."""

    param: TypeVar | TypeVarTuple | ParamSpec
    default: BaseExpression | None = None


@final
class TypeParameters(Node):
    """``[params]``."""

    params: Sequence[TypeParam]


@final
class TypeAlias(BaseSmallStatement):
    """``type name[type_parameters] = value``."""

    name: Name
    value: BaseExpression
    type_parameters: TypeParameters | None = None


@final
class Decorator(Node):
    """``@decorator``."""

    decorator: BaseExpression


@final
class FunctionDef(BaseCompoundStatement):
    """``def name(params) -> returns: body``."""

    name: Name
    params: Parameters
    body: Suite
    decorators: Sequence[Decorator] = ()
    returns: Annotation | None = None
    asynchronous: Asynchronous | None = None
    type_parameters: TypeParameters | None = None


@final
class ClassDef(BaseCompoundStatement):
    """``class name(bases, keywords): body``."""

    name: Name
    body: Suite
    bases: Sequence[Arg] = ()
    keywords: Sequence[Arg] = ()
    decorators: Sequence[Decorator] = ()
    type_parameters: TypeParameters | None = None


# Compound statements


@final
class Else(Node):
    """``else: body``."""

    body: Suite


@final
class Finally(Node):
    """``finally: body``."""

    body: Suite


@final
class If(BaseCompoundStatement):
    """``if test: body``; an ``elif`` is another one in ``orelse``."""

    test: BaseExpression
    body: Suite
    orelse: If | Else | None = None


@final
class For(BaseCompoundStatement):
    """``for target in iter: body``."""

    target: BaseExpression
    iter: BaseExpression
    body: Suite
    orelse: Else | None = None
    asynchronous: Asynchronous | None = None


@final
class While(BaseCompoundStatement):
    """``while test: body``."""

    test: BaseExpression
    body: Suite
    orelse: Else | None = None


@final
class WithItem(Node):
    """``item as asname``."""

    item: BaseExpression
    asname: AsName | None = None


@final
class With(BaseCompoundStatement):
    """``with items: body``."""

    items: Sequence[WithItem]
    body: Suite
    asynchronous: Asynchronous | None = None


class BaseHandler(Node):
    """``except type as name: body``."""

    body: Suite
    type: BaseExpression | None = None
    name: AsName | None = None


@final
class ExceptHandler(BaseHandler):
    """One of a ``try``."""


@final
class ExceptStarHandler(BaseHandler):
    """``except*``."""


class BaseTry(BaseCompoundStatement):
    """``try: body``, with what comes behind it."""

    body: Suite
    handlers: Sequence[BaseHandler]
    orelse: Else | None = None
    finalbody: Finally | None = None


@final
class Try(BaseTry):
    """With ``except``, or without."""


@final
class TryStar(BaseTry):
    """With ``except*``."""


@final
class MatchCase(Node):
    """``case pattern if guard: body``."""

    pattern: MatchPattern
    body: Suite
    guard: BaseExpression | None = None


@final
class Match(BaseCompoundStatement):
    """``match subject: cases``."""

    subject: BaseExpression
    cases: Sequence[MatchCase]
