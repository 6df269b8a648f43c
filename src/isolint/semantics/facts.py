"""What the binder finds in a module and the rules look at."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, final

from msgspec import Struct

if TYPE_CHECKING:
    from isolint.semantics.scopes import Loop, Scope
    from isolint.syntax.nodes import Node


@final
class Usage(Enum):
    """What is done with a value right where its name stands."""

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
    """What an annotation stands on."""

    PARAMETER = "parameter"
    ATTRIBUTE = "attribute"
    VARIABLE = "variable"
    RETURN = "return"


@final
class Examination(Enum):
    """What looks at a value itself, rather than handing it on or calling it."""

    TRUTH = "tested for truth"
    COMPARISON = "compared"
    FORMATTING = "formatted"


class Fact(Struct, frozen=True):
    """A node that a rule can be asked about, with where it stands.

    ``guarded`` says that it runs only under ``if __name__ == "__main__":``.
    """

    node: Node
    scope: Scope
    guarded: bool


@final
class Reference(Fact, frozen=True):
    """The longest chain of a name and attributes (``aio.run``), read; or a ``getattr`` that stands for one.

    ``anchor`` is the node to report: ``node`` itself, or the string that a quoted annotation is. Of a
    value that is passed, ``receiver`` is the last name of what it is passed to, and ``keyword`` the name
    it is passed under.
    """

    usage: Usage
    anchor: Node
    receiver: str = ""
    keyword: str = ""
    annotates: AnnotationOf | None = None


@final
class Import(Fact, frozen=True):
    """A module, or a name from one, brought in. ``name`` is empty for a whole module, ``*`` for a star.

    ``bound`` is the name it gets here, empty where it gets none. ``origin`` is the node that spells the
    module, and ``first`` says whether this is the first name of its statement.
    """

    module: str
    name: str
    bound: str
    type_checking: bool
    origin: Node
    first: bool


@final
class ImportTimeAwait(Fact, frozen=True):
    """``await``, ``async for``, ``async with`` or an asynchronous comprehension that runs at import."""

    keyword: str


@final
class CallSite(Fact, frozen=True):
    """A call."""


@final
class AwaitSite(Fact, frozen=True):
    """``await value``, wherever it stands."""


@final
class EnterSite(Fact, frozen=True):
    """What a ``with`` statement enters and leaves."""

    is_async: bool


@final
class Statement(Fact, frozen=True):
    """An expression that stands as a statement, and whose value nobody keeps.

    ``must_raise`` says that a test expects an exception of it: ``with pytest.raises(...)``.
    """

    must_raise: bool


@final
class Examined(Fact, frozen=True):
    """A value that is looked at as data; ``by`` says how."""

    by: Examination


@final
class Definition(Fact, frozen=True):
    """A function definition; ``inner`` is the scope of its body."""

    inner: Scope


@final
class LoopSite(Fact, frozen=True):
    """A ``for`` or ``while`` statement."""

    loop: Loop


@final
class ComprehensionSite(Fact, frozen=True):
    """A comprehension or generator expression; ``inner`` is the scope it opens."""

    inner: Scope


@final
class TrySite(Fact, frozen=True):
    """A ``try`` statement."""


@final
class RaiseSite(Fact, frozen=True):
    """A ``raise`` statement."""


@final
class ModuleSite(Fact, frozen=True):
    """The module as a whole: once, for a rule that looks through it by itself."""


@final
class WholeFile(Fact, frozen=True):
    """The file with its role and its comments. Never made: the engine looks at it without a tree."""


@final
class ParseFailure(Fact, frozen=True):
    """The whole file, where it cannot be parsed. Never made: the engine reports it without a tree."""
