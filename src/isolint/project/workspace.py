"""A project, surveyed once: every module with its role, and a configuration that fits the tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from msgspec.structs import replace

from isolint.config import ConfigProblems
from isolint.config.document import OWN_NAME, SHARED_NAME
from isolint.config.problems import displayed
from isolint.config.roles import GUESSED_CORE, RoleTable
from isolint.model import Role
from isolint.project import assignment, fit
from isolint.project.errors import ProjectError
from isolint.project.modules import known_modules, survey
from isolint.project.naming import Layout
from isolint.project.root_lines import unrooted_warnings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from isolint.config import Config
    from isolint.config.roles import RoleDecision
    from isolint.project.advice import Roles
    from isolint.project.modules import Modules
    from isolint.project.naming import SourceFile

_MOST_NAMED = 3


@final
class Workspace:
    """The modules of a project with their roles, as plain data.

    ``checked`` are the files a run was asked for, in order; ``modules`` answers what rules ask; ``listed``
    is what was in the project's folders; ``notes`` are remarks for the user, ``warnings`` say why findings may be
    missing. Raises ConfigProblems where patterns, ``src`` or role comments do
    not fit the tree.
    """

    def __init__(self, config: Config, checked: Iterable[Path] = ()) -> None:
        self.config = config
        self._table = RoleTable(config)
        found = survey(config)
        self.listed = found.listed
        self.layout = Layout(config, found.files)
        surveyed = tuple(map(self.layout.file, found.files))
        known = {file.path: file for file in surveyed}
        self.checked = tuple(known.get(path) or self.layout.file(path) for path in checked)
        files = tuple(dict.fromkeys((*surveyed, *self.checked)))
        self.decisions, problems = assignment.assign(config, self._table, files, self.checked)
        unmatched = fit.unmatched(self._table, files)
        elsewhere = [entry for entry in unmatched if fit.may_be_elsewhere(entry, files)]
        problems += [fit.problem(entry, config, files) for entry in unmatched if entry not in elsewhere]
        if problems:
            raise ConfigProblems(problems)
        self.modules = known_modules(self._table, self.layout, self.decisions, config.root)
        if config.options.ignore_imports or config.options.allowed:
            _must_be_there(config, self.modules)
        self.warnings = tuple(unrooted_warnings(config, self.layout))
        self.notes = (*self._guesses(), *map(fit.note, elsewhere))

    def decide(self, file: SourceFile, data: bytes) -> RoleDecision:
        """Return the role of a file with this content; raise ConfigProblems where it cannot have one."""
        return assignment.decide(self.config, self._table, file, data)

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
        # Reads what all modules import: a run that has a core needs none of it.
        from isolint.project.advice import advised

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
        """Whether the project could be checked with these roles beside what else is configured."""
        try:
            other = Workspace(replace(self.config, core=roles.core, shell=roles.shell))
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
        if guessed and not self.config.core:
            packages = sorted({f"{module}.".partition("domain.")[0] + "domain" for module in guessed})
            named = ", ".join(packages[:_MOST_NAMED]) + (", ..." if len(packages) > _MOST_NAMED else "")
            yield f"no core is configured, so packages named domain are taken for it: {named}"


def _must_be_there(config: Config, modules: Modules) -> None:
    """Raise ConfigProblems for what ``ignore-imports`` and ``allowed`` name though the tree has no such thing."""
    # Both look into modules, for which much has to be imported that few configurations need.
    from isolint.project.import_graph import unused_ignores
    from isolint.project.ports import problems

    if wrong := [*unused_ignores(config, modules), *problems(config, modules)]:
        raise ConfigProblems(wrong)
