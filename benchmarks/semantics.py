"""What the semantics layer costs on a file, beside libcst's parse of the same text.

    python -m benchmarks.corpus fetch dagster litellm
    python -m benchmarks.semantics dagster litellm [--output TABLE.md]

The whole package is core, and of its files those are taken that pass the gate. All times are seconds of CPU
in this process with the garbage collector off, the best of several turns for each file:

- libcst: `libcst.parse_module` of the text, which isolint does not do for most files;
- tree: what it does instead: the interpreter's own parser and the lean tree, and libcst's parse after all for
  a file whose findings the lean tree has no place for;
- own: all the rest of a check, which is binding and answering the admitted rules, while every other module
  that they ask about is bound already;
- others: what the first check of the file took longer, which is binding those modules. As in a run, each is
  bound for the first file that asks, and kept for the next.
"""

from __future__ import annotations

import gc
import math
import statistics
import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TextIO
from unittest import mock

import click
import libcst

from benchmarks.corpus import CORPUS, Pin, read_pins
from isolint import engine
from isolint.config import enabled, load
from isolint.model import Checked
from isolint.project.discovery import discover
from isolint.project.workspace import Workspace
from isolint.rules import all_rules
from isolint.session import Session, Source
from isolint.syntax import parsing
from isolint.syntax.deep import with_deep_stack
from isolint.syntax.trees import full_tree, lean_tree

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from pathlib import Path

    from isolint.rule import Rule

BAR = 0.5
"""What the semantics of a file may cost, in parses of it by libcst."""
COLUMNS = ("libcst", "tree", "own", "others")


class Stopwatch:
    """Seconds of CPU spent in ``with`` blocks."""

    def __init__(self) -> None:
        self.seconds = 0.0

    @contextmanager
    def running(self) -> Generator[None, None, None]:
        """Add the time of the block."""
        started = time.process_time()
        yield
        self.seconds += time.process_time() - started


@dataclass
class FileCost:
    """The best times of a file, in seconds: of libcst's parse, the lean tree, the first check and a second.

    ``reparse`` is the time of libcst's parser in the second, if there was need of it after all; the checks
    are without it.
    """

    path: str
    libcst: float = math.inf
    lean: float = math.inf
    reparse: float = math.inf
    first: float = math.inf
    again: float = math.inf

    def improve(self, **seconds: float) -> None:
        """Take one more turn."""
        for step, time_taken in seconds.items():
            setattr(self, step, min(time_taken, getattr(self, step)))

    def columns(self) -> dict[str, float]:
        """Return the seconds of each column; a difference of two times may by chance be below nothing."""
        own, others = max(0.0, self.again - self.lean), max(0.0, self.first - self.again)
        return dict(zip(COLUMNS, (self.libcst, self.lean + self.reparse, own, others), strict=True))


@dataclass(frozen=True)
class Admitted:
    """A file that passes the gate, and the rules that are asked about it."""

    source: Source
    rules: Sequence[Rule]


class Package:
    """The files of a package and what is asked about them."""

    def __init__(self, folder: Path) -> None:
        config = load(folder)
        self._options = config.options
        self._rules = enabled(config, all_rules())
        self._workspace = Workspace(config, discover([folder], config).files)
        self._sources = [
            Source(file.shown, file.module, self._workspace.decisions[file].role, file.path.read_bytes())
            for file in self._workspace.checked
        ]

    def admitted(self) -> tuple[Session, list[Admitted]]:
        """Look at every file as a run does first: return what all share, and who passes the gate."""
        session = Session(self._rules, self._options, self._workspace.modules)
        surveyed = [(source, engine.survey(source, self._rules, session)) for source in self._sources]
        glimpses = [(source, seen.glimpse) for source, seen in surveyed if seen.glimpse is not None]
        for source, glimpse in glimpses:
            session.index.learn(source.module, glimpse)
        asked = ([rule for rule in self._rules if source.role in rule.roles] for source, _ in glimpses)
        passed = (
            Admitted(
                source,
                session.gate.admitted(
                    rules, source.module, glimpse, partial(source.data.decode, "utf-8", "replace")
                ),
            )
            for (source, glimpse), rules in zip(glimpses, asked, strict=True)
        )
        return session, [one for one in passed if one.rules]


def measure(admitted: Admitted, session: Session, cost: FileCost) -> None:
    """Do to one file, once, all that is compared."""
    data = admitted.source.data
    text = parsing.decode(data)
    assert isinstance(text, parsing.Text)  # noqa: S101  # it was surveyed
    with no_collection():
        with (parse := Stopwatch()).running():
            libcst.parse_module(text.content)
        with (tree := Stopwatch()).running():
            own_tree(data)
        first, _ = checked(admitted, session)
        # What the first check has bound stays, also where that is more than a run keeps from file to file.
        with mock.patch.object(session.index.bound, "make_room"):
            again, reparse = checked(admitted, session)
    cost.improve(libcst=parse.seconds, lean=tree.seconds, reparse=reparse, first=first, again=again)


def own_tree(data: bytes) -> None:
    """Make the tree that isolint works on."""
    text = parsing.decode(data)
    assert isinstance(text, parsing.Text)  # noqa: S101  # it was surveyed
    quick = parsing.quick_tree(text)
    assert not isinstance(quick, parsing.SyntaxProblem)  # noqa: S101  # likewise
    try:
        lean_tree(quick, text)
    except RecursionError:
        with_deep_stack(lambda: lean_tree(quick, text))


def checked(admitted: Admitted, session: Session) -> tuple[float, float]:
    """Check a file; return the seconds it took without those of libcst's parser, and the latter."""
    whole, reparse = Stopwatch(), Stopwatch()

    def timed_full_tree(*given: Any, **named: Any) -> Any:
        with reparse.running():
            return full_tree(*given, **named)

    codes = frozenset(rule.code for rule in admitted.rules)
    with mock.patch.object(engine, "full_tree", timed_full_tree), whole.running():
        outcome = engine.check(admitted.source, admitted.rules, session, admitted=codes)
    if not isinstance(outcome, Checked):
        raise click.ClickException(f"{outcome.path} could not be checked")
    return whole.seconds - reparse.seconds, reparse.seconds


@contextmanager
def no_collection() -> Generator[None, None, None]:
    """Keep the garbage collector out of what is timed."""
    gc.collect(0)
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def measured(folder: Path, turns: int) -> list[FileCost]:
    """Return what each admitted file costs; every turn starts with nothing bound."""
    package, costs = Package(folder), dict[str, FileCost]()
    for _ in range(turns):
        session, passed = package.admitted()
        for one in passed:
            path = str(one.source.path)
            measure(one, session, costs.setdefault(path, FileCost(path)))
    return list(costs.values())


def head() -> Iterator[str]:
    """Yield the head of the table."""
    names = [*(f"{column} s" for column in COLUMNS), "own / libcst", "own + others / libcst"]
    names += ["median own / libcst", f"files above {BAR}", "reparsed"]
    yield f"| package | files | {' | '.join(names)} |"
    yield f"|---|---:|{'---:|' * len(names)}"


def row(name: str, costs: Sequence[FileCost]) -> str:
    """Sum up a package: totals, their ratios, and the ratio of the file in the middle."""
    every = [cost.columns() for cost in costs]
    total = {column: sum(one[column] for one in every) for column in COLUMNS}
    own = [one["own"] / one["libcst"] for one in every]
    with_others = total["own"] + total["others"]
    cells = [f"{total[column]:.2f}" for column in COLUMNS]
    cells += [f"{seconds / total['libcst']:.2f}" for seconds in (total["own"], with_others)]
    cells += [f"{statistics.median(own):.2f}", str(sum(ratio > BAR for ratio in own))]
    cells += [str(sum(cost.reparse > 0 for cost in costs))]
    return f"| {name} | {len(costs)} | {' | '.join(cells)} |"


def dearest(costs: Sequence[FileCost], number: int) -> Iterator[str]:
    """Yield the files whose semantics takes longest, with the ratio to libcst's parse."""
    every = [(cost.columns(), cost.path) for cost in costs]
    for columns, path in sorted(every, key=lambda one: -one[0]["own"])[:number]:
        yield f"  {columns['own']:.3f} s, {columns['own'] / columns['libcst']:.2f}x: {path}"


def folder_of(pin: Pin) -> Path:
    """Return the folder of a package that was fetched."""
    folder = CORPUS / pin.folder
    if not folder.is_dir():
        raise click.ClickException(
            f"{folder} is missing: run `python -m benchmarks.corpus fetch {pin.name}` first"
        )
    return folder


@click.command()
@click.argument("names", metavar="PACKAGE...", nargs=-1, required=True, type=click.Choice([*read_pins()]))
@click.option("--turns", type=click.IntRange(min=1), default=3, show_default=True)
@click.option("--dearest", "number", type=int, default=0, help="Name so many files, to standard error.")
@click.option("--output", type=click.File("w", encoding="utf-8", atomic=True), default="-")
def main(names: Sequence[str], turns: int, number: int, output: TextIO) -> None:
    """Measure and print a Markdown table."""
    pins = read_pins()
    lines = [*head()]
    for name in names:
        costs = measured(folder_of(pins[name]), turns)
        lines.append(row(name, costs))
        click.echo("\n".join([f"{name}:", *dearest(costs, number)]) if number else f"{name} done", err=True)
    click.echo("\n".join(lines), output)


if __name__ == "__main__":
    main()
