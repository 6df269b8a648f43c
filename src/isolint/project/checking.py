"""One file of a run: read, named, checked. The same in the main process and in a worker."""

from __future__ import annotations

import dataclasses
import hashlib
from contextlib import contextmanager
from functools import cached_property, partial
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar, final

from msgspec import Struct
from msgspec.structs import replace

from isolint.config import enabled, ignored_for, only_warns
from isolint.config.fixing import adjusted
from isolint.config.selectors import ONLY_IF_EXHAUSTIVE
from isolint.model import Checked, Crashed, Severity
from isolint.project.notebooks import NotANotebook, code_of, is_notebook, placed
from isolint.project.pool import Pool, can_fork_now
from isolint.project.reading import content
from isolint.rules import known_rules
from isolint.semantics.watch import DRIVES
from isolint.suppressions import ABOUT_COMMENTS

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Generator, Iterable, Mapping

    from isolint.config import Config
    from isolint.engine import Surveyed
    from isolint.model import Diagnostic, Outcome, Role, Suppress
    from isolint.project.modules import Modules
    from isolint.project.naming import SourceFile
    from isolint.rule import Options, Rule
    from isolint.semantics.drives.model import DriveTable, Recalled
    from isolint.semantics.drives.team import Team
    from isolint.semantics.exports import Exports
    from isolint.semantics.glimpse import Glimpse
    from isolint.session import Session

A = TypeVar("A")
R = TypeVar("R")
W = TypeVar("W")


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
    """What became of a file, and the names of the modules, and topics, that this depends on."""

    outcome: Outcome
    asked: frozenset[str]


@final
class Admitted(Struct, frozen=True):
    """The codes of the rules that may find something in a file, and what that no other may depends on."""

    codes: frozenset[str]
    asked: frozenset[str]


Judged: TypeAlias = "Examined | Admitted | None"


@final
class Checker:
    """Checks the files of one run: a first look at all of them, then a closer one at those that need it.

    A copy in another process knows the ``glimpses`` that this one has learned, and what ``drives``. This one
    may use as many ``processes`` to find that out; a copy has none but its own. For ``one_text`` no more is found out than that needs.
    """

    def __init__(
        self,
        setup: Setup,
        glimpses: Mapping[str, Glimpse] | None = None,
        words: Mapping[str, frozenset[str]] | None = None,
        drives: DriveTable | None = None,
        processes: int = 1,
        *,
        one_text: bool = False,
    ) -> None:
        self._setup = setup
        self._processes = processes
        self._one_text = one_text
        self.glimpses: dict[str, Glimpse] = dict(glimpses or {})
        self._known_words = dict(words or {})
        self._known_drives = drives

    def __reduce__(self) -> tuple[type[Checker], tuple[object, ...]]:
        """Say how to make the copy."""
        return Checker, (self._setup, self.glimpses, self.words, self._session.drives.known)

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
        """Made at the first question: a run that recalls everything has none, and need not load what it takes."""
        from isolint.session import Session

        setup, gather = self._setup, partial(_readers, processes=self._processes)
        session = Session(
            self._rules,
            setup.options,
            setup.modules,
            self._known_drives,
            gather,
            one_text=self._one_text,
        )
        session.index.words.update(self._known_words)
        for module, glimpse in self.glimpses.items():
            session.index.learn(module, glimpse)
        return session

    @property
    def words(self) -> dict[str, frozenset[str]]:
        """The telling words of modules of which there is no glimpse."""
        return {m: words for m, words in self._session.index.words.items() if m not in self.glimpses}

    @property
    def drives(self) -> Recalled:
        """What was found out about what drives, or recalled and not asked for."""
        return self._session.drives.recalled

    @drives.setter
    def drives(self, recalled: Recalled) -> None:
        self._session.drives.recalled = recalled

    def digest_of(self, topic: str) -> str:
        """Return a digest of what the project as a whole has to say on a topic."""
        session = self._session
        about = session.drives.about() if topic == DRIVES else session.index.about(topic)
        said = "\0".join(sorted(about))
        return hashlib.blake2b(said.encode(), digest_size=8).hexdigest()

    def exports_of(self, module: str) -> Exports | None:
        """Return what a module offers now, None where it cannot be read."""
        return self._session.index.exports_of(module)

    def survey(self, job: Job) -> Surveyed:
        """Read a file and take a first look."""
        from isolint import engine
        from isolint.session import Source

        data = _read(job)
        if isinstance(data, Crashed):
            return engine.Surveyed(None, data)
        if is_notebook(job.file.path):
            return engine.Surveyed(None, None)  # its code is no module that others import
        file = job.file
        source = Source(file.shown, file.module, job.role, data, None, *self._rule_names)
        return engine.survey(source, self._rules_for(file), self._session, self._setup.suppress)

    def learn(self, job: Job, glimpse: Glimpse) -> None:
        """Take what a survey saw of a file."""
        # Of two files with one name, imports mean the one that the modules know.
        if self._setup.modules.files.get(job.file.module) == job.file.path:
            self.glimpses[job.file.module] = glimpse
            self._session.index.learn(job.file.module, glimpse)

    def judge(self, job: Job, surveyed: Surveyed) -> Judged:
        """Return what became of a file if the survey, with those of all others, shows it.

        If not, which rules may find something in it; None where that cannot be told. What drives elsewhere is not asked:
        that takes a search, and :meth:`judge_in_project` comes after this.
        """
        if surveyed.glimpse is None:
            return Examined(surveyed.outcome, frozenset()) if surveyed.outcome is not None else None
        admitted = self._admitted(job, surveyed.glimpse, about_project=False)
        if admitted.codes or surveyed.outcome is None:
            return admitted
        return Examined(surveyed.outcome, admitted.asked)

    def judge_in_project(self, job: Job, surveyed: Surveyed, judged: Judged) -> Judged:
        """Return the same, now that the rules that ask what drives elsewhere are heard as well."""
        if surveyed.glimpse is None or judged is None:
            return judged
        more = self._admitted(job, surveyed.glimpse, about_project=True)
        asked = judged.asked | more.asked
        if not more.codes:
            return replace(judged, asked=asked)
        before = judged.codes if isinstance(judged, Admitted) else frozenset[str]()
        return Admitted(before | more.codes, asked)

    def asks_about_project(self, job: Job) -> bool:
        """Whether there is a rule for a file that asks what drives elsewhere."""
        return any(rule.about_project and job.role in rule.roles for rule in self._rules_for(job.file))

    def _admitted(self, job: Job, glimpse: Glimpse, *, about_project: bool) -> Admitted:
        rules = [
            rule
            for rule in self._rules_for(job.file)
            if job.role in rule.roles and rule.about_project == about_project
        ]
        if not rules:
            return Admitted(frozenset(), frozenset())
        self._session.world.asked = set()
        admitted = self._session.gate.admitted(rules, job.file.module, glimpse, lambda: _text_for_words(job))
        return Admitted(frozenset(rule.code for rule in admitted), frozenset(self._session.world.asked))

    def check(self, job: Job, admitted: Admitted | None = None) -> Examined:
        """Read and check a file; one that cannot be read comes back as Crashed."""
        data = _read(job)
        self._session.world.asked = set(admitted.asked) if admitted is not None else set()
        codes = admitted.codes if admitted is not None else None
        outcome = data if isinstance(data, Crashed) else self.check_bytes(job, data, codes)
        return Examined(outcome, frozenset(self._session.world.asked))

    def check_bytes(
        self,
        job: Job,
        data: bytes,
        admitted: frozenset[str] | None = None,
        tree: ast.Module | None = None,
    ) -> Outcome:
        """Check a file that has this content, of which ``tree`` may have been parsed before."""
        if not is_notebook(job.file.path):
            return self._check(job, data, admitted, tree)
        try:
            code = code_of(data)
        except NotANotebook as error:
            return Crashed(job.file.shown, str(error))
        return placed(self._check(job, code.text.encode(), None, None), code)

    def _check(
        self, job: Job, data: bytes, admitted: frozenset[str] | None, tree: ast.Module | None
    ) -> Outcome:
        from isolint import engine
        from isolint.session import Source

        file, setup = job.file, self._setup
        source = Source(file.shown, file.module, job.role, data, tree, *self._rule_names)
        rules, session = self._rules_for(file), self._session
        outcome = engine.check(source, rules, session, setup.suppress, admitted=admitted)
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


@contextmanager
def _readers(reader: W, *, processes: int) -> Generator[Team[W]]:
    """Give the search for what drives its readers: workers only where they can be forked, a reader is too large to send."""
    with Pool(reader, processes if can_fork_now() else 1) as pool:
        yield _Readers(pool)


@final
class _Readers(Generic[W]):
    """A pool by the names of the search."""

    def __init__(self, pool: Pool[W]) -> None:
        self._pool = pool

    def each(self, read: Callable[[W, str, A], R], given: Mapping[str, A]) -> dict[str, R]:
        """Return what is read of each module, in their order."""
        results = self._pool.map(partial(_read_module, read), [*given.items()])
        return dict(zip(given, results, strict=True))


def _read_module(read: Callable[[W, str, A], R], reader: W, job: tuple[str, A]) -> R:
    return read(reader, *job)


def _text_for_words(job: Job) -> str:
    """Return the text for a look at its words; what is not UTF-8 comes out wrong but for its ASCII letters."""
    data = _read(job)
    return data.decode("utf-8", "replace") if isinstance(data, bytes) else ""


def _read(job: Job) -> bytes | Crashed:
    try:
        return content(job.file.path)
    except (OSError, MemoryError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it does not fit into memory"
        return Crashed(job.file.shown, f"cannot be read: {reason}")
