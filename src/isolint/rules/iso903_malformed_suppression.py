"""ISO903: a comment for isolint that isolint does not understand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.rule import ALL_ROLES, Example, FixAvailability, Rule
from isolint.semantic_index.facts import WholeFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.rule import Context, Finding


def _check(_fact: WholeFile, _context: Context) -> Iterator[Finding]:
    yield from ()  # the engine reports it: comments are no part of a tree


RULE = Rule(
    code="ISO903",
    name="malformed-suppression",
    summary="A comment for isolint is misspelt, or names no rule",
    rationale=(
        "A comment that isolint does not understand does nothing, and looks as if it did: the finding it was to accept "
        "is reported all the same, a file that was to be skipped is checked, and a code with a wrong digit accepts "
        "nothing while a reader believes it does. A `skip-file` or `role` in a place where it does not count is "
        "reported as well."
    ),
    roles=ALL_ROLES,
    looks_at=(WholeFile,),
    check=_check,
    fix=FixAvailability.SOMETIMES,
    mends="Where one right spelling is near, the comment is written that way. That is safe.",
    bad=(
        Example("a misspelt word", "timeout = 10  # isolint: ignre[ISO102]\n"),
        Example("brackets of another kind", "timeout = 10  # isolint: ignore(ISO102)\n"),
        Example("a file that is not skipped", "# isolint: skipfile\ntimeout = 10\n"),
        Example("a place where it does not count", "timeout = 10  # isolint: skip-file\n"),
    ),
    good=(
        Example(
            "the forms there are",
            "import asyncio\n\nasyncio.run(main())  # isolint: ignore[ISO102] -- a script\n",
        ),
        Example("prose", "# isolint keeps the core free of event loops\ntimeout = 10\n"),
    ),
    silencing=(
        "No comment accepts a finding about a comment: reword it, or switch the rule off with "
        '`ignore = ["ISO903"]`, or `per-file-ignores`.'
    ),
)
