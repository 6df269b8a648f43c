"""``isolint check``: find what breaks the isolation."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from isolint import project
from isolint.cli.colour import CHOICES, wants_colour
from isolint.cli.exits import CLEAN, COULD_NOT_CHECK, exit_code
from isolint.cli.messages import remarks, say, say_error, say_note
from isolint.cli.options import (
    cache_folder,
    cache_options,
    comma_separated,
    configuration,
    configuration_options,
    jobs_option,
    paths_argument,
)
from isolint.cli.output import write
from isolint.cli.progress import Progress
from isolint.cli.request import STANDARD_INPUT, Request
from isolint.model import Crashed
from isolint.report.formats import Format, closing, render, render_statistics
from isolint.report.view import DEFAULT_WIDTH, View

if TYPE_CHECKING:
    from collections.abc import Callable

    from isolint.config import Config
    from isolint.project import Run

F = TypeVar("F", bound="Callable[..., Any]")

_EPILOG = """\b
Exit codes: 0 clean, 1 findings, 2 something could not be checked.

\b
Shell completion, once for good:
  bash  eval "$(_ISOLINT_COMPLETE=bash_source isolint)"  in ~/.bashrc
  zsh   eval "$(_ISOLINT_COMPLETE=zsh_source isolint)"   in ~/.zshrc
  fish  _ISOLINT_COMPLETE=fish_source isolint | source   in ~/.config/fish/config.fish
"""


def _rules_option(name: str, text: str) -> Callable[[F], F]:
    return click.option(name, multiple=True, callback=comma_separated, metavar="RULES", help=text)


@click.command(epilog=_EPILOG, short_help="Report what breaks the isolation.")
@paths_argument
@_rules_option("--select", "Check these rules only: codes or prefixes, as in ISO101,ISO2.")
@_rules_option("--extend-select", "Check these rules as well.")
@_rules_option("--ignore", "Do not check these rules.")
@click.option(
    "--output-format",
    type=click.Choice([chosen.value for chosen in Format]),
    default=Format.FULL.value,
    show_default=True,
    help="What the report looks like.",
)
@click.option(
    "-o",
    "--output-file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the report to FILE instead of standard output.",
)
@click.option("--statistics", is_flag=True, help="Show how often each rule is broken, not where.")
@click.option("-e", "--exit-zero", is_flag=True, help="Exit with 0 even where there are findings.")
@click.option(
    "--stdin-filename",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Read standard input and check it as if it were FILE.",
)
@click.option("--show-files", is_flag=True, help="List the files that would be checked, and stop.")
@click.option("--ignore-suppressions", is_flag=True, help="Report what comments in the code silence, too.")
@click.option("--force-exclude", is_flag=True, help="Apply excludes to files named in PATHS as well.")
@configuration_options
@jobs_option
@cache_options
@click.option("-q", "--quiet", is_flag=True, help="Print findings only.")
@click.option("-v", "--verbose", is_flag=True, help="Say what is done, and show where isolint itself fails.")
@click.option(
    "--color", type=click.Choice(CHOICES), default="auto", show_default=True, help="When to colour."
)
def check(**given: Any) -> int:
    """Check PATHS, by default the working directory, and report what breaks the isolation.

    Folders are searched for *.py and *.pyi files; `-` stands for standard input.
    """
    request = Request(**given)
    governing = request.targets if request.stdin is None else (request.stdin,)
    loaded = configuration(governing, explicit=request.config, isolated=request.isolated)
    config = request.select_from(loaded)
    if request.show_files:
        return _show_files(request, config)
    started, clock = time.monotonic(), time.time_ns()
    run = _run(request, config)
    said, out = _report(request, run)
    code = exit_code(run.outcomes, exit_zero=request.exit_zero)
    if request.verbose:
        say_note(f"configuration: {config.source or 'none found'}")
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
        f"{run.files:,} files: {effort.recalled:,} known from the cache, {effort.surveyed:,} looked at, "
        f"{effort.surveyed - effort.bound:,} of them cannot break a rule, {effort.bound:,} checked closely"
    )
    say_note("seconds: " + ", ".join(f"{step} {seconds:.2f}" for step, seconds in effort.seconds.items()))


def _show_files(request: Request, config: Config) -> int:
    view = View(Path.cwd())
    for path in project.files(request.targets, config, force_exclude=request.force_exclude):
        click.echo(view.short(path))
    return CLEAN


def _run(request: Request, config: Config) -> Run:
    if request.stdin is not None:
        return _run_stdin(request, request.stdin, config)
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


def _run_stdin(request: Request, filename: Path, config: Config) -> Run:
    if filename == STANDARD_INPUT and not request.quiet:
        say_note("standard input has no name and so no role; --stdin-filename gives it both")
    if sys.stdin is None:  # closed, as by `isolint check - <&-`
        raise click.UsageError("standard input is closed: there is nothing to read from it")
    data = sys.stdin.buffer.read()
    workspace = project.Workspace(config)
    folder = cache_folder(config, request.cache_dir, no_cache=request.no_cache)
    with project.recalling_checker(workspace, request.suppress, jobs=request.jobs, cache=folder) as checker:
        return project.check_text(
            data,
            filename,
            config,
            force_exclude=request.force_exclude,
            workspace=workspace,
            checker=checker,
        )


def _report(request: Request, run: Run) -> tuple[str, str]:
    """Report the run, and return what was said on standard error and on standard output."""
    said = "" if request.quiet else remarks(run.warnings, run.notes)
    say(said)
    view = _view(request)
    if request.statistics:
        _say_what_crashed(run, view)
        body = render_statistics(run.outcomes, request.format)
    else:
        body = render(run.outcomes, view, request.format)
    last = "" if request.quiet else closing(run.outcomes)
    if request.output_file is not None:
        write(request.output_file, body)
        body = ""
    elif not request.format.prose:
        last = ""
    click.echo(body + last, nl=False, color=view.colour)
    return said, body + last


def _say_what_crashed(run: Run, view: View) -> None:
    """Name the files that statistics only count."""
    for outcome in run.outcomes:
        if isinstance(outcome, Crashed):
            say_error(f"{view.short(outcome.path)}: could not be checked: {outcome.error}")


def _view(request: Request) -> View:
    colour = request.output_file is None and wants_colour(request.color, sys.stdout)
    on_terminal = request.output_file is None and sys.stdout.isatty()
    width = _columns() if on_terminal else DEFAULT_WIDTH
    return View(Path.cwd(), colour=colour, width=width, verbose=request.verbose)


def _columns() -> int:
    import shutil

    return shutil.get_terminal_size().columns
