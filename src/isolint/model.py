"""The plain data that leaves the engine: frozen, slotted, picklable, free of any syntax node."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import PurePath  # noqa: TC003  # msgspec evaluates the annotations of cached records
from typing import Annotated, TypeAlias, final

from msgspec import Meta, Struct

FromZero: TypeAlias = Annotated[int, Meta(ge=0, lt=1 << 31)]
FromOne: TypeAlias = Annotated[int, Meta(ge=1, lt=1 << 31)]
"""Counts, and lines and columns, which start at 1. The bounds are looked at where a record is read from a file."""


@final
class Role(Enum):
    """The part of a module in the boundary: see the table of roles in the README."""

    CORE = "core"
    RUNTIME = "runtime"
    SHELL = "shell"
    TESTS = "tests"
    UNASSIGNED = "unassigned"


@final
class Suppress(Enum):
    """The suppression comments that count.

    ``OWN`` is for a host that reads ``noqa`` itself.
    """

    ALL = "all"
    OWN = "own"
    NONE = "none"


@final
class Safety(Enum):
    """Whether a fix provably keeps the meaning of the program."""

    SAFE = "safe"
    UNSAFE = "unsafe"


@final
class Severity(Enum):
    """Whether a finding makes a run fail, or is only told: as a warning, or because a baseline accepts it."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"

    @property
    def prefix(self) -> str:
        """The prefix of a message that is no error, in formats without severities."""
        return "" if self is Severity.ERROR else f"{self.value}: "


@final
class Span(Struct, frozen=True, order=True, array_like=True):
    """A half-open range of source text.

    Lines and columns both start at 1; a column counts Unicode code points, as an editor does.
    ``end_column`` is the first column behind the range.
    """

    line: FromOne
    column: FromOne
    end_line: FromOne
    end_column: FromOne


@final
class Edit(Struct, frozen=True, order=True):
    """Replace the text of ``span`` by ``content``; an empty span inserts."""

    span: Span
    content: str


@final
class Import(Struct, frozen=True, order=True):
    """``from module import name``, or ``import module`` where ``name`` is empty."""

    module: str
    name: str = ""


@final
class Fix(Struct, frozen=True):
    """A proposed change: its effect, its safety, and the reason where it is unsafe.

    ``imports`` have to be there for the edits; one that is there already is not added again. ``relies_on`` is the code
    that the edits are made for: all from the first to the last where it is empty. ``signature`` is the qualified name of a
    function of the module whose parameters change.
    """

    message: str
    safety: Safety
    edits: tuple[Edit, ...]
    reason: str = ""
    imports: tuple[Import, ...] = ()
    relies_on: tuple[Span, ...] = ()
    signature: str = ""


@final
class Step(Struct, frozen=True):
    """One step of the chain that leads to a driver or to the shell.

    ``name`` is a dotted name and ``module`` the one that ``line`` is in: the line that defines the first step of
    a chain, and the line that uses any other. ``path`` starts at the root of the project and has ``/``.
    """

    name: str
    module: str
    path: str
    line: FromZero

    def __str__(self) -> str:
        """Return the clickable form ``name (path:line)``."""
        return f"{self.name} ({self.path}:{self.line})"


@final
class Key(Struct, frozen=True, order=True):
    """The identity of a finding when lines move, files are renamed and functions change places.

    ``subject`` is the resolved name, or the one that a chain begins with: the one written in the file itself.
    Two equal findings in one function have one key.
    """

    module: str
    scope: str
    code: str
    subject: str


@final
class Diagnostic(Struct, frozen=True):
    """One finding, placed in a file.

    ``resolved`` is the dotted origin of the name found (``asyncio.run``), empty where nothing was
    resolved. ``help`` is the way out. ``note`` is the evidence where it is not obvious. ``snippet``
    is the first source line of the span without its line end. ``noqa_line`` is the line a
    suppression comment has to stand on. ``module`` is the dotted name of the file, ``scope`` the qualified name
    of the function or class around the finding, empty at the top of the module. ``chain`` are the steps to
    the resolved name, where it is reached indirectly. In a notebook lines are those of a ``cell``, from 1; elsewhere
    that is 0. ``fingerprint`` is the same for the finding of another run with the same key, as long as the number of
    those before it is; empty where no run is judged.
    """

    path: PurePath
    code: str
    name: str
    message: str
    span: Span
    role: Role
    resolved: str = ""
    help: str = ""
    note: str = ""
    snippet: str = ""
    noqa_line: FromZero = 0
    fix: Fix | None = None
    module: str = ""
    scope: str = ""
    chain: tuple[Step, ...] = ()
    severity: Severity = Severity.ERROR
    cell: FromZero = 0
    fingerprint: str = ""

    @property
    def place(self) -> str:
        """The place in its file: ``12:5``, or ``cell 3:2:5`` in a notebook."""
        position = f"{self.span.line}:{self.span.column}"
        return f"cell {self.cell}:{position}" if self.cell else position

    @property
    def key(self) -> Key:
        """The identity of the finding in a baseline."""
        subject = self.chain[0].name if self.chain else self.resolved
        return Key(self.module, self.scope, self.code, subject)


@final
@dataclass(frozen=True, slots=True)
class Checked:
    """A file whose rules all ran. ``diagnostics`` are in source order; empty means clean.

    ``accepted`` are the findings that a baseline accepts.
    """

    path: PurePath
    role: Role
    diagnostics: tuple[Diagnostic, ...] = ()
    suppressed: int = 0
    accepted: tuple[Diagnostic, ...] = ()


@final
class Unparsable(Struct, frozen=True):
    """A file that is not Python this parser knows; ``diagnostic`` is its ISO900."""

    path: PurePath
    role: Role
    diagnostic: Diagnostic


@final
class Crashed(Struct, frozen=True):
    """A file that could not be checked: unreadable, or a defect of isolint itself.

    ``error`` is one line for everyone; ``details`` the traceback, where there is one.
    """

    path: PurePath
    error: str
    details: str = ""


Outcome: TypeAlias = Checked | Unparsable | Crashed
"""The outcome of one file; a crash is never a clean file."""
