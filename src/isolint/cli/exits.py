"""The exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.report.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Sequence

    from isolint.model import Outcome

CLEAN = 0
FINDINGS = 1
COULD_NOT_CHECK = 2
SIGNALLED = 128
"""Plus the number of the signal."""


def exit_code(outcomes: Sequence[Outcome], *, exit_zero: bool, most: int, debt: bool) -> int:
    """Return the exit code of a run; a file that could not be checked outweighs any finding.

    It does not fail for warnings, nor for up to ``most`` other findings. ``debt`` makes the run fail for its baseline, with or without findings.
    """
    tally = Tally.of(outcomes)
    if tally.crashed:
        return COULD_NOT_CHECK
    return FINDINGS if (tally.failures > most or debt) and not exit_zero else CLEAN
