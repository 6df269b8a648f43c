"""The cases that `lint.py` measures: the command, the tree, and the case it is compared with."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from benchmarks.corpus import CONFIG, CORPUS, Pin
from benchmarks.processes import Environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ROOT = Path(__file__).parent.parent
FLAKE8 = "flake8==7.3.0"
FLAKE8_ASYNC = "flake8-async==26.8.1"
LAYER = 0.15
"""The share of the files that is core in the cases of one layer."""
LAYERS = 6
"""Number of sub-packages, the largest, that are core in the case of several layers."""
COPIES = 4
"""Number of copies of the package in the case of growth."""
WHOLE_PROJECT = "ISO111,ISO112"
"""The rules that analyse the whole project even where only a layer is core."""

FLOOR = "floor"
RUFF = "ruff"
COLD = "cold, whole tree core"

ALONE = Environment("flake8 alone", (FLAKE8,))
WITH_ISOLINT = Environment("flake8 with isolint", (FLAKE8,), ROOT)
WITH_ASYNC = Environment("flake8 with flake8-async", (FLAKE8, FLAKE8_ASYNC))


@dataclass(frozen=True)
class Case:
    """One way to run one tool.

    ``prepare`` comes before each turn and is not timed. ``against`` are the cases to compare it with; one that
    is ``slow`` has turns of its own. ``stdin`` is the input of the process.
    """

    name: str
    command: Sequence[str]
    folder: Path
    prepare: Callable[[], object] = lambda: None
    against: Sequence[str] = (FLOOR, RUFF)
    slow: bool = False
    stdin: Path | None = None


class Tree:
    """A copy of a package that cases may change, with a configuration for each way to check it."""

    def __init__(self, pin: Pin, folder: Path) -> None:
        self.folder, self.grown = folder / "one", folder / "grown"
        self.package = self.folder / pin.package
        source = CORPUS / pin.folder / pin.package
        if not source.is_dir():
            raise click.ClickException(
                f"{source} is missing: run `python -m benchmarks.corpus fetch {pin.name}` first"
            )
        shutil.copytree(source, self.package)
        self.layer = one_layer(self.package)
        configure(self.folder, "isolint", pin.package)
        configure(self.folder, "layer", self.layer)
        configure(self.folder, "layers", *largest_layers(self.package))
        self.edited = one_module(self.package)
        in_layer = one_module(self.folder.joinpath(*self.layer.split(".")))
        self.in_layer = in_layer.relative_to(self.folder)
        self.unsaved = self.folder / "unsaved.txt"
        self.unsaved.write_bytes(in_layer.read_bytes() + b"\nUNSAVED = 1\n")
        self._text = self.edited.read_text(encoding="utf-8")
        self._edits = 0

    def grow(self) -> None:
        """Make a folder with COPIES of the package, each importing from itself only; or remove its cache."""
        shutil.rmtree(self.grown / ".isolint_cache", ignore_errors=True)
        if not self.grown.exists():
            names = [f"{self.package.name}_{number}" for number in range(1, COPIES + 1)]
            for name in names:
                copy_renamed(self.package, self.grown / name)
            configure(self.grown, "isolint", *names)

    def forget(self) -> None:
        """Remove the cache."""
        shutil.rmtree(self.folder / ".isolint_cache", ignore_errors=True)

    def edit_after(self, command: Sequence[str]) -> None:
        """Change one file after a run, as a developer at work does."""
        run(command, self.folder)
        self._edits += 1
        self.edited.write_text(f"{self._text}\nEDITED = {self._edits}\n", encoding="utf-8")


def configure(folder: Path, name: str, *core: str) -> None:
    """Write a configuration that declares ``core``."""
    (folder / f"{name}.toml").write_text(CONFIG.format(package='", "'.join(core)), encoding="utf-8")


def one_layer(package: Path) -> str:
    """Return the sub-package whose share of the files is nearest to LAYER."""
    total = len(list(package.rglob("*.py")))
    folders = sorted(path.parent for depth in ("*", "*/*") for path in package.glob(f"{depth}/__init__.py"))
    best = min(folders, key=lambda folder: abs(len(list(folder.rglob("*.py"))) / total - LAYER))
    return ".".join(best.relative_to(package.parent).parts)


def largest_layers(package: Path) -> list[str]:
    """Return the LAYERS sub-packages with the most source in them, all where there are fewer."""
    folders = sorted(path.parent for path in package.glob("*/__init__.py"))
    sizes = {folder: sum(path.stat().st_size for path in folder.rglob("*.py")) for folder in folders}
    largest = sorted(folders, key=lambda folder: -sizes[folder])[:LAYERS]
    return [".".join(folder.relative_to(package.parent).parts) for folder in largest]


def one_module(folder: Path) -> Path:
    """Return the middle one of the modules that mention asyncio, or of all modules where none does."""
    every = sorted(folder.rglob("*.py"))
    modules = [path for path in every if b"asyncio" in path.read_bytes()] or every
    return modules[len(modules) // 2]


def copy_renamed(package: Path, target: Path) -> None:
    """Copy a package under another name, and replace the name in its files."""
    shutil.copytree(package, target)
    word = re.compile(rb"\b" + re.escape(package.name.encode()) + rb"\b")
    for path in target.rglob("*.py*"):
        path.write_bytes(word.sub(target.name.encode(), path.read_bytes()))


def cases(tree: Tree) -> Iterator[Case]:
    """Yield the cases of a tree; most are compared with the first two."""
    package, at = tree.package.name, tree.folder
    yield Case(FLOOR, floor(package), at, against=())
    rules = ["--select", "ASYNC,TID251", "--isolated", "--no-cache", "--quiet", "--exit-zero"]
    yield Case(RUFF, [program("ruff"), "check", *rules, package], at, against=(FLOOR,))
    isolint = [program("isolint"), "check", "--quiet", "--exit-zero", "--config"]
    whole = [*isolint, "isolint.toml", package]
    yield Case(COLD, whole, at, tree.forget)
    yield Case("warm, nothing changed", whole, at, partial(run, whole, at))
    yield Case("warm, one file changed", whole, at, partial(tree.edit_after, whole))
    one = [*isolint, "isolint.toml", str(tree.edited.relative_to(at))]
    yield Case("one file, cold", one, at, tree.forget)
    yield Case("one file, warm", one, at, partial(run, one, at))
    yield from layered_cases(tree, isolint)
    yield from slow_cases(tree)


def layered_cases(tree: Tree, isolint: Sequence[str]) -> Iterator[Case]:
    """Yield the cases in which one layer, or some, are core."""
    package, at = tree.package.name, tree.folder
    layer = [*isolint, "layer.toml", package]
    one_layer_core = f"cold, one layer core ({tree.layer})"
    yield Case(one_layer_core, layer, at, tree.forget)
    without = [*layer, "--ignore", WHOLE_PROJECT]
    yield Case(f"the same without {WHOLE_PROJECT}", without, at, tree.forget, (FLOOR, one_layer_core))
    layers = [*isolint, "layers.toml", package]
    yield Case(f"cold, {LAYERS} layers core", layers, at, tree.forget)
    one = [*isolint, "layer.toml", str(tree.in_layer)]
    yield Case("one file of the layer, cold", one, at, tree.forget, (FLOOR, one_layer_core))
    text = [*isolint, "layer.toml", "--stdin-filename", str(tree.in_layer), "-"]
    yield Case("one unsaved text of the layer, warm", text, at, partial(run, layer, at), stdin=tree.unsaved)


def slow_cases(tree: Tree) -> Iterator[Case]:
    """Yield the cases that take long."""
    grown_floor = f"floor, {COPIES}x the files"
    yield Case(grown_floor, floor("."), tree.grown, tree.grow, (FLOOR,), slow=True)
    grown = [program("isolint"), "check", "--quiet", "--exit-zero", "--config", "isolint.toml", "."]
    yield Case(f"cold, {COPIES}x the files", grown, tree.grown, tree.grow, (grown_floor, COLD), slow=True)
    options = ["--isolated", "--exit-zero", f"-j{os.cpu_count()}", tree.package.name]
    for environment, selected, against in (
        (ALONE, [], COLD),
        (WITH_ISOLINT, [], ALONE.name),
        (WITH_ASYNC, ["--select", "ASYNC"], COLD),
    ):
        command = [environment.program("flake8"), *selected, *options]
        yield Case(environment.name, command, tree.folder, environment.make, (against,), slow=True)


def floor(folder: str) -> list[str]:
    """Return the command of the floor: a Python program that only lists, reads and parses a tree."""
    return [sys.executable, "-I", str(Path(__file__).with_name("floor.py")), folder]


def program(name: str) -> str:
    """Return the path of a program in the environment that this runs in."""
    return str(Path(sys.executable).parent / name)


def run(command: Sequence[str], folder: Path) -> None:
    """Run a command that is not timed."""
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)


def chosen(cases: Sequence[Case], wanted: Sequence[str]) -> list[Case]:
    """Return the cases with one of ``wanted`` in their names, or all if that is empty, and those they are compared with."""
    names = {case.name for case in cases if any(part.lower() in case.name.lower() for part in wanted)}
    if wanted and not names:
        raise click.UsageError("no such case; there are:\n  " + "\n  ".join(case.name for case in cases))
    for case in reversed(cases):  # the comparison of a case comes before it, and may have its own
        if case.name in names:
            names.update(case.against)
    return [case for case in cases if not wanted or case.name in names]
