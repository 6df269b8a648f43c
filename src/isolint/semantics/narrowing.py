"""What a test says of the type of a name: ``isinstance(name, types)`` in conditions and assertions."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from isolint.semantics.scopes import NarrowedBinding, widened
from isolint.syntax import nodes
from isolint.syntax.names import dotted

if TYPE_CHECKING:
    from isolint.semantics.recorder import Recorder


class Test(NamedTuple):
    """What is known of a name: that it is of one of the types of an expression, or (not ``passed``) of none of them."""

    name: str
    types: nodes.Node
    passed: bool = True


Tested: TypeAlias = "tuple[Test, ...]"


def tested(test: nodes.Node, *, holds: bool) -> Tested:
    """Return what follows from ``test`` being true, or false."""
    found: list[Test] = []
    pending = [(test, holds)]
    while pending:
        node, is_true = pending.pop()
        if isinstance(node, nodes.UnaryOperation) and isinstance(node.operator, nodes.Not):
            pending.append((node.expression, not is_true))
        elif isinstance(node, nodes.BooleanOperation):
            if isinstance(node.operator, nodes.And) is is_true:
                pending += [(node.right, is_true), (node.left, is_true)]
        elif isinstance(node, nodes.Call) and len(node.args) == 2:
            subject = node.args[0].value
            subject = subject.target if isinstance(subject, nodes.NamedExpr) else subject
            is_test = isinstance(node.func, nodes.Name) and node.func.value == "isinstance"
            if is_test and (name := dotted(subject)):
                found.append(Test(name, node.args[1].value, is_true))
    return tuple(found)


def tested_along(test: nodes.Node, known: dict[tuple[nodes.Node, bool], Tested], *, holds: bool) -> Tested:
    """Return the same for a term of a chain, of which each term asks: ``known`` are the answers for the chain so far."""
    chain: list[nodes.BooleanOperation] = []
    while isinstance(test, nodes.BooleanOperation) and (test, holds) not in known:
        chain.append(test)
        test = test.left
    found = known[test, holds] if (test, holds) in known else tested(test, holds=holds)
    for operation in reversed(chain):
        both = isinstance(operation.operator, nodes.And) is holds
        found = (*found, *tested(operation.right, holds=holds)) if both else ()
        known[operation, holds] = found
    return found


def narrow(recorder: Recorder, known: Tested) -> None:
    """Let what is ``known`` of each name, if it is one of this scope, hold from here to the end of this branch."""
    scope = recorder.scope
    for name, types, passed in known:
        first, dot, _ = name.partition(".")
        root = scope.flow.now(first)
        if root and first not in scope.elsewhere:
            before = scope.flow.now(name)
            order = recorder.tick()
            scope.narrowed.add(name)
            # Nothing binds an attribute in a scope: where a test no longer tells of it, nothing is in force.
            of = () if dot else widened(before)
            binding = NarrowedBinding(
                name, types, scope, order, of, before, passed, widened(root) if dot else ()
            )
            scope.flow.set(name, (binding,), order)


def forget(recorder: Recorder, name: str) -> None:
    """Let nothing be known any more of an attribute that is bound anew, ``name`` being dotted."""
    scope = recorder.scope
    if name in scope.narrowed:
        scope.flow.set(name, (), recorder.tick())
        scope.narrowed.discard(name)  # nor before that: it may be a later round of a loop


def widen(recorder: Recorder, known: Tested) -> None:
    """Let what :func:`narrow` did be over, but for names that have been bound anew."""
    flow = recorder.scope.flow
    for name, *_ in reversed(known):
        now = flow.now(name)
        if len(now) == 1 and isinstance(now[0], NarrowedBinding):
            flow.set(name, now[0].before, recorder.tick())
