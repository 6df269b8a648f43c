"""The import graph: how a module comes to the shell through modules without a role.

Asked from a module of the core, this looks at no more than the unassigned modules that can be reached.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.model import Role
from isolint.program import ignored_imports

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from isolint.program.summaries import Summaries, World
    from isolint.summary.model import Imported

IMPORTERS = frozenset({"importlib.import_module", "builtins.__import__", "importlib.__import__"})
"""Functions that import a module by its name."""


@final
class Link(Struct, frozen=True, order=True):
    """One import in a chain: ``place`` is where it stands, as ``path:line``.

    ``implied`` says that it runs the package around the module that the import names.
    """

    importer: str
    imported: str
    place: str
    implied: bool = False


@final
class Chain(Struct, frozen=True):
    """The imports that lead from ``start``, which has no role, to a module of the shell; one at least."""

    start: str
    links: tuple[Link, ...]

    @property
    def shell(self) -> str:
        """The module of the shell at the end."""
        return self.links[-1].imported


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
        self._links: dict[str, tuple[Link, ...]] = {}

    def ignores(self, importer: str, imported: str) -> bool:
        """Whether the configuration says that this import does not count."""
        return any(each.covers(importer, imported) for each in self._ignored)

    def target(self, name: str) -> str | None:
        """Return the module of the project that a unique name is or is in, None where there is none."""
        around = name.rpartition(".")[0]
        return next((each for each in (name, around) if each and self._world.role_of(each) is not None), None)

    def packages_run(self, imported: str, importer: str) -> list[str]:
        """Return the unassigned packages around a module that run when ``importer`` imports it.

        Those around the importer itself have run before.
        """
        parts = imported.split(".")
        around = [".".join(parts[:length]) for length in range(1, len(parts))]
        return [
            package
            for package in around
            if not importer.startswith(f"{package}.")
            and package != importer
            and self._world.role_of(package) is Role.UNASSIGNED
        ]

    def shortest(self, importer: str, imported: Iterable[str]) -> list[Chain]:
        """Return the shortest chain to each shell module that ``importer`` does not import itself.

        ``imported`` are all modules of the project that it imports. Of chains of one length the first by names
        counts; they are sorted by length, then by names.
        """
        counted = {each for each in imported if not self.ignores(importer, each)}
        found = dict.fromkeys(each for each in counted if self._world.role_of(each) is Role.SHELL)
        chains: list[Chain] = []
        pending = [
            (start, Chain(start, ()))
            for start in sorted(counted - {importer})
            if self._world.role_of(start) is Role.UNASSIGNED
        ]
        seen = {start for start, _ in pending}
        for start in seen:
            self._summaries.note(importer, start)
        # Breadth first and by name, so that the first chain to arrive anywhere is the one to show.
        for module, chain in pending:
            for link in self._onward(module):
                if link.implied and importer.startswith(f"{link.imported}."):
                    continue  # it has run before the importer
                self._summaries.note(module, link.imported)
                longer = Chain(chain.start, (*chain.links, link))
                if self._world.role_of(link.imported) is Role.SHELL:
                    if link.imported not in found:
                        found[link.imported] = None
                        chains.append(longer)
                elif link.imported not in seen and link.imported != importer:
                    seen.add(link.imported)
                    pending.append((link.imported, longer))
        return chains

    def _onward(self, module: str) -> Sequence[Link]:
        """Return the imports of an unassigned module that lead on, by name; each module once."""
        if module not in self._links:
            self._links[module] = tuple(self._read(module))
        return self._links[module]

    def _read(self, module: str) -> Iterable[Link]:
        file, summary = self._world.find(module), self._summaries.summary(module)
        if file is None or summary is None:
            return ()
        lines: dict[tuple[str, bool], int] = {}
        for one in summary.imports:
            target = self._target_of(module, one)
            if target is not None:
                lines[target, False] = min(one.line, lines.get((target, False), one.line))
            for package in self._implied(module, one):
                lines[package, True] = min(one.line, lines.get((package, True), one.line))
        return (
            Link(module, target, f"{file.place}:{line}", implied)
            for (target, implied), line in sorted(lines.items())
            if not (implied and (target, False) in lines)
        )

    def _implied(self, module: str, one: Imported) -> list[str]:
        """Return the packages that one import of a module runs besides the module that it names."""
        target = self.target(self._world.absolute(one.name, module))
        if target is None or one.guarded or (one.type_checking and not self.type_checking):
            return []
        return [package for package in self.packages_run(target, module) if not self.ignores(module, package)]

    def _target_of(self, module: str, one: Imported) -> str | None:
        target = self.target(self._world.absolute(one.name, module))
        if target is None or target == module or one.guarded:
            return None
        if one.type_checking and not self.type_checking:
            return None
        leads_on = self._world.role_of(target) in {Role.SHELL, Role.UNASSIGNED}
        return target if leads_on and not self.ignores(module, target) else None
