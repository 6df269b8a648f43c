"""What to tell of files that seem to be for a newer Python than the one that runs isolint."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from isolint.model import Checked

if TYPE_CHECKING:
    from collections.abc import Iterable

    from isolint.model import Outcome

RUNNING = f"Python {sys.version_info.major}.{sys.version_info.minor}"


def warnings(outcomes: Iterable[Outcome]) -> tuple[str, ...]:
    """Return one warning about all files that only libcst could read, with the first of them; else none."""
    rejected = {
        outcome.path: outcome.rejected
        for outcome in outcomes
        if isinstance(outcome, Checked) and outcome.rejected is not None
    }
    if not rejected:
        return ()
    path, why = next(iter(rejected.items()))
    place = f"{path}:{why.line}: {why.message}"
    if len(rejected) == 1:
        files, what, they, them = "a file", place, "It was", "it"
    else:
        files, what, they, them = f"{len(rejected):,} files", f"the first: {place}", "They were", "them"
    fact = f"{RUNNING}, which runs isolint, cannot parse {files}, probably for a newer Python ({what})"
    means = f"{they} checked, but names are not followed through {them}, so findings in other files may be missing"
    return (f"{fact}. {means}: run isolint with the Python of the project",)
