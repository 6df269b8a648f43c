"""The presentation of paths and text: where paths start, and control characters made visible for a terminal."""

from __future__ import annotations

import os
import unicodedata
from typing import TYPE_CHECKING, final

from msgspec import Struct

if TYPE_CHECKING:
    from pathlib import PurePath

    from isolint.rule import Rule

DEFAULT_WIDTH = 120
"""Columns to fill where the width of the terminal is not known."""


@final
class View(Struct, frozen=True):
    """The reader's side of a report.

    ``base`` is the absolute working directory: paths below it are shown relative to it. ``width`` is the
    number of terminal columns a source line may fill. ``verbose`` adds the traceback of a crash. ``root`` is the
    absolute folder of the project, by default the working directory; ``baseline`` names the file of accepted findings.
    ``repository`` is the absolute folder that paths start from in reports for a server, by default the working
    directory. ``rule_url`` is the address of a rule's page, with ``{code}`` for its code. ``rules`` are those that
    may be reported.
    """

    base: PurePath
    colour: bool = False
    width: int = DEFAULT_WIDTH
    verbose: bool = False
    root: PurePath | None = None
    baseline: str = ""
    repository: PurePath | None = None
    rule_url: str = ""
    rules: tuple[Rule, ...] = ()

    def short(self, path: PurePath) -> str:
        """Return the path as a person would type it, safe to print."""
        absolute = self.base / path
        if absolute.is_relative_to(self.base):
            absolute = absolute.relative_to(self.base)
        return visible(str(absolute))

    def full(self, path: PurePath) -> str:
        """Return the absolute path as the file system knows it, without ``..``."""
        return os.path.normpath(self.base / path)

    def of_project(self, path: str) -> str:
        """Return the absolute path of a file that is named from the root of the project."""
        return os.path.normpath((self.root or self.base) / path)

    def in_repository(self, path: str) -> str:
        """Return an absolute path from the root of the repository, with ``/``; absolute where it is elsewhere."""
        around = self.repository or self.base
        inside = type(around)(path)
        return (inside.relative_to(around) if inside.is_relative_to(around) else inside).as_posix()

    def url_of(self, code: str) -> str:
        """Return the address of a rule's page, ``""`` where none is configured."""
        return self.rule_url.replace("{code}", code)


_BIDI = {*range(0x200E, 0x2010), *range(0x2028, 0x202F), *range(0x2066, 0x206A), 0x061C}
_STAND_INS = {
    **{code: chr(0x2400 + code) for code in range(0x20)},
    0x7F: "\N{SYMBOL FOR DELETE}",
    **dict.fromkeys(range(0x80, 0xA0), "\N{REPLACEMENT CHARACTER}"),
    **dict.fromkeys(_BIDI, "\N{REPLACEMENT CHARACTER}"),
}


def visible(text: str) -> str:
    r"""Replace each character that could steer a terminal or reorder a line by a visible one.

    One for one, so that columns stay: ``\x1b`` becomes ``␛``. Source code and file names are written by
    strangers; an escape sequence in them must not recolour, hide or retype the report.
    """
    return text.translate(_STAND_INS)


def columns(text: str) -> int:
    """Return how many terminal columns the text fills: wide characters two, combining marks none."""
    return len(text) if text.isascii() else sum(map(_columns_of, text))


def _columns_of(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
