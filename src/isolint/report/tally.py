"""What a run adds up to: the findings in order, the counts, the last line."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.model import Checked, Crashed, Severity, Unparsable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from isolint.model import Diagnostic, Outcome


def findings_of(outcome: Outcome) -> tuple[Diagnostic, ...]:
    """Return the findings of one file in source order."""
    if isinstance(outcome, Checked):
        return outcome.diagnostics
    return (outcome.diagnostic,) if isinstance(outcome, Unparsable) else ()


def findings(outcomes: Iterable[Outcome]) -> Iterator[Diagnostic]:
    """Yield every finding, file by file."""
    for outcome in outcomes:
        yield from findings_of(outcome)


@final
class Tally(Struct, frozen=True):
    """The counts of a run. ``checked`` leaves out the ``crashed`` files; ``affected`` have a finding.

    ``accepted`` are the findings that a baseline accepts; they are not among the ``findings``, as the ``warnings`` are.
    """

    findings: int
    affected: int
    checked: int
    crashed: int
    suppressed: int
    accepted: int
    warnings: int

    @classmethod
    def of(cls, outcomes: Iterable[Outcome]) -> Tally:
        """Count once over the outcomes."""
        every = tuple(outcomes)
        counts = [len(findings_of(outcome)) for outcome in every]
        crashed = sum(isinstance(outcome, Crashed) for outcome in every)
        return cls(
            findings=sum(counts),
            affected=sum(map(bool, counts)),
            checked=len(every) - crashed,
            crashed=crashed,
            suppressed=sum(outcome.suppressed for outcome in every if isinstance(outcome, Checked)),
            accepted=sum(len(outcome.accepted) for outcome in every if isinstance(outcome, Checked)),
            warnings=sum(found.severity is Severity.WARNING for found in findings(every)),
        )

    @property
    def failures(self) -> int:
        """The findings that make a run fail."""
        return self.findings - self.warnings

    def sentence(self, baseline: str = "") -> str:
        """Return for example ``Found 3 findings in 2 files (checked 10 files).``.

        With the name of a ``baseline``: ``Found 3 new findings in 2 files (checked 10 files, 412 accepted in NAME).``
        """
        new = "new " if baseline else ""
        details = [f"checked {counted_noun(self.checked, 'file')}"]
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


def counted_noun(number: int, noun: str) -> str:
    """Return for example ``1 file`` or ``2,000 files``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
