"""ISO902: a module to which no role is assigned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.model import Role
from isolint.rule import Example, Rule
from isolint.semantic_index.facts import WholeFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.rule import Context, Finding


def _check(_fact: WholeFile, _context: Context) -> Iterator[Finding]:
    yield from ()  # the engine reports it: the role is known before anything is parsed


RULE = Rule(
    code="ISO902",
    name="unassigned-module",
    summary="A module has no role (only with `exhaustive = true`)",
    rationale=(
        "A module that is neither core nor shell is checked as if it were a shell, so that a forgotten package may "
        "drive unnoticed. A project that has sorted all of its modules sets `exhaustive = true`; then a new one needs "
        "a role before it is merged."
    ),
    roles=frozenset({Role.UNASSIGNED}),
    looks_at=(WholeFile,),
    check=_check,
    bad=(Example("a module that the configuration does not mention", "VERSION = 3\n"),),
    good=(Example("the same in a module of the core", "VERSION = 3\n"),),
)
