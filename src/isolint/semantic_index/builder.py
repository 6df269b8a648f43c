"""The state of a walk through one module: the place in the text, the scope, and everything recorded so far."""

from __future__ import annotations

import ast
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, final

from isolint.semantic_index.scopes import (
    ACCESSORS,
    DEFINITIONS,
    LOCALS,
    Binding,
    Read,
    Scope,
    ScopeKind,
    ValueBinding,
    merged,
    widened,
)
from isolint.semantic_index.use_def import LoopFlow, UseDef
from isolint.syntax.ast_names import dotted

if TYPE_CHECKING:
    from collections.abc import Generator

    from isolint.semantic_index.conditions import Condition
    from isolint.semantic_index.consumers import Consumer
    from isolint.semantic_index.facts import Fact
    from isolint.semantic_index.use_def import Bindings

Guard: TypeAlias = "tuple[Condition, ...]"
"""The conditions under which code is reached."""
LAMBDA = "<lambda>"


class _Outer(NamedTuple):
    """A scope around a function as it was when the function was defined: the bindings in force, and how many existed."""

    scope: Scope
    now: Bindings
    known: int


@final
class _Free:
    """The reads of one name that a function does not bind before them: resolved when all of the module is known."""

    __slots__ = ("outers", "reads")

    def __init__(self, outers: list[_Outer]) -> None:
        self.outers = outers
        self.reads: list[tuple[Read, bool]] = []


@final
class IndexBuilder:
    """Records scopes, bindings, reads and facts while :mod:`isolint.semantic_index.statements` walks the tree."""

    def __init__(self, module: ast.Module) -> None:
        self.root = Scope(ScopeKind.MODULE, module, None, "")
        self.scope = self.root
        self.use_def = UseDef()
        self.loop: LoopFlow | None = None
        self.guarded = False
        self.type_checking = False
        self.dead = False
        self.must_raise = False
        self.narrows_attributes = False
        self.reads: dict[ast.Name, Read] = {}
        self.attribute_reads: dict[ast.Attribute, Bindings] = {}
        self.facts: list[Fact] = []
        self.consumers: dict[ast.expr, Consumer] = {}
        self.guard: Guard = ()
        self.guards: dict[ast.AST, Guard] = {}
        self.bound: list[Binding] = []
        self.inner: dict[ast.AST, Scope] = {}
        self.quoted: dict[ast.Constant, ast.expr] = {}
        self._order = 0
        self._use_defs: dict[Scope, UseDef] = {self.root: self.use_def}
        self._free: dict[tuple[Scope, str], _Free] = {}
        self._elsewhere: list[tuple[Read, Scope]] = []
        self._later: list[tuple[Read, _Outer]] = []
        self._remote: dict[Scope, dict[str, list[Binding]]] = {}
        self._qualnames: dict[str, int] = {}

    def tick(self) -> int:
        """Move on by one position and return it."""
        self._order += 1
        return self._order

    def record(self, fact: Fact) -> None:
        """Record a fact, with the conditions that lead to it; none of code that never runs."""
        if self.dead:
            return
        self.facts.append(fact)
        if self.guard:
            self.guards[fact.node] = self.guard

    # Reads

    def read(self, node: ast.Name, *, later: bool = False) -> None:
        """Record that a name is looked up; ``later`` for an annotation, which may be evaluated after the module."""
        name = node.id
        read = Read(name, self.scope, self.tick(), self.loop.loop if self.loop is not None else None)
        self.reads[node] = read
        runs_later = False
        scope = self.scope
        while True:
            if name in scope.elsewhere:
                self._elsewhere.append((read, scope.elsewhere[name]))
                return
            found = self._use_defs[scope].state.get(name)
            if found:
                read.bindings = found
                if runs_later:
                    self._later.append((read, _Outer(scope, found, len(scope.names[name]))))
                break
            if scope.kind in (ScopeKind.FUNCTION, ScopeKind.MODULE):
                self._free_name(scope, name).reads.append((read, later))
                break
            runs_later |= scope.kind is ScopeKind.GENERATOR
            scope = _around(scope)
        loop = self.loop
        while loop is not None:
            loop.reads.setdefault(name, []).append(read)
            loop = loop.outer

    def read_attributes(self, node: ast.expr) -> None:
        """Record the narrowings that apply to a chain of attributes: in ``self.x.y`` those of ``self.x`` too."""
        while self.narrows_attributes and isinstance(node, ast.Attribute):
            name = dotted(node)
            found = (self._use_defs[scope].state.get(name) for scope in self.scope.enclosing())
            narrowed = next(filter(None, found), None)
            if narrowed:
                self.attribute_reads[node] = narrowed
                loop = self.loop
                while loop is not None:
                    loop.attribute_reads.setdefault(name, []).append(node)
                    loop = loop.outer
            node = node.value

    def _free_name(self, scope: Scope, name: str) -> _Free:
        key = (scope, name)
        free = self._free.get(key)
        if free is None:
            around = (outer for outer in scope.enclosing() if outer is not scope)
            outers = [
                _Outer(outer, self._use_defs[outer].now(name), len(outer.names.get(name, ())))
                for outer in around
                if outer.kind is not ScopeKind.CLASS
            ]
            free = self._free[key] = _Free(outers)
        return free

    # Bindings

    def bind(self, binding: Binding) -> None:
        """Let ``binding`` take force in its scope from here on."""
        self.bound.append(binding)
        scope = binding.scope
        target = scope.elsewhere.get(binding.name)
        if target is not None:
            target.add(binding)
            self._remote.setdefault(target, {}).setdefault(binding.name, []).append(binding)
            return
        scope.add(binding)
        self._use_defs[scope].set(binding.name, (binding,))

    def bind_maybe(self, bindings: list[Binding]) -> None:
        """Let each of ``bindings`` hold besides those in force: an exception may come before or behind it."""
        added: dict[str, list[Binding]] = {}
        for binding in bindings:
            added.setdefault(binding.name, []).append(binding)
        for name, more in added.items():
            self.use_def.set(name, merged(self.use_def.now(name), more))

    def bind_attribute(self, owner: str, binding: Binding) -> None:
        """Record ``owner.attribute = ...`` on the class around, if ``owner`` is ``self`` or a new object of it."""
        self.bound.append(binding)
        for scope in self.scope.enclosing():
            if owner in scope.names:
                holder, receiver = scope.own_class, scope.receiver
                first = scope.names[owner][0]
                if holder is not None and (first is receiver or _makes_own(receiver, first)):
                    holder.attributes.setdefault(binding.name, []).append(binding)
                return

    # Scopes

    def open(self, kind: ScopeKind, node: ast.AST, *, is_async: bool = False) -> Scope:
        """Make the scope that ``node`` opens here, without entering it."""
        name = self._name_of(node)
        scope = Scope(
            kind, node, self.scope, self._qualified(name) if name else self.scope.qualname, is_async
        )
        self.inner[node] = scope
        return scope

    @staticmethod
    def _name_of(node: ast.AST) -> str:
        if isinstance(node, ast.Lambda):
            return LAMBDA
        if isinstance(node, DEFINITIONS):
            kinds = [
                d.attr for d in node.decorator_list if isinstance(d, ast.Attribute) and d.attr in ACCESSORS
            ]
            return f"{node.name}.{min(kinds)}" if kinds else node.name
        return node.name if isinstance(node, ast.ClassDef) else ""

    def _qualified(self, name: str) -> str:
        around = self.scope.running
        if around.kind is ScopeKind.FUNCTION:
            name = f"{around.qualname}.{LOCALS}.{name}"
        elif around.kind is ScopeKind.CLASS:
            name = f"{around.qualname}.{name}"
        count = self._qualnames[name] = self._qualnames.get(name, 0) + 1
        return (
            name if count == 1 else f"{name}@{count}"
        )  # a second definition, in the branches of a condition

    @contextmanager
    def inside(self, scope: Scope) -> Generator[None]:
        """Be in ``scope`` for the length of a ``with`` block; inline scopes stay in the loop around them."""
        outside = self.scope, self.use_def, self.loop, self.guard
        self.scope, self.use_def = scope, UseDef()
        self._use_defs[scope] = self.use_def
        if scope.kind is ScopeKind.FUNCTION:
            self.loop, self.guard = None, ()
        yield
        if scope.kind is ScopeKind.FUNCTION:
            scope.reaches_end = self.use_def.alive
        self.scope, self.use_def, self.loop, self.guard = outside

    @contextmanager
    def looping(self) -> Generator[LoopFlow]:
        """Be in the body of a loop of the current scope; behind it the caller joins the ways out of it."""
        outer = self.loop
        self.loop = flow = LoopFlow(self.tick(), outer, self.use_def)
        yield flow
        flow.close()
        for node in flow.widened():
            self.attribute_reads.pop(node, None)
        flow.loop.end = self.tick()
        self.loop = outer

    # The end

    def _bound_elsewhere(self, scope: Scope, name: str) -> Bindings:
        """Return the bindings of a name of ``scope`` that other scopes make by ``global`` or ``nonlocal``."""
        return tuple(self._remote.get(scope, {}).get(name, ()))

    def _seen(self, name: str, outers: list[_Outer]) -> Bindings:
        """Return the bindings that a function sees of a name around it: in force at its definition, or made later."""
        for scope, now, known in outers:
            if name in scope.names:
                return merged(now, self._bound_elsewhere(scope, name), scope.names[name][known:])
        return ()

    def finish(self) -> None:
        """Resolve the reads that depend on bindings further down in the text."""
        for (scope, name), free in self._free.items():
            is_own = name in scope.names
            bindings = self._bound_elsewhere(scope, name) if is_own else self._seen(name, free.outers)
            for read, later in free.reads:
                if not read.bindings:  # else bound by an earlier round of a loop
                    read.bindings = bindings or (_bound_anywhere(read) if later else ())
        for read, outer in self._later:
            read.bindings = merged(read.bindings, outer.scope.names[read.name][outer.known :])
        for read, home in self._elsewhere:
            read.bindings = merged(home.names.get(read.name, ()))
        for read in self.reads.values() if self._remote else ():
            definitions = widened(read.bindings)
            more = self._remote.get(definitions[0].scope, {}).get(read.name) if definitions else None
            if more:
                read.bindings = merged(read.bindings, more)


def _around(scope: Scope) -> Scope:
    """Return the next scope whose names are visible in an inline scope: classes hide theirs."""
    outer = scope.parent
    while outer is not None and outer.kind is ScopeKind.CLASS:
        outer = outer.parent
    assert outer is not None  # noqa: S101  # the module is around everything
    return outer


def _bound_anywhere(read: Read) -> Bindings:
    outer = (
        scope for scope in read.scope.enclosing() if scope is read.scope or scope.kind is not ScopeKind.CLASS
    )
    return next((merged(scope.names[read.name]) for scope in outer if read.name in scope.names), ())


def _makes_own(receiver: Binding | None, binding: Binding) -> bool:
    """Whether ``binding`` holds a new object of the class that a method belongs to: ``cls()``, ``super().__new__(cls)``."""
    call = binding.value if isinstance(binding, ValueBinding) else None
    if not isinstance(call, ast.Call):
        return False
    if isinstance(call.func, ast.Attribute):
        return call.func.attr == "__new__"
    is_named = isinstance(call.func, ast.Name) and call.func.id == "cls"
    return is_named and receiver is not None and receiver.name == "cls"
