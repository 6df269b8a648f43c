"""A configuration file: its discovery, and its content as plain TOML values with their lines."""

from __future__ import annotations

import os
import re
import stat
from typing import TYPE_CHECKING, Any, final

import tomli
from msgspec import Struct

from isolint.config.positions import lines_of
from isolint.config.problems import ConfigProblems, Problem, displayed

if TYPE_CHECKING:
    from pathlib import Path

    from isolint.config.positions import KeyPath

OWN_NAME = "isolint.toml"
SHARED_NAME = "pyproject.toml"
BYTE_ORDER_MARK = "the file starts with a byte order mark, which TOML does not allow: save it without"
_MOST_BYTES = 1 << 20
"""Far more than a person writes by hand, and still read and matched in seconds."""
_BOM = b"\xef\xbb\xbf"
_PLACE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")


@final
class Document(Struct, frozen=True):
    """isolint's part of a TOML file. ``prefix`` is where it stands: ``("tool", "isolint")`` or ``()``."""

    path: Path
    table: dict[str, Any]
    prefix: tuple[str, ...]
    lines: dict[KeyPath, int]
    problems: tuple[Problem, ...] = ()

    def problem(self, key: KeyPath, message: str) -> Problem:
        """Return a problem at the line of ``key``, a path inside isolint's own table."""
        return Problem(displayed(self.path), self.line(key), message)

    def line(self, key: KeyPath) -> int:
        """Return the line of ``key``, or of the nearest thing around it that has one; else 0."""
        full = (*self.prefix, *key)
        return next((self.lines[full[:n]] for n in range(len(full), 0, -1) if full[:n] in self.lines), 0)


def find(start: Path) -> Document | None:
    """Return the configuration of the nearest folder, ``start`` or above it, that has one.

    In one folder ``isolint.toml`` goes before ``pyproject.toml``; a ``pyproject.toml`` without
    ``[tool.isolint]`` does not count. Raises ConfigProblems for one that cannot be read.
    """
    documents = map(in_folder, (start, *start.parents))
    return next((document for document in documents if document is not None), None)


def in_folder(folder: Path) -> Document | None:
    """Return the configuration of one folder, if it has one; see ``find``."""
    for name in (OWN_NAME, SHARED_NAME):
        document = read(folder / name) if is_there(folder / name) else None
        if document is not None:
            return document
    return None


def is_there(path: Path) -> bool:
    """Whether there is such a file; raises ConfigProblems where something else has its name.

    Reading a named pipe would block until another process writes into it.
    """
    found = path.is_file()
    if not found and os.path.lexists(path):
        message = "the configuration cannot be read: it is no file, or a link that leads nowhere"
        raise ConfigProblems([Problem(displayed(path), 0, message)])
    return found


def read(path: Path) -> Document | None:
    """Return isolint's part of the file, None for a ``pyproject.toml`` that has none.

    Raises ConfigProblems where the file is missing, not UTF-8 or not TOML.
    """
    data = _bytes(path)
    problems: tuple[Problem, ...] = ()
    if data.startswith(_BOM):
        problems = (Problem(displayed(path), 1, BYTE_ORDER_MARK),)
    return parsed(path, _text(path, data.removeprefix(_BOM)), problems)


def parsed(path: Path, text: str, problems: tuple[Problem, ...] = ()) -> Document | None:
    """Return isolint's part of ``text`` as the content of the file; see ``read``."""
    table, lines = _parse(path, text.replace("\r\n", "\n"))
    prefix = ("tool", "isolint") if path.name == SHARED_NAME else ()
    for depth, key in enumerate(prefix, 1):
        if key not in table:
            return None
        if not isinstance(table[key], dict):
            message = f"`{'.'.join(prefix[:depth])}` must be a table"
            raise ConfigProblems([Problem(displayed(path), lines[prefix[:depth]], message)])
        table = table[key]
    return Document(path, table, prefix, lines, problems)


def _bytes(path: Path) -> bytes:
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):  # a named pipe would block until another process writes into it
            message = "the configuration cannot be read: it is no file"
            raise ConfigProblems([Problem(displayed(path), 0, message)])
        if about.st_size > _MOST_BYTES:
            message = f"the configuration file has {about.st_size:,} bytes, and more than {_MOST_BYTES:,} are not read"
            raise ConfigProblems([Problem(displayed(path), 0, message)])
        return path.read_bytes()
    except OSError as error:
        message = f"the configuration file cannot be read: {error.strerror or error}"
        raise ConfigProblems([Problem(displayed(path), 0, message)]) from error


def _text(path: Path, data: bytes) -> str:
    try:
        # TOML knows \n and \r\n; keeping the count of \n keeps the lines right.
        return data.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"the file is not UTF-8 (byte 0x{data[error.start]:02x}): save it as UTF-8"
        raise ConfigProblems([Problem(displayed(path), line, message)]) from error


def _parse(path: Path, text: str) -> tuple[Any, dict[KeyPath, int]]:
    try:
        return tomli.loads(text), lines_of(text)
    except tomli.TOMLDecodeError as error:
        place = _PLACE.search(str(error))
        message = _PLACE.sub("", str(error))
        line = int(place[1]) if place and place[1] else text.rstrip().count("\n") + 1
        raise ConfigProblems([Problem(displayed(path), line, f"not valid TOML: {message}")]) from error
    except RecursionError as error:
        message = "not usable TOML: nested too deeply"
        raise ConfigProblems([Problem(displayed(path), 0, message)]) from error
    except ValueError as error:
        message = "not usable TOML: a number has thousands of digits"
        raise ConfigProblems([Problem(displayed(path), 0, message)]) from error
