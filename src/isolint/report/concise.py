"""One line a finding: ``path:line:column: CODE message``, as editors and grep like it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.model import Crashed
from isolint.report.chains import worded
from isolint.report.tally import findings_of
from isolint.report.view import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from isolint.model import Outcome
    from isolint.report.view import View


def render(outcomes: Sequence[Outcome], view: View) -> str:
    """Return the lines; a file that could not be checked has one as well."""
    return "".join(line + "\n" for outcome in outcomes for line in _lines(outcome, view))


def _lines(outcome: Outcome, view: View) -> list[str]:
    path = view.short(outcome.path)
    if isinstance(outcome, Crashed):
        return [f"{path}: error: could not be checked: {visible(outcome.error)}"]
    return [
        f"{path}:{found.place}: {found.code} {found.severity.prefix}{visible(worded(found))}"
        for found in findings_of(outcome)
    ]
