"""The shape of a rule: data about it, and one generator function that looks at facts."""

from __future__ import annotations

from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, final

from msgspec import Struct

from isolint.model import Role
from isolint.plans.deferred import find_deferred
from isolint.plans.factories import is_factory, runs_while_describing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from isolint.catalogue import Entry
    from isolint.evidence import Evidence
    from isolint.fixes import Proposal
    from isolint.model import Span, Step
    from isolint.program.import_chains import ImportChains
    from isolint.program.program import Program
    from isolint.program.summaries import World
    from isolint.program.view import ModuleView
    from isolint.semantic_index.facts import Fact
    from isolint.semantic_index.scopes import Scope
    from isolint.syntax.spans import Located

K = TypeVar("K")
R = TypeVar("R")
OWN_PREFIX = "ISO"
"""The beginning of the codes of isolint's own rules; plugins choose another."""
ALL_ROLES = frozenset(Role)
CORE = frozenset({Role.CORE})
CORE_AND_RUNTIME = frozenset({Role.CORE, Role.RUNTIME})


@final
class FixAvailability(Enum):
    """The fixes of a rule, as its documentation states them."""

    NONE = "none"
    SAFE = "safe"
    UNSAFE = "unsafe"
    SOMETIMES = "sometimes"


@final
class Options(Struct, frozen=True):
    """The options of the user for rules. Names are dotted; see the configuration table in the README.

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
    """A finding at a node, before it has a position. The ``anchor`` is a node, or a span that is no node of its own.

    ``message`` names the resolved thing and why it matters in one clause; ``help`` is the way out;
    ``note`` is the evidence where it is not obvious; ``chain`` are the steps to a driver that is reached indirectly.
    """

    anchor: Located | Span
    message: str
    help: str = ""
    resolved: str = ""
    note: str = ""
    fix: Proposal | None = None
    chain: tuple[Step, ...] = ()


@final
class Context:
    """The questions that a rule may ask about the module under check and the project around it."""

    def __init__(
        self,
        module: ModuleView,
        role: Role,
        options: Options,
        world: World,
        program: Program,
        chains: ImportChains,
        evidence: Evidence,
    ) -> None:
        self.module = module
        self.role = role
        self.options = options
        self.world = world
        self.program = program
        self.chains = chains
        self._evidence = evidence
        self._describing: dict[Scope, bool] = {}
        self._answers: dict[tuple[object, object], Any] = {}

    def once(self, work: Callable[[K], R], asked: K) -> R:
        """Return ``work(asked)``, worked out once for the module: for the questions that many places of a function ask."""
        key = work, asked
        if key not in self._answers:
            self._answers[key] = work(asked)
        found: R = self._answers[key]
        return found

    @cached_property
    def may_have_plans(self) -> bool:
        """Whether anything in the module has to do with plans: most modules of most projects do without."""
        return self._evidence.of_plans(self.module.name)

    @cached_property
    def deferred(self) -> frozenset[Scope]:
        """The scopes of the functions that run when a plan does, not when it is built."""
        return find_deferred(self.module)

    def describes(self, scope: Scope) -> bool:
        """Whether the function of ``scope`` builds a plan and returns it, or runs while one that does is running."""
        known = self._describing.get(scope)
        if known is None:
            module, deferred = self.module, self.deferred
            known = is_factory(scope, module, deferred) or runs_while_describing(scope, module, deferred)
            self._describing[scope] = known
        return known


Check: TypeAlias = "Callable[[Any, Context], Iterator[Finding]]"


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

    ``looks_at`` are the fact classes that ``check`` is called with, fact by fact in the order of the text. ``bad`` and ``good``
    are documentation and tests at once. ``mends`` describes the fix, and the cases without one. ``silencing`` says how
    findings are accepted, if not by a comment.
    """

    code: str
    name: str
    summary: str
    rationale: str
    roles: frozenset[Role]
    looks_at: tuple[type[Fact], ...]
    check: Check
    bad: tuple[Example, ...]
    good: tuple[Example, ...]
    strict: bool = False
    fix: FixAvailability = FixAvailability.NONE
    mends: str = ""
    silencing: str = ""

    @property
    def is_own(self) -> bool:
        """Whether it is a rule of isolint itself, and none of a plugin."""
        return self.code.startswith(OWN_PREFIX)
