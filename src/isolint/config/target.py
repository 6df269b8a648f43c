"""The configuration file of a folder that roles are to be written into, and its new content."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.config.document import BYTE_ORDER_MARK, OWN_NAME, SHARED_NAME, Document, is_there, parsed, read
from isolint.config.problems import ConfigProblems, Problem, displayed
from isolint.config.schema import ROLE_KEYS
from isolint.config.validation import problems
from isolint.config.writing import CannotEdit, with_keys

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_SHARED_PREFIX = ("tool", "isolint")


@final
class Target(Struct, frozen=True):
    """The file to write, which need not be there. ``document`` is isolint's part of it, if it has any."""

    path: Path
    text: str
    document: Document | None

    @property
    def prefix(self) -> tuple[str, ...]:
        """The table that the keys stand in."""
        return _SHARED_PREFIX if self.path.name == SHARED_NAME else ()

    @property
    def taken(self) -> tuple[str, ...]:
        """The roles that the file gives already."""
        return tuple(key for key in ROLE_KEYS if self.document is not None and key in self.document.table)

    @property
    def place(self) -> str:
        """The place of the first of them, as ``path:line``."""
        line = self.document.line((self.taken[0],)) if self.document is not None and self.taken else 0
        return f"{displayed(self.path)}:{line}" if line else f"{displayed(self.path)}"

    def with_roles(self, keys: Mapping[str, Sequence[str]]) -> str:
        """Return the new text of the file; raise ConfigProblems where it cannot be had or would be wrong."""
        try:
            text = with_keys(self.text, self.prefix, keys)
        except CannotEdit as error:
            raise ConfigProblems([Problem(displayed(self.path), 0, str(error))]) from error
        document = parsed(self.path, text)
        if document is not None and (found := list(problems(document))):
            raise ConfigProblems(found)
        return text


def target_in(folder: Path) -> Target:
    """Return the file of a folder to write into: isolint.toml, else pyproject.toml, else a new isolint.toml.

    Raises ConfigProblems where it is there but cannot be read or must not be written.
    """
    # A new pyproject.toml would change how pip builds the project.
    path = next((path for name in (OWN_NAME, SHARED_NAME) if is_there(path := folder / name)), None)
    if path is None:
        return Target(folder / OWN_NAME, "", None)
    if path.is_symlink() and not path.resolve().is_relative_to(folder.resolve()):
        raise ConfigProblems([Problem(displayed(path), 0, _LEADS_OUT)])
    document = read(path)
    text = path.read_bytes().decode("utf-8")
    if text.startswith("\ufeff"):
        raise ConfigProblems([Problem(displayed(path), 1, BYTE_ORDER_MARK)])
    return Target(path, text, document)


def writing_error(path: Path) -> str:
    """Return the obstacle to writing a file, ``""`` for none. Writing may replace the file."""
    if path.exists() and not stat.S_IMODE(path.stat().st_mode) & 0o222:
        return "the file is read-only: make it writable, or copy the lines with --dry-run"
    return ""


_LEADS_OUT = "this is a symbolic link that leads out of the project: run `isolint init` where the file is"
