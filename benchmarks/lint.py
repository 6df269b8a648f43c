"""What a run of isolint costs beside those of its peers, on real packages.

    python -m benchmarks.corpus fetch dagster litellm homeassistant
    python -m benchmarks.lint dagster litellm [--output TABLE.md]

Every case is timed as a whole process, in turns with the others, and the best turn counts: wall-clock
seconds with one worker process a core, and for a single file the seconds of CPU. Ratios are to ruff's
ASYNC and TID251 rules without its cache, in the same turns. flake8 and flake8-async are installed in an
environment of their own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from benchmarks.corpus import CORPUS, Pin, read_pins, source_size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

HERE = Path(__file__).parent
PEERS = HERE / ".peers"
FLAKE8 = ("flake8==7.3.0", "flake8-async==26.8.1")
LAYER = 0.15
"""The share of the files that is core in the case of one layer."""
CONFIG = 'src = ["."]\ncore = [{core}]\ntests = []\nexclude = []\nrespect-gitignore = false\n'


@dataclass(frozen=True)
class Cost:
    """What a process took: seconds of wall-clock time, seconds of CPU with its children, peak megabytes."""

    wall: float
    cpu: float
    peak: float


@dataclass(frozen=True)
class Case:
    """One way to run one tool; ``prepare`` puts back what a turn changes."""

    name: str
    command: Sequence[str]
    prepare: Callable[[], None] = lambda: None


def cost_of(command: Sequence[str], folder: Path) -> Cost:
    """Run ``command`` in ``folder``. The peak is that of the largest process."""
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in {0, 1}:
        raise click.ClickException(f"{command}: exit {process.returncode}")
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def one_layer(package: Path) -> str:
    """Return the sub-package whose share of the files is nearest to LAYER."""
    total = len(list(package.rglob("*.py")))
    folders = sorted(path.parent for depth in ("*", "*/*") for path in package.glob(f"{depth}/__init__.py"))
    best = min(folders, key=lambda folder: abs(len(list(folder.rglob("*.py"))) / total - LAYER))
    return ".".join(best.relative_to(package.parent).parts)


class Tree:
    """A copy of a package that cases may change, with a configuration for each case."""

    def __init__(self, pin: Pin, folder: Path) -> None:
        self.folder = folder
        self.package = folder / pin.package
        shutil.copytree(CORPUS / pin.folder / pin.package, self.package)
        self.layer = one_layer(self.package)
        for name, core in (("whole", pin.package), ("layer", self.layer)):
            (folder / f"{name}.toml").write_text(CONFIG.format(core=f'"{core}"'), encoding="utf-8")
        modules = sorted(path for path in self.package.rglob("*.py") if b"asyncio" in path.read_bytes())
        self.edited = modules[len(modules) // 2]
        self._text = self.edited.read_text(encoding="utf-8")
        self._edits = 0

    def forget(self) -> None:
        """Remove the cache."""
        shutil.rmtree(self.folder / ".isolint_cache", ignore_errors=True)

    def edit(self) -> None:
        """Change one file, as somebody at work does."""
        self._edits += 1
        self.edited.write_text(f"{self._text}\nEDITED = {self._edits}\n", encoding="utf-8")

    def cases(self) -> Iterator[Case]:
        """Yield the cases of this tree; the first is what the others are compared with."""
        binaries = Path(sys.executable).parent
        package = self.package.name
        rules = ["--select", "ASYNC,TID251", "--isolated", "--no-cache", "--quiet"]
        isolint = [str(binaries / "isolint"), "check", "--quiet", "--config"]
        one = str(self.edited.relative_to(self.folder))
        yield Case("ruff, ASYNC and TID251", [str(binaries / "ruff"), "check", *rules, package])
        yield Case("cold, whole tree core", [*isolint, "whole.toml", package], self.forget)
        yield Case("warm, nothing changed", [*isolint, "whole.toml", package])
        yield Case("warm, one file changed", [*isolint, "whole.toml", package], self.edit)
        yield Case(f"cold, one layer core ({self.layer})", [*isolint, "layer.toml", package], self.forget)
        yield Case("one file, cold", [*isolint, "whole.toml", one], self.forget)
        yield Case("one file, warm", [*isolint, "whole.toml", one])

    def slow_cases(self) -> Iterator[Case]:
        """Yield the cases that are run once."""
        flake8 = [str(peers() / "flake8"), "--isolated", f"-j{os.cpu_count()}"]
        yield Case("flake8-async", [*flake8, "--select", "ASYNC", self.package.name])


def peers() -> Path:
    """Return the folder with the programs of an environment for the peers, made at the first call."""
    binaries = PEERS / ("Scripts" if os.name == "nt" else "bin")
    if not (binaries / "flake8").exists():
        venv.create(PEERS, with_pip=True)
        subprocess.run([binaries / "python", "-m", "pip", "install", "--quiet", *FLAKE8], check=True)
    return binaries


def measured(tree: Tree, turns: int, *, slow: bool) -> dict[str, list[Cost]]:
    """Run every case ``turns`` times, in turns; those that are slow once."""
    cases, costs = list(tree.cases()), dict[str, list[Cost]]()
    for _ in range(turns):
        for case in cases:
            case.prepare()
            costs.setdefault(case.name, []).append(cost_of(case.command, tree.folder))
    for case in tree.slow_cases() if slow else ():
        costs[case.name] = [cost_of(case.command, tree.folder)]
    return costs


def table(pin: Pin, costs: dict[str, list[Cost]]) -> Iterator[str]:
    """Lay the costs out, best turn each, with the ratio to the first case."""
    files, lines = source_size(CORPUS / pin.folder)
    yield f"\n**{pin.name} {pin.version}**: {files:,} files, {lines:,} lines\n"
    yield "| case | seconds | against ruff | CPU seconds | peak MB |"
    yield "|---|---:|---:|---:|---:|"
    reference = min(cost.wall for cost in next(iter(costs.values())))
    for name, turns in costs.items():
        wall, cpu = min(cost.wall for cost in turns), min(cost.cpu for cost in turns)
        yield f"| {name} | {wall:.2f} | {wall / reference:.1f}x | {cpu:.2f} | {max(t.peak for t in turns):.0f} |"


@click.command()
@click.argument("names", metavar="PACKAGE...", nargs=-1, required=True, type=click.Choice([*read_pins()]))
@click.option("--turns", type=click.IntRange(min=1), default=5, show_default=True)
@click.option("--flake8/--no-flake8", default=True, show_default=True, help="Run flake8-async too, once.")
@click.option("--output", type=click.File("w", encoding="utf-8", atomic=True), default="-")
def main(names: Sequence[str], turns: int, output: TextIO, *, flake8: bool) -> None:
    """Measure and print Markdown tables."""
    pins = read_pins()
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            costs = measured(Tree(pins[name], Path(folder)), turns, slow=flake8)
        click.echo("\n".join(table(pins[name], costs)), output)


if __name__ == "__main__":
    main()
