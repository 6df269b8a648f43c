"""Every import of a module with its place, read from the interpreter's own quick tree."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, TypeAlias, final

from msgspec import Struct

from isolint.model import FromOne  # noqa: TC001  # what is read from a cache is held against annotations
from isolint.syntax.blocks import statements, statements_and_below

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_BY_CALL = "import_module"
"""The function of ``importlib`` that imports a module by a string."""
_BUILT_IN = "__import__"
CALLS = (_BY_CALL, _BUILT_IN)
"""The functions that import what no statement names."""


@final
class Imported(Struct, frozen=True, order=True, array_like=True):
    """One name that is brought in. ``name`` is dotted and absolute; that of a star is its module.

    ``line`` starts at 1. ``type_checking`` says that only type checkers see the import, ``guarded`` that
    nobody does who imports the module: it stands under ``if __name__ == "__main__":``.
    """

    name: str
    line: FromOne
    type_checking: bool = False
    guarded: bool = False


Seen: TypeAlias = "Callable[[str], str]"
"""Gives the unique name of a module for the one in an absolute import, as seen from one module."""


def as_written(name: str) -> str:
    """Return the name: where only one import root has it, it is unique."""
    return name


def absolute(module: str, level: int, package: str, seen: Seen = as_written) -> str:
    """Return the module that ``from`` followed by ``level`` dots and ``module`` names inside ``package``."""
    if not level:
        return seen(module)
    parts = package.split(".") if package else []
    kept = parts[: len(parts) - (level - 1)]
    return ".".join([*kept, *([module] if module else [])])


def imports(
    tree: ast.Module,
    package: str,
    every: Sequence[ast.AST] | None = None,
    seen: Seen = as_written,
    *,
    text: str,
) -> tuple[Imported, ...]:
    """Return every import in a module, however deep; relative ones start from ``package``.

    A call of ``importlib.import_module`` or ``__import__`` counts where the name is a literal and absolute.
    ``every`` is :func:`statements`, where somebody has it already; ``text`` is what ``tree`` was parsed from.
    """
    every = statements(tree) if every is None else every
    guarded = _guarded(every)
    found = list(_by_statement(every, package, guarded, seen))
    names_importlib = any(one.name in ("importlib", f"importlib.{_BY_CALL}") for one in found)
    if names_importlib or _BUILT_IN in text:
        found += _by_call(tree, guarded, seen)
    return tuple(found)


def _by_statement(
    every: Sequence[ast.AST], package: str, guarded: set[ast.AST], seen: Seen
) -> Iterator[Imported]:
    unseen = _seen_by_no_interpreter(every)
    for statement in every:
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                yield Imported(seen(alias.name), statement.lineno, statement in unseen, statement in guarded)
        elif isinstance(statement, ast.ImportFrom):
            module = absolute(statement.module or "", statement.level, package, seen)
            for alias in statement.names:
                name = module if alias.name == "*" else f"{module}.{alias.name}"
                yield Imported(name, statement.lineno, statement in unseen, statement in guarded)


def _guarded(every: Sequence[ast.AST]) -> set[ast.AST]:
    """Return the statements that run only where the module is the program."""
    guarded: set[ast.AST] = set()
    for statement in every:
        if isinstance(statement, ast.If) and _is_main_guard(statement.test):
            guarded.update(statements_and_below([*statement.body]))
    return guarded


def _is_main_guard(test: ast.expr) -> bool:
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.ops[0], ast.Eq):
        return False
    sides = (test.left, *test.comparators)
    is_main = any(isinstance(side, ast.Constant) and side.value == "__main__" for side in sides)
    return is_main and any(_last_name(side) == "__name__" for side in sides)


def _seen_by_no_interpreter(every: Sequence[ast.AST]) -> set[ast.AST]:
    """Return the statements that only type checkers see."""
    unseen: set[ast.AST] = set()
    for statement in every:
        if isinstance(statement, ast.If):
            body, orelse = _seen_by_type_checkers_only(statement.test)
            if body or orelse:
                unseen.update(statements_and_below([*(statement.body if body else statement.orelse)]))
    return unseen


def _seen_by_type_checkers_only(test: ast.expr) -> tuple[bool, bool]:
    """Return whether the first and the other branch of a test are."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        body, orelse = _seen_by_type_checkers_only(test.operand)
        return orelse, body
    if isinstance(test, ast.BoolOp):
        bodies, others = zip(*map(_seen_by_type_checkers_only, test.values), strict=True)
        return (any(bodies), all(others)) if isinstance(test.op, ast.And) else (all(bodies), any(others))
    return _last_name(test) == "TYPE_CHECKING", False


def _by_call(tree: ast.Module, guarded: set[ast.AST], seen: Seen) -> Iterator[Imported]:
    below = {node for statement in guarded for node in ast.walk(statement)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and _last_name(node.func) in CALLS:
            name = node.args[0]
            if isinstance(name, ast.Constant) and isinstance(name.value, str) and name.value[:1] != ".":
                yield Imported(seen(name.value), node.lineno, guarded=node in below)
                for listed in _listed(node) if _last_name(node.func) == _BUILT_IN else ():
                    yield Imported(seen(f"{name.value}.{listed}"), node.lineno, guarded=node in below)


def _listed(call: ast.Call) -> Iterator[str]:
    """Yield the literal names in the ``fromlist`` of ``__import__``."""
    given = [keyword.value for keyword in call.keywords if keyword.arg == "fromlist"] + call.args[3:4]
    for names in given:
        for name in getattr(names, "elts", ()):
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                yield name.value


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
