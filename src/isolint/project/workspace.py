"""A project, surveyed once: every module with its role, and a configuration that fits the tree."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, final

from msgspec.structs import replace

from isolint.config import ConfigProblems
from isolint.config.document import OWN_NAME, SHARED_NAME
from isolint.config.problems import displayed
from isolint.config.roles import GUESSED_CORE, RoleTable
from isolint.model import Role
from isolint.project import assignment
from isolint.project.advice import fit
from isolint.project.errors import ProjectError
from isolint.project.modules import known_modules, survey
from isolint.project.names.naming import Layout
from isolint.project.names.root_lines import unrooted_warnings
from isolint.project.sources.configurations import Configurations, top_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from isolint.config import Config, Problem
    from isolint.config.roles import Entry, RoleDecision
    from isolint.project.advice.first_roles import Roles
    from isolint.project.modules import Modules
    from isolint.project.names.naming import SourceFile
    from isolint.project.sources.configurations import Listed

_MOST_NAMED = 3
_PROJECT_FILES = frozenset(("pyproject.toml", "setup.py", "setup.cfg"))


@final
class Workspace:
    """The modules of a project with their roles, as plain data.

    ``checked`` are the files a run was asked for, in order; ``modules`` answers the questions of rules; ``listed``
    are the entries of the project's folders; ``notes`` are remarks for the user, ``warnings`` say why findings may be
    missing. Raises ConfigProblems where patterns, ``src`` or role comments do
    not fit the tree.
    """

    def __init__(self, config: Config, checked: Iterable[Path] = ()) -> None:
        self.config = config
        top = top_of(config)
        found = survey(top)
        self.listed = found.listed
        self.configs = Configurations(top, found.listed)
        self.layout = Layout(top, found.files, self.configs, _projects(found.listed, self.configs))
        surveyed = tuple(map(self.layout.file, found.files))
        known = {file.path: file for file in surveyed}
        self.checked = tuple(known.get(path) or self.layout.file(path) for path in checked)
        self._tables = _tables(self.configs)
        self.decisions: dict[SourceFile, RoleDecision] = {}
        problems: list[Problem] = []
        elsewhere: list[Entry] = []
        governed = self._governed((*surveyed, *self.checked))
        for governing, files in governed:
            inner = [each for each in governed if each[0] is not governing]
            table = self._tables[governing.root]
            decided, wrong = assignment.assign(governing, table, files, self.checked)
            self.decisions |= decided
            unmatched = fit.unmatched(governing, table, files)
            installed = dict.fromkeys(fit.elsewhere(unmatched, files))
            missing = [entry for entry in unmatched if entry not in installed]
            wrong += fit.problems(missing, governing, files, inner)
            problems += [*wrong, *fit.idle_globs(governing, files, inner)]
            elsewhere += installed
        if problems:
            raise ConfigProblems(problems)
        self.modules = known_modules(
            self._tables.values(), self._table_of, self.layout, self.decisions, top.root
        )
        remarks: list[str] = []
        for governing in self.configs.all:
            if _names_modules(governing):
                remarks += _must_be_there(governing, self.modules)
        self.warnings = tuple(unrooted_warnings(top, self.layout))
        self.notes = (*self._guesses(), *map(fit.note, elsewhere), *remarks)

    def decide(self, file: SourceFile, data: bytes) -> RoleDecision:
        """Return the role of a file with this content; raise ConfigProblems where it cannot have one."""
        return assignment.decide(self.configs.of(file.path), self._table_of(file), file, data)

    def by_settings(self, files: Iterable[SourceFile]) -> list[tuple[Config, list[SourceFile]]]:
        """Return the files in groups for which the same rules run with the same options, in order."""
        groups: dict[Config, tuple[Config, list[SourceFile]]] = {}
        for file in files:
            config = self.configs.of(file.path)
            groups.setdefault(_settings(config), (config, []))[1].append(file)
        return list(groups.values())

    def _governed(self, files: Iterable[SourceFile]) -> list[tuple[Config, list[SourceFile]]]:
        """Return for each configuration the files that it is in force for."""
        groups: dict[Path, list[SourceFile]] = {config.root: [] for config in self.configs.all}
        for file in dict.fromkeys(files):
            groups[self.configs.of(file.path).root].append(file)
        return [(config, groups[config.root]) for config in self.configs.all]

    def _table_of(self, file: SourceFile) -> RoleTable:
        return self._tables[self.configs.of(file.path).root]

    def require_core(self) -> None:
        """Raise ProjectError, saying how to declare it, where nothing at all is core."""
        if any(decision.role is Role.CORE for decision in self.decisions.values()):
            return
        if self.config.core:
            shown = displayed(self.config.source or self.config.root)
            raise ProjectError(
                f"{shown}: all that `core` names has another role, by comments or longer patterns"
            )
        raise ProjectError(self._how_to_declare())

    def _how_to_declare(self) -> str:
        """Return an error with roles to paste that this project accepts."""
        # Reads the imports of all modules: a run that has a core needs none of them.
        from isolint.project.advice.first_roles import advised

        named = self._configurable()
        table = ("tool", "isolint") if named == SHARED_NAME else ()
        files = [file for file, decision in self.decisions.items() if decision.role is Role.UNASSIGNED]
        lines = advised(files, self.modules, table, self._accepts)
        error = (
            f"no module is core, so there is nothing to check: say in {named} which modules describe async work, "
            "and which drive it (`isolint init` looks closer and proposes some)"
        )
        return f"{error}\n\n{lines}" if lines else error

    def _accepts(self, roles: Roles) -> bool:
        """Whether the project could be checked with these roles beside the rest of the configuration."""
        try:
            other = Workspace(
                replace(self.config, core=roles.core, shell=roles.shell, nested=False, outermost=None)
            )
        except ConfigProblems:
            return False
        return any(decision.role is Role.CORE for decision in other.decisions.values())

    def _configurable(self) -> str:
        """Name the file to write roles into: as for `isolint init`, a pyproject.toml only where there is one."""
        if self.config.source is not None:
            return self.config.source.name
        return SHARED_NAME if (self.config.root / SHARED_NAME).is_file() else OWN_NAME

    def _guesses(self) -> Iterator[str]:
        guessed = [file.module for file, found in self.decisions.items() if found.pattern == GUESSED_CORE]
        if guessed:
            packages = sorted({f"{module}.".partition("domain.")[0] + "domain" for module in guessed})
            named = ", ".join(packages[:_MOST_NAMED]) + (", ..." if len(packages) > _MOST_NAMED else "")
            yield f"no core is configured, so packages named domain are taken for it: {named}"


def _projects(listed: Listed, configs: Configurations) -> list[Path]:
    """Return the folders below the top that are projects of their own."""
    marked = [
        Path(folder)
        for folder, entries in listed.items()
        if not _PROJECT_FILES.isdisjoint(entry.name for entry in entries)
    ]
    return sorted({*marked, *(config.root for config in configs.all)} - {configs.top.root})


def _tables(configs: Configurations) -> dict[Path, RoleTable]:
    has_core = any(config.core for config in configs.all)
    return {config.root: RoleTable(config, elsewhere=has_core) for config in configs.all}


def _settings(config: Config) -> Config:
    """Return a configuration without its patterns of files: the rest determines how each of them is checked."""
    return replace(
        config,
        root=Path(),
        source=None,
        extended=(),
        inherited=(),
        outermost=None,
        core=(),
        runtime=(),
        shell=(),
        tests=(),
        src=(),
        exclude=(),
        extend_exclude=(),
        baseline="",
        rule_url="",
        required_version="",
    )


def _names_modules(config: Config) -> bool:
    """Whether a configuration names things of modules."""
    given = config.options
    lists = (given.allowed, given.drivers, given.interpreters, given.spawners, given.clients)
    return any((given.ignore_imports, given.aliases, given.plan_modules, given.forbidden, *lists))


def _must_be_there(config: Config, modules: Modules) -> Iterator[str]:
    """Raise ConfigProblems for names in options that the tree lacks; return remarks on the rest."""
    # Both look into modules, for which much has to be imported that few configurations need.
    from isolint.project.advice.ports import misspelt, problems
    from isolint.project.import_graph import unused_ignores

    if wrong := [*unused_ignores(config, modules), *problems(config, modules)]:
        raise ConfigProblems(wrong)
    return misspelt(config, modules)
