"""The options that commands share, and the types of their values."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from isolint.config import load
from isolint.project.cache.store import FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from isolint.config import Config

F = TypeVar("F", bound="Callable[..., Any]")

paths_argument = click.argument("paths", nargs=-1, type=click.Path(path_type=Path))


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


jobs_option = click.option(
    "-j",
    "--jobs",
    type=click.IntRange(min=1),
    default=_cores,
    metavar="N",
    help="How many processes to use; by default one for each core.",
)


def configuration_options(command: F) -> F:
    """Add ``--config`` and ``--isolated``."""
    explicit = click.option(
        "--config",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        metavar="FILE",
        help="The pyproject.toml or isolint.toml to use, instead of looking for one upwards from PATHS.",
    )
    isolated = click.option("--isolated", is_flag=True, help="Ignore every configuration file.")
    return explicit(isolated(command))


def cache_options(command: F) -> F:
    """Add ``--no-cache`` and ``--cache-dir``."""
    none = click.option(
        "--no-cache",
        is_flag=True,
        envvar="ISOLINT_NO_CACHE",
        show_envvar=True,
        help="Neither read nor write a cache.",
    )
    return none(cache_dir_option("Keep the cache in DIR.")(command))


def cache_dir_option(meaning: str) -> Callable[[F], F]:
    """Return ``--cache-dir`` with a help text."""
    return click.option(
        "--cache-dir",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="DIR",
        envvar="ISOLINT_CACHE_DIR",
        show_envvar=True,
        help=f"{meaning}  [default: {FOLDER} in the project's root]",
    )


def cache_folder(config: Config, chosen: Path | None, *, no_cache: bool) -> Path | None:
    """Return where to keep the cache, None for nowhere."""
    return None if no_cache else chosen or config.root / FOLDER


def comma_separated(_: click.Context, __: click.Parameter, given: Sequence[str]) -> tuple[str, ...]:
    """Return the values of an option that may be repeated and may hold several: ``A,B``."""
    return tuple(value.strip() for group in given for value in group.split(",") if value.strip())


def configuration(paths: Sequence[Path], *, explicit: Path | None, isolated: bool) -> Config:
    """Load the configuration that governs the paths.

    Raises:
        click.UsageError: the options contradict each other.
        ConfigProblems: the configuration is wrong.

    """
    if explicit and isolated:
        raise click.UsageError("--config and --isolated exclude each other")
    return load(_common_folder(paths), explicit=explicit, isolated=isolated)


def _common_folder(paths: Sequence[Path]) -> Path:
    """Return the folder that holds all the paths: from there the configuration is looked for upwards."""
    folders = [path.absolute() if path.is_dir() else path.absolute().parent for path in paths]
    try:
        return Path(os.path.commonpath(folders))
    except ValueError:  # on different drives
        return folders[0]
