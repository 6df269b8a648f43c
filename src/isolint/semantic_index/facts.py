"""Facts of a module that rules look at: references, calls, definitions, handlers, each with its place."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, final

from msgspec import Struct

if TYPE_CHECKING:
    import ast

    from isolint.semantic_index.scopes import Loop, Scope


@final
class Usage(Enum):
    """The use made of a value right where its name stands."""

    CALLED = "called"
    AWAITED = "awaited"
    ENTERED = "entered"
    DECORATES = "decorates"
    INHERITED = "inherited"
    ASSIGNED = "assigned"
    PASSED = "passed"
    COLLECTED = "collected"
    ANNOTATES = "annotates"
    INSPECTED = "inspected"


@final
class AnnotationOf(Enum):
    """The thing that an annotation stands on."""

    PARAMETER = "parameter"
    ATTRIBUTE = "attribute"
    VARIABLE = "variable"
    RETURN = "return"


@final
class Examination(Enum):
    """A use of a value as data, rather than passing it on or calling it."""

    TRUTH = "tested for truth"
    COMPARISON = "compared"
    FORMATTING = "formatted"


class Fact(Struct, frozen=True, gc=False):
    """A node that a rule can be asked about, with its scope.

    ``guarded`` says that it runs under ``if __name__ == "__main__":`` only.
    """

    node: ast.AST
    scope: Scope
    guarded: bool


@final
class Reference(Fact, frozen=True, gc=False):
    """The longest chain of a name and attributes (``aio.run``), read; or a ``getattr`` that stands for one.

    ``anchor`` is the node to report: ``node`` itself, or the string that a quoted annotation is. Of a
    value that is passed, ``receiver`` is the last name of the function it is passed to, and ``keyword`` the name
    it is passed under.
    """

    node: ast.expr
    usage: Usage
    anchor: ast.expr
    receiver: str = ""
    keyword: str = ""
    annotates: AnnotationOf | None = None


@final
class Import(Fact, frozen=True, gc=False):
    """A module, or a name from one, brought in. ``name`` is empty for a whole module, ``*`` for a star.

    ``bound`` is the name it gets here, empty where it gets none; ``first`` says that this is the first name of
    its statement.
    """

    node: ast.alias
    module: str
    name: str
    bound: str
    type_checking: bool
    statement: ast.Import | ast.ImportFrom
    first: bool


@final
class ImportTimeAwait(Fact, frozen=True, gc=False):
    """``await``, ``async for``, ``async with`` or an asynchronous comprehension that runs at import."""

    node: ast.expr
    keyword: str


@final
class CallSite(Fact, frozen=True, gc=False):
    """A call."""

    node: ast.Call


@final
class AwaitSite(Fact, frozen=True, gc=False):
    """``await value``, wherever it stands."""

    node: ast.Await


@final
class EnterSite(Fact, frozen=True, gc=False):
    """The expression that a ``with`` statement enters and leaves."""

    node: ast.expr
    is_async: bool


@final
class AttributeStore(Fact, frozen=True, gc=False):
    """``owner.name = ...``, which may run the setter of a property."""

    node: ast.Attribute


@final
class Operation(Fact, frozen=True, gc=False):
    """An operand of an operator or a built-in protocol: the special ``methods`` of its class that may run."""

    node: ast.expr
    methods: tuple[str, ...]


@final
class Statement(Fact, frozen=True, gc=False):
    """An expression that stands as a statement, its value dropped.

    ``must_raise`` says that a test expects an exception of it: ``with pytest.raises(...)``.
    """

    node: ast.expr
    must_raise: bool


@final
class Examined(Fact, frozen=True, gc=False):
    """A value used as data; ``by`` says how."""

    node: ast.expr
    by: Examination


@final
class Definition(Fact, frozen=True, gc=False):
    """A function definition; ``inner`` is the scope of its body."""

    node: ast.FunctionDef | ast.AsyncFunctionDef
    inner: Scope


@final
class LoopSite(Fact, frozen=True, gc=False):
    """A ``for`` or ``while`` statement."""

    node: ast.For | ast.AsyncFor | ast.While
    loop: Loop


@final
class ComprehensionSite(Fact, frozen=True, gc=False):
    """A comprehension or generator expression; ``inner`` is the scope it opens."""

    inner: Scope


@final
class TrySite(Fact, frozen=True, gc=False):
    """A ``try`` statement with handlers."""

    node: ast.Try


@final
class RaiseSite(Fact, frozen=True, gc=False):
    """A ``raise`` statement."""

    node: ast.Raise


@final
class ModuleSite(Fact, frozen=True, gc=False):
    """The module as a whole: once, for a rule that goes through it by itself."""


@final
class WholeFile(Fact, frozen=True, gc=False):
    """The file with its role and its comments. Never made: the engine looks at it without a tree."""


@final
class ParseFailure(Fact, frozen=True, gc=False):
    """The whole file, where it cannot be parsed. Never made: the engine reports it without a tree."""
