"""The summaries of a project's modules, encoded until they are asked for, and which module asked for which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, final

from msgspec.structs import replace

from isolint.program.recent import Recent
from isolint.program.traits import replaces_coroutines, spells_plans
from isolint.summary.model import NO_BODY
from isolint.summary.reading import Compiled, compiled, decoded_bodies, decoded_body, with_bodies
from isolint.syntax.relative_imports import package_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from msgspec import Raw

    from isolint.model import Role
    from isolint.summary.model import FunctionBody, Imported, ModuleSummary


_MOST_MODULES = 1024
"""Summaries held decoded; those of all modules would take a quarter of the memory of a run over a million lines."""
_MOST_WITH_BODIES = 256
"""Modules of which the bodies of functions are held unpacked."""
_MOST_FUNCTIONS = 1000
"""Bodies held decoded."""


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

    def modules(self) -> Iterable[str]:
        """Return the names of all modules that have a file."""
        ...


def compile_module(module: str, world: World, *, bodies: bool = False) -> Compiled:
    """Compile a module of the project, with the ``bodies`` of functions or without; one that cannot be read has no summary."""
    found = world.find(module)
    data = found.read() if found is not None else None
    if found is None or data is None:
        return Compiled()
    made = compiled(data, package_of(module, is_package=found.is_package), bodies=bodies)
    return replace(made, spells_plans=spells_plans(data), replaces_coroutines=replaces_coroutines(data))


def add_bodies(module: str, made: Compiled, world: World) -> Compiled:
    """Return a compiled module of the project with the bodies of its functions."""
    found = world.find(module)
    data = found.read() if found is not None else None
    return with_bodies(
        made, data or b"", package_of(module, is_package=found.is_package) if found is not None else ""
    )


@final
class Summaries:
    """The summaries of a world's modules: the ``known`` ones, and others made from their files when asked for.

    It remembers what the facts about a module, a function or the imports of a module depend on: see
    :mod:`isolint.program.dependencies`. ``""`` asks for the run as a whole.
    """

    def __init__(self, world: World, known: Mapping[str, Compiled] | None = None) -> None:
        self._world = world
        self.known: dict[str, Compiled] = dict(known or {})
        self._consulted: dict[str, set[str]] = {}
        self._decoded: Recent[str, ModuleSummary | None] = Recent(_MOST_MODULES)
        self._bodies: Recent[str, dict[str, Raw]] = Recent(_MOST_WITH_BODIES)
        self._of_functions: Recent[tuple[str, str], FunctionBody] = Recent(_MOST_FUNCTIONS)
        self._split: dict[str, tuple[str, str] | None] = {}
        self._new_pairs: list[tuple[str, str]] = []
        self._new_modules: dict[str, Compiled] = {}

    def summary(self, module: str) -> ModuleSummary | None:
        """Return the summary of a module, None where the project has none of that name that can be read."""
        if module in self._decoded.held:
            return self._decoded.held[module]
        return self._decoded.add(module, self._compiled(module).summary())

    def is_readable(self, module: str) -> bool:
        """Whether the project has a module of that name that can be read."""
        return bool(self._compiled(module).encoded)

    def imports(self, module: str) -> Sequence[Imported]:
        """Return the imports of a module, none where the project has none of that name that can be read."""
        return self._compiled(module).imported()

    def _compiled(self, module: str) -> Compiled:
        if module not in self.known:
            self.known[module] = self._new_modules[module] = compile_module(module, self._world)
        return self.known[module]

    def body(self, module: str, function: str) -> FunctionBody:
        """Return the body of a function of a module; nothing for one that the module does not have."""
        bodies = self._bodies.held.get(module)
        if bodies is None:
            made = self.known.get(module)
            if made is not None and made.encoded and not made.bodies:
                made = self.known[module] = self._new_modules[module] = add_bodies(module, made, self._world)
            bodies = self._bodies.add(module, decoded_bodies(made) if made is not None else {})
        encoded = bodies.get(function)
        if encoded is None:
            return NO_BODY
        key = module, function
        body = self._of_functions.held.get(key)
        return body if body is not None else self._of_functions.add(key, decoded_body(encoded))

    def is_module(self, name: str) -> bool:
        """Whether the project has a module of this unique name, or a package without a file of its own."""
        return self._world.find(name) is not None or self._world.role_of(name) is not None

    def split(self, name: str, importer: str) -> tuple[str, str] | None:
        """Return the longest module that ``name`` begins with, as seen from ``importer``, and the rest."""
        absolute = self._world.absolute(name, importer)
        if absolute not in self._split:
            self._split[absolute] = self._longest(absolute)
        found = self._split[absolute]
        if found is not None and found[1]:
            self.note_name(importer, found[0], found[1].partition(".")[0])
        return found

    def _longest(self, absolute: str) -> tuple[str, str] | None:
        module = absolute
        while module:
            if self._world.find(module) is not None:
                return module, absolute[len(module) + 1 :]
            module = module.rpartition(".")[0]
        return None

    def may_replace_coroutines(self, asking: str) -> bool:
        """Whether a module beside ``asking``, in the same top-level package, may replace coroutine functions."""
        top = asking.partition(".")[0]
        beside = (module for module in self._world.modules() if module.partition(".")[0] == top)
        return any(self._compiled(module).replaces_coroutines for module in beside)

    def note_name(self, asking: str, module: str, name: str) -> None:
        """Remember that the facts about the module ``asking`` depend on the meaning of a name of another."""
        self.note(asking, f"{module}:{name}")

    def note(self, asking: str, asked: str) -> None:
        """Remember that one thing depends on another; see :mod:`isolint.program.dependencies` for how they are written."""
        of = self._consulted.setdefault(asking, set())
        if asked not in of:
            of.add(asked)
            self._new_pairs.append((asking, asked))

    def news(self) -> tuple[tuple[tuple[str, str], ...], dict[str, Compiled]]:
        """Return the pairs that were noted, and the modules that were compiled, since this was asked last.

        The first of a pair is the module that depends, the second its dependency.
        """
        news = tuple(self._new_pairs), self._new_modules
        self._new_pairs, self._new_modules = [], {}
        return news
