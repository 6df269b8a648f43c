"""Patterns for modules and paths: their forms, their errors, and their matches."""

from __future__ import annotations

import keyword
from enum import Enum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple, final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import PurePosixPath

ANY_NUMBER = "**"
_WILDCARDS = frozenset("*?[")


@final
class Form(Enum):
    """The form of a pattern."""

    DOTTED = "a dotted module pattern"
    PATH = "a path glob"
    FILE_NAME = "a file name glob"


class Reach(NamedTuple):
    """The specificity of a match between a pattern and a module; the greater one wins.

    ``depth`` counts the components of the module's name that the pattern pins, ``literals`` those of
    its own components that are no wildcards.
    """

    depth: int
    literals: int


@final
class Pattern(Struct, frozen=True):
    """A pattern of well-formed ``text``; ``parts`` are its components without a closing ``**``."""

    text: str
    form: Form
    parts: tuple[str, ...]

    @property
    def names_one_module(self) -> bool:
        """Whether this is a plain dotted name, which may stand for a module that is not in the tree."""
        return self.form is Form.DOTTED and not any(map(_is_wild, self.parts))

    @property
    def dotted(self) -> str:
        """The dotted name without a closing ``**``."""
        return ".".join(self.parts)

    def same_as(self, other: Pattern) -> bool:
        """Return whether both are spellings of one pattern: ``app`` and ``app.**``."""
        return self.form is other.form and self.parts == other.parts

    def reach(self, names: Sequence[str], path: PurePosixPath | None) -> Reach | None:
        """Return how closely this fits the module of these names, its own first; None where it does not.

        ``path`` is relative to the root of the project, None for a module without a file. A package
        includes its submodules, a folder its content.
        """
        own = names[0].split(".")
        if self.form is Form.DOTTED:
            found = (self._dotted_reach(name.split("."), len(own)) for name in names)
            return max(filter(None, found), default=None)
        if path is None:
            return None
        if self.form is Form.FILE_NAME:
            matches = fnmatchcase(path.name, self.text)
            return Reach(len(own), self._literals()) if matches else None
        depth = pinned(self.parts, path.parts)
        # The folders above the module's own import root are no part of its name.
        above = len(path.parts) - len(own) - (path.stem == "__init__")
        return None if depth is None else Reach(depth - above, self._literals() - above)

    def _dotted_reach(self, parts: Sequence[str], own: int) -> Reach | None:
        depth = pinned(self.parts, parts)
        above = len(parts) - own
        return None if depth is None else Reach(depth - above, self._literals() - above)

    def _literals(self) -> int:
        return sum(not _is_wild(part) for part in self.parts)


def parse(text: str) -> Pattern:
    """Return the pattern that ``text`` spells; raise ValueError with the fault.

    With a ``/`` it is a path glob from the root of the project, ending in ``.py`` or ``.pyi`` a glob for
    the name of a file, else a dotted module pattern. ``*`` is one component, ``**`` any number.
    """
    if not text.strip():
        raise ValueError("an empty pattern")
    if "/" in text or "\\" in text:
        return Pattern(text, Form.PATH, path_parts(text))
    if text.endswith((".py", ".pyi")):
        return Pattern(text, Form.FILE_NAME, (text,))
    return Pattern(text, Form.DOTTED, _open_ended(_dotted_parts(text)))


def path_parts(text: str) -> tuple[str, ...]:
    """Return the components of a path glob without a closing ``**``; raise ValueError for a bad one."""
    if not text.strip():
        raise ValueError("an empty pattern")
    if "\\" in text:
        raise ValueError("a backslash in a path glob: write `/`")
    if text.startswith("/"):
        raise ValueError("an absolute path: write it relative to the folder of the configuration")
    parts = [part for part in text.removesuffix("/").split("/") if part != "."]
    for part in parts:
        if not part:
            raise ValueError("an empty component in a path glob")
        if part == "..":
            raise ValueError("`..` in a path glob: it cannot leave the folder of the configuration")
        if ANY_NUMBER in part and part != ANY_NUMBER:
            raise ValueError(f"`{part}` in a path glob: `**` must be a whole component")
        if "[" in part and "]" not in part[part.index("[") + 1 :]:
            raise ValueError(f"`{part}` in a path glob: `[` without `]`")
    return _open_ended(parts)


def pinned(parts: Sequence[str], names: Sequence[str]) -> int | None:
    """Return the length of the longest beginning of ``names`` that ``parts`` match, None for no match.

    Takes time proportional to the product of both lengths, for any pattern.
    """
    ends = {0}
    for part in parts:
        if part == ANY_NUMBER:
            ends = set(range(min(ends), len(names) + 1))
        else:
            ends = {end + 1 for end in ends if end < len(names) and _fits(names[end], part)}
        if not ends:
            return None
    return max(ends)


def dotted_name_error(text: str) -> str:
    """Return the reason why ``text`` is no dotted name, ``""`` for a good one."""
    for part in text.split("."):
        if not part:
            return "an empty part" if text else "an empty name"
        if not part.isidentifier():
            return f"`{part}` is not a Python name"
        if keyword.iskeyword(part):
            return f"`{part}` is a keyword of Python"
    return ""


def _fits(name: str, part: str) -> bool:
    return fnmatchcase(name, part) if _is_wild(part) else name == part


def _is_wild(part: str) -> bool:
    return not _WILDCARDS.isdisjoint(part)


def _open_ended(parts: list[str]) -> tuple[str, ...]:
    while parts and parts[-1] == ANY_NUMBER:
        parts.pop()
    return tuple(parts)


def _dotted_parts(text: str) -> list[str]:
    parts = text.split(".")
    # A star stands for some letters of a name, so a letter in its place must give a name.
    error = dotted_name_error(text.replace("*", "x"))
    if not error:
        error = next((f"`{part}`" for part in parts if ANY_NUMBER in part and part != ANY_NUMBER), "")
    if error:
        raise ValueError(f"{error} in a dotted module pattern: write names, `*` or `**` between dots")
    return parts
