"""Imports inside functions: how the core comes to the shell by calling a function that holds one.

``from app.helpers import load`` reaches nothing of the shell where ``load`` imports it in its body; to call ``load`` does::

    app.helpers.load -> app.helpers._connect -> app.infra.db
"""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from isolint.model import Role
from isolint.program.import_chains import Chain, Link
from isolint.program.types import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from isolint.program.call_graph import CallGraph
    from isolint.program.import_chains import ImportChains, Reached
    from isolint.program.resolver import Resolver
    from isolint.program.summaries import World


@final
class LazyImports:
    """Searches breadth first, from the functions that a core module uses and from the modules that it imports.

    A node is a function, or a module as it is imported, whose function has the empty name. For each node that was met it is
    known which modules of the shell it leads to, as the bits of a number, so that a search goes only where it can find one.
    One for all files of a run.
    """

    def __init__(self, world: World, chains: ImportChains, graph: CallGraph, resolver: Resolver) -> None:
        self._world = world
        self._chains = chains
        self._graph = graph
        self._resolver = resolver
        self._bits: dict[str, int] = {}
        self._leads_to: dict[Place, int] = {}
        self._before: dict[Place, list[Place]] = {}

    def shortest(self, reached: Reached, used: Iterable[Place]) -> list[Chain]:
        """Return the shortest chain to each module of the shell that ``reached`` lacks."""
        by_use = [place for place in sorted(set(used)) if place.module in reached.modules]
        starts = [*(Place(module, "") for module in reached.modules), *by_use]
        self._explore(starts)
        wanted = 0
        for place in starts:
            wanted |= self._leads_to[place]
        for shell in reached.shells:
            wanted &= ~self._bits.get(shell, 0)
        if not wanted:
            return []
        chains = {Place(module, ""): chain for module, chain in reached.modules.items()}
        for place in by_use:
            line = self._resolver.line(place, reached.importer) or 1
            chains[place] = Chain(reached.modules[place.module].start, (), str(place), line)
        return self._search(chains, wanted)

    def _search(self, chains: dict[Place, Chain], wanted: int) -> list[Chain]:
        """Return the shortest of the chains that go on from those given to each of the ``wanted`` modules of the shell."""
        found: dict[str, Chain] = {}
        pending = [place for place in chains if self._leads_to[place] & wanted]
        for place in pending:
            for target, link in self._onward(place):
                longer = chains[place].longer(link)
                if self._world.role_of(target.module) is Role.SHELL:
                    if self._bits[link.imported] & wanted:
                        found.setdefault(link.imported, longer)
                elif target not in chains and self._leads_to[target] & wanted:
                    chains[target] = longer
                    pending.append(target)
        return [*found.values()]

    def _explore(self, starts: Iterable[Place]) -> None:
        """Find where nodes lead to that have not been met before."""
        pending = [place for place in starts if place not in self._leads_to]
        self._leads_to |= dict.fromkeys(pending, 0)
        leading: list[Place] = []
        for place in pending:
            for target, link in self._onward(place):
                self._resolver.modules.note_whole(place.module, target.module)
                if self._world.role_of(target.module) is Role.SHELL:
                    bit = self._bits.setdefault(link.imported, 1 << len(self._bits))
                    self._leads_to[place] |= bit
                    continue
                self._before.setdefault(target, []).append(place)
                if target not in self._leads_to:
                    self._leads_to[target] = 0
                    pending.append(target)
                elif self._leads_to[target]:
                    leading.append(target)
            if self._leads_to[place]:
                leading.append(place)
        while leading:
            place = leading.pop()
            for before in self._before.get(place, ()):
                more = self._leads_to[before] | self._leads_to[place]
                if more != self._leads_to[before]:
                    self._leads_to[before] = more
                    leading.append(before)

    def _onward(self, place: Place) -> Iterator[tuple[Place, Link]]:
        for link in self._chains.links(place.module, place.qualname):
            yield Place(link.imported, ""), link
        file = self._world.find(place.module)
        where = file.place if file is not None else place.module
        for edge in self._graph.edges(place):
            if edge.target is not None and self._world.role_of(edge.target.module) is Role.UNASSIGNED:
                link = Link(place.module, str(edge.target), f"{where}:{edge.line}")
                yield edge.target, link
