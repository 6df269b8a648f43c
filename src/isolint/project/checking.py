"""One file of a run: read, named, checked. The same in the main process and in a worker."""

from __future__ import annotations

import gc
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

from isolint import engine
from isolint.config import enabled, ignored_for
from isolint.model import Crashed
from isolint.rules import all_rules

if TYPE_CHECKING:
    from isolint.config import Config
    from isolint.model import Outcome, Role
    from isolint.project.modules import Modules
    from isolint.project.naming import SourceFile
    from isolint.rule import Rule
    from isolint.suppressions import Suppress

_NEW_OBJECTS = 200_000
"""Those of a few files: some tens of megabytes."""


@final
@dataclass(frozen=True, slots=True)
class Job:
    """A file to check and the role it is checked in."""

    file: SourceFile
    role: Role


@final
@dataclass(frozen=True, slots=True)
class Setup:
    """All that the jobs of a run have in common. Plain data: it is sent to each worker once."""

    config: Config
    modules: Modules
    suppress: Suppress


def collect_rarely() -> None:
    """Let the garbage collector of this process look at new objects seldom, and at old ones never.

    For a process that checks and ends: what is kept of other modules is not gone through again and again.
    """
    gc.set_threshold(_NEW_OBJECTS, 1000, 1000)


@final
class Checker:
    """Checks the files of one run."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._rules = enabled(setup.config, all_rules())
        self._session = engine.Session(setup.config.options, setup.modules)

    def check(self, job: Job) -> Outcome:
        """Read and check a file; one that cannot be read comes back as Crashed."""
        try:
            data = job.file.path.read_bytes()
        except (OSError, MemoryError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it does not fit into memory"
            return Crashed(job.file.shown, f"cannot be read: {reason}")
        return self.check_bytes(job, data)

    def check_bytes(self, job: Job, data: bytes) -> Outcome:
        """Check a file that has this content."""
        file, setup = job.file, self._setup
        source = engine.Source(file.shown, file.module, job.role, data)
        return engine.check(source, self._rules_for(file), self._session, setup.suppress)

    def _rules_for(self, file: SourceFile) -> tuple[Rule, ...]:
        if not self._setup.config.per_file_ignores:
            return self._rules
        ignored = ignored_for(self._setup.config, file.relative, self._rules)
        return tuple(rule for rule in self._rules if rule.code not in ignored)
