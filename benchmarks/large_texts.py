"""The memory of a run over one file of 48 MB, beside that of Python's own parser.

    python -m benchmarks.large_texts [--size 48] [--output TABLE.md]

Each text is checked in a process of its own without workers, once with a finding at its end and once without; the peak is
the largest resident set that the system saw (`ru_maxrss`).
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TextIO

import click

from benchmarks.processes import cost_of

DRIVES = "import asyncio\n\nasyncio.run(main())\n"
PARSES = "import ast, sys; ast.parse(open(sys.argv[1], 'rb').read())"
LIMIT = 600.0
"""Time limit of one process, in seconds."""


SHAPES = (
    ("one literal", "x = '", "a", "'\n"),
    ("a docstring", '"""\n', "some words of a docstring that goes on\n", '"""\n'),
    ("a docstring with `noqa` on every line", '"""\n', "some words of it  # noqa: ISO102\n", '"""\n'),
    ("comments", "", "# a comment of the usual length for a line\n", ""),
    ("literals that are joined", "x = (\n", "    'abcdefghijklmnopqrstu'\n", ")\n"),
    ("a list of literals", "x = [\n", "    'abcdefghijklmnopqrstu',\n", "]\n"),
)
"""The name of a text, and its beginning, the part that is repeated, and its end."""


def row(what: str, text: str, folder: Path) -> str:
    """Check a text, and return the line of the table."""
    file = folder / "app.py"
    isolint = (sys.executable, "-m", "isolint", "check", "--exit-zero", "--no-cache", "--jobs", "1")
    file.write_text(text, encoding="utf-8")
    parsed = cost_of((sys.executable, "-c", PARSES, "app.py"), folder, LIMIT)
    checked = cost_of(isolint, folder, LIMIT)
    file.write_text(text + DRIVES, encoding="utf-8")
    found = cost_of(isolint, folder, LIMIT)
    return f"| {what} | {parsed.peak:.0f} | {checked.peak:.0f} | {found.peak:.0f} | {checked.cpu:.1f} |"


@click.command(help=__doc__)
@click.option(
    "--size", type=click.IntRange(min=1), default=48, show_default=True, help="Millions of characters."
)
@click.option("--output", type=click.File("w", encoding="utf-8", atomic=True), default="-")
def main(size: int, output: TextIO) -> None:
    """Measure and print a Markdown table."""
    click.echo("| text | parser, MiB | no finding, MiB | a finding, MiB | CPU seconds |", output)
    click.echo("|---|---:|---:|---:|---:|", output)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "isolint.toml").write_text('core = ["app"]\n', encoding="utf-8")
        for what, head, part, tail in SHAPES:
            text = head + part * (size * 1_000_000 // len(part)) + tail
            click.echo(row(what, text, folder), output)


if __name__ == "__main__":
    main()
