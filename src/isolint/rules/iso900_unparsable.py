"""ISO900: a file that is not Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.rule import ALL_ROLES, Example, Rule
from isolint.semantic_index.facts import ParseFailure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.rule import Context, Finding


def _check(_fact: ParseFailure, _context: Context) -> Iterator[Finding]:
    yield from ()  # the engine reports it: there is no tree to look at


RULE = Rule(
    code="ISO900",
    name="unparsable",
    summary="The file cannot be parsed, so nothing in it was checked",
    rationale=(
        "A file that cannot be parsed must not look clean. The message is the parser's own. Code for a newer "
        "Python than the one isolint runs on is read too, as far as its parser knows it."
    ),
    roles=ALL_ROLES,
    looks_at=(ParseFailure,),
    check=_check,
    bad=(Example("a bracket that is never closed", "values = [1, 2\n"),),
    good=(Example("closed", "values = [1, 2]\n"),),
    silencing="The rule is always on. Leave out files that are not meant to be Python with `extend-exclude`.",
)
