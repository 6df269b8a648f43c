"""What a core module uses of what is outside the core, and what of that drives."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.model import Role
from isolint.semantics.drives.bodies import spelled_in
from isolint.semantics.drives.looking import only_looked_at
from isolint.semantics.drives.model import FunctionSummary, Use
from isolint.semantics.drives.seeds import DRIVING
from isolint.semantics.drives.summaries import drivers, may_mean
from isolint.semantics.drives.targets import Targets
from isolint.semantics.facts import CallSite, Definition, EnterSite, Import, Reference, Usage
from isolint.semantics.scopes import ParamBinding
from isolint.semantics.usage import NOT_USED
from isolint.syntax import nodes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from isolint.semantics.drives.answers import Drives
    from isolint.semantics.drives.model import Chain, Place
    from isolint.semantics.facts import Fact
    from isolint.semantics.module import ModuleSemantics


@final
class Reached(Struct, frozen=True):
    """A node of the core that leads to a driver; ``decorates`` says that it decorates with it."""

    fact: Fact
    node: nodes.Node
    chain: Chain
    usage: Usage


def reached(
    module: ModuleSemantics,
    drives: Drives,
    role_of: Callable[[str], Role | None],
    by_call: Iterable[str] = (),
) -> Iterator[Reached]:
    """Yield each use of something outside the core that drives, in the order of the text, once a node.

    ``by_call`` are the modules that are imported by calls.
    """
    imported = (fact for fact in module.recorder.facts if isinstance(fact, Import))
    names = [f"{fact.module}.{fact.name}" if fact.name not in ("", "*") else fact.module for fact in imported]
    # As in the gate, so that both see the same.
    if not drives.may_be_reached([*names, *by_call]):
        return
    chains, words = drives.table.chains, drives.table.words.all
    core = _Core(module, role_of)
    seen: set[nodes.Node] = set()
    for site in core.sites():
        if site.node not in seen and may_mean(site.named, module, words):
            found = [chains[place] for place in core.places(site) if place in chains]
            chain = min(found, key=_rank, default=())
            if chain:
                seen.add(site.node)
                yield Reached(site.fact, site.node, chain, site.usage)


def used(
    module: ModuleSemantics, role_of: Callable[[str], Role | None], concerns: Callable[[str], bool]
) -> tuple[FunctionSummary, ...]:
    """Return the names that a core module spells, with what of the modules that ``concerns`` says each may run."""
    core = _Core(module, role_of)
    found: dict[str, set[Place]] = {}
    for site in core.sites():
        name = next(spelled_in(site.named), "")
        places = {place for place in core.places(site) if concerns(place.module)} if name else ()
        if places:
            found.setdefault(name, set()).update(places)
    return tuple(
        FunctionSummary(name, 0, tuple(Use(0, "", place) for place in sorted(found[name])))
        for name in sorted(found)
    )


def _is_default(node: nodes.Node, module: ModuleSemantics) -> bool:
    """Whether it is a parameter of which nothing but a default is known."""
    bindings = module.bindings(node)
    return bool(bindings) and all(isinstance(b, ParamBinding) and b.annotation is None for b in bindings)


def _rank(chain: Chain) -> tuple[int, list[str]]:
    return len(chain), [step.name for step in chain]


@final
class _Site(Struct, frozen=True):
    """Where something is used: ``node`` is what to report, ``named`` what is used, ``runs`` says what it runs."""

    fact: Fact
    node: nodes.Node
    named: nodes.Node
    usage: Usage
    runs: Callable[[], Iterable[Place]]


@final
class _Core:
    def __init__(self, module: ModuleSemantics, role_of: Callable[[str], Role | None]) -> None:
        self._module = module
        self._targets = Targets(module)
        imported = (fact for fact in module.recorder.facts if isinstance(fact, Import))
        names = {name for fact in imported for name in (fact.module, f"{fact.module}.{fact.name}")}
        self._imported_shell = {name for name in names if role_of(name) is Role.SHELL}

    def places(self, site: _Site) -> Iterator[Place]:
        """Yield what a site runs, leaving out what is imported from the shell: ISO110 reports that."""
        return (place for place in site.runs() if place.module not in self._imported_shell)

    def sites(self) -> Iterator[_Site]:
        """Yield where something is used, in the order of the text."""
        return (site for fact in self._module.recorder.facts for site in self._of(fact))

    def _of(self, fact: Fact) -> Iterator[_Site]:
        if isinstance(fact, Reference):
            # What a parameter gets by default is reported there.
            is_use = fact.usage not in NOT_USED and fact.usage is not Usage.INHERITED
            if is_use and not _is_default(fact.node, self._module):
                yield _Site(fact, fact.anchor, fact.node, fact.usage, partial(self._referred, fact))
                # What the decorator itself runs is nearer to what is written than what it gives.
                if fact.usage is Usage.DECORATES and isinstance(fact.node, (nodes.Name, nodes.Attribute)):
                    decorated = partial(self._decorated, fact, fact.node)
                    yield _Site(fact, fact.anchor, fact.node, fact.usage, decorated)
        elif isinstance(fact, Definition) and isinstance(fact.node, nodes.FunctionDef):
            for decorator in fact.node.decorators:
                made = decorator.decorator
                if isinstance(made, nodes.Call):
                    yield _Site(fact, made.func, made.func, Usage.DECORATES, partial(self._decorating, made))
        elif isinstance(fact, EnterSite):
            named = fact.node.func if isinstance(fact.node, nodes.Call) else fact.node
            enters = partial(self._targets.entering, fact.node, is_async=fact.is_async)
            yield _Site(fact, named, named, Usage.ENTERED, enters)
        elif isinstance(fact, CallSite) and isinstance(fact.node, nodes.Call):
            made = fact.node.func
            if isinstance(made, nodes.Call):
                yield _Site(fact, made.func, made.func, Usage.CALLED, partial(self._targets.given, made.func))

    def _referred(self, reference: Reference) -> list[Place]:
        if self._is_told(reference):
            return []
        found = self._targets.used(reference)
        is_seen = bool(found) and reference.usage is Usage.PASSED and only_looked_at(reference, self._module)
        return [] if is_seen else found

    def _decorated(self, reference: Reference, decorator: nodes.BaseExpression) -> list[Place]:
        if self._is_told(reference):
            return []
        return [*self._targets.decorating(decorator), *self._targets.applying(decorator)]

    def _is_told(self, reference: Reference) -> bool:
        """Whether it is a driver itself, which ISO101, ISO102 and ISO103 report, or there for type checkers."""
        known = self._module.entries(reference)
        if any(entry.effect in DRIVING for entry in known) or drivers(reference, self._module):
            return True
        return self._module.is_typing_only(reference)

    def _decorating(self, made: nodes.Call) -> list[Place]:
        return [
            *self._targets.decorating(made),
            *self._targets.applying(made),
            *self._targets.given(made.func),
        ]
