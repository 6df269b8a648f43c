"""The interface for packages with rules of their own: typed, and stable within one ``VERSION``.

A rule is data and one generator function::

    from collections.abc import Iterator
    from isolint.api import CORE, Example, Finding, Import, Module, Rule

    def check(fact: Import, module: Module) -> Iterator[Finding]:
        if fact.module == "acme.legacy":
            yield module.finding(fact, "`acme.legacy` is on its way out", "use `acme.orders`")

    RULE = Rule(code="ACME101", name="legacy-import", summary="The core imports the legacy package", ..., api=1)

The package names it under the entry point group ``isolint.rules``, by its code, and a project names the package in
``plugins``. Everything else in isolint may change with any release.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias, final

from msgspec import Struct

from isolint.model import Role
from isolint.rule import ALL_ROLES, CORE, CORE_AND_RUNTIME, Example, Finding, FixAvailability
from isolint.semantic_index.facts import CallSite, Import, Reference, Usage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from isolint.rule import Context

__all__ = [
    "ALL_ROLES",
    "CORE",
    "CORE_AND_RUNTIME",
    "VERSION",
    "CallSite",
    "Check",
    "Example",
    "Fact",
    "Finding",
    "FixAvailability",
    "Import",
    "Module",
    "Reference",
    "Role",
    "Rule",
    "Usage",
]

VERSION = 1

Fact: TypeAlias = "Import | Reference | CallSite"
"""A fact that a rule may look at: an import, a name or chain of attributes that is used, a call."""


@final
class Module:
    """The module that a rule looks at, and the meaning of its names. Nothing of it is imported or run."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @property
    def name(self) -> str:
        """The dotted name."""
        return self._context.module.name

    @property
    def role(self) -> Role:
        """The role that the project gives it."""
        return self._context.role

    def role_of(self, module: str) -> Role | None:
        """Return the role of another module of the project, None for modules from elsewhere."""
        return self._context.world.role_of(module)

    def resolved(self, fact: Fact) -> frozenset[str]:
        """Return the dotted names from outside the module that a fact may mean: ``asyncio.run`` for ``aio.run``.

        Of a call these are the names of the callee. Empty where nothing is known for certain.
        """
        if isinstance(fact, Import):
            return frozenset({f"{fact.module}.{fact.name}" if fact.name else fact.module})
        node = fact.node.func if isinstance(fact, CallSite) else fact.node
        return frozenset(each.name for each in self._context.module.externals(node))

    def text(self, fact: Fact) -> str:
        """Return the source of a fact."""
        return self._context.module.text_of(fact.node)

    def finding(self, fact: Fact, message: str, help_: str = "", *, resolved: str = "") -> Finding:
        """Return a finding at a fact.

        ``message`` names the finding and says why it matters in one clause, ``help_`` is the way out, and
        ``resolved`` the dotted name that a baseline knows the finding by.
        """
        return Finding(fact.anchor if isinstance(fact, Reference) else fact.node, message, help_, resolved)


Check: TypeAlias = "Callable[[Any, Module], Iterator[Finding]]"


@final
class Rule(Struct, frozen=True, kw_only=True):
    """A rule of another package.

    ``code`` is the package's own prefix in capitals and digits, not ``ISO``; ``name`` names the finding in kebab
    case. ``roles`` are those of the modules that it looks at, ``looks_at`` the kinds of facts that ``check`` is
    called with. ``bad`` and ``good`` show it in `isolint rule`. ``strict`` rules run only where a project asks for
    them. ``fix`` says whether it has fixes. ``api`` is the ``VERSION`` that the rule is written for.
    """

    code: str
    name: str
    summary: str
    rationale: str
    roles: frozenset[Role]
    looks_at: tuple[type[Import | Reference | CallSite], ...]
    check: Check
    api: int
    bad: tuple[Example, ...] = ()
    good: tuple[Example, ...] = ()
    strict: bool = False
    fix: FixAvailability = FixAvailability.NONE
