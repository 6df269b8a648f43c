"""The program as a whole: its modules, linked, with their call graph and their driving functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, final
from weakref import WeakKeyDictionary

from isolint.model import Role
from isolint.program.call_graph import CallGraph
from isolint.program.driving import Driving
from isolint.program.lazy_imports import LazyImports
from isolint.program.linker import Linker
from isolint.program.mro import ancestors
from isolint.program.plan_names import PlanNames
from isolint.program.summaries import Summaries
from isolint.program.types import (
    Class,
    Function,
    Instance,
    Module,
    Partial,
    Place,
    Super,
    asked_once,
    held,
    whole,
)
from isolint.program.use_sites import UseSites

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from isolint.catalogue import Catalogue
    from isolint.program.call_graph import Edge
    from isolint.program.import_chains import Chain, ImportChains, Reached
    from isolint.program.summaries import World
    from isolint.program.types import Type
    from isolint.program.use_sites import UseSite
    from isolint.program.view import ModuleView
    from isolint.summary.reading import Compiled


@final
class Program:
    """Answers about a whole project. ``allowed`` are dotted names of ports, which may drive.

    ``effects`` yields the effects of a function itself on the world, as edges to the foreign names that have them.
    ``leads_outside`` tells whether one of some types is a definition outside the core, has a base there, or holds such a thing.
    """

    def __init__(
        self,
        world: World,
        catalogue: Catalogue,
        *,
        plan_modules: tuple[str, ...] = (),
        allowed: Iterable[str] = (),
        known: Mapping[str, Compiled] | None = None,
        effects: Callable[[Linker, Place], Iterable[Edge]] = lambda _linker, _place: (),
    ) -> None:
        self._world = world
        self.has_own_runtime = bool(plan_modules)
        self.summaries = Summaries(world, known)
        self.linker = Linker(self.summaries, catalogue, PlanNames(self.summaries, plan_modules))
        self._graph = CallGraph(self.linker, self.concerns)
        self._lazy_imports: LazyImports | None = None
        self._use_sites: WeakKeyDictionary[ModuleView, UseSites] = WeakKeyDictionary()
        ports = [place for name in allowed for place in self._port(name)]
        self._driving = Driving(self._graph, self.linker, self.concerns, ports)
        self._effects = Driving(
            self._graph, self.linker, self.concerns, ports, lambda place: effects(self.linker, place)
        )

        self.leads_outside = asked_once(lambda types: any(map(self._is_outside, types)))

    def _port(self, name: str) -> list[Place]:
        """Return the places of a function or class that the configuration names, also by a re-export."""
        split = self.summaries.split(name, "")
        found = [one.place for one in self.linker.named(name, "") if isinstance(one, (Function, Class))]
        return [*([Place(*split)] if split is not None else []), *found]

    def concerns(self, module: str) -> bool:
        """Whether driver chains may lead through a module: those of the core are reported there, a runtime may schedule."""
        return self._world.role_of(module) not in (Role.CORE, Role.RUNTIME)

    def _is_outside(self, one: Type) -> bool:
        if isinstance(one, Function):
            return self.concerns(one.place.module)
        if isinstance(one, Class):
            bases = (base for base in ancestors(self.linker, one) if isinstance(base, Class))
            return any(self.concerns(each.place.module) for each in (one, *bases))
        if isinstance(one, (Instance, Super)):
            return self._is_outside(one.of)
        if isinstance(one, Module):  # its `__getattr__` runs
            return (
                self.concerns(one.name) and self.linker.function(Place(one.name, "__getattr__")) is not None
            )
        if isinstance(one, Partial):
            return self._is_outside(whole(one)) or self.linker.entry(whole(one)) is not None
        return self.leads_outside(held(one))

    def is_held_outside(self, view: ModuleView, node: ast.expr) -> bool:
        """Whether an expression names a variable outside the core that holds a wrapped driver: it is a use site."""
        held = self._graph.variables(view.types(node))
        return any(self.concerns(place.module) for place in held)

    def calls(self, target: Place, module: str) -> list[int]:
        """Return the lines on which a module calls a function, methods by the class of their object."""
        summary = self.linker.summary(module)
        functions = ("", *summary.functions) if summary is not None else ()
        edges = (edge for name in functions for edge in self._graph.edges(Place(module, name)))
        return sorted({edge.line for edge in edges if edge.target == target and edge.call is not None})

    def use_sites(self, view: ModuleView) -> Iterator[UseSite]:
        """Yield the places in a core module that use a function outside the core that drives."""
        return self._uses(view).of(self._driving)

    def effect_sites(self, view: ModuleView) -> Iterator[UseSite]:
        """Yield the places in a core module that use a function outside the core that touches the world."""
        return self._uses(view).of(self._effects)

    def _uses(self, view: ModuleView) -> UseSites:
        """Return the uses in a module, which several rules ask for."""
        if view not in self._use_sites:
            self._use_sites[view] = UseSites(
                view.name,
                view.index,
                view.symbols,
                self.linker,
                self._graph,
                self.leads_outside,
                lambda module: self._world.role_of(module) is Role.SHELL,
            )
        return self._use_sites[view]

    def lazy_imports(self, view: ModuleView, chains: ImportChains, reached: Reached) -> list[Chain]:
        """Return the chains to the shell by imports inside functions that a core module calls."""
        if not chains.leads_further(reached):
            return []
        if self._lazy_imports is None:
            self._lazy_imports = LazyImports(self._world, chains, self._graph, self.linker)
        return self._lazy_imports.shortest(reached, self._uses(view).used())
