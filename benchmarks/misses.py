"""List possible misses of isolint: a search by words without meanings, less the findings of isolint.

Every call of, and every reference to, a name or attribute whose last part is the name of something that
drives, spawns, schedules or opens a loop, or makes a client, resolved or not. It over-reports by
design: a reader of its list judges which of the places isolint should have found.
"""

from __future__ import annotations

import ast
import random
from typing import TYPE_CHECKING

import click

from benchmarks.corpus import CONTEXT, CORPUS, WIDTH, Pin, check, packages_argument
from isolint import catalogue
from isolint.catalogue import Effect
from isolint.syntax import parsing
from isolint.syntax.older import readable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EFFECTS = (Effect.DRIVES, Effect.SPAWNS, Effect.SCHEDULES, Effect.OPENS_LOOP, Effect.CLIENT)
RULES = ("ISO102", "ISO103", "ISO105", "ISO106", "ISO301")
COMMON = frozenset(
    """run start call wait connect client Client request close send apply session Session timeout resource
    instance Context Connection Pool Bot get_client create_client get_session multi gather spawn create Channel
    Producer Consumer Database Engine Server Cluster connect_async open_loop Runner Kernel Task TaskGroup
    driver Transport Scheduler install""".split()
)
"""Words that count only in files that import a library with that name."""


def words() -> dict[str, set[str]]:
    """Return the known last names, each with the packages that have it."""
    found: dict[str, set[str]] = {}
    for entry in catalogue.load().entries():
        if entry.effect in EFFECTS:
            found.setdefault(entry.name.rpartition(".")[2], set()).add(entry.name.partition(".")[0])
    return found


def candidates(path: Path, known: dict[str, set[str]]) -> Iterator[tuple[int, str]]:
    """Yield the line and the name of each place in a file."""
    text = parsing.decode(path.read_bytes())
    reading = (
        readable(text) if isinstance(text, parsing.Text) else text
    )  # also newer syntax than this Python's
    if isinstance(reading, parsing.SyntaxProblem):
        return
    tree = reading.tree
    roots, names = _imported(tree)
    skipped = {id(node) for node in _not_used(tree)}
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
        if name not in known or id(node) in skipped or not isinstance(getattr(node, "ctx", None), ast.Load):
            continue
        is_local = isinstance(node, ast.Name) and id(node) not in called and name not in names
        if not is_local and (name not in COMMON or known[name] & roots):
            yield node.end_lineno or node.lineno, ast.unparse(node)  # type: ignore[attr-defined]


def _imported(tree: ast.Module) -> tuple[set[str], set[str]]:
    """Return the top-level packages that a file imports, and the names it takes from modules."""
    statements = [node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))]
    names = {alias.asname or alias.name for one in statements for alias in one.names}
    roots = {alias.name.partition(".")[0] for one in statements for alias in one.names}
    roots |= {(one.module or "").partition(".")[0] for one in statements if isinstance(one, ast.ImportFrom)}
    return roots, names


def _not_used(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield the nodes inside annotations."""
    for node in ast.walk(tree):
        for annotation in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            if isinstance(annotation, ast.AST):
                yield from ast.walk(annotation)


@click.command()
@click.argument("size", metavar="N", type=click.IntRange(min=1))
@packages_argument
@click.option(
    "--corpus", type=click.Path(file_okay=False), default=CORPUS, callback=lambda *a: type(CORPUS)(a[2])
)
@click.option("--seed", type=int, default=0, show_default=True)
def main(size: int, pins: list[Pin], corpus: Path, seed: int) -> None:
    """Write N places that isolint reports nothing about, drawn from PACKAGE, with the lines around them."""
    known = words()
    missed: list[tuple[Path, int, str]] = []
    total = 0
    for pin in pins:
        found = {
            (one.path, row)
            for one in check(pin, corpus).found
            if one.code in RULES
            for row in range(one.row, one.end_row + 1)
        }
        for path in sorted((corpus / pin.folder).rglob("*.py")):
            relative = path.relative_to(corpus).as_posix()
            places = list(candidates(path, known))
            total += len(places)
            missed += [(path, row, name) for row, name in places if (relative, row) not in found]
    drawn = random.Random(seed).sample(missed, min(size, len(missed)))  # noqa: S311 - repeatable on purpose
    click.echo(f"{total} places, {len(missed)} not found, {len(drawn)} drawn with seed {seed}")
    for number, (path, row, name) in enumerate(sorted(drawn), 1):
        click.echo(f"\n[{number}/{len(drawn)}] {path.relative_to(corpus)}:{row}: {name}")
        lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
        for index in range(max(1, row - CONTEXT), min(len(lines), row + 3) + 1):
            click.echo(f"{'>' if index == row else ' '}{index:6} | {lines[index - 1][:WIDTH]}")


if __name__ == "__main__":
    main()
