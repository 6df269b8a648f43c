"""The program as a whole: its modules, linked, with their call graph and their driving functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from isolint.model import Role
from isolint.program.call_graph import CallGraph
from isolint.program.driving import Driving
from isolint.program.lazy_imports import LazyImports
from isolint.program.linker import Linker
from isolint.program.plan_names import PlanNames
from isolint.program.summaries import Summaries
from isolint.program.types import Class, Function, Place
from isolint.program.use_sites import UseSites

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Iterator, Mapping

    from isolint.catalogue import Catalogue
    from isolint.program.import_chains import Chain, ImportChains, Reached
    from isolint.program.summaries import World
    from isolint.program.use_sites import UseSite
    from isolint.program.view import ModuleView
    from isolint.summary.reading import Compiled


@final
class Program:
    """Answers about a whole project. ``allowed`` are dotted names of ports, which may drive."""

    def __init__(
        self,
        world: World,
        catalogue: Catalogue,
        *,
        plan_modules: tuple[str, ...] = (),
        allowed: Iterable[str] = (),
        known: Mapping[str, Compiled] | None = None,
    ) -> None:
        self._world = world
        self.summaries = Summaries(world, known)
        self.linker = Linker(self.summaries, catalogue, PlanNames(self.summaries, plan_modules))
        self._graph = CallGraph(self.linker)
        ports = [self._port(name) for name in allowed]
        self._driving = Driving(
            self._graph,
            self.linker,
            self._concerns,
            [place for places in ports for place in places],
        )

    def _port(self, name: str) -> list[Place]:
        """Return the places of a function or class that the configuration names, also by a re-export."""
        split = self.summaries.split(name, "")
        found = [one.place for one in self.linker.named(name, "") if isinstance(one, (Function, Class))]
        return [*([Place(*split)] if split is not None else []), *found]

    def _concerns(self, module: str) -> bool:
        """Whether chains may lead through a module: those of the core are reported there, a runtime may schedule."""
        return self._world.role_of(module) not in (Role.CORE, Role.RUNTIME)

    def is_held_outside(self, view: ModuleView, node: ast.expr) -> bool:
        """Whether an expression names a variable outside the core that holds a wrapped driver: it is a use site."""
        held = self._graph.variables(view.types(node))
        return any(self._concerns(place.module) for place in held)

    def use_sites(self, view: ModuleView) -> Iterator[UseSite]:
        """Yield the places in a core module that use a function outside the core that drives."""
        yield from self._uses(view)

    def _uses(self, view: ModuleView) -> UseSites:
        return UseSites(
            view.name,
            view.index,
            view.symbols,
            self.linker,
            self._graph,
            self._driving,
            lambda module: self._world.role_of(module) is Role.SHELL,
        )

    def lazy_imports(self, view: ModuleView, chains: ImportChains, reached: Reached) -> list[Chain]:
        """Return the chains to the shell by imports inside functions that a core module calls."""
        if not chains.leads_further(reached):
            return []
        used = self._uses(view).used()
        return LazyImports(self._world, chains, self._graph, self.linker).shortest(reached, used)
