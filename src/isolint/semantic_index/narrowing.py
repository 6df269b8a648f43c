"""Narrowing: the types that ``isinstance`` tests tell of a name or an attribute.

Behind ``if isinstance(x, Runner):`` each read of ``x`` is bound by a :class:`NarrowedBinding`, until the join.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from isolint.semantic_index.scopes import NarrowedBinding, widened
from isolint.syntax.ast_names import dotted

if TYPE_CHECKING:
    from isolint.semantic_index.builder import IndexBuilder
    from isolint.semantic_index.scopes import Binding


class Test(NamedTuple):
    """A name that is of one of ``types``, or (not ``passed``) of none of them."""

    name: str
    types: ast.expr
    passed: bool = True


Tested: TypeAlias = "tuple[Test, ...]"


def tested(test: ast.expr, *, holds: bool) -> Tested:
    """Return the narrowings that follow from ``test`` being true, or false."""
    found: list[Test] = []
    pending = [(test, holds)]
    while pending:
        node, is_true = pending.pop()
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            pending.append((node.operand, not is_true))
        elif isinstance(node, ast.BoolOp):
            if isinstance(node.op, ast.And) is is_true:
                pending += [(value, is_true) for value in reversed(node.values)]
        elif isinstance(node, ast.Call) and len(node.args) == 2 and not node.keywords:
            subject = node.args[0].target if isinstance(node.args[0], ast.NamedExpr) else node.args[0]
            is_test = isinstance(node.func, ast.Name) and node.func.id == "isinstance"
            if is_test and (name := dotted(subject)):
                found.append(Test(name, node.args[1], is_true))
    return tuple(found)


def narrow(builder: IndexBuilder, known: Tested) -> None:
    """Apply ``known`` from here to the end of this branch, to the names of the current scope."""
    scope, use_def = builder.scope, builder.use_def
    for name, types, passed in known:
        first, dot, _ = name.partition(".")
        root = use_def.now(first)
        if root and first not in scope.elsewhere:
            before = use_def.now(name)
            of: tuple[Binding, ...] = () if dot else widened(before)
            binding = NarrowedBinding(
                name, types, scope, builder.tick(), types, of, before, passed, widened(root) if dot else ()
            )
            use_def.set(name, (binding,))
            builder.narrows_attributes |= bool(dot)


def forget(builder: IndexBuilder, name: str) -> None:
    """Drop the narrowing of an attribute that is bound anew, ``name`` being dotted."""
    if builder.use_def.now(name):
        builder.use_def.set(name, ())


def widen(builder: IndexBuilder, known: Tested) -> None:
    """Take back :func:`narrow`, except for names that have been bound anew."""
    for name, *_ in reversed(known):
        now = builder.use_def.now(name)
        if len(now) == 1 and isinstance(now[0], NarrowedBinding):
            builder.use_def.set(name, now[0].before)


class Narrowing(NamedTuple):
    """The tests that apply at a read: types of which the value is one, and types of which it is none."""

    types: tuple[ast.expr, ...] = ()
    excluded: tuple[ast.expr, ...] = ()


def narrowing(bindings: tuple[Binding, ...]) -> Narrowing:
    """Return the narrowing in ``bindings``, which reach one read: followed from the last test up to one that passed."""
    excluded: list[ast.expr] = []
    while len(bindings) == 1 and isinstance(last := bindings[0], NarrowedBinding) and not last.passed:
        excluded.append(last.types)
        bindings = last.before
    passed = [binding for binding in bindings if isinstance(binding, NarrowedBinding) and binding.passed]
    types = tuple(binding.types for binding in passed) if len(passed) == len(bindings) else ()
    return Narrowing(types, tuple(excluded))
