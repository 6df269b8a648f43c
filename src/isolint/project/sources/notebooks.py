"""Jupyter notebooks: their code as one module, and findings in it placed in cells.

The code cells are put one behind the other, as a kernel that runs all of them sees them. IPython's own
syntax becomes a statement that does nothing, line for line: ``%timeit f()`` and ``!ls`` are ``pass``, ``files =
!ls`` gives ``None``. Cells are counted from 1 over all cells of the notebook, as it shows them and as ruff does.
"""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from typing import TYPE_CHECKING, final

import msgspec
from msgspec import Struct
from msgspec.structs import replace as with_fields

from isolint.model import Checked, Unparsable

if TYPE_CHECKING:
    from pathlib import PurePath

    from isolint.model import Diagnostic, Outcome

SUFFIX = ".ipynb"
_MAGIC = re.compile(r"^(?P<before>[ \t]*)(?:[%!]|\?{1,2}[\w.]|(?:%{0,2}[\w.]+)\?{1,2}[ \t]*$)")
_ASSIGNED = re.compile(r"^(?P<before>[ \t]*[\w.,\[\]\"' \t]+?=[ \t]*)[%!].*$")
_OF_PYTHON = re.compile(r"%%(?:time|timeit|prun|capture|python3?|memit)\b")
"""Magics of a whole cell that run the rest of it as Python."""


@final
class _Cell(Struct):
    cell_type: str = "code"
    source: str | list[str] = ""

    @property
    def lines(self) -> list[str]:
        text = self.source if isinstance(self.source, str) else "".join(self.source)
        return text.splitlines()


@final
class _Notebook(Struct):
    cells: list[_Cell]


class NotANotebook(ValueError):  # noqa: N818 - names the fault of the file
    """The file is no notebook of format 4; the message says why, in a phrase."""


@final
class Code(Struct, frozen=True):
    """The code of a notebook. ``starts`` has for each code cell its number and its first line in ``text``, from 1."""

    text: str
    starts: tuple[tuple[int, int], ...]

    def place(self, line: int) -> tuple[int, int]:
        """Return the cell that a line of the text is in, and the line in it."""
        cell, first = next((each for each in reversed(self.starts) if each[1] <= line), (1, 1))
        return cell, line - first + 1


def is_notebook(path: PurePath) -> bool:
    """Whether a file is one by its name."""
    return path.suffix == SUFFIX


def code_of(data: bytes) -> Code:
    """Return the code of a notebook; raise NotANotebook for any other file."""
    try:
        notebook = msgspec.json.decode(data, type=_Notebook)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotANotebook(f"not a notebook of format 4: {error}") from error
    lines: list[str] = []
    starts: list[tuple[int, int]] = []
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type == "code":
            starts.append((number, len(lines) + 1))
            lines += _python(cell.lines)
    return Code("".join(f"{line}\n" for line in lines), tuple(starts))


def placed(outcome: Outcome, code: Code) -> Outcome:
    """Return an outcome for the code with its findings in cells. None has a fix: that would be one of the text."""
    if isinstance(outcome, Checked):
        return replace(outcome, diagnostics=tuple(_in_cell(one, code) for one in outcome.diagnostics))
    if isinstance(outcome, Unparsable):
        return with_fields(outcome, diagnostic=_in_cell(outcome.diagnostic, code))
    return outcome


def _in_cell(found: Diagnostic, code: Code) -> Diagnostic:
    cell, line = code.place(found.span.line)
    above = found.span.line - line
    span = with_fields(found.span, line=line, end_line=max(found.span.end_line - above, line))
    return with_fields(found, span=span, cell=cell, noqa_line=max(found.noqa_line - above, 0), fix=None)


def _python(lines: list[str]) -> list[str]:
    """Return the lines of a cell with IPython's own syntax blanked."""
    first = next((line for line in lines if line.strip()), "")
    if first.startswith("%%") and not _OF_PYTHON.match(first):
        return [""] * len(lines)
    if _parses(lines):
        return lines  # also where a line of a string or of a long expression looks like a magic
    return [_blanked(line) for line in lines]


def _blanked(line: str) -> str:
    if found := _ASSIGNED.match(line):
        return f"{found['before']}None"
    found = _MAGIC.match(line)
    return f"{found['before']}pass" if found is not None else line


def _parses(lines: list[str]) -> bool:
    try:
        ast.parse("\n".join(lines))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
