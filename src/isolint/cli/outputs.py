"""The reports of `isolint check` and their files: ``--output-format sarif -o found.sarif --output-format github``."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

import click
from msgspec import Struct

from isolint.report.formats import Format

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_ORDER = "isolint.cli.outputs.order"
_COUNTED = {Format.FULL, Format.CONCISE, Format.JSON, Format.JSON_LINES, Format.GITHUB}
_FORMAT, _FILE = "output_format", "output_file"


@final
class Output(Struct, frozen=True):
    """One report; without a file it goes to standard output."""

    format: Format
    file: Path | None = None


@final
class OrderedCommand(click.Command):
    """A command that knows in which order its options were given: a file goes with the format before it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Note the order, and parse as usual."""
        if not ctx.resilient_parsing:
            _, _, order = self.make_parser(ctx).parse_args(args=list(args))
            ctx.meta[_ORDER] = [given.name for given in order]
        return super().parse_args(ctx, args)


def outputs(formats: Sequence[str], files: Sequence[Path], context: click.Context) -> tuple[Output, ...]:
    """Pair formats and files, which were given several times each, by the order on the command line.

    A file that is given first goes with the first format.

    Raises:
        click.UsageError: two reports have one place, or a file has no report.

    """
    order = [name for name in context.meta.get(_ORDER, ()) if name in {_FORMAT, _FILE}]
    given_formats, given_files = iter(formats), iter(files)
    found: list[Output] = []
    waiting: Path | None = None
    for name in order:
        if name == _FORMAT:
            found.append(Output(Format(next(given_formats)), waiting))
            waiting = None
        elif found and found[-1].file is None:
            found[-1] = Output(found[-1].format, next(given_files))
        elif found or waiting is not None:
            raise click.UsageError(f"no report goes into {next(given_files)}: name its format before it")
        else:
            waiting = next(given_files)
    if not found:
        return (Output(Format.FULL, waiting),)
    _check(found)
    return tuple(found)


def must_be_countable(outputs: Sequence[Output]) -> None:
    """Raise UsageError where counts by rule are asked for in a format that has findings only."""
    for output in outputs:
        if output.format not in _COUNTED:
            known = ", ".join(sorted(each.value for each in _COUNTED))
            raise click.UsageError(f"--statistics has no {output.format.value} form: choose {known}")


def _check(found: Sequence[Output]) -> None:
    on_screen = [output.format.value for output in found if output.file is None]
    if len(on_screen) > 1:
        raise click.UsageError(
            f"only one report goes to standard output, not {' and '.join(on_screen)}: give the others a file, as in "
            f"--output-format {on_screen[0]} -o FILE"
        )
    files = [output.file for output in found if output.file is not None]
    for file in files:
        if files.count(file) > 1:
            raise click.UsageError(f"two reports go into {file}")
