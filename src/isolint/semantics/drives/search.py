"""Finds everything outside the core that drives, from the drivers backwards.

The cost grows with what drives, not with the project: files that hold a driver are bound first, then
those that spell a name of what was found to drive and can reach it by imports, until nothing new drives.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, final

from isolint.model import Role
from isolint.semantics.drives.chains import chains
from isolint.semantics.drives.imports import ImportGraph
from isolint.semantics.drives.model import DriveTable, Place, Recalled, Summary, Words
from isolint.semantics.drives.seeds import Seeds
from isolint.semantics.drives.spelling import Spelling
from isolint.semantics.drives.words import Flow, flows_in, renamed, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from isolint.semantics.catalogue import Catalogue
    from isolint.semantics.index import ModuleIndex
    from isolint.semantics.watch import Watched

_MOST_STEPS = 4
"""Modules that rename what drives, one after the other, and are followed."""
_NO_CHAINS = frozenset({Role.CORE, Role.RUNTIME, None})
"""The core is reported where it drives itself, and a runtime's business is to schedule."""


@final
class Search:
    """One search through a project. What is ``recalled`` of modules is not looked for again."""

    def __init__(
        self,
        world: Watched,
        index: ModuleIndex,
        catalogue: Catalogue,
        allowed: tuple[str, ...],
        plan_modules: tuple[str, ...],
        recalled: Recalled,
    ) -> None:
        self._recalled = recalled
        self._world = world
        self._index = index
        self._catalogue = catalogue
        self._allowed = allowed
        self._plan_modules = plan_modules
        self._graph = ImportGraph(index)
        self._summaries: dict[str, Summary] = {}
        self._spelling = Spelling(index.text)
        self._known_flows: dict[str, tuple[Flow, ...]] = {}

    def table(self) -> tuple[DriveTable, Recalled]:
        """Return everything that drives, and what the next search need not look for again."""
        modules = self._world.modules()
        if not any(map(self._concerns, modules)):
            return DriveTable(), Recalled()
        reachable = self._graph.reachable(m for m in modules if self._world.role_of(m) is Role.CORE)
        territory = [m for m in sorted(reachable) if self._concerns(m)]
        self._seeds = seeds = Seeds(self._catalogue, self._index, sorted(reachable))
        drivers = tuple(sorted(seeds.names))
        if drivers == self._recalled.drivers:
            known = self._recalled.summaries
            self._summaries = {module: known[module] for module in territory if module in known}
        told = (module for module in territory if module not in self._summaries)
        pending = [module for module in told if seeds.stand_in(module, self._index.text(module))]
        table = DriveTable()
        while True:
            for module in pending:
                self.look_into(module, table.words)
            table, pending = self._next(table, reachable, territory)
            if not pending:
                return table, Recalled(drivers, self._summaries)

    def _next(
        self, table: DriveTable, reachable: frozenset[str], territory: Iterable[str]
    ) -> tuple[DriveTable, list[str]]:
        """Return what is known to drive by now, and the modules that may show more."""
        found = chains(self._summaries.values(), self._all_allowed())
        reaching = self._graph.reaching({place.module for place in found}, reachable)
        words = table.words | words_of(found)
        pending = [m for m in territory if m in reaching and self._has_news(m, words)]
        if not pending:  # other names take longer to find
            words = self._with_other_names(words_of(found), found, sorted(reaching))
            pending = [m for m in territory if m in reaching and self._has_news(m, words)]
        return DriveTable(found, words, reaching), pending

    def _concerns(self, module: str) -> bool:
        return self._world.role_of(module) not in _NO_CHAINS and not self._catalogue.is_library(module)

    def _has_news(self, module: str, words: Words) -> bool:
        known = self._summaries.get(module)
        sought = known.sought if known is not None else frozenset[str]()
        return not self._spelling.found(module, words) <= sought

    def look_into(self, module: str, words: Words) -> None:
        """Look into those functions of a module that spell words not looked for before."""
        from isolint.semantics.drives.bodies import Bodies
        from isolint.semantics.drives.summaries import Sought, summarised
        from isolint.semantics.module import of_recorder

        known, found = self._summaries.get(module), self._spelling.found(module, words)
        self._index.make_room()
        self._world.asked = set()
        recorder, tree = self._index.bound(module), self._index.tree(module)
        more = Summary(module, ())
        if recorder is not None and tree is not None:
            file = self._world.find(module)
            semantics = of_recorder(
                recorder,
                tree,
                module,
                is_package=file is not None and file.is_package,
                catalogue=self._catalogue,
                plan_modules=self._plan_modules,
                index=self._index,
            )
            drivers = self._seeds.names
            bodies = (
                Bodies(recorder, drivers, words)
                if known is None
                else Bodies(recorder, frozenset(), words.only(found - known.sought))
            )
            sought = Sought(drivers, words.all, self._concerns)
            more = summarised(semantics, tree, self._index.text(module), bodies, sought)
            semantics.inference.dissolve()
        more = replace(more, sought=found, consulted=frozenset(self._world.asked))
        self._summaries[module] = more if known is None else known.with_more(more)

    def _all_allowed(self) -> frozenset[Place]:
        by_comment = (Place(s.module, name) for s in self._summaries.values() for name in s.allowed)
        return frozenset((*by_comment, *self._configured()))

    def _configured(self) -> Iterable[Place]:
        return (Place(*home) for name in self._allowed for home in self._index.homes(name) if home[1])

    def _with_other_names(self, words: Words, drivers: Iterable[Place], modules: list[str]) -> Words:
        """Add the names that modules give to what drives, over a few steps from module to module."""
        local: dict[str, set[str]] = {}
        for place in drivers:
            if place.is_local:
                local.setdefault(place.module, set()).add(place.name)
        seen: dict[str, frozenset[str]] = {}
        for _ in range(_MOST_STEPS):
            more = words
            for module in modules:
                here = self._spelling.found(module, words)
                if here == seen.get(module):
                    continue
                seen[module] = here
                if module in local or (here and self._spelling.may_rename(module, here, words)):
                    more |= renamed(self._flows(module), words, local.get(module, ()))
            if more == words:
                break
            words = more
        return words

    def _flows(self, module: str) -> tuple[Flow, ...]:
        if module not in self._known_flows:
            tree = self._index.quick_tree(module)
            self._known_flows[module] = tuple(flows_in(tree)) if tree is not None else ()
        return self._known_flows[module]
