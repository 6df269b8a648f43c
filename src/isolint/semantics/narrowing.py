"""What a test says of the type of a name: ``isinstance(name, types)`` in conditions and assertions."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import libcst as cst

from isolint.semantics.scopes import NarrowedBinding, widened

if TYPE_CHECKING:
    from collections.abc import Iterable

    from isolint.semantics.recorder import Recorder


Tested: TypeAlias = "dict[str, cst.CSTNode]"
"""Names, each with the expression of the types it has."""


def tested(test: cst.CSTNode, *, holds: bool) -> Tested:
    """Return what follows from ``test`` being true, or false."""
    found: Tested = {}
    pending = [(test, holds)]
    while pending:
        node, is_true = pending.pop()
        if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.Not):
            pending.append((node.expression, not is_true))
        elif isinstance(node, cst.BooleanOperation):
            if isinstance(node.operator, cst.And) is is_true:
                pending += [(node.right, is_true), (node.left, is_true)]
        elif is_true and isinstance(node, cst.Call) and len(node.args) == 2:
            subject = node.args[0].value
            subject = subject.target if isinstance(subject, cst.NamedExpr) else subject
            is_test = isinstance(node.func, cst.Name) and node.func.value == "isinstance"
            if is_test and isinstance(subject, cst.Name):
                found[subject.value] = node.args[1].value
    return found


def narrow(recorder: Recorder, known: Tested) -> None:
    """Let each name, if it is one of this scope, be of one of its types from here to the end of this branch."""
    scope = recorder.scope
    for name, types in known.items():
        before = scope.flow.now(name)
        if before and name not in scope.elsewhere:
            order = recorder.tick()
            scope.narrowed.add(name)
            binding = NarrowedBinding(name, types, scope, order, widened(before), before)
            scope.flow.set(name, (binding,), order)


def widen(recorder: Recorder, known: Iterable[str]) -> None:
    """Let what :func:`narrow` did be over, but for names that have been bound anew."""
    flow = recorder.scope.flow
    for name in known:
        now = flow.now(name)
        if len(now) == 1 and isinstance(now[0], NarrowedBinding):
            flow.set(name, now[0].before, recorder.tick())
