"""``isolint baseline``: accept the findings there are, so that only new ones are reported."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

import click
from msgspec import Struct
from msgspec.structs import replace

from isolint import baseline as baselines
from isolint import project
from isolint.baseline import NAME, Baseline
from isolint.cli.debt import statistics
from isolint.cli.exits import CLEAN, COULD_NOT_CHECK, FINDINGS
from isolint.cli.messages import remarks, say, say_error, say_note
from isolint.cli.options import (
    cache_folder,
    cache_options,
    configuration,
    configuration_options,
    jobs_option,
    paths_argument,
)
from isolint.cli.output import write
from isolint.cli.progress import Progress
from isolint.config.problems import absolute, displayed
from isolint.model import Checked, Crashed, Unparsable
from isolint.project import ProjectError
from isolint.report import concise
from isolint.report.tally import Tally, counted_noun
from isolint.report.view import View

if TYPE_CHECKING:
    from isolint.config import Config
    from isolint.project import Accepted, Run

_MOST_SHOWN = 20


@click.command("baseline", short_help="Accept the findings there are; report only new ones.")
@paths_argument
@click.option("--update", is_flag=True, help="Write the baseline anew; it must not grow.")
@click.option("--allow-growth", is_flag=True, help="With --update, accept findings that are new.")
@click.option("--prune", is_flag=True, help="Remove entries without findings from the baseline.")
@click.option(
    "--stats", is_flag=True, help="Count accepted findings by package, rule and age, and check nothing."
)
@click.option(
    "--baseline",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help=f"The file to write.  [default: `baseline` of the configuration, else {NAME} in the project's root]",
)
@configuration_options
@jobs_option
@cache_options
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
def baseline(**given: Any) -> int:
    """Write the findings in PATHS, by default the working directory, into a baseline.

    `isolint check` then reports new findings only. An existing baseline stays, unless --update or --prune is given.
    """
    request = BaselineRequest(**given)
    config = configuration(request.targets, explicit=request.config, isolated=request.isolated)
    path = request.path(config)
    if request.stats:
        click.echo(statistics(project.read_baseline(path, config), config), nl=False)
        return CLEAN
    before = _before(request, path, config)
    run = _run(request, config)
    if request.file is None:
        run = _own_part(run, path, config)
    if (code := _refused(request, run, before)) is not None:
        return code
    after = _after(request, run, config, before)
    write(path, after.text())
    if not request.quiet:
        _say_what_was_done(path, before, after, config)
    return CLEAN


@final
class BaselineRequest(Struct, frozen=True, kw_only=True):
    """The arguments as given; the names are those of the options."""

    paths: tuple[Path, ...]
    update: bool
    allow_growth: bool
    prune: bool
    stats: bool
    file: Path | None
    config: Path | None
    isolated: bool
    jobs: int
    no_cache: bool
    cache_dir: Path | None
    quiet: bool

    def __post_init__(self) -> None:
        """Raise UsageError where options contradict each other."""
        if self.update + self.prune + self.stats > 1:
            raise click.UsageError("--update, --prune and --stats exclude each other")
        if self.allow_growth and not self.update:
            raise click.UsageError("--allow-growth goes with --update")

    @property
    def targets(self) -> tuple[Path, ...]:
        """The files and folders to check: by default the working directory."""
        return self.paths or (Path(),)

    def path(self, config: Config) -> Path:
        """Return the file to read and write."""
        return (
            absolute(self.file)
            if self.file is not None
            else project.baseline_file(config) or config.root / NAME
        )


def _before(request: BaselineRequest, path: Path, config: Config) -> Accepted | None:
    """Read the baseline there is, None for none; raise ProjectError where it must not be replaced."""
    if request.update or request.prune:
        return project.read_baseline(path, config, any_code=True)
    if path.exists() or path.is_symlink():
        raise ProjectError(
            f"{displayed(path)} exists already: --prune removes entries without findings, --update writes it anew, "
            "--stats counts its entries"
        )
    return None


def _run(request: BaselineRequest, config: Config) -> Run:
    progress = Progress(sys.stderr)
    try:
        run = project.check_paths(
            request.targets,
            config,
            jobs=request.jobs,
            on_progress=None if request.quiet else progress,
            cache=cache_folder(config, request.cache_dir, no_cache=request.no_cache),
        )
    finally:
        progress.close()
    if not request.quiet:
        say(remarks(run.warnings, run.notes))
    return run


def _own_part(run: Run, path: Path, config: Config) -> Run:
    """Return the run without the findings of files whose configurations name another baseline, or none."""
    own = project.governed_by(run, path, config)
    others = Tally.of(run.outcomes).findings - Tally.of(own).findings
    if others:
        say_note(
            f"{counted_noun(others, 'finding')} in folders with a configuration of their own: run `isolint baseline` there"
        )
    return dataclasses.replace(run, outcomes=own)


def _refused(request: BaselineRequest, run: Run, before: Accepted | None) -> int | None:
    """Say why nothing is written, and return the exit code; None where nothing stands against it."""
    view = View(Path.cwd())
    crashed = [outcome for outcome in run.outcomes if isinstance(outcome, Crashed)]
    for outcome in crashed:
        say_error(f"{view.short(outcome.path)}: could not be checked: {outcome.error}")
    if crashed:
        say_error("nothing was written: the findings in these files are not known")
        return COULD_NOT_CHECK
    for broken in run.outcomes:
        if isinstance(broken, Unparsable):
            say_note(
                f"{view.short(broken.path)} cannot be parsed, which no baseline accepts: mend or exclude it"
            )
    if before is None or not request.update or request.allow_growth:
        return None
    new = [
        outcome
        for outcome in baselines.compare(run.outcomes, before.baseline, run.known).outcomes
        if isinstance(outcome, Checked) and outcome.diagnostics
    ]
    if not new:
        return None
    lines = concise.render(new, view).splitlines(keepends=True)
    click.echo("".join(lines[:_MOST_SHOWN]), nl=False)
    more = f", of which {_MOST_SHOWN} are shown" if len(lines) > _MOST_SHOWN else ""
    found = counted_noun(len(lines), "finding")
    say_error(f"nothing was written: the baseline would grow by {found}{more}; --allow-growth accepts that")
    return FINDINGS


def _after(request: BaselineRequest, run: Run, config: Config, before: Accepted | None) -> Baseline:
    """Return the baseline to write: entries for files that the run did not check stay."""
    if before is None:
        return baselines.with_more(Baseline({}), run.outcomes)
    known = before.baseline.of_codes(project.rule_codes(config))
    return project.renewed(run, replace(before, baseline=known), grows=request.update)


def _say_what_was_done(path: Path, before: Accepted | None, after: Baseline, config: Config) -> None:
    change = after.total - before.baseline.total if before is not None else 0
    changed = f" ({change:+,})" if change else ""
    say_note(f"wrote {displayed(path)}: {counted_noun(after.total, 'finding')} accepted{changed}")
    if not config.baseline:
        inside = path.is_relative_to(config.root)
        named = path.relative_to(config.root).as_posix() if inside else path.as_posix()
        say_note(f'to use it, put `baseline = "{named}"` into the configuration, or give --baseline')
