"""The content of source files, of a size that code has: one that nobody can have written may not take all memory."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 1 << 26
"""The largest generated modules have a few millions; a tree can take a hundred bytes for each byte of its text."""


def content(path: Path) -> bytes:
    """Return the content of a file; raise OSError where it cannot be read, also for its size."""
    size = path.stat().st_size
    if size > MOST_BYTES:
        message = f"it has {size:,} bytes, and more than {MOST_BYTES:,} are not read: leave it out with `extend-exclude`"
        raise OSError(errno.EFBIG, message)
    return path.read_bytes()
