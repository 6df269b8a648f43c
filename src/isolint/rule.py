"""The shape of a rule: data about it, and one generator function that looks at facts."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, final

from msgspec import Struct, field

from isolint.model import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from isolint.fixes import Proposal
    from isolint.model import Step
    from isolint.semantics.catalogue import Catalogue, Entry
    from isolint.semantics.drives.answers import Drives
    from isolint.semantics.facts import Fact
    from isolint.semantics.glimpse import Glimpse, Look
    from isolint.semantics.import_chains import ImportChains
    from isolint.semantics.module import ModuleSemantics
    from isolint.semantics.watch import World
    from isolint.syntax.nodes import Node

K = TypeVar("K")
R = TypeVar("R")

EVERY_FILE = ""
"""Among the words of a rule: it may fire in any file."""
ALL_ROLES = frozenset(Role)
CORE = frozenset({Role.CORE})
CORE_AND_RUNTIME = frozenset({Role.CORE, Role.RUNTIME})


@final
class FixAvailability(Enum):
    """What a rule's documentation promises about fixes."""

    NONE = "none"
    SAFE = "safe"
    UNSAFE = "unsafe"
    SOMETIMES = "sometimes"


@final
class Options(Struct, frozen=True):
    """What the user tells the rules. Names are dotted; see the configuration table in the README.

    ``known`` are entries that plugins add to the catalogue; ``strict_effects`` says that
    effects count which many modules have at import; it follows `strict`.
    """

    interpreters: tuple[str, ...] = ()
    drivers: tuple[str, ...] = ()
    spawners: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()
    plan_modules: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    type_checking_imports: bool = False
    ignore_imports: tuple[str, ...] = ()
    known: tuple[Entry, ...] = ()
    forbidden: tuple[str, ...] = ()
    strict_effects: bool = False
    allow_main_guard: bool = False


@final
class Finding(Struct, frozen=True):
    """What a rule has to say about a node, before it has a position.

    ``message`` names the resolved thing and why it matters in one clause; ``help`` is the way out;
    ``note`` is the evidence where it is not obvious; ``chain`` are the steps to what is reached indirectly.
    """

    anchor: Node
    message: str
    help: str = ""
    resolved: str = ""
    note: str = ""
    fix: Proposal | None = None
    chain: tuple[Step, ...] = ()


@final
class Context(Struct, frozen=True):
    """What a rule may ask while it looks at one module."""

    module: ModuleSemantics
    role: Role
    options: Options
    world: World
    chains: ImportChains
    drives: Drives
    kept: dict[tuple[object, object], Any] = field(default_factory=dict[tuple[object, object], Any])

    def once(self, work: Callable[[K], R], asked: K) -> R:
        """Return ``work(asked)``, worked out once for the module: for what many places in one function ask."""
        key = work, asked
        if key not in self.kept:
            self.kept[key] = work(asked)
        found: R = self.kept[key]
        return found


@final
class GateInput(Struct, frozen=True):
    """What the words of a rule may depend on."""

    catalogue: Catalogue
    options: Options
    world: World
    chains: ImportChains
    drives: Drives


Check: TypeAlias = "Callable[[Any, Context], Iterator[Finding]]"
Words: TypeAlias = "Callable[[GateInput], Iterable[str | tuple[str, ...]]]"
Meets: TypeAlias = "Callable[[str, Glimpse, GateInput], bool]"


@final
class Example(Struct, frozen=True):
    """A module that shows the rule: ``source`` is checked as a core module by the tests.

    ``beside`` are modules outside the core that it needs, by dotted name.
    """

    title: str
    source: str
    beside: tuple[tuple[str, str], ...] = ()


@final
class Rule(Struct, frozen=True):
    """One rule of the catalogue.

    ``looks_at`` are the fact classes ``check`` is called with. ``words`` gives the identifiers of which
    at least one must stand in a file for the rule to fire there (of a group of them, all), and in the body of
    a function one word or the first of a group, or else a name that stands for something known. Where words say
    little, ``look`` looks at the interpreter's own tree, and ``meets`` holds what was seen of the
    module of that name against the world. A file that any of them refuses is not bound, so none may ever say no where the rule would fire.
    ``about_plans`` lets every file pass, besides, that imports a first-party module that speaks of plans:
    one may come from there under any name.
    ``about_project`` says that the rule asks what drives elsewhere. ``mends`` says what the fix does, and when none
    is offered.
    """

    code: str
    name: str
    summary: str
    rationale: str
    roles: frozenset[Role]
    looks_at: tuple[type[Fact], ...]
    check: Check
    words: Words
    bad: tuple[Example, ...]
    good: tuple[Example, ...]
    strict: bool = False
    fix: FixAvailability = FixAvailability.NONE
    mends: str = ""
    look: Look | None = None
    meets: Meets | None = None
    about_plans: bool = False
    about_project: bool = False
