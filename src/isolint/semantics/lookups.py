"""What a name that is read may be bound by, and what tests tell of it: by the scopes around and the flow in them."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from isolint.semantics.flow import MOST, merged
from isolint.semantics.scopes import NarrowedBinding, ScopeKind, order_of, widened

if TYPE_CHECKING:
    from isolint.semantics.scopes import Binding, Loop, Read, Scope
    from isolint.syntax.nodes import Node


def reaching(read: Read) -> tuple[Binding, ...]:
    """Return every binding that ``read`` may see; empty when no scope of the module binds the name."""
    found = _reaching(read)
    if found or not read.later:
        return found
    outer = (
        scope for scope in read.scope.enclosing() if scope is read.scope or scope.kind is not ScopeKind.CLASS
    )
    return next((merged(scope.names[read.name]) for scope in outer if read.name in scope.names), ())


class Told(NamedTuple):
    """The types that tests tell of a name: those of which it is one, and those of which it is none."""

    types: tuple[Node, ...] = ()
    excluded: tuple[Node, ...] = ()


_NOTHING = Told()


def narrowed(read: Read, bindings: tuple[Binding, ...]) -> Told:
    """Return what tests tell of what ``read`` sees, which is ``bindings``."""
    home = bindings[0].scope if bindings else None
    if home is None or read.name not in home.narrowed:
        return _NOTHING
    order = read.order
    for scope in read.scope.enclosing():
        if scope is home:
            break
        order = scope.opened
    found = home.flow.at(read.name, order)
    return _told(found) if set(widened(found)) == set(bindings) else _NOTHING


def narrowed_attribute(read: Read, dotted: str) -> Told:
    """Return what tests tell of the attribute ``dotted``, whose first name ``read`` looks up."""
    order = read.order
    for scope in read.scope.enclosing():
        if dotted in scope.narrowed:
            found = scope.flow.at(dotted, order)
            told = [binding for binding in found if isinstance(binding, NarrowedBinding)]
            is_same = all(set(binding.root) == set(reaching(read)) for binding in told)
            return _told(found) if is_same else _NOTHING
        if read.name in scope.names:
            break
        order = scope.opened
    return _NOTHING


def _told(found: tuple[Binding, ...]) -> Told:
    """Follow what one test after the other tells, from the last, up to one that was passed."""
    excluded: list[Node] = []
    while len(found) == 1 and isinstance(last := found[0], NarrowedBinding) and not last.passed:
        excluded.append(last.node)
        found = last.before
    passed = [binding for binding in found if isinstance(binding, NarrowedBinding) and binding.passed]
    types = tuple(binding.node for binding in passed) if len(passed) == len(found) else ()
    return Told(types, tuple(excluded))


def _reaching(read: Read) -> tuple[Binding, ...]:
    scope, name = read.scope, read.name
    if name in scope.elsewhere:
        return merged(scope.elsewhere[name].names.get(name, ()))
    if name in scope.names:
        local = _in_force(scope, name, read.order, read.loop)
        if local or scope.kind is ScopeKind.FUNCTION:
            return local
    child = scope
    runs_later = False
    for outer in scope.enclosing():
        if outer is not scope and outer.kind is not ScopeKind.CLASS and name in outer.names:
            return _seen_from(child, outer, name, runs_later=runs_later)
        child = outer
        runs_later |= outer.kind in (ScopeKind.FUNCTION, ScopeKind.GENERATOR)
    return ()


def _in_force(scope: Scope, name: str, order: int, loop: Loop | None) -> tuple[Binding, ...]:
    before = widened(scope.flow.at(name, order))
    later: list[tuple[Binding, ...]] = []
    while loop is not None:
        # A name rebound on every way from the top of the loop hides what the last round left.
        if not before or any(binding.order < loop.start for binding in before):
            later.append(widened(loop.back.get(name, ())))
        loop = loop.outer
    return merged(before, scope.remote.get(name, ()), *later)


def _seen_from(child: Scope, outer: Scope, name: str, *, runs_later: bool) -> tuple[Binding, ...]:
    """Return what code in ``child``, opened inside ``outer``, sees of a name of ``outer``.

    Code that ``runs_later``, in a function, also sees what is bound behind it in the text.
    """
    found = _in_force(outer, name, child.opened, child.opened_in)
    if not runs_later:
        return found
    return merged(found, _between(outer.names[name], child.opened, None))


def _between(bindings: list[Binding], after: int, until: int | None) -> list[Binding]:
    """Return the bindings made behind position ``after`` and not behind ``until``; at most :data:`MOST`."""
    first = bisect_right(bindings, after, key=order_of)
    last = len(bindings) if until is None else bisect_right(bindings, until, key=order_of)
    return bindings[first : min(last, first + MOST)]
