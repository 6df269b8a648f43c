"""The program as a whole: its modules, linked, with their call graph and their driving functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, final

from isolint.model import Role
from isolint.program.call_graph import CallGraph
from isolint.program.driving import Driving
from isolint.program.linker import Linker
from isolint.program.plan_names import PlanNames
from isolint.program.types import Place
from isolint.program.use_sites import UseSites
from isolint.summary.reading import summary_of_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from isolint.program.use_sites import UseSite
    from isolint.program.view import ModuleView
    from isolint.semantics.catalogue import Catalogue
    from isolint.summary.model import ModuleSummary


class FoundModule(Protocol):
    """A module that has a file."""

    @property
    def is_package(self) -> bool:
        """Whether it is an ``__init__``."""
        ...

    @property
    def place(self) -> str:
        """The path of its file from the root of the project, with ``/``, for messages."""
        ...

    def read(self) -> bytes | None:
        """Return its source, None where it cannot be read."""
        ...


class World(Protocol):
    """The modules of a project. Answers must not import or execute anything; names are unique ones."""

    def absolute(self, name: str, importer: str) -> str:
        """Return the unique name of the module that an absolute import of ``name`` means in ``importer``."""
        ...

    def find(self, module: str) -> FoundModule | None:
        """Return the module of that name, None where the project has none with a file."""
        ...

    def role_of(self, module: str) -> Role | None:
        """Return the role of a module of the project, or None where there is no such module."""
        ...


@final
class Summaries:
    """The summaries of a world's modules: the ``known`` ones, and others made from their files when asked for."""

    def __init__(self, world: World, known: Mapping[str, ModuleSummary] | None = None) -> None:
        self._world = world
        self._known: dict[str, ModuleSummary | None] = dict(known or {})

    def summary(self, module: str) -> ModuleSummary | None:
        """Return the summary of a module, None where the project has none of that name that can be read."""
        if module not in self._known:
            found = self._world.find(module)
            data = found.read() if found is not None else None
            package = module if found is not None and found.is_package else module.rpartition(".")[0]
            self._known[module] = summary_of_bytes(data, package) if data is not None else None
        return self._known[module]

    def split(self, name: str, importer: str) -> tuple[str, str] | None:
        """Return the longest module that ``name`` begins with, as seen from ``importer``, and the rest."""
        absolute = self._world.absolute(name, importer)
        module = absolute
        while module:
            if self._world.find(module) is not None:
                return module, absolute[len(module) + 1 :]
            module = module.rpartition(".")[0]
        return None


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
        summaries: Mapping[str, ModuleSummary] | None = None,
    ) -> None:
        self._world = world
        self.summaries = Summaries(world, summaries)
        self.linker = Linker(self.summaries, catalogue, PlanNames(self.summaries, plan_modules))
        self._graph = CallGraph(self.linker)
        ports = (self.summaries.split(name, "") for name in allowed)
        self._driving = Driving(
            self._graph,
            self.linker,
            self._concerns,
            [Place(module, rest) for module, rest in filter(None, ports)],
        )

    def _concerns(self, module: str) -> bool:
        """Whether chains may lead through a module: those of the core are reported there, a runtime may schedule."""
        return self._world.role_of(module) not in (Role.CORE, Role.RUNTIME)

    def use_sites(self, view: ModuleView) -> Iterator[UseSite]:
        """Yield the places in a core module that use a function outside the core that drives."""
        yield from UseSites(
            view.name,
            view.index,
            view.summarised,
            self.linker,
            self._graph,
            self._driving,
            lambda module: self._world.role_of(module) is Role.SHELL,
        )
