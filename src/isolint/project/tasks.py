"""What is done with each file of a run, in this process or in another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar, final

from msgspec import Struct, field

from isolint.model import Crashed
from isolint.project.checking import Examined

if TYPE_CHECKING:
    from collections.abc import Mapping

    from isolint.engine import Surveyed
    from isolint.project.checking import Admitted, Checker, Job

R_co = TypeVar("R_co", covariant=True)


class Task(Protocol[R_co]):
    """Something to do with each file; it can be sent to another process."""

    def do(self, job: Job) -> R_co:
        """Do it with one file."""
        ...

    def killed_by(self, job: Job) -> R_co:
        """Return the result for a file whose process died."""
        ...


@final
class Surveying(Struct, frozen=True):
    """Take a first look at each file."""

    checker: Checker

    def do(self, job: Job) -> Surveyed:
        """Survey one file."""
        return self.checker.survey(job)

    def killed_by(self, job: Job) -> Surveyed:
        """Return what becomes of a file whose process died."""
        from isolint import engine

        return engine.Surveyed(None, _killed(job))


@final
class Checking(Struct, frozen=True):
    """Check each file, by those rules only that are admitted for it, where that is known."""

    checker: Checker
    admitted: Mapping[Job, Admitted] = field(default_factory=dict["Job", "Admitted"])

    def do(self, job: Job) -> Examined:
        """Check one file."""
        return self.checker.check(job, self.admitted.get(job))

    def killed_by(self, job: Job) -> Examined:
        """Return what becomes of a file whose process died."""
        return Examined(_killed(job), frozenset())


def _killed(job: Job) -> Crashed:
    return Crashed(job.file.shown, "the process that checked this file died")
