"""The chain of steps that a message ends with: ``it drives: app.a (a.py:1) -> app.b (b.py:2) -> asyncio.run (b.py:3)``."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from isolint.report.tally import findings
from isolint.report.view import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from isolint.model import Outcome

STEP = " -> "
"""Stands between the steps."""
_DRIVES = "ISO112"
_MANY = 10
"""Findings; of fewer everybody sees what they have in common."""


def parted(message: str) -> tuple[str, list[str]]:
    """Return a message without the chain that it ends with, and the steps of the chain."""
    said, colon, chain = message.partition(": ")
    return (said, chain.split(STEP)) if colon and STEP in chain else (message, [])


def common_driver(outcomes: Sequence[Outcome]) -> str:
    """Return what to do first about a report in which most findings come down to one function of the project."""
    every = [*findings(outcomes)]
    chains = (parted(found.message)[1] for found in every if found.code == _DRIVES)
    drivers = Counter(steps[-2].partition(" (")[0] for steps in chains if len(steps) > 1)
    for name, number in drivers.most_common(1):
        if number >= _MANY and 2 * number > len(every):
            return (
                f"{number:,} of these come down to `{visible(name)}`, which drives itself: name it in `allowed` if the core is "
                "meant to use it, or begin with it.\n"
            )
    return ""
