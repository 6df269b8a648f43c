"""The modules of a project and their roles: what rules may ask about the world around a module."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.config.model import DEFAULT_EXCLUDE
from isolint.config.roles import RoleDecision, Tier
from isolint.model import Role
from isolint.project.discovery import python_files
from isolint.project.reading import content

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from isolint.config import Config
    from isolint.config.roles import RoleTable
    from isolint.project.discovery import Listed
    from isolint.project.naming import Layout, SourceFile


@final
class ModuleFile(Struct, frozen=True):
    """The file of a first-party module."""

    path: Path
    root: Path

    @property
    def place(self) -> str:
        """The path from the root of the project, with ``/``, for messages: the same wherever a run starts."""
        inside = self.path.is_relative_to(self.root)
        return (self.path.relative_to(self.root) if inside else self.path).as_posix()

    @property
    def is_package(self) -> bool:
        """Whether it is an ``__init__``."""
        return self.path.stem == "__init__"

    def read(self) -> bytes | None:
        """Return its source, None where it cannot be read."""
        try:
            return content(self.path)
        except OSError:
            return None


@final
class Modules(Struct, frozen=True):
    """Roles by dotted name, as plain data that can be sent to a worker process.

    ``roles`` holds the modules and packages of the tree. ``elsewhere`` are shell modules that are named
    though the tree lacks them, ``foreign`` the beginnings of names inside those among them that can only
    be packages of another distribution. ``files`` has the file behind each module that has one, ``root``
    is the folder that paths in messages start from.
    """

    roles: Mapping[str, Role]
    elsewhere: frozenset[str]
    foreign: tuple[str, ...]
    files: Mapping[str, Path]
    root: Path

    def role_of(self, module: str) -> Role | None:
        """Return the role of a module of the tree or of a shell module elsewhere, None for other names."""
        role = self.roles.get(module)
        if role is None and (module in self.elsewhere or module.startswith(self.foreign)):
            return Role.SHELL
        return role

    def find(self, module: str) -> ModuleFile | None:
        """Return the file of a module of the tree, None for other names."""
        path = self.files.get(module)
        return ModuleFile(path, self.root) if path is not None else None

    def modules(self) -> Iterable[str]:
        """Return the names of all modules that have a file."""
        return self.files


def survey(config: Config, layout: Layout) -> tuple[tuple[SourceFile, ...], Listed]:
    """Return every Python file below the root and the source roots, whatever a run is asked to check.

    And what was in their folders.

    Of the excludes only the default ones count: ``exclude`` says what not to check, and a module that
    is not checked is there to be imported all the same.
    """
    outside = (root for root in layout.sources if not root.is_relative_to(config.root))
    folders = [config.root, *outside]
    found = python_files(folders, DEFAULT_EXCLUDE, respect_gitignore=config.respect_gitignore)
    return tuple(map(layout.file, found.files)), found.listed


def known_modules(
    table: RoleTable, layout: Layout, decided: Mapping[SourceFile, RoleDecision], root: Path
) -> Modules:
    """Return what is known of the modules in ``decided``, of the packages around them and of others."""
    roles: dict[str, Role] = {}
    for file, decision in decided.items():
        roles.setdefault(file.module, decision.role)
    for file in decided:
        _add_packages(file, table, roles)
    for file in decided if len(layout.sources) > 1 else ():
        _add_other_names(file, layout, roles)
    tops = {name.partition(".")[0] for name in roles}
    named = [entry for entry in table.entries if entry.role is Role.SHELL and entry.pattern.names_one_module]
    elsewhere = frozenset(entry.pattern.text for entry in named) - roles.keys()
    # asyncplan.shell is one module: what follows its name is never a module but something in it.
    packages = (entry.pattern.text for entry in named if entry.tier is Tier.USER)
    foreign = tuple(f"{name}." for name in packages if name.partition(".")[0] not in tops)
    files: dict[str, Path] = {}
    for file in decided:
        # A stub says more about types and less about what happens: the module itself comes first.
        if file.module not in files or file.path.suffix == ".py":
            files[file.module] = file.path
    return Modules(roles, elsewhere, foreign, files, root)


def _add_packages(file: SourceFile, table: RoleTable, roles: dict[str, Role]) -> None:
    """Add the packages around a file that have no ``__init__``."""
    folder = file.relative.parent if file.relative.stem != "__init__" else file.relative.parent.parent
    for package in _packages(file.module):
        if package in roles:
            return
        decision = table.decide(package, folder)
        roles[package] = decision.role if isinstance(decision, RoleDecision) else Role.UNASSIGNED
        folder = folder.parent


def _add_other_names(file: SourceFile, layout: Layout, roles: dict[str, Role]) -> None:
    """Add the names by which a file can be imported from a shorter source root: ``src.app`` for ``app``."""
    for other in layout.names(file.path):
        before = other.removesuffix(file.module)
        if before and before != other:
            for name in (file.module, *_packages(file.module)):
                roles.setdefault(before + name, roles[name])


def _packages(module: str) -> Iterator[str]:
    """Yield the names of the packages around a module, the nearest first."""
    while module := module.rpartition(".")[0]:
        yield module
