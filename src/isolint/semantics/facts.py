"""What the binder finds in a module and the rules look at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, final

if TYPE_CHECKING:
    from isolint.semantics.scopes import Loop, Scope
    from isolint.syntax.nodes import CSTNode


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


@dataclass(frozen=True, slots=True)
class Fact:
    """A node that a rule can be asked about, with where it stands.

    ``guarded`` says that it runs only under ``if __name__ == "__main__":``.
    """

    node: CSTNode
    scope: Scope
    guarded: bool


@final
@dataclass(frozen=True, slots=True)
class Reference(Fact):
    """The longest chain of a name and attributes (``aio.run``), read; or a ``getattr`` that stands for one.

    ``anchor`` is the node to report: ``node`` itself, or the string that a quoted annotation is. Of a
    value that is passed, ``receiver`` is the last name of what it is passed to, and ``keyword`` the name
    it is passed under.
    """

    usage: Usage
    anchor: CSTNode
    receiver: str = ""
    keyword: str = ""
    annotates: AnnotationOf | None = None


@final
@dataclass(frozen=True, slots=True)
class Import(Fact):
    """A module, or a name from one, brought in. ``name`` is empty for a whole module, ``*`` for a star.

    ``bound`` is the name it gets here, empty where it gets none. ``origin`` is the node that spells the
    module, and ``first`` says whether this is the first name of its statement.
    """

    module: str
    name: str
    bound: str
    type_checking: bool
    origin: CSTNode
    first: bool


@final
@dataclass(frozen=True, slots=True)
class ImportTimeAwait(Fact):
    """``await``, ``async for``, ``async with`` or an asynchronous comprehension that runs at import."""

    keyword: str


@final
@dataclass(frozen=True, slots=True)
class CallSite(Fact):
    """A call."""


@final
@dataclass(frozen=True, slots=True)
class AwaitSite(Fact):
    """``await value``, wherever it stands."""


@final
@dataclass(frozen=True, slots=True)
class EnterSite(Fact):
    """What a ``with`` statement enters and leaves."""

    is_async: bool


@final
@dataclass(frozen=True, slots=True)
class Statement(Fact):
    """An expression that stands as a statement, and whose value nobody keeps.

    ``must_raise`` says that a test expects an exception of it: ``with pytest.raises(...)``.
    """

    must_raise: bool


@final
@dataclass(frozen=True, slots=True)
class Examined(Fact):
    """A value that is looked at as data; ``by`` says how."""

    by: Examination


@final
@dataclass(frozen=True, slots=True)
class Definition(Fact):
    """A function definition; ``inner`` is the scope of its body."""

    inner: Scope


@final
@dataclass(frozen=True, slots=True)
class LoopSite(Fact):
    """A ``for`` or ``while`` statement."""

    loop: Loop


@final
@dataclass(frozen=True, slots=True)
class ComprehensionSite(Fact):
    """A comprehension or generator expression; ``inner`` is the scope it opens."""

    inner: Scope


@final
@dataclass(frozen=True, slots=True)
class TrySite(Fact):
    """A ``try`` statement with handlers."""


@final
@dataclass(frozen=True, slots=True)
class RaiseSite(Fact):
    """A ``raise`` statement."""


@final
@dataclass(frozen=True, slots=True)
class ModuleSite(Fact):
    """The module as a whole: once, for a rule that looks through it by itself."""


@final
@dataclass(frozen=True, slots=True)
class WholeFile(Fact):
    """The file with its role and its comments. Never made: the engine looks at it without a tree."""


@final
@dataclass(frozen=True, slots=True)
class ParseFailure(Fact):
    """The whole file, where it cannot be parsed. Never made: the engine reports it without a tree."""
