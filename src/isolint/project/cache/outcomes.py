"""The first file of the cache: the outcome of each file, and the state of the project then."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from msgspec import Struct
from msgspec.structs import replace

from isolint.model import Checked, Diagnostic, FromZero, Role, Unparsable
from isolint.project.cache.snapshot import Snapshot  # noqa: TC001  # msgspec evaluates the annotations of cached records

if TYPE_CHECKING:
    from pathlib import PurePath

    from isolint.model import Outcome
    from isolint.project.checking import Job


@final
class Kept(Struct, frozen=True):
    """An outcome, for a file that is called ``module``, has this role and a content with this digest.

    The findings have no path of their own: the file may go by another one when they are recalled. One that
    is ``unparsable`` has one finding, which says so.
    """

    module: str
    role: Role
    digest: str
    findings: tuple[Diagnostic, ...]
    suppressed: FromZero = 0
    unparsable: bool = False

    def outcome(self, path: PurePath) -> Outcome:
        """Return the outcome for a file that goes by ``path`` now."""
        findings = tuple(replace(finding, path=path) for finding in self.findings)
        if self.unparsable:
            return Unparsable(path, self.role, findings[0])
        return Checked(path, self.role, findings, self.suppressed)


@final
class Outcomes(Struct, frozen=True):
    """The kept outcomes, by the absolute path of each file. Their dependencies are in the links ``linked`` then."""

    snapshot: Snapshot
    linked: int
    kept: dict[str, Kept]


def keep(job: Job, digest: str, outcome: Outcome) -> Kept | None:
    """Return the part of an outcome to keep, None for one that is no fact about the file."""
    about = job.file.module, job.role, digest
    if isinstance(outcome, Unparsable):
        return Kept(*about, (outcome.diagnostic,), unparsable=True)
    if isinstance(outcome, Checked):
        return Kept(*about, outcome.diagnostics, outcome.suppressed)
    return None
