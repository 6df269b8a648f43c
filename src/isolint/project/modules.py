"""The modules of a project and their roles: the interface of rules to the world around a module."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from msgspec import Struct, field

from isolint.config import ConfigProblems, Problem, line_in
from isolint.config.model import DEFAULT_EXCLUDE
from isolint.config.problems import displayed
from isolint.config.roles import RoleDecision, Tier
from isolint.model import Role
from isolint.project.names.naming import Visible, given_roots
from isolint.project.sources.discovery import TooManyFolders, python_files
from isolint.project.sources.notebooks import NotANotebook, code_of, is_notebook
from isolint.project.sources.reading import content

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from isolint.config import Config
    from isolint.config.roles import RoleTable
    from isolint.project.names.naming import Layout, SourceFile
    from isolint.project.sources.discovery import Found

_MOST_OUTSIDE = 20_000
"""Folders to go through in import roots outside the project; ``src = ["/"]`` would have all of the disk."""


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
            data = content(self.path)
            return code_of(data).text.encode() if is_notebook(self.path) else data
        except (OSError, NotANotebook):
            return None


@final
class Modules(Struct, frozen=True):
    """Roles by dotted name, as plain data that can be sent to a worker process.

    ``roles`` holds the modules and packages of the tree. ``elsewhere`` are shell modules that are named
    though the tree lacks them, ``foreign`` the beginnings of names inside those among them that can only
    be packages of another distribution. ``files`` has the file behind each module that has one, ``root``
    is the folder that paths in messages start from. Names are the unique ones that ``visible`` gives for those
    in imports.
    """

    roles: Mapping[str, Role]
    elsewhere: frozenset[str]
    foreign: tuple[str, ...]
    files: Mapping[str, Path]
    root: Path
    visible: Visible = field(default_factory=Visible)

    def absolute(self, name: str, importer: str) -> str:
        """Return the unique name of the target of an absolute import of ``name`` in the module ``importer``.

        The modules of its own import root come first, then those of roots around it, then all others. Every
        other method takes unique names; a name that is no module of the project comes back as it is.
        """
        return self.visible.absolute(name, importer, self.files.get(importer))

    def role_of(self, module: str) -> Role | None:
        """Return the role of a module of the tree or of a shell module elsewhere, None for other names."""
        role = self.roles.get(module)
        if role is None and (module in self.elsewhere or module.startswith(self.foreign)):
            return Role.SHELL
        return role

    def find(self, module: str) -> ModuleFile | None:
        """Return the file of a module of the tree, None for other names."""
        path = self.files.get(module) or self.files.get(self.visible.canonical(module))
        return ModuleFile(path, self.root) if path is not None else None

    def modules(self) -> Iterable[str]:
        """Return the names of all modules that have a file."""
        return self.files

    def packages(self) -> frozenset[str]:
        """Return the top-level names of the project, which its imports put apart from other packages."""
        return frozenset(name.partition(".")[0] for name in self.files)


def survey(config: Config) -> Found:
    """Return every Python file below the root and the import roots elsewhere, also those that a run does not check.

    Of the excludes only the default ones count: ``exclude`` keeps files from being checked, and a module that
    is not checked is there to be imported all the same.
    """
    outside = sorted(root for root in given_roots(config) if not root.is_relative_to(config.root))
    try:
        return python_files(
            [config.root, *outside],
            DEFAULT_EXCLUDE,
            respect_gitignore=config.respect_gitignore,
            most=_MOST_OUTSIDE,
        )
    except TooManyFolders:
        named = ", ".join(str(displayed(root)) for root in outside)
        message = f"`src`: there are more than {_MOST_OUTSIDE:,} folders in {named}, outside the project: name narrower ones"
        where = displayed(config.source or config.root)
        raise ConfigProblems([Problem(where, line_in(config, ("src",)), message)]) from None


def known_modules(
    tables: Iterable[RoleTable],
    table_of: Callable[[SourceFile], RoleTable],
    layout: Layout,
    decided: Mapping[SourceFile, RoleDecision],
    root: Path,
) -> Modules:
    """Return the facts of the modules in ``decided``, of the packages around them and of others."""
    roles: dict[str, Role] = {}
    for file, decision in decided.items():
        roles.setdefault(file.module, decision.role)
    for file in decided:
        _add_packages(file, table_of(file), roles)
    for file in decided:
        _add_other_names(file, roles)
    tops = {name.partition(".")[0] for name in roles}
    entries = [entry for table in tables for entry in table.entries]
    named = [entry for entry in entries if entry.role is Role.SHELL and entry.pattern.names_one_module]
    elsewhere = frozenset(entry.pattern.dotted for entry in named) - roles.keys()
    # asyncplan.shell is one module: a name behind it is never a module but a member.
    packages = (entry.pattern.dotted for entry in named if entry.tier is Tier.USER)
    foreign = tuple(f"{name}." for name in packages if name.partition(".")[0] not in tops)
    files: dict[str, Path] = {}
    for file in decided:
        # A stub says more about types and less about behaviour: the module itself comes first.
        if file.module not in files or file.path.suffix == ".py":
            files[file.module] = file.path
    return Modules(roles, elsewhere, foreign, files, root, layout.visible(decided))


def _add_packages(file: SourceFile, table: RoleTable, roles: dict[str, Role]) -> None:
    """Add the packages around a file that have no ``__init__``."""
    folder = file.relative.parent if file.relative.stem != "__init__" else file.relative.parent.parent
    names = list(map(_packages, file.names))
    for package, *spellings in zip(_packages(file.module), *names, strict=False):
        if package in roles:
            return
        if "." not in package and _may_be_library(package):
            return
        decision = table.decide(spellings, folder)
        roles[package] = decision.role if isinstance(decision, RoleDecision) else Role.UNASSIGNED
        folder = folder.parent


def _add_other_names(file: SourceFile, roles: dict[str, Role]) -> None:
    """Add the names by which a file can be imported from a shorter source root: ``src.app`` for ``app``."""
    for other in file.names[1:]:
        around = zip(_with_packages(other), _with_packages(file.module), strict=False)
        for name, module in around:
            if module in roles:
                roles.setdefault(name, roles[module])


def _with_packages(module: str) -> Iterator[str]:
    yield module
    yield from _packages(module)


def _may_be_library(name: str) -> bool:
    """Whether a folder without ``__init__.py`` has the name of a library: an import of it prefers that."""
    from isolint.project.names.conventions import libraries

    return name in libraries()


def _packages(module: str) -> Iterator[str]:
    """Yield the names of the packages around a module, the nearest first."""
    while module := module.rpartition(".")[0]:
        yield module
