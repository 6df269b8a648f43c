"""``isolint roles``: which module has which role, and why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from isolint import project
from isolint.cli.messages import say_note
from isolint.cli.options import configuration, configuration_options, paths_argument
from isolint.project.names.root_lines import described_roots
from isolint.report.view import View, columns, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from isolint.project import ModuleRole


@click.command(short_help="Show which module has which role, and why.")
@paths_argument
@configuration_options
@click.option(
    "--output-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Format of the list.",
)
def roles(paths: tuple[Path, ...], config: Path | None, *, isolated: bool, output_format: str) -> None:
    """Show which role each module under PATHS has, and which pattern gave it."""
    paths = paths or (Path(),)
    loaded = configuration(paths, explicit=config, isolated=isolated)
    render = _json if output_format == "json" else _table
    decided = project.roles(paths, loaded)
    click.echo(render(decided, View(Path.cwd())), nl=False)
    say_note(described_roots(loaded, sorted({each.root for each in decided})))


def _json(decided: Iterable[ModuleRole], view: View) -> str:
    records = [
        {
            "filename": view.full(each.path),
            "module": each.module,
            "root": each.root,
            "role": each.decision.role.value,
            "pattern": each.decision.pattern or None,
            "reason": each.decision.reason,
        }
        for each in decided
    ]
    return json.dumps(records, indent=2) + "\n"


def _table(decided: Iterable[ModuleRole], view: View) -> str:
    """Return a line a file: role, module, path and the deciding pattern, in columns."""
    rows = [
        (each.decision.role.value, visible(each.module), view.short(each.path), visible(each.decision.reason))
        for each in decided
    ]
    widths = [max(map(columns, column)) for column in zip(*rows, strict=True)]
    return "".join(_line(row, widths) for row in rows)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell + " " * (width - columns(cell)) for cell, width in zip(row, widths, strict=True))
    return "  ".join(padded).rstrip() + "\n"
