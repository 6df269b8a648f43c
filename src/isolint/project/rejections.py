"""What to tell of files that the Python that runs isolint cannot parse, though they could be checked."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from isolint.model import Checked

if TYPE_CHECKING:
    from collections.abc import Iterable

    from isolint.model import Outcome

RUNNING = f"Python {sys.version_info.major}.{sys.version_info.minor}"


def warnings(outcomes: Iterable[Outcome]) -> tuple[str, ...]:
    """Return one warning about all such files, with the place in the first of them; none where all is well."""
    rejected = {
        outcome.path: outcome.rejected
        for outcome in outcomes
        if isinstance(outcome, Checked) and outcome.rejected is not None
    }
    if not rejected:
        return ()
    path, why = next(iter(rejected.items()))
    one = len(rejected) == 1
    files, first, were, them, are = (
        ("a file", "", "It was", "it", "it is")
        if one
        else (f"{len(rejected):,} files", "the first: ", "They were", "them", "they are")
    )
    fact = f"{RUNNING}, which runs isolint, cannot parse {files} ({first}{path}:{why.line}: {why.message})"
    means = (
        f"{were} checked, but no name is followed through {them}, so findings in other files may be missing"
    )
    return (f"{fact}. {means}: if {are} for a newer Python, run isolint with that",)
