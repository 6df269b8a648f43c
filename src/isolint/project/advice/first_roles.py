"""Roles to begin with, for a project that declares none: lines to paste, and further candidates for the core.

A look at names and import statements only; ``isolint init`` weighs the findings of the rules as well.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, final

from msgspec import Struct, field

from isolint.config.patterns import dotted_name_error
from isolint.config.writing import section
from isolint.project.names.conventions import ASIDE, CERTAIN_CORE, LIKELY_CORE, SHELL, frameworks
from isolint.project.names.import_statements import head, statements
from isolint.project.names.naming import MARK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from isolint.project.modules import Modules
    from isolint.project.names.naming import SourceFile

_ENTRIES = ("__main__", "main", "asgi", "wsgi", "cli", "manage", "server", "worker", "app", "shell")
"""Names of modules that a program starts in, the likeliest first."""
_OF_WORK = frozenset("application business core logic service services".split())
"""Packages with work to describe: rather than models, which are data, a core."""
_MOST_TRIED = 8
_MOST_SHELL = 5
_MOST_NAMED = 5


@final
class Roles(Struct, frozen=True):
    """Patterns for the core and the shell."""

    core: tuple[str, ...]
    shell: tuple[str, ...]


@final
class _Package(Struct):
    """A package, or a module at the top: its pattern and modules, who imports it, the frameworks it imports."""

    name: str
    pattern: str
    modules: set[str] = field(default_factory=set[str])
    importers: set[str] = field(default_factory=set[str])
    frameworks: set[str] = field(default_factory=set[str])

    @property
    def word(self) -> str:
        return self.name.rpartition(".")[2].rpartition(MARK)[2]

    @property
    def rank(self) -> tuple[object, ...]:
        """The better a core it would be, the smaller."""
        names = (CERTAIN_CORE, _OF_WORK, LIKELY_CORE)
        called = next((place for place, words in enumerate(names) if self.word in words), len(names))
        return bool(self.frameworks), called, -len(self.importers), -len(self.modules), self.name

    def __str__(self) -> str:
        importers = f"imported by {len(self.importers)}" if self.importers else "imported by none"
        imports = (
            f"imports {', '.join(sorted(self.frameworks)[:2])}" if self.frameworks else "imports no framework"
        )
        number = len(self.modules)
        return f"{self.pattern} ({number} module{'' if number == 1 else 's'}, {importers}, {imports})"


def advised(
    files: Iterable[SourceFile], modules: Modules, table: Sequence[str], is_accepted: Callable[[Roles], bool]
) -> str:
    """Return TOML with roles that the project accepts, and a comment with other candidates; or ``""``.

    ``table`` is where the keys go. ``is_accepted`` says whether a configuration with these roles can be checked.
    """
    program = [file for file in files if _is_of_the_program(file)]
    packages = _packages(program, modules)
    shell = tuple(_entries(program))
    ranked = sorted(packages.values(), key=lambda each: each.rank)
    inner = [each for each in ranked if "." in each.name and each.word not in SHELL and not each.frameworks]
    whole = [each for each in ranked if "." not in each.name]
    for candidate in [*inner[:_MOST_TRIED], *whole[:_MOST_TRIED]]:
        outside = tuple(pattern for pattern in shell if pattern != candidate.pattern)
        for roles in (Roles((candidate.pattern,), outside), Roles((candidate.pattern,), ())):
            if is_accepted(roles):
                others = [str(each) for each in inner if each is not candidate][:_MOST_NAMED]
                return _toml(roles, table, others)
    return ""


def _toml(roles: Roles, table: Sequence[str], others: Sequence[str]) -> str:
    keys = {"core": roles.core, **({"shell": roles.shell} if roles.shell else {})}
    comment = "".join(f"#   {each}\n" for each in others)
    return section(table, keys) + (f"# candidates for the core beside it:\n{comment}" if comment else "")


def _is_of_the_program(file: SourceFile) -> bool:
    parts = file.relative.parts
    return not (
        "tests" in parts[:-1] or parts[0].partition(".")[0] in ASIDE or dotted_name_error(file.names[0])
    )


def _packages(program: Sequence[SourceFile], modules: Modules) -> Mapping[str, _Package]:
    """Return the packages of a program by name, and the modules at its top."""
    packages: dict[str, _Package] = {}
    for file in program:
        for name, pattern in _around(file):
            packages.setdefault(name, _Package(name, pattern)).modules.add(file.module)
    known = frameworks()
    tops = known | {part.partition(".")[0] for file in program for part in file.names}
    importers: dict[str, set[str]] = defaultdict(set)
    foreign: dict[str, set[str]] = defaultdict(set)
    for file in program:
        for statement in statements(head(file.path.as_posix()), tops):
            meant = modules.absolute(statement.module, file.module)
            names = [meant, *(f"{meant}.{name}" for name in statement.names)]
            own = [name for name in names if modules.role_of(name) is not None]
            for name in own:
                importers[name].add(file.module)
            if not own and statement.top in known:
                foreign[file.module].add(statement.top)
    for package in packages.values():
        for name in package.modules:
            package.frameworks |= foreign[name]
            package.importers |= importers[name]
        package.importers |= importers[package.name]
        package.importers -= package.modules
    return packages


def _around(file: SourceFile) -> Iterator[tuple[str, str]]:
    """Yield the packages around a module with their patterns; a module at the top is its own package."""
    is_package = file.path.stem == "__init__"
    name = file.module if is_package else file.module.rpartition(".")[0]
    plain = file.names[0] if is_package else file.names[0].rpartition(".")[0]
    if not plain:
        yield file.module, _pattern(file.module, file.names[0], str(file.relative))
    folder = file.relative.parent
    while plain:
        yield name, _pattern(name, plain, f"{folder}/**")
        name, plain, folder = name.rpartition(".")[0], plain.rpartition(".")[0], folder.parent


def _pattern(module: str, plain: str, path: str) -> str:
    """Return the pattern of a module: its path where several import roots have one of its name."""
    return path if MARK in module else plain


def _entries(program: Sequence[SourceFile]) -> Iterator[str]:
    """Yield patterns for the modules that the program starts in, the outermost first, a few at most."""
    found = [
        file
        for file in program
        if file.path.stem in _ENTRIES and len(file.names[0].split(".")) <= _MOST_SHELL
    ]
    found.sort(key=lambda file: (file.names[0].count("."), _ENTRIES.index(file.path.stem), file.module))
    for file in found[:_MOST_SHELL]:
        yield _pattern(file.module, file.names[0], str(file.relative))
