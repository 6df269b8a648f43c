"""Finds everything outside the core that drives, from the drivers backwards.

The cost grows with what drives, not with the project: files that hold a driver are bound first, then
those that spell a name of what was found to drive and can reach it by imports, until nothing new drives.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, final

from isolint.semantics.drives.chains import chains
from isolint.semantics.drives.model import DriveTable, Place, Summary, Words
from isolint.semantics.drives.spelling import Spelling
from isolint.semantics.drives.words import Flow, flows_in, renamed, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from isolint.semantics.drives.bodies import Bodies
    from isolint.semantics.drives.ground import Ground
    from isolint.semantics.drives.imports import ImportGraph
    from isolint.semantics.module import ModuleSemantics

_MOST_STEPS = 4
"""Modules that rename what drives, one after the other, and are followed."""
MOST_MODULES = 200
"""Modules that are looked into; where more would be, it is less work to begin at the core."""


@final
class Backwards:
    """One search through the modules ``reachable`` from the core, of which ``summaries`` are known."""

    def __init__(
        self,
        ground: Ground,
        graph: ImportGraph,
        reachable: frozenset[str],
        drivers: frozenset[str],
        summaries: Mapping[str, Summary],
    ) -> None:
        self._ground = ground
        self._graph = graph
        self._reachable = reachable
        self._drivers = drivers
        self._territory = [module for module in sorted(reachable) if ground.concerns(module)]
        self.summaries = {module: summaries[module] for module in self._territory if module in summaries}
        self._spelling = Spelling(ground.index.text)
        self._known_flows: dict[str, tuple[Flow, ...]] = {}

    def table(self, driving: Sequence[str]) -> DriveTable | None:
        """Return everything that drives, None where too much does; the modules ``driving`` hold a driver."""
        pending = [module for module in driving if module not in self.summaries]
        table = DriveTable()
        while len(self.summaries.keys() | set(pending)) <= MOST_MODULES:
            for module in pending:
                self._look_into(module, table.words)
            table, pending = self._next(table)
            if not pending:
                return table
        return None

    def _next(self, table: DriveTable) -> tuple[DriveTable, list[str]]:
        """Return what is known to drive by now, and the modules that may show more."""
        summaries = self.summaries.values()
        found = chains(summaries, self._ground.all_allowed(summaries))
        reaching = self._graph.reaching({place.module for place in found}, self._reachable)
        words = table.words | words_of(found)
        pending = [m for m in self._territory if m in reaching and self._has_news(m, words)]
        if not pending:  # other names take longer to find
            words = self._with_other_names(words_of(found), found, sorted(reaching))
            pending = [m for m in self._territory if m in reaching and self._has_news(m, words)]
        return DriveTable(found, words, reaching), pending

    def _has_news(self, module: str, words: Words) -> bool:
        known = self.summaries.get(module)
        sought = known.sought if known is not None else frozenset[str]()
        return not self._spelling.found(module, words) <= sought

    def _look_into(self, module: str, words: Words) -> None:
        """Look into those functions of a module that spell words not looked for before."""
        from isolint.semantics.drives.bodies import SpellingBodies
        from isolint.semantics.drives.summaries import Sought

        known, found = self.summaries.get(module), self._spelling.found(module, words)

        def bodies(semantics: ModuleSemantics) -> Bodies:
            if known is None:
                return SpellingBodies(semantics.recorder, self._drivers, words)
            return SpellingBodies(semantics.recorder, frozenset(), words.only(found - known.sought))

        sought = Sought(self._ground.concerns, self._drivers, words.all)
        more = replace(self._ground.look_into(module, bodies, sought), sought=found)
        self.summaries[module] = more if known is None else known.with_more(more)

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
            tree = self._ground.index.quick_tree(module)
            self._known_flows[module] = tuple(flows_in(tree)) if tree is not None else ()
        return self._known_flows[module]
