"""What a run depends on, file by file, and what of it is different from the last run."""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.project.reading import content

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from isolint.project.modules import Modules

_CLOCK_STEP = 2_000_000_000
"""Nanoseconds; no file system counts time in longer steps."""


@final
class FileState(Struct, frozen=True, array_like=True):
    """When a file was last written, in nanoseconds, how many bytes it has, and a digest of them."""

    modified: int
    size: int
    digest: str


@final
class Snapshot(Struct, frozen=True):
    """The project at a moment, ``taken`` in nanoseconds.

    ``files`` are by their absolute path; ``modules`` have their file, if any, and their role;
    ``elsewhere`` says what modules of other distributions there are.
    """

    taken: int
    files: dict[str, FileState]
    modules: dict[str, tuple[str, str]]
    elsewhere: str

    def changed_since(self, before: Snapshot) -> frozenset[str] | None:
        """Return the names of the modules about which an answer may differ; None where all may."""
        if self.elsewhere != before.elsewhere:
            return None
        names = self.modules.keys() | before.modules.keys()
        return frozenset(name for name in names if self._of(name) != before._of(name))

    def _of(self, name: str) -> tuple[str, str, str] | None:
        known = self.modules.get(name)
        if known is None:
            return None
        path, role = known
        return path, role, self.digest_of(path)

    def digest_of(self, path: str) -> str:
        """Return the digest of a file's content, empty where it could not be read."""
        state = self.files.get(path)
        return state.digest if state is not None else ""


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
        about = path.stat()
        known = before.files.get(text) if before is not None else None
        # What was written while the last run looked may have changed again within one step of the clock.
        settled = known is not None and before is not None and known.modified < before.taken - _CLOCK_STEP
        if (
            settled
            and known is not None
            and (known.modified, known.size) == (about.st_mtime_ns, about.st_size)
        ):
            return known
        digest = hashlib.blake2b(content(path), digest_size=16).hexdigest()
    except OSError:
        return None
    return FileState(about.st_mtime_ns, about.st_size, digest)
