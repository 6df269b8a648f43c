"""Where a cold run goes: the phases of compiling and checking, in the time that the parser takes for the same files.

    python -m benchmarks.phases dagster agno
    python -m benchmarks.phases zenml --core zenml.cli --core zenml.models

One process does everything, and every figure is its CPU time divided by that of ``ast.parse`` over the same files: `index 1.4`
takes 1.4 times as long as parsing. A phase inside another counts for itself alone. ``walk`` is a loop over all nodes
that does nothing, for comparison: it is in no sum. The clock is read twice for each call that is timed, which makes the
evidence of facts and the linking of mentions look up to a tenth dearer than they are.
"""

from __future__ import annotations

import ast
import gc
import time
from collections import defaultdict
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any
from unittest import mock

import click

from benchmarks.corpus import CORPUS, Pin, packages_argument
from isolint import engine, evidence
from isolint.config.model import Config
from isolint.model import Checked, Role, Suppress
from isolint.program.summaries import compile_module
from isolint.project.checking import Checker, Job, Setup
from isolint.project.sources.discovery import discover
from isolint.project.workspace import Workspace
from isolint.summary import reading

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Sequence

    from isolint.project.modules import Modules

_COMPILING: tuple[tuple[Any, str, str], ...] = (
    (reading, "readable", "parse"),
    (reading, "build", "index"),
    (reading, "summary_of", "summary"),
    (reading, "bodies_of", "bodies"),
)
_CHECKING: tuple[tuple[Any, str, str], ...] = (
    (engine, "readable", "parse"),
    (engine, "build", "index"),
    (evidence.Evidence, "of_module", "evidence of modules"),
    (evidence.EvidenceOfFacts, "of", "evidence of facts"),
    (reading, "with_bodies", "bodies"),
)


class Stopwatch:
    """CPU seconds by phase; the time of a phase inside another is taken from that of the outer one."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._inner: list[float] = []

    @contextmanager
    def phase(self, name: str) -> Generator[None]:
        """Time a ``with`` block."""
        self._inner.append(0.0)
        start = time.process_time()
        try:
            yield
        finally:
            taken = time.process_time() - start
            self.seconds[name] += taken - self._inner.pop()
            if self._inner:
                self._inner[-1] += taken

    def timed(self, of: Callable[..., Any], name: str) -> Callable[..., Any]:
        """Return a function that does the same and is timed."""

        def run(*args: Any, **keywords: Any) -> Any:
            with self.phase(name):
                return of(*args, **keywords)

        return run

    @contextmanager
    def watching(self, functions: Iterable[tuple[Any, str, str]]) -> Generator[None]:
        """Time the ``functions`` (owner, name, phase) in a ``with`` block."""
        with ExitStack() as stack:
            for owner, name, phase in functions:
                stack.enter_context(mock.patch.object(owner, name, self.timed(getattr(owner, name), phase)))
            yield


def parsed(modules: Modules, watch: Stopwatch) -> None:
    """Parse every module, and walk its nodes."""
    for file in modules.files.values():
        data = file.read_bytes()
        try:
            with watch.phase("ast.parse"):
                tree = ast.parse(data)
        except (SyntaxError, ValueError):
            continue
        with watch.phase("walk"):
            for _ in ast.walk(tree):
                pass


def phases(pin: Pin, core: Sequence[str]) -> tuple[Stopwatch, Stopwatch, Stopwatch, str]:
    """Compile and check a package; return the times of parsing, compiling and checking, and the shares of the source."""
    root = CORPUS / pin.folder
    config = Config(root, core=tuple(core) or (pin.package,))
    workspace = Workspace(config, discover([root / pin.package], config).files)
    modules = workspace.modules
    floor, compiling, checking = Stopwatch(), Stopwatch(), Stopwatch()
    parsed(modules, floor)
    with compiling.watching(_COMPILING), compiling.phase("the rest"):
        known = {
            name: compile_module(name, modules, bodies=modules.role_of(name) is Role.UNASSIGNED)
            for name in sorted(modules.files)
        }
    checker = Checker(Setup(config, modules, Suppress.ALL), known)
    again, found = 0, 0
    with checking.watching(_CHECKING), checking.phase("rules and the rest"):
        for file in workspace.checked:
            size, before = file.path.stat().st_size, checking.seconds["parse"]
            outcome = checker.check(Job(file, workspace.decisions[file].role)).outcome
            again += size if checking.seconds["parse"] > before else 0
            found += size if isinstance(outcome, Checked) and outcome.diagnostics else 0
    total = sum(file.path.stat().st_size for file in workspace.checked)
    return (
        floor,
        compiling,
        checking,
        f"looked at again {again / total:.0%}, with findings {found / total:.0%}",
    )


def _line(title: str, watch: Stopwatch, unit: float) -> str:
    parts = ", ".join(f"{name} {seconds / unit:.2f}" for name, seconds in sorted(watch.seconds.items()))
    return f"| {title} | {sum(watch.seconds.values()) / unit:.2f} | {parts} |"


@click.command()
@packages_argument
@click.option("--core", multiple=True, metavar="PACKAGE", help="A layer to declare core instead of the tree.")
def main(pins: list[Pin], core: tuple[str, ...]) -> None:
    """Print the phases of a cold run over each PACKAGE of the corpus."""
    gc.disable()
    for pin in pins:
        floor, compiling, checking, shares = phases(pin, core)
        unit = floor.seconds["ast.parse"]
        click.echo(
            f"\n**{pin.name} {pin.version}**, core {', '.join(core) or 'whole tree'}: {shares} of the source\n"
        )
        click.echo(f"| phase | in parses ({unit:.2f} s each) | of which |\n|---|---:|---|")
        click.echo(f"| nothing but a walk over all nodes | {floor.seconds['walk'] / unit:.2f} | |")
        click.echo(_line("compiling", compiling, unit))
        click.echo(_line("checking", checking, unit))


if __name__ == "__main__":
    main()
