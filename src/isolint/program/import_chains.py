"""The import graph: how a module comes to the shell through modules without a role.

Asked from a module of the core, this looks at no more than the unassigned modules that can be reached. Imports that run
with their modules are followed here; those inside functions, which run when these are called, in
:mod:`isolint.program.lazy_imports`.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.model import Role
from isolint.program import dependencies, ignored_imports
from isolint.program.reachability import Reachability

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from isolint.program.summaries import Summaries, World
    from isolint.summary.model import Imported


def forbidden_by(module: str, entries: Iterable[str]) -> str:
    """Return the entry that a dotted name is, or is inside of; empty where there is none."""
    return next((entry for entry in entries if module == entry or module.startswith(f"{entry}.")), "")


@final
class Link(Struct, frozen=True, order=True):
    """One import in a chain: ``place`` is where it stands, as ``path:line``.

    ``implied`` says that it runs the package around the module that the import names; ``function`` holds the import,
    empty for one that runs with the module.
    """

    importer: str
    imported: str
    place: str
    implied: bool = False
    function: str = ""


@final
class Chain(Struct, frozen=True):
    """The imports that lead from ``start``, which has no role, to a module of the shell; one at least.

    A chain that begins with a function that the core calls has its name in ``function``, and the module and the line of
    its definition, which ``start`` may only re-export, in ``module`` and ``line``; its links are calls as well.
    """

    start: str
    links: tuple[Link, ...]
    function: str = ""
    module: str = ""
    line: int = 1

    def longer(self, link: Link) -> Chain:
        """Return the chain with one more link."""
        return Chain(self.start, (*self.links, link), self.function, self.module, self.line)

    @property
    def shell(self) -> str:
        """The module of the shell at the end."""
        return self.links[-1].imported


@final
class Reached(Struct, frozen=True):
    """The reach of an importer: a chain to each of the ``shells`` that it does not import itself, and the ``modules``.

    ``modules`` maps every unassigned module that is imported on the way to the chain of imports that leads to it.
    """

    importer: str
    chains: tuple[Chain, ...]
    shells: frozenset[str]
    modules: dict[str, Chain]


@final
class ImportChains:
    """The imports of a project's modules, by their summaries. One for all files of a run.

    ``type_checking`` counts also imports that only type checkers see.
    """

    def __init__(
        self, world: World, summaries: Summaries, ignored: Iterable[str] = (), *, type_checking: bool = False
    ) -> None:
        self._world = world
        self._summaries = summaries
        self._ignored = tuple(map(ignored_imports.parse, ignored))
        self.type_checking = type_checking
        self._targets: dict[str, str | None] = {}
        self._around: dict[str, list[str]] = {}
        self._links: dict[str, Mapping[str, Sequence[Link]]] = {}
        self._shells: Reachability[str] = Reachability(self._next, lambda module: module)

    def ignores(self, importer: str, imported: str) -> bool:
        """Whether the configuration says that this import does not count."""
        return any(each.covers(importer, imported) for each in self._ignored)

    def target(self, name: str) -> str | None:
        """Return the module of the project that a unique name is or is in, None where there is none."""
        if name not in self._targets:
            around = name.rpartition(".")[0]
            modules = (each for each in (name, around) if each and self._world.role_of(each) is not None)
            self._targets[name] = next(modules, None)
        return self._targets[name]

    def packages_run(self, imported: str, importer: str) -> list[str]:
        """Return the unassigned packages around a module that run when ``importer`` imports it.

        Those around the importer itself have run before.
        """
        if imported not in self._around:
            parts = imported.split(".")
            around = (".".join(parts[:length]) for length in range(1, len(parts)))
            unassigned = [each for each in around if self._world.role_of(each) is Role.UNASSIGNED]
            self._around[imported] = unassigned
        within = f"{importer}."
        return [package for package in self._around[imported] if not within.startswith(f"{package}.")]

    def reached(self, importer: str, imported: Iterable[str]) -> Reached:
        """Return the reach of ``importer`` by imports that run with their modules.

        ``imported`` are all modules of the project that it imports. Of chains of one length the first by names
        counts; they are sorted by length, then by names.
        """
        counted = {each for each in imported if not self.ignores(importer, each)}
        found = dict.fromkeys(each for each in counted if self._world.role_of(each) is Role.SHELL)
        chains: list[Chain] = []
        modules = {
            start: Chain(start, ())
            for start in sorted(counted - {importer})
            if self._world.role_of(start) is Role.UNASSIGNED
        }
        for start in modules:
            self._summaries.note(importer, dependencies.imports(start))
        pending = [*modules]
        # Breadth first and by name, so that the first chain to arrive anywhere is the one to show.
        for module in pending:
            for link in self.links(module):
                target = link.imported
                if target in modules or target in found or target == importer:
                    continue
                if link.implied and importer.startswith(f"{target}."):
                    continue  # it has run before the importer
                longer = modules[module].longer(link)
                if self._world.role_of(target) is Role.SHELL:
                    found[target] = None
                    chains.append(longer)
                    for each in longer.links:
                        self._summaries.note(importer, dependencies.lines(each.importer, each.function))
                else:
                    modules[target] = longer
                    pending.append(target)
        return Reached(importer, tuple(chains), frozenset(found), modules)

    def lead_to_shell(self, importer: str, imported: Iterable[str]) -> bool:
        """Whether any import leads from unassigned modules to the shell, those inside functions included."""
        starts = [each for each in imported if self._world.role_of(each) is Role.UNASSIGNED]
        for start in starts:
            self._summaries.note(importer, dependencies.imports(start))
        return bool(self._shells.explore(starts))

    def leads_further(self, reached: Reached) -> bool:
        """Whether a module of the shell is reached by imports inside functions alone."""
        further = self._shells.explore(reached.modules)
        for shell in reached.shells:
            further &= ~self._shells.bit(shell)
        return bool(further)

    def _next(self, module: str) -> Iterator[tuple[str, bool]]:
        for link in chain.from_iterable(self._by_function(module).values()):
            yield link.imported, self._world.role_of(link.imported) is Role.SHELL

    def links(self, module: str, function: str = "") -> Iterator[Link]:
        """Yield the imports of an unassigned module that lead on, by name, those in one of its functions."""
        return iter(self._by_function(module).get(function, ()))

    def _by_function(self, module: str) -> Mapping[str, Sequence[Link]]:
        if module not in self._links:
            found: dict[str, list[Link]] = {}
            for link in self.read(module, self._summaries.imports(module)):
                self._summaries.note(dependencies.imports(module), dependencies.imports(link.imported))
                found.setdefault(link.function, []).append(link)
            self._links[module] = found
        return self._links[module]

    def read(self, module: str, imports: Iterable[Imported]) -> Iterable[Link]:
        """Return those of the ``imports`` of a module that lead on, by name."""
        file = self._world.find(module)
        if file is None:
            return ()
        lines: dict[tuple[str, bool, str], int] = {}
        for one in imports:
            if one.guarded or (one.type_checking and not self.type_checking):
                continue
            target = self.target(self._world.absolute(one.name, module))
            if target is None:
                continue
            found = [(package, True, one.function) for package in self._implied(module, target)]
            if self._leads_on(module, target):
                found.append((target, False, one.function))
            for key in found:
                lines[key] = min(one.line, lines.get(key, one.line))
        place = file.place
        return (
            Link(module, target, f"{place}:{line}", implied, function)
            for (target, implied, function), line in sorted(lines.items())
            if not (implied and (target, False, function) in lines)
        )

    def _implied(self, module: str, target: str) -> list[str]:
        """Return the packages that an import of ``target`` runs besides it."""
        return [package for package in self.packages_run(target, module) if not self.ignores(module, package)]

    def _leads_on(self, module: str, target: str) -> bool:
        role = self._world.role_of(target)
        leads = target != module and (role is Role.SHELL or role is Role.UNASSIGNED)
        return leads and not self.ignores(module, target)
