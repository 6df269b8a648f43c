"""Texts without the bodies of their functions: most of what takes time to parse, and nobody asks for.

Where the bodies stand is known once a text has been parsed as a whole.
"""

from __future__ import annotations

import ast
import zlib
from array import array
from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.syntax import parsing
from isolint.syntax.blocks import BLOCKS, statements_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from isolint.syntax.parsing import SyntaxProblem, Text

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@final
class Outline(Struct, frozen=True):
    """Where the bodies of the functions of one text stand, but for those of functions inside them.

    ``bodies`` are the first and the last line of each, one after the other; ``digest`` is that of the text.
    """

    digest: int
    bodies: array[int]

    def without_bodies(self, lines: Sequence[str], start: int = 1) -> list[str]:
        """Return lines of the text, of which the first is number ``start``, with an ellipsis for each body."""
        kept = list(lines)
        numbers = iter(self.bodies)
        for first, last in zip(numbers, numbers, strict=True):
            if start <= first and last < start + len(kept):
                line = kept[first - start]
                kept[first - start] = line[: len(line) - len(line.lstrip())] + "..."
                kept[first - start + 1 : last - start + 1] = [""] * (last - first)
        return kept

    def ends(self) -> dict[int, int]:
        """Return the last line of each body by its first."""
        return dict(zip(self.bodies[::2], self.bodies[1::2], strict=True))


def outline(tree: ast.Module, text: Text) -> Outline:
    """Return where the bodies stand in ``text``, of which ``tree`` has been parsed."""
    bodies = array("i")
    plain = _is_about_itself([text.content])
    for statements in _bodies(tree):
        first, last = lines_of(statements)
        if can_stand_alone(text.lines[first - 1 : first if plain else last], statements[0]):
            bodies.extend((first, last))
    return Outline(_digest(text), bodies)


def quick_outline(text: Text, known: Outline) -> ast.Module | SyntaxProblem | None:
    """Parse ``text`` without the bodies; None where it is not the one whose outline is ``known``."""
    if known.digest != _digest(text):
        return None
    lines = known.without_bodies(text.lines)
    return parsing.quick_tree(parsing.Text("\n".join(lines), text.lines))


def lines_of(statements: Sequence[ast.stmt]) -> tuple[int, int]:
    """Return the first and the last line of a block."""
    first, last = statements[0], statements[-1]
    # A definition begins with its first decorator, which has a line of its own.
    start = min(node.lineno for node in (first, *getattr(first, "decorator_list", ())))
    return start, last.end_lineno or last.lineno


def can_stand_alone(lines: Sequence[str], first: ast.stmt) -> bool:
    """Whether the ``lines`` of a block whose statement is ``first`` hold nothing else, and nothing about its module.

    What is declared ``global`` belongs to the module; names that are not ASCII have several spellings.
    """
    return lines[0][: first.col_offset].isspace() and _is_about_itself(lines)


def _is_about_itself(lines: Iterable[str]) -> bool:
    return not any("global" in line or not line.isascii() for line in lines)


def _bodies(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    pending: list[ast.AST] = [tree]
    while pending:
        for inner in statements_in(pending.pop()):
            if isinstance(inner, _FUNCTIONS):
                yield inner.body
            elif type(inner) in BLOCKS:
                pending.append(inner)


def _digest(text: Text) -> int:
    return zlib.crc32(text.content.encode("utf-8", "surrogatepass"))
