"""Writing a report where it belongs."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pathlib import Path


def write(path: Path, text: str) -> None:
    """Write ``text`` as UTF-8, whole or not at all; missing folders are made.

    A pipe or a device (``/dev/stdout``) is written in place: replacing it would destroy it.

    Raises:
        click.ClickException: the file cannot be written.

    """
    data = text.encode("utf-8", "backslashreplace")
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(data)  # by this name: what /dev/stdout leads to may have none of its own
        else:
            target = path.resolve()
            target.parent.mkdir(parents=True, exist_ok=True)
            _replace(target, data)
    except OSError as error:
        raise _Unwritable(f"cannot write {path}: {error.strerror or error}") from error


def _replace(target: Path, data: bytes) -> None:
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("xb") as file:  # never through a link that somebody has put there
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            temporary.chmod(stat.S_IMODE(target.stat().st_mode))
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


class _Unwritable(click.ClickException):
    exit_code = 2
