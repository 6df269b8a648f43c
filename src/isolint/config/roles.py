"""The role of a module, and its reason: pure decisions from names, paths and a module's first lines."""

from __future__ import annotations

import re
from enum import IntEnum
from typing import TYPE_CHECKING, Any, final

from msgspec import Struct

from isolint.config.model import DEFAULT_RUNTIME, DEFAULT_SHELL, DEFAULT_TESTS
from isolint.config.patterns import Pattern, Reach, parse
from isolint.config.problems import nearest
from isolint.model import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import PurePosixPath

    from isolint.config.model import Config

GUESSED_CORE = "**.domain"
_COMMENT_LINES = 50
HEAD_BYTES = 16_384
# Strings are matched so that a comment inside one is not taken for a comment.
_COMMENT = re.compile(
    rb'"""(?:\\.|[^\\])*?(?:"""|\Z)'
    rb"|'''(?:\\.|[^\\])*?(?:'''|\Z)"
    rb'|"(?:\\.|[^"\\\n])*"'
    rb"|'(?:\\.|[^'\\\n])*'"
    rb"|\#[ \t]*isolint:[ \t]*role[ \t]*[=:][ \t]*(?P<role>[^\s\#]*)"
    rb"|\#[^\n]*",
    re.DOTALL,
)


@final
class Tier(IntEnum):
    """Who says so; the higher one is heard first."""

    GUESS = 0
    DEFAULT = 1
    USER = 2


@final
class Entry(Struct, frozen=True):
    """A pattern and the role it gives. ``index`` is its place in the array of the user's that holds it."""

    role: Role
    pattern: Pattern
    tier: Tier
    index: int = 0

    @property
    def key(self) -> tuple[str, int]:
        """The place of a user's entry in the configuration."""
        return self.role.value, self.index

    def __str__(self) -> str:
        """Return the entry as in the configuration."""
        return f'{self.role.value} = "{self.pattern.text}"'


@final
class RoleDecision(Struct, frozen=True):
    """The role of a module; ``pattern`` gave it (``""`` where none did), ``reason`` says so for a person."""

    role: Role
    pattern: str
    reason: str


@final
class Conflict(Struct, frozen=True):
    """Two of the user's entries that fit ``module`` equally and give it different roles."""

    module: str
    entries: tuple[Entry, Entry]


UNASSIGNED = RoleDecision(Role.UNASSIGNED, "", "no pattern matches")


@final
class RoleTable:
    """Every entry that gives roles: the user's, the built-in ones, and without any core a guess.

    ``elsewhere`` says that another configuration of the project has a core, so that none is guessed.
    """

    def __init__(self, config: Config, *, elsewhere: bool = False) -> None:
        self.entries = tuple(_entries(config, guesses=not (config.core or elsewhere)))

    def decide(self, names: Sequence[str], path: PurePosixPath | None) -> RoleDecision | Conflict:
        """Return the role of a module: the user's entries before the others, then the longest match.

        ``names`` are those it goes by, its own first. ``path`` is relative to the root of the project, None for a
        module that has no file.
        """
        fits = ((entry, entry.pattern.reach(names, path)) for entry in self.entries)
        found = [(entry, reach) for entry, reach in fits if reach is not None]
        if not found:
            return UNASSIGNED
        best, reach = max(found, key=_strength)
        if best.tier is Tier.USER:
            for other, its_reach in found:
                if other.tier is Tier.USER and its_reach == reach and other.role is not best.role:
                    return Conflict(names[0], (best, other))
        return RoleDecision(best.role, best.pattern.text, _reason(best))


def role_comment(data: bytes) -> tuple[int, str] | None:
    """Return line and word of the first ``# isolint: role=...`` in a module's first 50 lines, if any."""
    if b"isolint:" not in data[:HEAD_BYTES]:
        return None
    head = b"\n".join(data[:HEAD_BYTES].split(b"\n")[:_COMMENT_LINES])
    for match in _COMMENT.finditer(head):
        line_start = head.rfind(b"\n", 0, match.start()) + 1
        if match["role"] is not None and not head[line_start : match.start()].strip():
            return head.count(b"\n", 0, match.start()) + 1, match["role"].decode("utf-8", "replace")
    return None


def commented_role(line: int, word: str) -> RoleDecision:
    """Return the decision of a comment; raise ValueError for a word that is no role."""
    roles = [role.value for role in Role]
    if word not in roles:
        known = ", ".join(roles)
        raise ValueError(f"unknown role `{word}`{nearest(word, roles)} in a comment: the roles are {known}")
    return RoleDecision(Role(word), "", f"the comment in line {line}")


def _entries(config: Config, *, guesses: bool) -> Iterator[Entry]:
    own_tests = config.tests != DEFAULT_TESTS
    yield from _users(Role.CORE, config.core)
    yield from _users(Role.RUNTIME, config.runtime)
    yield from _users(Role.SHELL, config.shell)
    if own_tests:
        yield from _users(Role.TESTS, config.tests)
    else:
        yield from _built_in(Role.TESTS, DEFAULT_TESTS)
    yield from _built_in(Role.RUNTIME, DEFAULT_RUNTIME)
    yield from _built_in(Role.SHELL, DEFAULT_SHELL)
    if guesses:
        yield Entry(Role.CORE, parse(GUESSED_CORE), Tier.GUESS)


def _users(role: Role, texts: Iterable[str]) -> Iterator[Entry]:
    return (Entry(role, parse(text), Tier.USER, index) for index, text in enumerate(texts))


def _built_in(role: Role, texts: Iterable[str]) -> Iterator[Entry]:
    return (Entry(role, parse(text), Tier.DEFAULT) for text in texts)


def _strength(found: tuple[Entry, Reach]) -> Any:
    entry, reach = found
    return entry.tier, reach


def _reason(entry: Entry) -> str:
    match entry.tier:
        case Tier.USER:
            return str(entry)
        case Tier.DEFAULT:
            return f"{entry} (built in)"
        case Tier.GUESS:
            return "a package named domain, as no core is configured"
