"""One file of a run: read, named, checked. The same in the main process and in a worker."""

from __future__ import annotations

import dataclasses
from functools import cached_property
from typing import TYPE_CHECKING, final

from msgspec import Struct
from msgspec.structs import replace

from isolint.config import enabled, ignored_for, only_warns
from isolint.config.fixing import adjusted
from isolint.config.selectors import ONLY_IF_EXHAUSTIVE
from isolint.model import Checked, Crashed, Severity
from isolint.program.types import Place
from isolint.project.sources.notebooks import NotANotebook, code_of, is_notebook, placed
from isolint.project.sources.reading import content
from isolint.rules import known_rules
from isolint.suppressions import ABOUT_COMMENTS

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Iterator, Mapping

    from isolint.config import Config
    from isolint.model import Diagnostic, Outcome, Role, Suppress
    from isolint.project.modules import Modules
    from isolint.project.names.naming import SourceFile
    from isolint.rule import Options, Rule
    from isolint.session import Session
    from isolint.summary.reading import Compiled


@final
class Job(Struct, frozen=True):
    """A file to check and the role it is checked in."""

    file: SourceFile
    role: Role


@final
class Setup(Struct, frozen=True):
    """All that the jobs of a run have in common. Plain data: it is sent to each worker once."""

    config: Config
    modules: Modules
    suppress: Suppress

    @property
    def options(self) -> Options:
        """The options of the configuration, by the unique names of the modules that they speak of."""
        given, visible = self.config.options, self.modules.visible
        if not visible.everywhere and not visible.others:
            return given

        def spelled(names: Iterable[str]) -> tuple[str, ...]:
            return tuple(dict.fromkeys(each for name in names for each in visible.spellings(name)))

        return replace(
            given,
            interpreters=spelled(given.interpreters),
            drivers=spelled(given.drivers),
            spawners=spelled(given.spawners),
            clients=spelled(given.clients),
            allowed=spelled(given.allowed),
            plan_modules=spelled(given.plan_modules),
            aliases=tuple((name, known) for own, known in given.aliases for name in visible.spellings(own)),
        )


@final
class Examined(Struct, frozen=True):
    """The outcome of a file.

    ``consulted`` are pairs of modules, of which the first was found to depend on the second; ``compiled`` are modules that had
    to be compiled for it. Both hold only facts that the same checker has not returned before.
    """

    outcome: Outcome
    consulted: tuple[tuple[str, str], ...] = ()
    compiled: Mapping[str, Compiled] = {}


@final
class Checker:
    """Checks the files of one run. ``known`` are modules that have been compiled; a copy in another process has them too."""

    def __init__(self, setup: Setup, known: Mapping[str, Compiled] | None = None) -> None:
        self._setup = setup
        self._known = known or {}

    def __reduce__(self) -> tuple[type[Checker], tuple[object, ...]]:
        """Say how to make the copy: answers of this process are left here."""
        return Checker, (self._setup, self._known)

    @cached_property
    def _rules(self) -> tuple[Rule, ...]:
        return enabled(self._setup.config, known_rules(self._setup.config.plugins))

    @cached_property
    def _rule_names(self) -> tuple[frozenset[str], frozenset[str]]:
        """The codes and names of all rules, and the codes of those that are on by default and not asked here."""
        every = known_rules(self._setup.config.plugins)
        asked = {rule.code for rule in self._rules}
        left_out = {ONLY_IF_EXHAUSTIVE, *ABOUT_COMMENTS}
        unasked = {rule.code for rule in every if not rule.strict} - asked - left_out
        return frozenset(name for rule in every for name in (rule.code, rule.name)), frozenset(unasked)

    @cached_property
    def _session(self) -> Session:
        """Made at the first question: a run that recalls everything has none, and need not import its modules."""
        from isolint.session import Session

        return Session(self._setup.options, self._setup.modules, self._known)

    @cached_property
    def packages(self) -> frozenset[str]:
        """The top-level names of the project."""
        return self._setup.modules.packages()

    def calls(self, module: str, functions: Iterable[str]) -> Iterator[tuple[str, str, int]]:
        """Yield the calls of functions of a module by other modules of the project: function, path and line of each."""
        modules = self._setup.modules
        name = modules.absolute(module, module)
        targets = {each: each.removesuffix(".__init__").rpartition(".")[2].encode() for each in functions}
        for other in sorted(modules.modules()) if targets else ():
            file = modules.find(other)
            data = (file.read() if file is not None and other != name else None) or b""
            for function in [each for each, word in targets.items() if word in data]:
                for line in self._session.program.calls(Place(name, function), other):
                    yield function, file.place if file is not None else other, line

    def has_rules(self, job: Job) -> bool:
        """Whether any rule looks at a file."""
        return any(job.role in rule.roles for rule in self._rules_for(job.file))

    def check(self, job: Job) -> Examined:
        """Read and check a file; one that cannot be read comes back as Crashed."""
        try:
            data = content(job.file.path)
        except (OSError, MemoryError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it does not fit into memory"
            return Examined(Crashed(job.file.shown, f"cannot be read: {reason}"))
        outcome = self.check_bytes(job, data)
        return Examined(outcome, *self._session.news())

    def check_bytes(self, job: Job, data: bytes, tree: ast.Module | None = None) -> Outcome:
        """Check a file that has this content, of which ``tree`` may have been parsed before."""
        if not is_notebook(job.file.path):
            return self._check(job, data, tree)
        try:
            code = code_of(data)
        except NotANotebook as error:
            return Crashed(job.file.shown, str(error))
        return placed(self._check(job, code.text.encode(), None), code)

    def _check(self, job: Job, data: bytes, tree: ast.Module | None) -> Outcome:
        from isolint import engine
        from isolint.session import Source

        file, setup = job.file, self._setup
        source = Source(file.shown, file.module, job.role, data, tree, *self._rule_names)
        outcome = engine.check(source, self._rules_for(file), self._session, setup.suppress)
        if not isinstance(outcome, Checked):
            return outcome
        found = tuple(adjusted(setup.config, self._weighed(one)) for one in outcome.diagnostics)
        return dataclasses.replace(outcome, diagnostics=found)

    def _weighed(self, found: Diagnostic) -> Diagnostic:
        """Return a finding as severe as the configuration says."""
        is_warning = bool(self._setup.config.warn) and only_warns(self._setup.config, found)
        return replace(found, severity=Severity.WARNING) if is_warning else found

    def _rules_for(self, file: SourceFile) -> tuple[Rule, ...]:
        if not self._setup.config.per_file_ignores:
            return self._rules
        ignored = ignored_for(self._setup.config, file.relative, self._rules)
        return tuple(rule for rule in self._rules if rule.code not in ignored)
