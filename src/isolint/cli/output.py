"""Writing a report where it belongs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from isolint.project import replace

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
            path.write_bytes(data)  # by this name: the target of /dev/stdout may have none of its own
        else:
            target = path.resolve()
            target.parent.mkdir(parents=True, exist_ok=True)
            replace(target, data)
    except OSError as error:
        raise _Unwritable(f"cannot write {path}: {error.strerror or error}") from error


def put_out(data: bytes) -> None:
    """Write bytes to standard output as they are: source text has an encoding and line ends of its own."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


class _Unwritable(click.ClickException):
    exit_code = 2
