"""Chains of steps to a driver or to the shell, as text, and the steps that many of them share."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from isolint.report.tally import findings
from isolint.report.view import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from isolint.model import Diagnostic, Outcome

STEP = " -> "
"""Stands between the steps."""
_LAMBDA = ".<lambda>"
"""Ends the name of the function around one; it is no name to be given in ``allowed``."""
_DRIVES = "ISO112"
_IMPORTS = "ISO111"
_MANY = 10
"""Findings; steps shared by fewer are seen without help."""
_MOST_CAUSES = 3
_MOST_STEPS = 3


def worded(found: Diagnostic) -> str:
    """Return the message with its chain on one line: the first step, a count, the last two steps."""
    if not found.chain:
        return found.message
    steps = list(map(str, found.chain))
    if len(steps) > _MOST_STEPS:
        steps[1:-2] = [f"{len(steps) - _MOST_STEPS} more"]
    return f"{found.message}: {STEP.join(steps)}"


def with_cell(found: Diagnostic) -> str:
    """Return the same, behind the cell for a finding in a notebook: the lines of its file are not those of its cells."""
    return f"{found.place}: {worded(found)}" if found.cell else worded(found)


def causes(outcomes: Sequence[Outcome]) -> str:
    """Return the steps that most chains of a long report share, a line each."""
    counts = Counter(cause for found in findings(outcomes) for cause in _causes_of(found))
    return "".join(
        f"{number:,} of these come down to {cause}.\n"
        for cause, number in counts.most_common(_MOST_CAUSES)
        if number >= _MANY
    )


def _causes_of(found: Diagnostic) -> Iterator[str]:
    if len(found.chain) < 2:
        return
    before, last = found.chain[-2:]
    if found.code == _IMPORTS:
        yield f"the import of `{visible(last.name)}` at {visible(last.path)}:{last.line}"
    elif found.code == _DRIVES:
        named, is_lambda, _ = before.name.partition(_LAMBDA)
        if is_lambda and named == before.module:
            yield f"a lambda of `{visible(named)}`, which drives itself: begin with it"
        else:
            yield (
                f"`{visible(named)}`, which drives itself: name it in `allowed` if the core is meant to use it, "
                "or begin with it"
            )
