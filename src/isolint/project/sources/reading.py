"""The content of source files up to a size that code has: a huge file may not take all memory."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 1 << 26
"""The largest generated modules have a few millions; a tree can take a hundred bytes for each byte of its text."""


_NO_WAITING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def beginning(path: Path, most: int) -> bytes:
    """Return up to so many bytes from the beginning of a file; raise OSError where it cannot be read."""
    descriptor = os.open(path, os.O_RDONLY | _NO_WAITING)  # a named pipe has nothing
    try:
        return os.read(descriptor, most)
    finally:
        os.close(descriptor)


def content(path: Path) -> bytes:
    """Return the content of a file; raise OSError where it cannot be read, also for its size."""
    try:
        _require_code(path)
    except OSError as error:
        if error.errno != errno.EFBIG:
            raise
        raise OSError(errno.EFBIG, f"{error.strerror}: leave it out with `extend-exclude`") from None
    return path.read_bytes()


def unreadable(path: Path) -> str:
    """Say why a file cannot be read, "" where it can, without reading it."""
    try:
        _require_code(path)
    except OSError as error:
        return error.strerror or str(error)
    return "" if os.access(path, os.R_OK) else os.strerror(errno.EACCES)


def _require_code(path: Path) -> None:
    about = path.stat()
    if not stat.S_ISREG(about.st_mode):  # a named pipe waits for ever, a device may have no end
        raise OSError(errno.EINVAL, "it is no file")
    size = about.st_size
    if size > MOST_BYTES:
        raise OSError(errno.EFBIG, f"it has {size:,} bytes, and more than {MOST_BYTES:,} are not read")
