"""Properties of a check that hold for every text."""

from __future__ import annotations

import ast
import warnings
from typing import TYPE_CHECKING

from isolint.model import Checked, Crashed
from isolint.project.mending import Applicable, Choice, mend_text
from isolint.syntax import parsing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from isolint.model import Span
    from isolint.project.checking import Checker, Job


def faults(job: Job, data: bytes, checker: Checker) -> Iterator[str]:
    """Yield the faults of a check of a text."""
    outcome = checker.check_bytes(job, data)
    if isinstance(outcome, Crashed):
        yield f"crashed: {outcome.error}\n{outcome.details}"
        return
    if checker.check_bytes(job, data) != outcome:
        yield "another answer the second time"
    if not is_python(data):
        return
    if not isinstance(outcome, Checked):
        yield "Python takes it, isolint does not"
        return
    yield from _misplaced(outcome, data)
    yield from _wrong_fixes(job, data, checker)


def is_python(data: bytes) -> bool:
    """Whether the interpreter parses it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(data)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


def _misplaced(outcome: Checked, data: bytes) -> Iterator[str]:
    text = parsing.decode(data)
    lines = text.lines if isinstance(text, parsing.Text) else ()
    for found in outcome.diagnostics:
        for span in (found.span, *(edit.span for edit in (found.fix.edits if found.fix else ()))):
            if not _is_inside(span, lines):
                yield f"{found.code} at {span}, where the text has nothing"


def _is_inside(span: Span, lines: Sequence[str]) -> bool:
    places = ((span.line, span.column), (span.end_line, span.end_column))
    within = all(
        1 <= line <= len(lines) and 1 <= column <= len(lines[line - 1]) + 1 for line, column in places
    )
    return within and places[0] <= places[1]


def _wrong_fixes(job: Job, data: bytes, checker: Checker) -> Iterator[str]:
    for applicable in (Applicable.SAFE, Applicable.ALL):
        mended = mend_text(job, data, checker, Choice(applicable))
        if mended.problem:
            yield f"{applicable.value} fixes: {mended.problem}"
        elif not is_python(mended.after):
            yield f"{applicable.value} fixes: what they leave is no Python: {mended.after!r}"
        elif mend_text(job, mended.after, checker, Choice(applicable)).is_changed:
            yield f"{applicable.value} fixes: there is more to fix afterwards"
