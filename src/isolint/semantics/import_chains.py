"""Whether a module comes to the shell through modules without a role, and by which imports.

Asked from a module of the core, this reads no more than the unassigned modules that can be reached.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, final

from isolint.model import Role
from isolint.semantics import ignored_imports
from isolint.semantics.index import Finder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from isolint.semantics.imports import Imported


class Landscape(Finder, Protocol):
    """The first-party modules and their roles."""

    def role_of(self, module: str) -> Role | None:
        """Return the role of a first-party module, or None where there is no such module."""
        ...

    def shell_modules(self) -> Iterable[str]:
        """Return the dotted names of all shell modules."""
        ...


@final
@dataclass(frozen=True, slots=True, order=True)
class Link:
    """One import in a chain: ``place`` is where it stands, as ``path:line``."""

    importer: str
    imported: str
    place: str


@final
@dataclass(frozen=True, slots=True)
class Chain:
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
        world: Landscape,
        imports_of: Callable[[str], Iterable[Imported]],
        ignored: Iterable[str] = (),
        *,
        type_checking: bool = False,
    ) -> None:
        self._world = world
        self._imports_of = imports_of
        self._ignored = tuple(map(ignored_imports.parse, ignored))
        self._type_checking = type_checking
        self._onward: dict[str, tuple[Link, ...]] = {}
        self._reaches: dict[str, bool] = {}
        self._any_shell: bool | None = None

    def ignores(self, importer: str, imported: str) -> bool:
        """Whether the configuration says that this import does not count."""
        return any(each.covers(importer, imported) for each in self._ignored)

    def target(self, name: str) -> str | None:
        """Return the first-party module that an imported name is or is in, None where there is none."""
        around = name.rpartition(".")[0]
        return next((each for each in (name, around) if each and self._world.role_of(each) is not None), None)

    def may_lead_to_shell(self, name: str) -> bool:
        """Whether importing ``name`` brings in an unassigned module from which the shell can be reached."""
        start = self.target(name)
        if start is None or self._world.role_of(start) is not Role.UNASSIGNED or not self._has_shell():
            return False
        if start not in self._reaches:
            seen = self._walk_to_shell(start)
            self._reaches |= dict.fromkeys(seen, False) if seen is not None else {start: True}
        return self._reaches[start]

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
                    seen.add(link.imported)
                    pending.append((link.imported, longer))
        return chains

    def _has_shell(self) -> bool:
        """Whether there is a shell to come to at all: a module of the tree, or one elsewhere that it speaks of."""
        if self._any_shell is None:
            files = {shell: self._world.find(shell) for shell in self._world.shell_modules()}
            elsewhere = {shell.partition(".")[0].encode() for shell, file in files.items() if file is None}
            self._any_shell = any(files.values()) or self._speaks_of(elsewhere)
        return self._any_shell

    def _speaks_of(self, words: Iterable[bytes]) -> bool:
        files = (self._world.find(module) for module in self._world.modules())
        return any(word in data for file in files if file and (data := file.read()) for word in words)

    def _walk_to_shell(self, start: str) -> set[str] | None:
        """Return the unassigned modules reached from ``start``; None where one of them imports the shell."""
        pending, seen = [start], {start}
        while pending:
            for link in self._links(pending.pop()):
                if self._reaches.get(link.imported) or self._world.role_of(link.imported) is Role.SHELL:
                    return None
                if link.imported not in seen and link.imported not in self._reaches:
                    seen.add(link.imported)
                    pending.append(link.imported)
        return seen

    def _links(self, module: str) -> Sequence[Link]:
        """Return the imports of an unassigned module that lead on, by name; each module once."""
        if module not in self._onward:
            self._onward[module] = tuple(self._read_links(module))
        return self._onward[module]

    def _read_links(self, module: str) -> Iterable[Link]:
        file = self._world.find(module)
        if file is None:
            return ()
        lines: dict[str, int] = {}
        for one in self._imports_of(module):
            target = self._target_of(module, one)
            if target is not None:
                lines[target] = min(one.line, lines.get(target, one.line))
        return (Link(module, target, f"{file.place}:{line}") for target, line in sorted(lines.items()))

    def _target_of(self, module: str, one: Imported) -> str | None:
        target = self.target(one.name)
        if target is None or target == module or (one.type_checking and not self._type_checking):
            return None
        leads_on = self._world.role_of(target) in {Role.SHELL, Role.UNASSIGNED}
        return target if leads_on and not self.ignores(module, target) else None
