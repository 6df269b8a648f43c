"""Where fixes put things: statements by the expressions in them, and the end of a parameter."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from isolint.fixes import Change, Place
from isolint.syntax import nodes
from isolint.syntax.walk import descend

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from isolint.rule import Context
    from isolint.semantics.scopes import ValueBinding


def blocks(root: nodes.Node) -> Iterator[Sequence[nodes.Node]]:
    """Yield the statements of each block in ``root``, itself included."""
    for node in descend(root):
        if isinstance(node, (nodes.Module, nodes.IndentedBlock)):
            yield node.body


def only_statement(line: nodes.Node) -> nodes.Node | None:
    """Return the small statement that has a line for itself."""
    return line.body[0] if isinstance(line, nodes.SimpleStatementLine) and len(line.body) == 1 else None


def next_statement(expression: nodes.Node, root: nodes.Node) -> nodes.Node | None:
    """Return the small statement on the line behind the one that is this expression alone."""
    for statements in blocks(root):
        for line, behind in pairwise(statements):
            found = only_statement(line)
            if isinstance(found, nodes.Expr) and found.value is expression:
                return only_statement(behind)
    return None


def behind_parameter(parameter: nodes.Param, content: str, context: Context) -> Change | None:
    """Put text behind a parameter; None where its last part has brackets of its own."""
    last = parameter.default
    if last is None and parameter.annotation is not None:
        last = parameter.annotation.annotation
    if last is None:
        return Change(parameter, Place.AFTER, content)
    module = context.module
    return Change(last, Place.AFTER, content) if module.code_of(last) == module.text_of(last) else None


def removable_assignment(binding: ValueBinding, used_at: nodes.Node, context: Context) -> nodes.Node | None:
    """Return ``name = value`` where nothing but ``used_at`` reads the name, and a block is left without it."""
    reads = [
        node
        for node, read in context.module.recorder.reads.items()
        if read.name == binding.name and binding in context.module.bindings(node)
    ]
    if reads != [used_at]:
        return None
    for statements in blocks(binding.scope.node):
        for line in statements:
            found = only_statement(line)
            is_it = isinstance(found, nodes.Assign) and found.value is binding.value
            if is_it and isinstance(found, nodes.Assign) and len(found.targets) == 1 and len(statements) > 1:
                return found
    return None
