"""What the binder writes down while it goes through a module."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, final

from isolint.semantics.flow import merged
from isolint.semantics.scopes import (
    Binding,
    Deferred,
    Loop,
    Read,
    Scope,
    ScopeKind,
    ValueBinding,
    complete_binding,
    note,
)
from isolint.semantics.ways import Ways
from isolint.syntax import nodes

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from isolint.semantics.facts import Fact
    from isolint.syntax.nodes import DeferredBlock, Node


_POSITIONS = 4
"""The most of them that a character takes: a statement of two has branches and a join."""


@final
class Recorder:
    """The place in the text the binder has come to, and all it found on the way.

    ``is_whole`` is no longer so where the binding of a body was broken off; ``completed`` counts the
    characters of the bodies that had been put off and are bound by now; ``libraries`` are the top-level packages
    that something is imported from, as far as bodies are bound.
    """

    def __init__(self, module: Node) -> None:
        self.order: int = 0
        self.root = Scope(ScopeKind.MODULE, module, None, 0, None)
        self.scope = self.root
        self.loop: Loop | None = None
        self.guarded: bool = False
        self.type_checking: bool = False
        self.must_raise: bool = False
        self.deferred: list[Scope] = []
        self.is_whole: bool = True
        self.completed = 0
        self._attributes: dict[str, list[Binding]] = {}
        self.reads: dict[Node, Read] = {}
        self.facts: list[Fact] = []
        self.bound: list[Binding] = []
        self.inner: dict[Node, Scope] = {}
        self.libraries: set[str] = set()
        self.quoted: dict[Node, Node] = {}

    def tick(self) -> int:
        """Move on by one position and return it."""
        self.order += 1
        return self.order

    def dissolve(self) -> None:
        """Let go of everything: scopes and bindings know each other, so nothing goes by itself.

        For somebody who knows that nobody asks any more; the collector would take far longer to find out.
        """
        for scope in (self.root, *self.inner.values()):
            scope.dissolve()
        self.facts.clear()
        self.bound.clear()
        self.reads.clear()
        self.inner.clear()

    def inner_as_bound(self) -> Iterator[Scope]:
        """Yield every scope inside the module, also those that are found by binding the ones before."""
        seen = 0
        while seen < len(self.inner):
            scopes = [*self.inner.values()][seen:]
            seen += len(scopes)
            yield from scopes

    def complete(self) -> None:
        """Bind all that has been put off."""
        for scope in self.deferred:  # which a class adds its methods to
            scope.complete()
        self.deferred.clear()

    def attributes(self, name: str) -> list[Binding]:
        """Return what binds ``name`` on any class of the module, or on an object."""
        complete_binding(self.deferred, name)
        return self._attributes.get(name, [])

    def attributes_so_far(self, name: str) -> list[Binding]:
        """Return the same as far as bodies have been bound."""
        return self._attributes.get(name, [])

    def read(self, node: Node, name: str, *, later: bool = False) -> None:
        """Note that ``name`` is looked up here, or ``later``."""
        self.reads[node] = Read(name, self.scope, self.tick(), self.loop, later)

    def bind(self, binding: Binding) -> None:
        """Let ``binding`` take force in its scope from here on."""
        self.bound.append(binding)
        scope = binding.scope
        if scope.kind is ScopeKind.CLASS:
            note(self._attributes, binding)
        target = scope.elsewhere.get(binding.name)
        if target is not None:
            target.add(binding)
            target.remote.setdefault(binding.name, []).append(binding)
            return
        scope.add(binding)
        scope.flow.set(binding.name, (binding,), binding.order)

    def bind_attribute(self, owner: str, binding: Binding) -> None:
        """Note ``owner.attribute = ...`` on the class whose method this is.

        That is where ``owner`` is its ``self``, or an object that the method makes of it.
        """
        self.bound.append(binding)
        note(self._attributes, binding)
        for scope in self.scope.enclosing():
            if owner in scope.names:
                holder = scope.own_class()
                first = scope.names[owner][0]
                if holder is not None and (scope.log[:1] == [first] or _makes_own(scope, first)):
                    holder.note_attribute(binding)
                return

    def open(self, kind: ScopeKind, node: Node, *, is_async: bool = False) -> Scope:
        """Make the scope that ``node`` opens here, without entering it."""
        scope = Scope(kind, node, self.scope, self.tick(), self.loop, is_async)
        self.inner[node] = scope
        return scope

    def defer(self, scope: Scope, block: DeferredBlock, walk: Callable[[], None]) -> None:
        """Put off what ``walk`` records of the body ``block`` of ``scope`` until somebody asks.

        Its positions are set aside, so that the order of the text stays that of all that is recorded.
        """
        flags = self.guarded, self.type_checking, self.must_raise
        first = self.order
        self.order += _POSITIONS * (len(block.text) + 1)

        def resume() -> None:
            self.completed += len(block.text)
            self._resume(scope, first, flags, walk)

        scope.deferred = Deferred(block, resume)
        self.deferred.append(scope)
        if scope.parent is not None:
            scope.parent.methods.append(scope)

    def _resume(
        self, scope: Scope, first: int, flags: tuple[bool, bool, bool], walk: Callable[[], None]
    ) -> None:
        outside = self.order, (self.guarded, self.type_checking, self.must_raise)
        self.order = first
        self.guarded, self.type_checking, self.must_raise = flags
        whole, self.is_whole = self.is_whole, False
        with self.inside(scope):
            walk()
        self.is_whole = whole
        self.order, (self.guarded, self.type_checking, self.must_raise) = outside

    def enter(self, scope: Scope) -> tuple[Scope, Loop | None]:
        """Go into ``scope``; the result is what :meth:`leave` needs."""
        outside = (self.scope, self.loop)
        self.scope, self.loop = scope, None
        return outside

    def leave(self, outside: tuple[Scope, Loop | None]) -> None:
        """Go back to where :meth:`enter` was called."""
        self.scope, self.loop = outside

    @contextmanager
    def inside(self, scope: Scope) -> Generator[None, None, None]:
        """Be in ``scope`` for the length of a ``with`` block."""
        outside = self.enter(scope)
        yield
        self.leave(outside)

    @contextmanager
    def looping(self) -> Generator[Loop, None, None]:
        """Be in the body of a loop of the current scope. What holds behind it is for the caller to say, by its ways."""
        ways = Ways(self.scope.flow)
        self.loop = loop = Loop(self.tick(), self.loop, ways)
        yield loop
        loop.back = ways.close(loop.start, self.tick())
        loop.end = self.order
        self.loop = loop.outer

    def bind_maybe(self, bindings: list[Binding]) -> None:
        """Let each of ``bindings`` hold besides what is in force."""
        flow = self.scope.flow
        added: dict[str, list[Binding]] = {}
        for binding in bindings:
            added.setdefault(binding.name, []).append(binding)
        for name, more in added.items():
            flow.set(name, merged(flow.now(name), more), self.order)


def _makes_own(method: Scope, binding: Binding) -> bool:
    """Whether ``binding`` holds a new object of the class that ``method`` belongs to: ``cls()``."""
    call = binding.value if isinstance(binding, ValueBinding) else None
    if not isinstance(call, nodes.Call):
        return False
    callee = call.func
    if isinstance(callee, nodes.Attribute):
        return callee.attr.value == "__new__"
    return isinstance(callee, nodes.Name) and method.log[0].name == callee.value == "cls"
