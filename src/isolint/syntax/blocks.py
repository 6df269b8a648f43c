"""The statements of the interpreter's own tree, however deep; its expressions are not looked at, which is quick."""

from __future__ import annotations

import ast


def statements(node: ast.AST) -> list[ast.AST]:
    """Return every statement below ``node``, and the handlers and cases around some."""
    return statements_and_below(statements_in(node))


def statements_and_below(given: list[ast.AST]) -> list[ast.AST]:
    """Return the ``given`` statements and every one below them, and the handlers and cases around some."""
    # A list and no recursion: code may nest deeper than Python's own stack.
    found = list(given)
    pending = [node for node in given if type(node) in BLOCKS]
    while pending:
        inner = statements_in(pending.pop())
        found += inner
        pending += [node for node in inner if type(node) in BLOCKS]
    return found


def statements_in(node: ast.AST) -> list[ast.AST]:
    """Return the statements, handlers and cases that are parts of ``node``."""
    return [inner for part in BLOCKS.get(type(node), ()) for inner in getattr(node, part)]


def _blocks() -> dict[type[ast.AST], tuple[str, ...]]:
    parts = ("body", "orelse", "finalbody", "handlers", "cases")
    kinds = [kind for kind in vars(ast).values() if isinstance(kind, type) and issubclass(kind, ast.AST)]
    found = {kind: tuple(part for part in parts if part in kind._fields) for kind in kinds}
    expressions = (ast.Lambda, ast.IfExp, ast.Expression)
    return {kind: fields for kind, fields in found.items() if fields and kind not in expressions}


BLOCKS = _blocks()
"""The fields with statements, or with what holds some, of all classes of nodes that have any."""
