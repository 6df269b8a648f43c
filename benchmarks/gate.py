"""Hold the quick ways against the plain one on real packages: the gate, lean trees, bodies that are not bound.

    python -m benchmarks.corpus fetch modal ipykernel
    python -m benchmarks.gate modal ipykernel

Every file is checked as a run does, and again by all rules about all that stands in libcst's own tree. The
findings have to be the same; the exit code says whether they are. Not a timed benchmark: the plain way takes
minutes on a large package.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from benchmarks.corpus import CORPUS, read_pins
from isolint import engine
from isolint.config import enabled, load
from isolint.model import Checked
from isolint.project.discovery import discover
from isolint.project.workspace import Workspace
from isolint.rules import all_rules
from isolint.session import Session, Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from isolint.model import Outcome


def sources(workspace: Workspace) -> Iterator[Source]:
    """Yield every file of a project as it is checked."""
    for file in workspace.checked:
        yield Source(file.shown, file.module, workspace.decisions[file].role, file.path.read_bytes())


def findings(outcome: Outcome) -> object:
    """Return what has to be the same."""
    return outcome.diagnostics if isinstance(outcome, Checked) else outcome


def differing(folder: Path) -> Iterator[Path]:
    """Yield the files about which the two ways differ."""
    config = load(folder)
    rules = enabled(config, all_rules())
    workspace = Workspace(config, discover([folder], config).files)
    quick, plain = (Session(rules, config.options, workspace.modules) for _ in range(2))
    every = list(sources(workspace))
    with click.progressbar(every, label=folder.name, file=sys.stderr) as shown:
        for source in shown:
            found = engine.check(source, rules, quick)
            if findings(found) != findings(engine.check(source, rules, plain, gate=False)):
                yield folder / source.path


@click.command()
@click.argument("names", metavar="PACKAGE...", nargs=-1, required=True, type=click.Choice([*read_pins()]))
def main(names: Sequence[str]) -> None:
    """Name the files of some packages about which the quick ways and the plain one differ."""
    pins = read_pins()
    found = [path for name in names for path in differing(CORPUS / pins[name].folder)]
    for path in found:
        click.echo(path)
    click.echo(f"{len(found)} files differ")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
