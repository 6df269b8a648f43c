"""Whether a module comes to the shell through modules without a role, and by which imports.

Asked from a module of the core, this reads no more than the unassigned modules that can be reached.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.model import Role
from isolint.semantics import ignored_imports
from isolint.semantics.watch import Remembered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from isolint.semantics.imports import Imported
    from isolint.semantics.watch import Watched


@final
class Link(Struct, frozen=True, order=True):
    """One import in a chain: ``place`` is where it stands, as ``path:line``.

    ``implied`` says that it runs the package around what the import names.
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
    """Keeps what was read of unassigned modules. One for all the files of a run in one process."""

    def __init__(
        self,
        world: Watched,
        imports_of: Callable[[str], Iterable[Imported]],
        ignored: Iterable[str] = (),
        *,
        type_checking: bool = False,
    ) -> None:
        self._world = world
        self._imports_of = imports_of
        self._ignored = tuple(map(ignored_imports.parse, ignored))
        self._type_checking = type_checking
        self._onward: Remembered[tuple[Link, ...]] = Remembered(world)
        self._reaches: Remembered[bool] = Remembered(world)

    def ignores(self, importer: str, imported: str) -> bool:
        """Whether the configuration says that this import does not count."""
        return any(each.covers(importer, imported) for each in self._ignored)

    def target(self, name: str) -> str | None:
        """Return the first-party module that an imported name is or is in, None where there is none."""
        around = name.rpartition(".")[0]
        return next((each for each in (name, around) if each and self._world.role_of(each) is not None), None)

    def may_lead_to_shell(self, name: str) -> bool:
        """Whether importing ``name`` brings in an unassigned module from which the shell can be reached."""
        target = self.target(name)
        if target is None:
            return False
        return any(map(self._reaches_shell, (target, *self.packages_run(target, ""))))

    def _reaches_shell(self, start: str) -> bool:
        if self._world.role_of(start) is not Role.UNASSIGNED:
            return False
        return self._reaches.get(start, lambda: self._walk_to_shell(start))

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

        ``imported`` are all first-party modules it imports. Of chains of one length the first by names
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
        # Breadth first and by name, so that the first chain to arrive anywhere is the one to show.
        for module, chain in pending:
            for link in self._links(module):
                longer = Chain(chain.start, (*chain.links, link))
                if self._world.role_of(link.imported) is Role.SHELL:
                    if link.imported not in found:
                        found[link.imported] = None
                        chains.append(longer)
                elif link.imported not in seen and link.imported != importer:
                    if link.implied and importer.startswith(f"{link.imported}."):
                        continue  # it has run before the importer
                    seen.add(link.imported)
                    pending.append((link.imported, longer))
        return chains

    def _walk_to_shell(self, start: str) -> dict[str, bool]:
        """Return whether a module reached from ``start`` imports the shell; if not, none of those reached does."""
        pending, seen = [start], {start}
        while pending:
            for link in self._links(pending.pop()):
                known = self._reaches.known(link.imported)
                if known or self._world.role_of(link.imported) is Role.SHELL:
                    return {start: True}
                if link.imported not in seen and known is None:
                    seen.add(link.imported)
                    pending.append(link.imported)
        return dict.fromkeys(seen, False)

    def _links(self, module: str) -> Sequence[Link]:
        """Return the imports of an unassigned module that lead on, by name; each module once."""
        return self._onward.get(module, lambda: {module: tuple(self._read_links(module))})

    def _read_links(self, module: str) -> Iterable[Link]:
        file = self._world.find_offer(module)
        if file is None:
            return ()
        lines: dict[tuple[str, bool], int] = {}
        for one in self._imports_of(module):
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
        """Return the packages that one import of a module runs besides what it names."""
        target = self.target(one.name)
        if target is None or one.guarded or (one.type_checking and not self._type_checking):
            return []
        return [package for package in self.packages_run(target, module) if not self.ignores(module, package)]

    def _target_of(self, module: str, one: Imported) -> str | None:
        target = self.target(one.name)
        if target is None or target == module or one.guarded:
            return None
        if one.type_checking and not self._type_checking:
            return None
        leads_on = self._world.role_of(target) in {Role.SHELL, Role.UNASSIGNED}
        return target if leads_on and not self.ignores(module, target) else None
