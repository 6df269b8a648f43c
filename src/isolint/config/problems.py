"""The problems of a configuration: all at once, each with its place."""

from __future__ import annotations

import os
from itertools import takewhile
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable

_LINE_ENDS = {ord(end): f"\\u{ord(end):04x}" for end in "\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"} | {10: "\\n"}


@final
class Problem(Struct, frozen=True):
    """One mistake. ``path`` is as displayed; ``line`` starts at 1 and is 0 for the file as a whole."""

    path: PurePath
    line: int
    message: str

    def __str__(self) -> str:
        """Return the clickable form ``path:line: message``."""
        place = f"{self.path}:{self.line}" if self.line else f"{self.path}"
        # A key in quotes may hold the end of a line, and the text behind it would pass for isolint's own.
        return f"{place}: {self.message}".translate(_LINE_ENDS)


@final
class ConfigProblems(Exception):  # noqa: N818 - a set of problems, each of them an error
    """The configuration cannot be used. ``problems`` are in reading order, without duplicates."""

    problems: tuple[Problem, ...]

    def __init__(self, problems: Iterable[Problem]) -> None:
        ordered = sorted(
            set(problems), key=lambda problem: (str(problem.path), problem.line, problem.message)
        )
        self.problems = tuple(ordered)
        super().__init__("\n".join(map(str, self.problems)))


def absolute(path: Path) -> Path:
    """Return ``path`` from the root on, without ``..``; symbolic links stay as they are."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow the links


def displayed(path: Path) -> PurePath:
    """Return ``path`` as a person in the working directory would write it."""
    try:
        return path.relative_to(Path.cwd())
    except ValueError:
        return path


def nearest(word: str, known: Iterable[str]) -> str:
    """Return `` (did you mean `x`?)`` for the known word that ``word`` is most likely meant to be, else ``""``.

    Letter case and ``_`` for ``-`` do not count as differences.
    """
    from difflib import get_close_matches

    by_form = {_form(name): name for name in known}
    form = _form(word)
    close = get_close_matches(form, by_form, n=3)
    # Of words that are equally like it, the one that begins like it: for ISO108 rather ISO106 than ISO410.
    best = max(close, key=lambda other: _shared_start(form, other), default="")
    return f" (did you mean `{by_form[best]}`?)" if best else ""


def _shared_start(word: str, other: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(word, other, strict=False)))


def _form(word: str) -> str:
    return word.lower().replace("_", "-")
