"""Finds everything outside the core that drives, from the drivers backwards.

The cost grows with what drives, not with the project: files that hold a driver are bound first, then
those that spell a name of what was found to drive and can reach it by imports, until nothing new drives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from isolint.semantics.drives.chains import chains
from isolint.semantics.drives.drivers_in import DriversIn
from isolint.semantics.drives.model import DriveTable, Place, Words
from isolint.semantics.drives.words import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from isolint.semantics.drives.ground import Ground
    from isolint.semantics.drives.imports import ImportGraph
    from isolint.semantics.drives.model import Summary
    from isolint.semantics.drives.team import Team

_MOST_STEPS = 4
"""Modules that rename what drives, one after the other, and are followed."""
MOST_MODULES = 300
"""Modules that are looked into; where more would be, it is less work to begin at the core."""
_FEW = 25
_ONE_OF = 5
"""So it is where more than a few modules hold a driver, and more than one of so many that a chain may lead through.

In the end three to four times as many are looked into, some of them again and again; to begin at the core takes a look at
each, which is two thirds of the work.
"""


@final
class Backwards:
    """One search through the modules ``reachable`` from the core, of which ``summaries`` are known."""

    def __init__(
        self,
        ground: Ground,
        reader: DriversIn,
        team: Team[DriversIn],
        graph: ImportGraph,
        reachable: frozenset[str],
        summaries: Mapping[str, Summary],
    ) -> None:
        self._ground = ground
        self._reader = reader
        self._team = team
        self._graph = graph
        self._reachable = reachable
        self._territory = [module for module in sorted(reachable) if ground.concerns(module)]
        self.summaries = {module: summaries[module] for module in self._territory if module in summaries}

    def table(self, driving: Sequence[str]) -> DriveTable | None:
        """Return everything that drives, None where too much does; the modules ``driving`` hold a driver."""
        if len(driving) > max(_FEW, len(self._territory) // _ONE_OF):
            return None
        pending = [module for module in driving if module not in self.summaries]
        table = DriveTable()
        while len(self.summaries.keys() | set(pending)) <= MOST_MODULES:
            self._look_into(pending, table.words)
            table, pending = self._next(table)
            if not pending:
                return table
        return None

    def _look_into(self, modules: Iterable[str], words: Words) -> None:
        given = {m: (words, self._sought(m) if m in self.summaries else None) for m in modules}
        for module, with_what in given.items():
            # In this process alone: what they ask about is much the same, and bound once.
            more, known = self._reader.summary(module, with_what), self.summaries.get(module)
            self.summaries[module] = more if known is None else known.with_more(more)

    def _sought(self, module: str) -> frozenset[str]:
        known = self.summaries.get(module)
        return known.sought if known is not None else frozenset()

    def _next(self, table: DriveTable) -> tuple[DriveTable, list[str]]:
        """Return what is known to drive by now, and the modules that may show more."""
        summaries = self.summaries.values()
        found = chains(summaries, self._ground.all_allowed(summaries))
        reaching = self._graph.reaching({place.module for place in found}, self._reachable)
        words = table.words | words_of(found)
        pending = self._with_news(reaching, words)
        if not pending:  # other names take longer to find
            words = self._with_other_names(words_of(found), found, sorted(reaching))
            pending = self._with_news(reaching, words)
        return DriveTable(found, words, reaching), pending

    def _with_news(self, reaching: frozenset[str], words: Words) -> list[str]:
        given = {m: (words, self._sought(m)) for m in self._territory if m in reaching}
        return [module for module, has_news in self._team.each(DriversIn.has_news, given).items() if has_news]

    def _with_other_names(self, words: Words, drivers: Iterable[Place], modules: list[str]) -> Words:
        """Add the names that modules give to what drives, over a few steps from module to module."""
        local: dict[str, set[str]] = {}
        for place in drivers:
            if place.is_local:
                local.setdefault(place.module, set()).add(place.name)
        fresh = words
        for _ in range(_MOST_STEPS):
            given = {module: (words, fresh, frozenset(local.get(module, ()))) for module in modules}
            more = words
            for other in self._team.each(DriversIn.other_names, given).values():
                more |= other
            if more == words:
                break
            words, fresh = more, more - words
        return words
