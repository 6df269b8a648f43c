"""What `isolint check` says of a run: the report, the count, remarks on standard error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from isolint.cli.fixing import account, say_problems, show_diff
from isolint.cli.messages import errors, remarks, say, say_error
from isolint.cli.output import write
from isolint.model import Crashed
from isolint.report.formats import closing, render, render_statistics
from isolint.report.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from isolint.cli.request import Request
    from isolint.project import Run
    from isolint.project.mending import Mended
    from isolint.report.view import View


def report(request: Request, run: Run, view: View, mended: Sequence[Mended] = ()) -> tuple[str, str]:
    """Report the run, and return what was said on standard error and on standard output."""
    said = _remarks(request, run, view)
    say(said)
    say_problems(mended, view)
    if request.diff:
        show_diff(mended, view, quiet=request.quiet)
        return said, ""
    if request.fix_only:
        body = render([one for one in run.outcomes if isinstance(one, Crashed)], view, request.format)
    elif request.statistics:
        _say_what_crashed(run, view)
        body = render_statistics(run.outcomes, request.format)
    else:
        body = render(run.outcomes, view, request.format)
    last = "" if request.quiet or request.fix_only else closing(run.outcomes, view)
    done = "" if request.quiet else account(mended, view)
    if request.output_file is not None:
        write(request.output_file, body)
        body = ""
    elif not request.format.prose:
        say(done)
        done = last = ""
    given_back = request.changes and request.stdin is not None  # the text itself is on standard output
    click.echo(body + done + last, nl=False, err=given_back, color=view.colour)
    return said, body + done + last


def is_due(request: Request, run: Run) -> bool:
    """Whether the run fails because its baseline accepts findings that are gone."""
    return request.strict_baseline and bool(run.paid)


def _remarks(request: Request, run: Run, view: View) -> str:
    if is_due(request, run):
        return ("" if request.quiet else remarks(run.warnings, run.notes)) + errors(_entries(run, view))
    if request.quiet:
        return ""
    notes = run.notes if request.stdin is not None else (*run.notes, *_note(run, view))
    return remarks(run.warnings, (*notes, *_allowance(request, run)))


def _allowance(request: Request, run: Run) -> Iterator[str]:
    """Tell how the findings compare with ``--max-findings``, so that the number can be brought down."""
    failures = Tally.of(run.outcomes).failures
    if request.max_findings is not None and failures:
        yield f"--max-findings allows {request.max_findings:,} findings; there are {failures:,}"


def _note(run: Run, view: View) -> Iterator[str]:
    gone = sum(entry.count for entry in run.paid)
    if gone:
        are = "finding that is" if gone == 1 else "findings that are"
        them = "it" if gone == 1 else "them"
        yield f"{view.baseline} accepts {gone:,} {are} gone: `isolint baseline --prune` removes {them}"


def _entries(run: Run, view: View) -> Iterator[str]:
    """Yield an error for each entry of the baseline that accepts too much."""
    for entry in run.paid:
        place = f"{view.baseline}:{entry.line}" if entry.line else view.baseline
        where = f"{entry.key.module}:{entry.key.scope}".rstrip(":")
        what = f"{entry.key.code} {entry.key.subject}".rstrip()
        more = f"{entry.count} more than there are" if entry.left else "none is left"
        yield f"{place}: accepts {what} in {where}, but {more}: run `isolint baseline --prune`"


def _say_what_crashed(run: Run, view: View) -> None:
    """Name the files that statistics only count."""
    for outcome in run.outcomes:
        if isinstance(outcome, Crashed):
            say_error(f"{view.short(outcome.path)}: could not be checked: {outcome.error}")
