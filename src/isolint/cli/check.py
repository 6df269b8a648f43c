"""``isolint check``: report breaches of the isolation."""

from __future__ import annotations

import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from isolint import project
from isolint.cli.colour import CHOICES
from isolint.cli.exits import CLEAN, COULD_NOT_CHECK, exit_code
from isolint.cli.fixing import change_exit_code, fixing_options, mend_input, mend_paths
from isolint.cli.messages import say_note
from isolint.cli.options import (
    cache_folder,
    cache_options,
    comma_separated,
    configuration,
    configuration_options,
    jobs_option,
    paths_argument,
)
from isolint.cli.outputs import OrderedCommand, must_be_countable, outputs
from isolint.cli.progress import Progress
from isolint.cli.reporting import is_due, report, view_of
from isolint.cli.request import STANDARD_INPUT, Request
from isolint.project.names.root_lines import described_roots
from isolint.report.formats import Format
from isolint.report.view import View

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from isolint.config import Config
    from isolint.project import Run
    from isolint.project.mending import Mended

F = TypeVar("F", bound="Callable[..., Any]")

_EPILOG = """\b
Exit codes: 0 clean, 1 findings, 2 something could not be checked or fixed. With --diff, 1 says that
something would change.

\b
Shell completion, once for good:
  bash  eval "$(_ISOLINT_COMPLETE=bash_source isolint)"  in ~/.bashrc
  zsh   eval "$(_ISOLINT_COMPLETE=zsh_source isolint)"   in ~/.zshrc
  fish  _ISOLINT_COMPLETE=fish_source isolint | source   in ~/.config/fish/config.fish
"""


def _rules_option(name: str, text: str) -> Callable[[F], F]:
    return click.option(name, multiple=True, callback=comma_separated, metavar="RULES", help=text)


@click.command(cls=OrderedCommand, epilog=_EPILOG, short_help="Report breaches of the isolation.")
@paths_argument
@_rules_option("--select", "Check these rules only: codes or prefixes, as in ISO101,ISO2.")
@_rules_option("--extend-select", "Check these rules as well.")
@_rules_option("--ignore", "Do not check these rules.")
@fixing_options
@click.option(
    "--output-format",
    type=click.Choice([chosen.value for chosen in Format]),
    multiple=True,
    help=f"Format of the report; may be given again, with a file for each but one.  [default: {Format.FULL.value}]",
)
@click.option(
    "-o",
    "--output-file",
    type=click.Path(path_type=Path, dir_okay=False),
    multiple=True,
    metavar="FILE",
    help="Write the report of the format before it to FILE instead of standard output.",
)
@click.option(
    "--diff-from",
    metavar="REV",
    help="Report only findings with a line changed since REV branched off: their own, or that of a step of the chain.",
)
@click.option("--statistics", is_flag=True, help="Show how often each rule is broken, not where.")
@click.option(
    "--max-findings",
    type=click.IntRange(min=0),
    metavar="N",
    help="Fail only where there are more than N findings; warnings do not count.",
)
@click.option("-e", "--exit-zero", is_flag=True, help="Exit with 0 even where there are findings.")
@click.option(
    "--stdin-filename",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Read standard input and check it as if it were FILE.",
)
@click.option("--show-files", is_flag=True, help="List the files that would be checked, and stop.")
@click.option(
    "--show-settings",
    is_flag=True,
    help="Show the settings in force for one file and their origin, and stop.",
)
@click.option("--ignore-suppressions", is_flag=True, help="Report findings that comments silence, too.")
@click.option("--force-exclude", is_flag=True, help="Apply excludes to files named in PATHS as well.")
@click.option(
    "--baseline",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Report only findings that FILE, written by `isolint baseline`, does not accept.",
)
@click.option(
    "--no-baseline", is_flag=True, help="Report findings that the baseline of the configuration accepts, too."
)
@click.option(
    "--strict-baseline", is_flag=True, help="Fail where the baseline accepts findings that are gone."
)
@click.option(
    "--show-accepted",
    is_flag=True,
    help="Show accepted findings as well, as hints: for editors. It fails no run.",
)
@configuration_options
@jobs_option
@cache_options
@click.option("-q", "--quiet", is_flag=True, help="Print findings only.")
@click.option(
    "-v",
    "--verbose",
    is_flag=True,
    help="Print the steps of the run, and the traceback of a failure of isolint.",
)
@click.option(
    "--color", type=click.Choice(CHOICES), default="auto", show_default=True, help="When to colour."
)
def check(**given: Any) -> int:
    """Check PATHS, by default the working directory, and report breaches of the isolation.

    Folders are searched for *.py and *.pyi files; notebooks are checked where they are named. `-` stands for
    standard input.
    """
    chosen = outputs(given.pop("output_format"), given.pop("output_file"), click.get_current_context())
    request = Request(outputs=chosen, **given)
    if request.statistics:
        must_be_countable(chosen)
    governing = request.targets if request.stdin is None else (request.stdin,)
    loaded = configuration(governing, explicit=request.config, isolated=request.isolated)
    config = request.laid_over(loaded)
    if request.show_files:
        return _show_files(request, config)
    if request.show_settings:
        return _show_settings(request, config)
    started, clock = time.monotonic(), time.time_ns()
    request.accepting(config)
    run, mended = _run(request, config)
    said, out = report(request, run, view_of(request, config, run), mended)
    code = exit_code(
        run.outcomes,
        exit_zero=request.exit_zero,
        most=request.max_findings or 0,
        debt=is_due(request, run),
    )
    if request.changes:
        code = change_exit_code(request, code, mended)
    if request.verbose:
        say_note(f"configuration: {config.source or 'none found'}")
        say_note(described_roots(config, run.roots))
        say_note(f"took {time.monotonic() - started:.2f} s")
        _say_effort(run)
    if code != COULD_NOT_CHECK:
        from isolint.cli.recording import record

        record(click.get_current_context().obj, request, config, run, (code, said, out), clock)
    return code


def _say_effort(run: Run) -> None:
    """Tell where the time went."""
    effort = run.effort
    say_note(
        f"{run.files:,} files: {effort.recalled:,} known from the cache, {effort.checked:,} checked; "
        f"{effort.compiled:,} modules compiled for that"
    )
    say_note("seconds: " + ", ".join(f"{step} {seconds:.2f}" for step, seconds in effort.seconds.items()))


def _show_files(request: Request, config: Config) -> int:
    view = View(Path.cwd())
    for path in project.files(request.targets, config, force_exclude=request.force_exclude):
        click.echo(view.short(path))
    return CLEAN


def _show_settings(request: Request, config: Config) -> int:
    from isolint.cli.settings import settings  # reads the documentation of each key

    files = [path for path in request.targets if not path.is_dir()]
    if len(request.targets) != 1 or len(files) != 1:
        raise click.UsageError(
            "--show-settings takes one file, as in `isolint check --show-settings app/main.py`"
        )
    click.echo(settings(files[0], config), nl=False)
    return CLEAN


def _run(request: Request, config: Config) -> tuple[Run, Sequence[Mended]]:
    if request.stdin is not None:
        return _run_stdin(request, request.stdin, config)

    narrowed = _narrowing(request, config)

    def check_once() -> Run:
        run = _run_paths(request, config)
        return narrowed(project.judged(run, request.accepting(config, run)))

    if request.changes:
        return mend_paths(request, config, check_once, partial(request.accepting, config))
    return check_once(), ()


def _narrowing(request: Request, config: Config) -> Callable[[Run], Run]:
    """Return a filter that leaves out the findings without a changed line."""
    if request.diff_from is None:
        return lambda run: run
    from isolint.project.changes import changes_since, only_changed  # few runs ask git
    from isolint.project.sources.configurations import top_of

    return partial(
        only_changed, changes=changes_since(request.diff_from, config.root), root=top_of(config).root
    )


def _run_paths(request: Request, config: Config) -> Run:
    progress = Progress(sys.stderr)
    try:
        return project.check_paths(
            request.targets,
            config,
            jobs=request.jobs,
            suppress=request.suppress,
            force_exclude=request.force_exclude,
            on_progress=None if request.quiet else progress,
            cache=cache_folder(config, request.cache_dir, no_cache=request.no_cache),
        )
    finally:
        progress.close()


def _run_stdin(request: Request, filename: Path, config: Config) -> tuple[Run, Sequence[Mended]]:
    if filename == STANDARD_INPUT and not request.quiet:
        say_note("standard input has no name and so no role; --stdin-filename gives it both")
    if sys.stdin is None:  # closed, as by `isolint check - <&-`
        raise click.UsageError("standard input is closed: there is nothing to read from it")
    data = sys.stdin.buffer.read()
    workspace = project.Workspace(config)
    folder = cache_folder(config, request.cache_dir, no_cache=request.no_cache)
    checker = project.recalling_checker(workspace, request.suppress, cache=folder)

    def check_once(data: bytes) -> Run:
        run = project.check_text(
            data,
            filename,
            config,
            force_exclude=request.force_exclude,
            workspace=workspace,
            checker=checker,
        )
        return project.judged(run, request.accepting(config, run))

    run = check_once(data)
    if not request.changes:
        return run, ()
    accepted = request.accepting(config, run).of(filename)
    mended = mend_input(request, data, project.job_of_text(data, filename, workspace), checker, accepted)
    return (check_once(mended.after) if run.outcomes else run), [mended]
