"""Every import of a module with its place, read from the interpreter's own quick tree."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_BY_CALL = "import_module"
"""The function of ``importlib`` that imports a module by a string."""


@final
@dataclass(frozen=True, slots=True, order=True)
class Imported:
    """One name that is brought in. ``name`` is dotted and absolute; that of a star is its module.

    ``line`` starts at 1. ``type_checking`` says that only type checkers see the import.
    """

    name: str
    line: int
    type_checking: bool = False


def absolute(module: str, level: int, package: str) -> str:
    """Return the module that ``from`` followed by ``level`` dots and ``module`` names inside ``package``."""
    if not level:
        return module
    parts = package.split(".") if package else []
    kept = parts[: len(parts) - (level - 1)]
    return ".".join([*kept, *([module] if module else [])])


def imports(tree: ast.Module, package: str) -> tuple[Imported, ...]:
    """Return every import in a module, however deep; relative ones start from ``package``.

    A call of ``importlib.import_module`` counts where the name is a literal and absolute.
    """
    found = list(_by_statement(tree, package))
    if any(one.name in ("importlib", f"importlib.{_BY_CALL}") for one in found):
        found += _by_call(tree)
    return tuple(found)


def _by_statement(tree: ast.Module, package: str) -> Iterator[Imported]:
    # A stack and no recursion: code may nest deeper than Python's own stack.
    pending: list[tuple[ast.AST, bool]] = [(tree, False)]
    while pending:
        node, typing_only = pending.pop()
        for child, unseen in _inside(node):
            if isinstance(child, ast.Import):
                for alias in child.names:
                    yield Imported(alias.name, child.lineno, typing_only or unseen)
            elif isinstance(child, ast.ImportFrom):
                module = absolute(child.module or "", child.level, package)
                for alias in child.names:
                    name = module if alias.name == "*" else f"{module}.{alias.name}"
                    yield Imported(name, child.lineno, typing_only or unseen)
            else:
                pending.append((child, typing_only or unseen))


def _inside(node: ast.AST) -> Iterator[tuple[ast.AST, bool]]:
    """Yield the statements directly in a node, each with whether only type checkers see it."""
    body, orelse = _seen_by_type_checkers_only(node.test) if isinstance(node, ast.If) else (False, False)
    yield from ((child, body) for child in _block(node, "body"))
    yield from ((child, orelse) for child in _block(node, "orelse"))
    for part in ("finalbody", "handlers", "cases"):
        yield from ((child, False) for child in _block(node, part))


def _block(node: ast.AST, part: str) -> Iterable[ast.AST]:
    inner: list[ast.AST] | ast.expr | None = getattr(node, part, None)
    return inner if isinstance(inner, list) else ()  # the body of a lambda is an expression


def _seen_by_type_checkers_only(test: ast.expr) -> tuple[bool, bool]:
    """Return whether the first and the other branch of a test are."""
    negated = isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)
    tested = test.operand if isinstance(test, ast.UnaryOp) and negated else test
    typing_only = _last_name(tested) == "TYPE_CHECKING"
    return typing_only and not negated, typing_only and negated


def _by_call(tree: ast.Module) -> Iterator[Imported]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and _last_name(node.func) == _BY_CALL:
            name = node.args[0]
            if isinstance(name, ast.Constant) and isinstance(name.value, str) and name.value[:1] != ".":
                yield Imported(name.value, node.lineno)


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
