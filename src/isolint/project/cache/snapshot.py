"""The files a run depends on, and which of them have changed since the last run.

A digest is taken before a file is checked, so it speaks for the bytes that were checked only if the file did not change
in between, nor changed and was changed back (``git stash``). Times tell: a snapshot is taken once the last change of a
file is older than the clock of the file system is coarse, and :meth:`Snapshot.confirmed` looks again after the run.
"""

from __future__ import annotations

import hashlib
import os
import time
from typing import TYPE_CHECKING, final

from msgspec import Struct
from msgspec.structs import replace

from isolint.project.sources.reading import content

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from isolint.project.modules import Modules

_CLOCK_STEP = 2_000_000_000
"""Nanoseconds; no file system counts time in longer steps."""
_FINE_STEP = 20_000_000
"""Nanoseconds; those that count fractions of a second do so in shorter steps."""
_SECOND = 1_000_000_000
UNKNOWN = "?"
"""Stands for the digest of a file that may have changed while a run looked at it."""


@final
class FileState(Struct, frozen=True, array_like=True):
    """The times of a file in nanoseconds, its size in bytes, its inode, and a digest of its content."""

    modified: int
    changed: int
    size: int
    inode: int
    digest: str

    def with_digest(self, digest: str) -> FileState:
        """Return the state with another digest."""
        return FileState(self.modified, self.changed, self.size, self.inode, digest)


@final
class Snapshot(Struct, frozen=True):
    """The project at a moment, ``taken`` in nanoseconds.

    ``files`` are by their absolute path; ``modules`` have their file, if any, and their role;
    ``elsewhere`` stands for the modules of other distributions.
    """

    taken: int
    files: dict[str, FileState]
    modules: dict[str, tuple[str, str]]
    elsewhere: str

    def changed_since(self, before: Snapshot) -> frozenset[str] | None:
        """Return the names of the modules whose files differ; None where the project has other modules or roles."""
        if self.elsewhere != before.elsewhere or self.modules != before.modules:
            return None
        return frozenset(
            name
            for name, (path, _) in self.modules.items()
            if self.digest_of(path) != before.digest_of(path) or self.digest_of(path) == UNKNOWN
        )

    def digest_of(self, path: str) -> str:
        """Return the digest of a file's content, empty where it could not be read."""
        state = self.files.get(path)
        return state.digest if state is not None else ""

    def confirmed(self) -> Snapshot:
        """Return the snapshot with no digest for files that have been written since: to be called after the run."""
        return replace(
            self,
            files={
                path: state if _is_as(path, state) else state.with_digest(UNKNOWN)
                for path, state in self.files.items()
            },
        )


def take(modules: Modules, others: Iterable[Path], before: Snapshot | None) -> Snapshot:
    """Look at all files of ``modules`` and at ``others``; those that look as ``before`` are not read."""
    taken = time.time_ns()
    if before is not None and before.taken > taken:
        before = None  # by a clock that was put back since, nothing can be told from times
    paths = {str(path): path for path in (*modules.files.values(), *others)}
    states = {
        text: state for text, path in paths.items() if (state := _state(path, text, before)) is not None
    }
    known = {
        name: (str(modules.files.get(name, "")), role.value)
        for name in (*modules.roles, *modules.files)
        if (role := modules.roles.get(name)) is not None
    }
    return Snapshot(taken, states, known, repr((sorted(modules.elsewhere), modules.foreign)))


def _state(path: Path, text: str, before: Snapshot | None) -> FileState | None:
    try:
        seen = _seen(text, "")
        known = before.files.get(text) if before is not None else None
        # A file written during the last run may have changed again within one step of the clock.
        settled = known is not None and before is not None and known.modified < before.taken - _CLOCK_STEP
        if settled and known is not None and seen == known.with_digest("") and known.digest != UNKNOWN:
            return known
        if 0 <= _age(seen) < _FINE_STEP:
            time.sleep(_FINE_STEP / _SECOND)
            seen = _seen(text, "")
        if _counts_seconds(seen) and 0 <= _age(seen) < _CLOCK_STEP:
            return seen.with_digest(UNKNOWN)
        return seen.with_digest(hashlib.blake2b(content(path), digest_size=16).hexdigest())
    except OSError:
        return None


def _is_as(path: str, state: FileState) -> bool:
    try:
        return _seen(path, state.digest) == state
    except OSError:
        return False


def _seen(path: str, digest: str) -> FileState:
    about = os.stat(path)  # noqa: PTH116
    return FileState(about.st_mtime_ns, about.st_ctime_ns, about.st_size, about.st_ino, digest)


def _age(seen: FileState) -> int:
    """Return the nanoseconds since a file was last changed."""
    return time.time_ns() - max(seen.modified, seen.changed)


def _counts_seconds(seen: FileState) -> bool:
    """Whether a file is on a file system that knows no fractions of a second."""
    return seen.modified % _SECOND == 0 == seen.changed % _SECOND
