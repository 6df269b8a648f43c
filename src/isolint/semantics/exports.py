"""What a module offers under which name, read from the interpreter's own quick tree.

Enough to follow re-exports: `from .compat import run` through any number of modules, without parsing
one of them with libcst.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, final

from isolint.semantics.imports import Imported, absolute, imports, statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_BLOCKS = (ast.If, ast.Try, ast.With, ast.For, ast.While)


@final
@dataclass(frozen=True, slots=True)
class Exports:
    """The top-level names of a module.

    ``origins`` maps a name to the dotted names it stands for: where it is imported from, or what is
    assigned to it. A name that is defined here maps to nothing. ``stars`` are the modules whose every
    name is taken over, ``imported`` is every import, however deep, and ``returned`` how the names end that
    some function returns as they are.
    """

    origins: dict[str, list[str]] = field(default_factory=dict[str, "list[str]"])
    stars: list[str] = field(default_factory=list[str])
    imported: tuple[Imported, ...] = ()
    returned: frozenset[str] = frozenset()

    @property
    def imports(self) -> list[str]:
        """The dotted name of every import, each once."""
        return list(dict.fromkeys(one.name for one in self.imported))


def exports(tree: ast.Module, package: str, every: Iterable[ast.AST] | None = None) -> Exports:
    """Return what the module offers; relative imports start from ``package``.

    ``every`` is :func:`statements`, where somebody has it already.
    """
    every = statements(tree) if every is None else every
    found = Exports(imported=imports(tree, package, every), returned=frozenset(_returned(every)))
    for statement in _top_level(tree):
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                name = alias.asname or alias.name.partition(".")[0]
                _add(found, name, alias.name if alias.asname else name)
        elif isinstance(statement, ast.ImportFrom):
            module = absolute(statement.module or "", statement.level, package)
            for alias in statement.names:
                if alias.name == "*":
                    found.stars.append(module)
                else:
                    _add(found, alias.asname or alias.name, f"{module}.{alias.name}")
        elif isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.origins.setdefault(statement.name, [])
        elif isinstance(statement, (ast.Assign, ast.AnnAssign)):
            _assigned(found, statement)
    return found


def _returned(every: Iterable[ast.AST]) -> Iterator[str]:
    pending = [statement.value for statement in every if isinstance(statement, ast.Return)]
    while pending:
        value = pending.pop()
        if isinstance(value, ast.Name):
            yield value.id
        elif isinstance(value, ast.Attribute):
            yield value.attr
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
