"""The report for a person: the place, the line itself, the resolved name, the evidence, and the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from isolint.model import Crashed, Severity
from isolint.report.chains import STEP
from isolint.report.excerpt import excerpt
from isolint.report.fixed import proposal
from isolint.report.tally import findings_of
from isolint.report.view import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from isolint.model import Diagnostic, Outcome
    from isolint.report.view import View

_LEAST_ROOM = 20
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.HINT: "cyan"}


def render(outcomes: Sequence[Outcome], view: View) -> str:
    """Return one paragraph a finding, each closed by an empty line."""
    page = _Page(view)
    return "".join(paragraph + "\n\n" for outcome in outcomes for paragraph in page.paragraphs(outcome))


class _Page:
    """The paragraphs, painted for one view."""

    def __init__(self, view: View) -> None:
        self._view = view

    def paragraphs(self, outcome: Outcome) -> Iterator[str]:
        if isinstance(outcome, Crashed):
            yield "\n".join(self._crash(outcome))
        for found in findings_of(outcome):
            yield "\n".join(self._finding(found))

    def _finding(self, found: Diagnostic) -> Iterator[str]:
        path = self._paint(self._view.short(found.path))
        rule = f"{self._paint(found.code, fg=_COLOURS[found.severity])} {found.name}"
        yield f"{path}:{found.place}: {rule}: {found.severity.prefix}{visible(found.message)}"
        yield from self._source(found)
        margin = len(str(found.span.line))
        yield from self._remark(margin, "chain", f"\n{STEP.lstrip()}".join(map(str, found.chain)))
        yield from self._remark(margin, "resolved", found.resolved)
        yield from self._remark(margin, "note", found.note)
        yield from self._remark(margin, "help", found.help)
        yield from self._remark(margin, "fix", proposal(found.fix) if found.fix else "")

    def _crash(self, crash: Crashed) -> Iterator[str]:
        path = self._paint(self._view.short(crash.path))
        error = self._paint("error", fg="red")
        yield f"{path}: {error}: could not be checked: {visible(crash.error)}"
        if crash.details and self._view.verbose:
            yield from (f"  {visible(line)}" for line in crash.details.splitlines())
        elif crash.details:
            yield from self._remark(
                1, "help", "this is a defect of isolint; --verbose shows where it happened"
            )

    def _source(self, found: Diagnostic) -> Iterator[str]:
        number = str(found.span.line)
        room = max(_LEAST_ROOM, self._view.width - len(number) - len(" | "))
        cut = excerpt(found.snippet, found.span, room)
        underline = self._paint("^" * cut.length, fg="red")
        yield self._gutter(" " * len(number))
        yield f"{self._gutter(number)} {cut.text}"
        yield f"{self._gutter(' ' * len(number))} {' ' * cut.indent}{underline}"

    def _remark(self, margin: int, label: str, text: str) -> Iterator[str]:
        first, *others = map(visible, text.splitlines() or [""])
        if not first:
            return
        yield f"{' ' * margin} {self._paint('=', fg='blue')} {self._paint(label)}: {first}"
        hang = " " * (margin + len(f" = {label}: "))
        yield from (f"{hang}{line}" for line in others)

    def _gutter(self, text: str) -> str:
        return self._paint(f"{text} |", fg="blue")

    def _paint(self, text: str, *, fg: str | None = None) -> str:
        return click.style(text, fg=fg, bold=True) if self._view.colour else text
