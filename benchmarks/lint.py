"""The cost of a run of isolint beside those of its peers, on real packages.

    python -m benchmarks.corpus fetch dagster litellm homeassistant
    python -m benchmarks.lint dagster litellm [--output TABLE.md]
    python -m benchmarks.lint homeassistant --case ruff --case cold,

Every case is timed as a whole process, in turns with the others, and the best turn counts: wall-clock
seconds with one worker process a core, and for a single file the seconds of CPU. Slow cases have turns of
their own after the others. Each case is compared with others of the same run: most with the floor, which is
a script that parses the same files and does nothing else (`floor.py`), and with ruff's ASYNC and TID251 rules
without its cache. flake8 is run in environments of their own: alone, with isolint's plugin,
with flake8-async.
"""

from __future__ import annotations

import compileall
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

import isolint
from benchmarks.corpus import CORPUS, Pin, read_pins, source_size
from benchmarks.lint_cases import Tree, cases, chosen
from benchmarks.processes import Cost, cost_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from benchmarks.lint_cases import Case


def measured(cases: Sequence[Case], turns: int, limit: float) -> dict[str, list[Cost]]:
    """Run every case up to ``turns`` times, in turns; one that was stopped is not run again."""
    costs = dict[str, list[Cost]]()
    for _ in range(turns):
        for case in cases:
            known = costs.setdefault(case.name, [])
            if all(cost.finished for cost in known):
                case.prepare()
                known.append(cost_of(case.command, case.folder, limit, case.stdin))
    return costs


def table(cases: Sequence[Case], costs: Mapping[str, Sequence[Cost]]) -> Iterator[str]:
    """Lay the costs out, best turn each, with the ratio to the case to compare with."""
    yield "| case | seconds | compared | CPU seconds | peak MB |"
    yield "|---|---:|---:|---:|---:|"
    for case in cases:
        turns = costs[case.name]
        wall, cpu = min(turn.wall for turn in turns), min(turn.cpu for turn in turns)
        peak = max(turn.peak for turn in turns)
        ratios = (compared(turns, other, costs.get(other, ())) for other in case.against)
        ratio = ", ".join(filter(None, ratios))
        if all(turn.finished for turn in turns):
            yield f"| {case.name} | {wall:.2f} | {ratio} | {cpu:.2f} | {peak:.0f} |"
        else:
            yield f"| {case.name} | stopped after {max(turn.wall for turn in turns):.0f} | {ratio} | | {peak:.0f} |"


def compared(turns: Sequence[Cost], other: str, others: Sequence[Cost]) -> str:
    """Say how many times another case's time it took; nothing where that has no time."""
    if not others or not all(turn.finished for turn in others):
        return ""
    stopped = not all(turn.finished for turn in turns)
    wall = max(turn.wall for turn in turns) if stopped else min(turn.wall for turn in turns)
    ratio = wall / min(turn.wall for turn in others)
    return f"{'over ' if stopped else ''}{ratio:.{1 if ratio >= 2 else 2}f}x {other}"


def report(
    pin: Pin, folder: Path, wanted: Sequence[str], turns: Sequence[int], limit: float
) -> Iterator[str]:
    """Measure one package; ``turns`` are those of the quick cases and of the slow."""
    every = chosen(list(cases(Tree(pin, folder))), wanted)
    costs = dict[str, list[Cost]]()
    for slow, number in enumerate(turns):
        costs |= measured([case for case in every if case.slow == bool(slow)], number, limit)
    files, lines = source_size(CORPUS / pin.folder)
    yield f"\n**{pin.name} {pin.version}**: {files:,} files, {lines:,} lines\n"
    yield from table([case for case in every if costs.get(case.name)], costs)


@click.command()
@click.argument("names", metavar="PACKAGE...", nargs=-1, required=True, type=click.Choice([*read_pins()]))
@click.option(
    "--case", "wanted", metavar="TEXT", multiple=True, help="Run only cases with TEXT in their names."
)
@click.option("--turns", type=click.IntRange(min=1), default=5, show_default=True)
@click.option(
    "--slow-turns", type=click.IntRange(min=0), default=1, show_default=True, help="0 leaves them out."
)
@click.option(
    "--limit", metavar="SECONDS", type=float, default=900.0, show_default=True, help="For each process."
)
@click.option("--output", type=click.File("w", encoding="utf-8", atomic=True), default="-")
def main(
    names: Sequence[str], wanted: Sequence[str], turns: int, slow_turns: int, limit: float, output: TextIO
) -> None:
    """Measure and print Markdown tables."""
    pins = read_pins()
    compileall.compile_dir(str(Path(isolint.__file__).parent), quiet=1)  # as an installed package is
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            lines = report(pins[name], Path(folder), wanted, (turns, slow_turns), limit)
            click.echo("\n".join(lines), output)


if __name__ == "__main__":
    main()
