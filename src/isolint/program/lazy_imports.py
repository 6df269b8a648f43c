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
    """Searches breadth first, from the functions that a core module uses and from the modules that it imports."""

    def __init__(self, world: World, chains: ImportChains, graph: CallGraph, resolver: Resolver) -> None:
        self._world = world
        self._chains = chains
        self._graph = graph
        self._resolver = resolver

    def shortest(self, reached: Reached, used: Iterable[Place]) -> list[Chain]:
        """Return the shortest chain to each module of the shell that ``reached`` lacks.

        A node is a function, or a module as it is imported, whose function has the empty name.
        """
        found: dict[str, Chain] = {}
        starts = {Place(module, ""): chain for module, chain in reached.modules.items()}
        for place in sorted(set(used)):
            if place.module in reached.modules:
                line = self._resolver.line(place, reached.importer) or 1
                starts[place] = Chain(reached.modules[place.module].start, (), str(place), line)
        pending = [*starts]
        for place in pending:
            for target, link in self._onward(place):
                self._resolver.modules.note_whole(place.module, target.module)
                longer = starts[place].longer(link)
                if self._world.role_of(target.module) is Role.SHELL:
                    if link.imported not in reached.shells:
                        found.setdefault(link.imported, longer)
                elif target not in starts:
                    starts[target] = longer
                    pending.append(target)
        return [*found.values()]

    def _onward(self, place: Place) -> Iterator[tuple[Place, Link]]:
        for link in self._chains.links(place.module, place.qualname):
            yield Place(link.imported, ""), link
        file = self._world.find(place.module)
        where = file.place if file is not None else place.module
        for edge in self._graph.edges(place):
            if edge.target is not None and self._world.role_of(edge.target.module) is Role.UNASSIGNED:
                link = Link(place.module, str(edge.target), f"{where}:{edge.line}")
                yield edge.target, link
