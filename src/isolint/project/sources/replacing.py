"""Files replaced whole: whenever the process dies, the file holds the old content or the new."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING, final

if TYPE_CHECKING:
    from pathlib import Path

_WRITABLE = 0o222


@final
class Changed(Exception):  # noqa: N818  # no failure: the caller looks at the file again
    """Another program has written the file since it was read."""


def replace(target: Path, data: bytes, *, expected: bytes | None = None) -> None:
    """Write ``data`` to ``target`` by way of a file beside it; mode and owner stay.

    ``target`` is the file itself, no symbolic link to it. Raises Changed where the file holds anything but
    ``expected``, OSError where it cannot be written; the file is as it was then.
    """
    before = target.stat() if target.exists() else None
    if before is not None and not (before.st_mode & _WRITABLE and os.access(target, os.W_OK)):
        raise PermissionError(errno.EACCES, "it is read-only", str(target))
    # Named before it is there: a signal that ends the process within `mkstemp` would leave the file behind.
    temporary = target.with_name(f".{target.name}.{os.urandom(8).hex()}.tmp")
    try:
        with open(temporary, "xb", opener=private) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _take_over(before, temporary)
        if expected is not None and target.read_bytes() != expected:
            raise Changed
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    _sync(target.parent)


def private(path: str, flags: int) -> int:
    """Open a file that no other user may read as long as it is being written."""
    return os.open(path, flags, 0o600)


def _take_over(before: os.stat_result | None, file: Path) -> None:
    """Give a file the owner and the mode of the one that it replaces, or the mode of a new one."""
    if before is None:
        mask = os.umask(0)
        os.umask(mask)
        file.chmod(0o666 & ~mask)
        return
    now = file.stat()
    if hasattr(os, "chown") and (now.st_uid, now.st_gid) != (before.st_uid, before.st_gid):
        os.chown(file, before.st_uid, before.st_gid)
    file.chmod(stat.S_IMODE(before.st_mode))


def _sync(folder: Path) -> None:
    """Make the new name outlast a power cut, where the system lets a folder be opened."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
