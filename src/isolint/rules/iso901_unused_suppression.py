"""ISO901: a comment that accepts findings which are not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.rule import ALL_ROLES, Example, FixAvailability, Rule
from isolint.semantic_index.facts import WholeFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.rule import Context, Finding


def _check(_fact: WholeFile, _context: Context) -> Iterator[Finding]:
    yield from ()  # the engine reports it, once it knows the findings


RULE = Rule(
    code="ISO901",
    name="unused-suppression",
    summary="A comment accepts findings that are not there",
    rationale=(
        "A suppression that outlives its reason hides the next mistake on its line, unseen. "
        "Comments for rules that are not enabled, and those of other linters, are left alone: whether they are "
        "needed cannot be told here."
    ),
    roles=ALL_ROLES,
    looks_at=(WholeFile,),
    check=_check,
    fix=FixAvailability.SAFE,
    mends=(
        "The codes that accept nothing are removed, and the comment where none is left. Any other text in it "
        "stays a comment. That is safe, and always offered."
    ),
    bad=(Example("the accepted finding is gone", "timeout = 10  # noqa: ISO102\n"),),
    good=(
        Example("nothing to accept, nothing accepted", "timeout = 10\n"),
        Example("still needed", "import asyncio\n\nasyncio.run(main())  # isolint: ignore[ISO102]\n"),
    ),
    silencing=(
        "No comment accepts a finding about a comment: remove it, or switch the rule off with "
        '`ignore = ["ISO901"]`, or `per-file-ignores`.'
    ),
)
