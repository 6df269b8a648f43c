"""The sum of a run: the findings in order, the counts, the last line."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, final

from msgspec import Struct, structs

from isolint.model import Checked, Crashed, Role, Severity, Unparsable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from isolint.model import Diagnostic, Outcome


def findings_of(outcome: Outcome) -> tuple[Diagnostic, ...]:
    """Return the findings of one file in source order."""
    if isinstance(outcome, Checked):
        return outcome.diagnostics
    return (outcome.diagnostic,) if isinstance(outcome, Unparsable) else ()


def with_accepted(outcome: Outcome) -> Outcome:
    """Return the outcome with the findings that a baseline accepts among the others, as hints."""
    if not isinstance(outcome, Checked) or not outcome.accepted:
        return outcome
    hints = [structs.replace(found, severity=Severity.HINT) for found in outcome.accepted]
    every = sorted((*outcome.diagnostics, *hints), key=lambda found: (found.cell, found.span, found.code))
    return replace(outcome, diagnostics=tuple(every))


def findings(outcomes: Iterable[Outcome]) -> Iterator[Diagnostic]:
    """Yield every finding, file by file."""
    for outcome in outcomes:
        yield from findings_of(outcome)


@final
class Tally(Struct, frozen=True):
    """The counts of a run. ``checked`` leaves out the ``crashed`` files; of those, ``core`` are core, and ``affected`` have a finding.

    ``accepted`` are the findings that a baseline accepts; they are not among the ``findings``, as the ``warnings`` are,
    also where a report shows them as hints.
    """

    findings: int
    affected: int
    checked: int
    core: int
    crashed: int
    suppressed: int
    accepted: int
    warnings: int

    @classmethod
    def of(cls, outcomes: Iterable[Outcome]) -> Tally:
        """Count once over the outcomes."""
        every = tuple(outcomes)
        counts = [
            sum(found.severity is not Severity.HINT for found in findings_of(outcome)) for outcome in every
        ]
        crashed = sum(isinstance(outcome, Crashed) for outcome in every)
        return cls(
            findings=sum(counts),
            affected=sum(map(bool, counts)),
            checked=len(every) - crashed,
            core=sum(not isinstance(outcome, Crashed) and outcome.role is Role.CORE for outcome in every),
            crashed=crashed,
            suppressed=sum(outcome.suppressed for outcome in every if isinstance(outcome, Checked)),
            accepted=sum(len(outcome.accepted) for outcome in every if isinstance(outcome, Checked)),
            warnings=sum(found.severity is Severity.WARNING for found in findings(every)),
        )

    @property
    def failures(self) -> int:
        """The findings that make a run fail."""
        return self.findings - self.warnings

    def sentence(self, baseline: str) -> str:
        """Return for example ``Found 3 findings in 2 files (checked 10 files, 4 of them core).``.

        With the name of a ``baseline``: ``No new findings (10 files, 4 of them core, 412 accepted in NAME).`` That few
        files are core may mean that the roles are wrong, so it is always told.
        """
        new = "new " if baseline else ""
        checked = "checked " if self.findings else ""
        details = [f"{checked}{counted_noun(self.checked, 'file')}", *self._core()]
        if self.crashed:
            details.append(f"{self.crashed} could not be checked")
        if baseline:
            details.append(f"{self.accepted:,} accepted in {baseline}")
        kind = "a warning" if self.warnings == 1 else "warnings"
        warnings = f", {self.warnings:,} of them {kind}," if self.warnings else ""
        where = f"{warnings} in {counted_noun(self.affected, 'file')}" if self.findings else ""
        what = (
            f"Found {counted_noun(self.findings, f'{new}finding')}" if self.findings else f"No {new}findings"
        )
        return f"{what}{where} ({', '.join(details)})."

    def _core(self) -> Iterator[str]:
        if self.checked == 1:
            yield "core" if self.core else "not core"
        elif self.checked:
            number = {0: "none", self.checked: "all"}.get(self.core, f"{self.core:,}")
            yield f"{number} of them core"


def counted_noun(number: int, noun: str) -> str:
    """Return for example ``1 file`` or ``2,000 files``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
