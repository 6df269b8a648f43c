"""Imports inside functions: how the core comes to the shell by calling a function that holds one.

``from app.helpers import load`` reaches nothing of the shell where ``load`` imports it in its body; to call ``load`` does::

    app.helpers.load -> app.helpers._connect -> app.infra.db
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, final

from isolint.model import Role
from isolint.program import dependencies
from isolint.program.import_chains import Chain, Link
from isolint.program.reachability import Reachability
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

    A node is a function, or a module as it is imported, whose function has the empty name. A search goes only where a module
    of the shell can be reached. One for all files of a run.
    """

    def __init__(self, world: World, chains: ImportChains, graph: CallGraph, resolver: Resolver) -> None:
        self._world = world
        self._chains = chains
        self._graph = graph
        self._resolver = resolver
        self._files: dict[str, str] = {}
        self._shells: Reachability[Place] = Reachability(self._next, lambda place: place.module)

    def shortest(self, reached: Reached, used: Iterable[Place]) -> list[Chain]:
        """Return the shortest chain to each module of the shell that ``reached`` lacks."""
        by_use = [place for place in sorted(set(used)) if place.module in reached.modules]
        starts = [*(Place(module, "") for module in reached.modules), *by_use]
        for place in starts:
            if (
                place.qualname or not reached.modules[place.module].links
            ):  # those behind depend on those in front
                self._note(reached.importer, dependencies.does(place))
        wanted = self._shells.explore(starts)
        for shell in reached.shells:
            wanted &= ~self._shells.bit(shell)
        if not wanted:
            return []
        chains = {Place(module, ""): one for module, one in reached.modules.items()}
        for place in by_use:
            line = self._resolver.line(place, reached.importer) or 1
            chains[place] = Chain(reached.modules[place.module].start, (), str(place), place.module, line)
        found = self._search(chains, wanted)
        for link in chain.from_iterable(one.links for one in found):
            self._note(reached.importer, dependencies.lines(link.importer, dependencies.ANY))
        return found

    def _note(self, asking: str, asked: str) -> None:
        self._resolver.modules.note(asking, asked)

    def _search(self, chains: dict[Place, Chain], wanted: int) -> list[Chain]:
        """Return the shortest of the chains that go on from those given to each of the ``wanted`` modules of the shell."""
        found: dict[str, Chain] = {}
        pending = [place for place in chains if self._shells.of(place) & wanted]
        for place in pending:
            for target, link in self._onward(place):
                longer = chains[place].longer(link)
                if self._world.role_of(target.module) is Role.SHELL:
                    if self._shells.bit(link.imported) & wanted:
                        found.setdefault(link.imported, longer)
                elif target not in chains and self._shells.of(target) & wanted:
                    chains[target] = longer
                    pending.append(target)
        return [*found.values()]

    def _next(self, place: Place) -> Iterator[tuple[Place, bool]]:
        for target, _ in self._onward(place):
            self._note(dependencies.does(place), dependencies.does(target))
            yield target, self._world.role_of(target.module) is Role.SHELL

    def _onward(self, place: Place) -> Iterator[tuple[Place, Link]]:
        for link in self._chains.links(place.module, place.qualname):
            yield Place(link.imported, ""), link
        where = self._file_of(place.module)
        for edge in self._graph.edges(place):
            if edge.target is not None and self._world.role_of(edge.target.module) is Role.UNASSIGNED:
                link = Link(place.module, str(edge.target), f"{where}:{edge.line}")
                yield edge.target, link

    def _file_of(self, module: str) -> str:
        if module not in self._files:
            file = self._world.find(module)
            self._files[module] = file.place if file is not None else module
        return self._files[module]
