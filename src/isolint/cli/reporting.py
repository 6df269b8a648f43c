"""The output of `isolint check` for a run: the report, the count, remarks on standard error."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from isolint.cli.colour import wants_colour
from isolint.cli.fixing import account, say_callers, say_problems, show_diff
from isolint.cli.messages import errors, remarks, say, say_error
from isolint.cli.output import write
from isolint.model import Crashed
from isolint.report.formats import Format, closing, render, render_statistics
from isolint.report.tally import Tally, with_accepted
from isolint.report.view import DEFAULT_WIDTH, View
from isolint.rules import known_rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import PurePath

    from isolint.cli.request import Request
    from isolint.config import Config
    from isolint.project import Run
    from isolint.project.mending import Mended


def view_of(request: Request, config: Config, run: Run) -> View:
    """Return how reports of a run show things: paths, addresses of rules, the baseline."""
    return View(
        Path.cwd(),
        verbose=request.verbose,
        root=run.configs[0].root if run.configs else config.root,
        baseline=_named(run.baselines),
        repository=_repository(Path.cwd()),
        rule_url=config.rule_url,
        rules=known_rules(config.plugins)
        if any(output.format is Format.SARIF for output in request.outputs)
        else (),
    )


def _named(baselines: Sequence[PurePath]) -> str:
    """Return how a report names the baselines of a run."""
    return str(baselines[0]) if len(baselines) == 1 else f"{len(baselines)} baselines" if baselines else ""


def _repository(here: Path) -> Path:
    """Return the folder of the repository around ``here``, else that itself: servers take paths from there."""
    return next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), here)


def report(request: Request, run: Run, view: View, mended: Sequence[Mended]) -> tuple[str, str]:
    """Write the reports of a run, and return the text of standard error and of standard output."""
    said = _remarks(request, run, view)
    say(said)
    say_problems(mended, view)
    if not request.quiet:
        say_callers(mended)
    if request.diff:
        show_diff(mended, view, quiet=request.quiet)
        return said, ""
    if request.statistics and not request.fix_only:
        _say_what_crashed(run, view)
    screen, is_prose, painted = "", True, wants_colour(request.color, sys.stdout)
    for output in request.outputs:
        if output.file is not None:
            write(output.file, _body(request, run, view, output.format))
        else:
            shown = replace(view, colour=painted, width=_columns())
            screen, is_prose = _body(request, run, shown, output.format), output.format.prose
    done = "" if request.quiet else account(mended, view)
    if not is_prose:
        say(done)
    else:
        screen += done + ("" if request.quiet or request.fix_only else closing(run.outcomes, view))
    given_back = request.changes and request.stdin is not None  # the text itself is on standard output
    click.echo(screen, nl=False, err=given_back, color=painted)
    return said, screen


def _body(request: Request, run: Run, view: View, chosen: Format) -> str:
    if request.fix_only:
        return render([one for one in run.outcomes if isinstance(one, Crashed)], view, chosen)
    if request.statistics:
        return render_statistics(run.outcomes, chosen)
    outcomes = run.outcomes
    if request.show_accepted and chosen.knows_hints:
        outcomes = tuple(map(with_accepted, outcomes))
    return render(outcomes, view, chosen)


def _columns() -> int:
    if not sys.stdout.isatty():
        return DEFAULT_WIDTH
    import shutil

    return shutil.get_terminal_size().columns


def is_due(request: Request, run: Run) -> bool:
    """Whether the run fails because its baseline accepts findings that are gone."""
    return request.strict_baseline and bool(run.paid)


def _remarks(request: Request, run: Run, view: View) -> str:
    if is_due(request, run):
        return ("" if request.quiet else remarks(run.warnings, run.notes)) + errors(_entries(run))
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
    gone = sum(debt.entry.count for debt in run.paid)
    accept = "accept" if view.baseline.endswith(" baselines") else "accepts"
    if gone:
        are = "finding that is" if gone == 1 else "findings that are"
        them = "it" if gone == 1 else "them"
        yield f"{view.baseline} {accept} {gone:,} {are} gone: `isolint baseline --prune` removes {them}"


def _entries(run: Run) -> Iterator[str]:
    """Yield an error for each entry of a baseline that accepts too much."""
    for debt in run.paid:
        entry = debt.entry
        place = f"{debt.of}:{entry.line}" if entry.line else f"{debt.of}"
        where = f"{entry.key.module}:{entry.key.scope}".rstrip(":")
        what = f"{entry.key.code} {entry.key.subject}".rstrip()
        more = f"{entry.count} more than there are" if entry.left else "none is left"
        yield f"{place}: accepts {what} in {where}, but {more}: run `isolint baseline --prune`"


def _say_what_crashed(run: Run, view: View) -> None:
    """Name the files that statistics only count."""
    for outcome in run.outcomes:
        if isinstance(outcome, Crashed):
            say_error(f"{view.short(outcome.path)}: could not be checked: {outcome.error}")
