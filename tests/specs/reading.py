"""A reader of cases in Markdown: a heading, prose, the files of a small project, and markers at its lines.

README.md in this folder shows the form. A marker that names no expression of its line is an error, and so is a case
without a marker: no case can pass because it was misspelt.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING, final

from msgspec import Struct, field

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parent
MAIN = "app/main.py"
"""The file of a Python block without a name."""

_MARKER = re.compile(r"# reveal: (.+)$")
_FILE_NAME = re.compile(r"`([\w/.]+\.py)`:")


@final
class Reveal(Struct, frozen=True):
    """An expression at a line of a module, and its expected meaning."""

    module: str
    line: int
    expression: str
    expected: str

    @property
    def key(self) -> str:
        """The marker as it is written."""
        return f"{self.expression} -> {self.expected}"


@final
class Case(Struct, frozen=True):
    """A small project with its markers. ``files`` maps paths to sources; ``options`` is a table of TOML."""

    subject: str
    title: str
    files: dict[str, str]
    options: str = ""
    reveals: list[Reveal] = field(default_factory=list[Reveal])

    @property
    def name(self) -> str:
        """The name of the case in gaps.toml and in pytest's output."""
        return f"{self.subject}: {self.title}"


def cases() -> Iterator[Case]:
    """Yield the cases of every subject."""
    for path in sorted(FOLDER.glob("*.md")):
        if path.name != "README.md":
            yield from read(path.stem, path.read_text(encoding="utf-8"))


def read(subject: str, text: str) -> Iterator[Case]:
    """Yield the cases of one subject."""
    title, name, fence = "", MAIN, ""
    files: dict[str, list[str]] = {}
    options: list[str] = []
    for line in (*text.splitlines(), "## "):
        if fence:
            if line == "```":
                fence = ""
            else:
                (options if fence == "toml" else files[name]).append(line)
        elif line.startswith("```"):
            fence = line.removeprefix("```")
            assert fence in ("python", "toml"), f"{subject}: {title}: a block of {fence or 'no language'}"
            if fence == "python":
                assert name not in files, f"{subject}: {title}: two blocks are {name}"
                files[name] = []
        elif line.startswith("## "):
            if files:
                yield _case(
                    subject, title, {path: "\n".join(lines) for path, lines in files.items()}, options
                )
            title, files, options, name = line.removeprefix("## "), {}, [], MAIN
        elif line:
            found = _FILE_NAME.fullmatch(line)
            name = found[1] if found else MAIN


def _case(subject: str, title: str, files: dict[str, str], options: list[str]) -> Case:
    reveals = [reveal for path, source in files.items() for reveal in _reveals(path, source)]
    assert reveals, f"{subject}: {title}: no line says `# reveal:`"
    return Case(subject, title, files, "\n".join(options), reveals)


def _reveals(path: str, source: str) -> Iterator[Reveal]:
    for number, line in enumerate(source.split("\n"), 1):
        marker = _MARKER.search(line)
        for part in marker[1].split("; ") if marker else ():
            expression, arrow, expected = part.partition(" -> ")
            assert arrow, f"{path}:{number}: not `# reveal: EXPRESSION -> MEANING`"
            yield Reveal(module_name(path), number, expression, expected.strip())


def module_name(path: str) -> str:
    """Return the dotted module name of a file."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def located(tree: ast.Module, reveal: Reveal) -> list[ast.expr]:
    """Return the places on a line at which an expression is read."""
    wanted = ast.dump(ast.parse(reveal.expression, mode="eval").body)
    found = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.expr) and node.lineno == reveal.line and ast.dump(node) == wanted
    ]
    assert found, f"{reveal.module}:{reveal.line}: the line does not read `{reveal.expression}`"
    return found
