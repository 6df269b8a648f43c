"""``isolint clean``: remove the cache."""

from __future__ import annotations

from pathlib import Path

import click

from isolint.cli.messages import say_error, say_note
from isolint.cli.options import cache_dir_option, configuration, configuration_options
from isolint.project.cache.store import FOLDER, Store

_REFUSED = 2


@click.command(short_help="Remove the cache.")
@configuration_options
@cache_dir_option("The folder to remove.")
def clean(config: Path | None, *, isolated: bool, cache_dir: Path | None) -> int:
    """Remove the cache of the project around the working directory, and nothing else."""
    folder = cache_dir or configuration((Path(),), explicit=config, isolated=isolated).root / FOLDER
    if not folder.exists() and not folder.is_symlink():
        say_note("there is no cache")
        return 0
    if not Store(folder).is_ours():
        say_error(
            f"{folder} is no cache of isolint, or only a link to one: remove it yourself if it should go"
        )
        return _REFUSED
    left = Store(folder).clear()
    if left:
        say_note(
            f"removed the cache from {folder}, and left files that are not isolint's there: {', '.join(left)}"
        )
    else:
        say_note(f"removed {folder}")
    return 0
