"""``isolint map``: the boundary as a picture."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

import click
from msgspec import Struct

from isolint.cli.exits import CLEAN, COULD_NOT_CHECK
from isolint.cli.messages import remarks, say, say_error
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
from isolint.config.problems import displayed
from isolint.report.boundary.formats import SUFFIXES, MapFormat, format_of, render
from isolint.report.view import View

if TYPE_CHECKING:
    from isolint.config import Config
    from isolint.project.boundary import Mapped


@click.command("map", short_help="Draw the imports between packages, and breaches of the isolation.")
@paths_argument
@click.option(
    "--format",
    "--output-format",
    "chosen",
    type=click.Choice([each.value for each in MapFormat]),
    help="Format of the picture; by default that of the ending of the output file, else svg.",
)
@click.option(
    "-o",
    "--output-file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the picture to FILE instead of standard output.",
)
@click.option(
    "--depth",
    type=click.IntRange(min=1),
    metavar="N",
    help="Draw packages to N parts of their names; by default as many as fit a picture.",
)
@click.option(
    "--focus",
    metavar="PACKAGE",
    default="",
    help="Draw the modules of PACKAGE one by one, and beside them only their neighbours.",
)
@configuration_options
@jobs_option
@cache_options
@click.option("-q", "--quiet", is_flag=True, help="Say nothing beside the picture.")
def map_command(**given: Any) -> int:
    """Draw the packages of PATHS by role, the imports between them, and breaches of the isolation in red.

    Large trees are drawn as packages; --depth and --focus say how closely to look. Findings do not change
    the exit code: it is a picture, `isolint check` judges.
    """
    request = MapRequest(**given)
    wanted = _format(request)
    paths = request.paths or (Path(),)
    loaded = configuration(paths, explicit=request.config, isolated=request.isolated)
    mapped = _mapped(paths, loaded, request)
    view = View(Path.cwd())
    text = render(mapped.boundary, wanted, view, request.focus or loaded.root.name)
    if not request.quiet:
        say(remarks(mapped.warnings, mapped.notes))
    for crash in mapped.crashed:
        say_error(f"{view.short(crash.path)}: could not be checked: {crash.error}")
    if request.output_file is None:
        click.echo(text, nl=False)
    else:
        write(request.output_file, text)
    return COULD_NOT_CHECK if mapped.crashed else CLEAN


@final
class MapRequest(Struct, frozen=True, kw_only=True):
    """The arguments as given; the names are those of the options."""

    paths: tuple[Path, ...]
    chosen: str | None
    output_file: Path | None
    depth: int | None
    focus: str
    config: Path | None
    isolated: bool
    jobs: int
    no_cache: bool
    cache_dir: Path | None
    quiet: bool


def _format(request: MapRequest) -> MapFormat:
    if request.chosen:
        return MapFormat(request.chosen)
    found = format_of(request.output_file)
    if found is None and request.output_file is not None:
        raise click.UsageError(
            f"{displayed(request.output_file)}: no format has this ending: give one of {', '.join(SUFFIXES)}, "
            "or --format"
        )
    return found or MapFormat.SVG


def _mapped(paths: tuple[Path, ...], config: Config, request: MapRequest) -> Mapped:
    from isolint.project.boundary import map_boundary

    progress = Progress(sys.stderr)
    try:
        return map_boundary(
            paths,
            config,
            depth=request.depth,
            focus=request.focus,
            jobs=request.jobs,
            cache=cache_folder(config, request.cache_dir, no_cache=request.no_cache),
            on_progress=None if request.quiet else progress,
        )
    finally:
        progress.close()
