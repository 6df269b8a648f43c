"""What a module offers under which name, read from the interpreter's own quick tree.

Enough to follow re-exports: `from .compat import run` through any number of modules, without parsing
one of them with libcst.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from typing import TYPE_CHECKING, final

from msgspec import Struct, field
from msgspec.structs import replace

from isolint.semantics.imports import Imported, Seen, absolute, as_written, imports
from isolint.semantics.passing_on import RUNNABLE
from isolint.syntax.blocks import statements

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LONGEST_DISPLAY = 64
"""Elements of a display that are looked at; longer ones are tables of data."""
_LONGEST_QUOTED = 200
"""Characters of a string that may be a quoted type."""
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_BLOCKS = (ast.If, ast.Try, ast.With, ast.For, ast.While)


@final
class Exports(Struct, frozen=True):
    """The top-level names of a module.

    ``origins`` maps a name to the dotted names it stands for: where it is imported from, or what is
    assigned to it. A name that is defined here maps to nothing. ``stars`` are the modules whose every
    name is taken over, ``imported`` is every import, however deep. ``given`` maps a function,
    collection or class to how the names end that it returns or holds; with ``()`` behind, it is what that function gives.
    """

    origins: dict[str, list[str]] = field(default_factory=dict[str, "list[str]"])
    stars: list[str] = field(default_factory=list[str])
    imported: tuple[Imported, ...] = ()
    given: dict[str, list[str]] = field(default_factory=dict[str, "list[str]"])

    @property
    def imports(self) -> list[str]:
        """The dotted name of every import, each once."""
        return list(dict.fromkeys(one.name for one in self.imported))

    def leads_as(self, other: Exports) -> bool:
        """Whether every name leads to the same as in ``other``: one that is defined here leads nowhere.

        Where there are stars, it stands before what they bring.
        """
        if self.stars or other.stars:
            return self == other
        return self._leading() == other._leading()

    def _leading(self) -> Exports:
        leading = {name: origins for name, origins in self.origins.items() if origins}
        return replace(self, origins=leading)


def exports(
    tree: ast.Module,
    package: str,
    every: Sequence[ast.AST] | None = None,
    seen: Seen = as_written,
    *,
    text: str,
) -> Exports:
    """Return what the module offers; relative imports start from ``package``.

    ``every`` is :func:`statements`, where somebody has it already; ``text`` is what ``tree`` was parsed from.
    """
    every = statements(tree) if every is None else every
    top = list(_top_level(tree))
    found = Exports(imported=imports(tree, package, every, seen, text=text), given=_given(top, every))
    for statement in top:
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                name = alias.asname or alias.name.partition(".")[0]
                _add(found, name, seen(alias.name if alias.asname else name))
        elif isinstance(statement, ast.ImportFrom):
            module = absolute(statement.module or "", statement.level, package, seen)
            for alias in statement.names:
                if alias.name == "*":
                    found.stars.append(module)
                else:
                    _add(found, alias.asname or alias.name, f"{module}.{alias.name}")
        elif isinstance(statement, _DEFINITIONS):
            found.origins.setdefault(statement.name, [])
        elif isinstance(statement, (ast.Assign, ast.AnnAssign)):
            _assigned(found, statement)
    return found


def _given(top: list[ast.stmt], every: Sequence[ast.AST]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, given in (*_returned(top, every), *_kept(top), *_of_classes(top), *_aliases(top)):
        found.setdefault(name, []).extend(given)
    return {name: sorted({*given}) for name, given in found.items()}


def _returned(top: list[ast.stmt], every: Sequence[ast.AST]) -> Iterator[tuple[str, list[str]]]:
    """Yield the functions at the top with what they, or functions in them, return."""
    definitions = [one for one in top if isinstance(one, _DEFINITIONS)]
    starts = [one.lineno for one in definitions]
    for statement in every:
        names = list(_named_in(statement.value)) if isinstance(statement, ast.Return) else []
        before = bisect_right(starts, statement.lineno) if isinstance(statement, ast.Return) and names else 0
        if before and not isinstance(definitions[before - 1], ast.ClassDef):
            yield definitions[before - 1].name, names


def _kept(top: list[ast.stmt]) -> Iterator[tuple[str, list[str]]]:
    """Yield the names of displays at the top with what they hold."""
    for statement in top:
        if isinstance(statement, (ast.Assign, ast.AnnAssign)) and (held := list(_held(statement.value))):
            for target in statement.targets if isinstance(statement, ast.Assign) else [statement.target]:
                if isinstance(target, ast.Name):
                    yield target.id, held


def _of_classes(top: list[ast.stmt]) -> Iterator[tuple[str, list[str]]]:
    """Yield the classes at the top with what their attributes hold."""
    for statement in top:
        if not isinstance(statement, ast.ClassDef):
            continue
        for inner in statement.body:
            if isinstance(inner, (ast.Assign, ast.AnnAssign)):
                yield statement.name, list(_handed_on(inner.value))


def _aliases(top: list[ast.stmt]) -> Iterator[tuple[str, list[str]]]:
    """Yield the names for types at the top that are more than another name, with the types they are made of."""
    for statement in top:
        if not isinstance(statement, (ast.Assign, ast.AnnAssign)):
            continue
        declared = isinstance(statement, ast.AnnAssign) and _dotted(statement.annotation).endswith(
            "TypeAlias"
        )
        if not declared and not isinstance(statement.value, (ast.Subscript, ast.BinOp, ast.Call)):
            continue
        types = list(_types_in(statement.value))
        for target in statement.targets if isinstance(statement, ast.Assign) else [statement.target]:
            if isinstance(target, ast.Name) and types:
                yield target.id, types


def _types_in(value: ast.expr | None) -> Iterator[str]:
    """Yield how the names end that an expression for a type consists of: ``Optional[X]``, ``X | None``, ``"X"``."""
    pending = [value]
    while pending:
        value = pending.pop()
        if isinstance(value, ast.Subscript):
            pending.append(value.slice)
        elif isinstance(value, ast.BinOp) and isinstance(value.op, ast.BitOr):
            pending += [value.left, value.right]
        elif isinstance(value, ast.Tuple):
            pending += value.elts
        elif isinstance(value, ast.Call) and _dotted(value.func).rpartition(".")[2] in ("NewType", "TypeVar"):
            pending += [*value.args[1:], *(keyword.value for keyword in value.keywords)]
        elif isinstance(value, ast.Constant) and isinstance(value.value, str):
            if len(value.value) < _LONGEST_QUOTED:
                yield from re.findall(r"\w+", value.value)
        elif (name := _dotted(value)) and value is not None:
            yield name.rpartition(".")[2]


def _handed_on(value: ast.expr | None) -> Iterator[str]:
    """Yield how the names end of which an expression is one, or is made by ``staticmethod``, ``partial`` or the like."""
    if isinstance(value, ast.Call) and _dotted(value.func).rpartition(".")[2] in RUNNABLE:
        for argument in value.args:
            yield from _handed_on(argument)
    else:
        yield from _named_in(value)


def _held(value: ast.expr | None) -> Iterator[str]:
    """Yield how the names end in a display."""
    elements = value.values if isinstance(value, ast.Dict) else getattr(value, "elts", [])
    for element in elements[:LONGEST_DISPLAY]:
        yield from _named_in(element)


def _named_in(value: ast.expr | None) -> Iterator[str]:
    """Yield how the names end of which an expression is one, or the result of one with ``()`` behind it."""
    pending = [value]
    while pending:
        value = pending.pop()
        if isinstance(value, ast.Name):
            yield value.id
        elif isinstance(value, ast.Attribute):
            yield value.attr
        elif isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
            yield f"{value.func.id}()"
        elif isinstance(value, ast.IfExp):
            pending += [value.body, value.orelse]
        elif isinstance(value, ast.BoolOp):
            pending += value.values


def _top_level(tree: ast.Module) -> Iterator[ast.stmt]:
    pending: list[ast.stmt] = list(reversed(tree.body))
    while pending:
        statement = pending.pop()
        yield statement
        if isinstance(statement, _BLOCKS):
            handlers = [handler.body for handler in getattr(statement, "handlers", [])]
            parts = [
                statement.body,
                *handlers,
                getattr(statement, "orelse", []),
                getattr(statement, "finalbody", []),
            ]
            pending.extend(inner for part in reversed(parts) for inner in reversed(part))


def _assigned(found: Exports, statement: ast.Assign | ast.AnnAssign) -> None:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    head, _, rest = _dotted(statement.value).partition(".")
    # What the first name stands for is known by now, as in the module itself.
    origins = [f"{origin}.{rest}" if rest else origin for origin in found.origins.get(head, [])]
    for target in targets:
        if isinstance(target, ast.Name):
            found.origins.setdefault(target.id, []).extend(origins)


def _dotted(node: ast.expr | None) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([node.id, *reversed(parts)])


def _add(found: Exports, name: str, origin: str) -> None:
    found.origins.setdefault(name, []).append(origin)
