"""The report of applied fixes, and of those that are available for the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.model import Safety
from isolint.report.tally import counted_noun, findings
from isolint.report.view import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from isolint.model import Diagnostic, Fix, Outcome
    from isolint.report.view import View


def proposal(fix: Fix) -> str:
    """Return the description of a fix, and the reason where it is unsafe."""
    reason = f": {fix.reason}" if fix.reason else ""
    return f"{fix.message} (unsafe{reason})" if fix.safety is Safety.UNSAFE else fix.message


def fixed(found: Sequence[Diagnostic], view: View, *, done: str) -> str:
    """Return a line for each finding that was fixed, below how many there are."""
    if not found:
        return ""
    files = len({one.path for one in found})
    lines = [
        f"  {view.short(one.path)}:{one.span.line}: {one.code} {visible(proposal(one.fix))}\n"
        for one in found
        if one.fix is not None
    ]
    return f"{done} {counted_noun(len(found), 'finding')} in {counted_noun(files, 'file')}:\n{''.join(lines)}"


def ignored(found: Sequence[Diagnostic]) -> str:
    """Return how many findings comments accept now."""
    if not found:
        return ""
    lines = counted_noun(len({(one.path, one.noqa_line) for one in found}), "line")
    return f"Accepted {counted_noun(len(found), 'finding')} by comments on {lines}.\n"


def fixable(outcomes: Sequence[Outcome]) -> str:
    """Return how to have the fixes applied that the findings offer."""
    safeties = [one.fix.safety for one in findings(outcomes) if one.fix is not None]
    safe, unsafe = safeties.count(Safety.SAFE), safeties.count(Safety.UNSAFE)
    if not safeties:
        return ""
    if not safe:
        return f"{counted_noun(unsafe, 'finding')} can be fixed with `--fix --unsafe-fixes`.\n"
    more = f", {unsafe:,} more with `--fix --unsafe-fixes`" if unsafe else ""
    return f"{counted_noun(safe, 'finding')} can be fixed with `--fix`{more}.\n"
