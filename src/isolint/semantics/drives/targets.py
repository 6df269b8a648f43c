"""From a name in a module to the first-party definitions that using it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from isolint.semantics.definitions import PROPERTIES, decorators
from isolint.semantics.drives.alternatives import handed_on
from isolint.semantics.drives.model import (
    CONSTRUCTORS,
    ENTERED,
    ENTERED_ASYNC,
    INSTANCE_CALLS,
    LAMBDA,
    LOCALS,
    Place,
)
from isolint.semantics.drives.naming import is_for_assignments, name_of
from isolint.semantics.drives.supers import inherited, of_super
from isolint.semantics.facts import Usage
from isolint.semantics.lookups import reaching
from isolint.semantics.meanings import Class, External, Function, Instance, Partial
from isolint.semantics.scopes import FunctionBinding, ImportBinding, ParamBinding, ScopeKind, ValueBinding
from isolint.semantics.usage import makes_instances
from isolint.syntax import nodes
from isolint.syntax.names import last_name, root_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from isolint.semantics.facts import Reference
    from isolint.semantics.meanings import Meaning
    from isolint.semantics.module import ModuleSemantics
    from isolint.semantics.scopes import Binding, Scope

_MOST_ALIASES = 20


@final
class Targets:
    """Answers for one module what its names run.

    Where there are ``words``, what other modules define counts only under one of them: to look into it takes time.
    """

    def __init__(self, module: ModuleSemantics, words: frozenset[str] | None = None) -> None:
        self._module = module
        self._words = words
        self._inference = module.inference
        self._index = module.index

    def place(self, scope: Scope, name: str = "") -> Place:
        """Return where a function or class stands, by its scope; ``name`` is something in it."""
        parts: list[str] = [name] if name else []
        for around in scope.enclosing():
            if around.kind in (ScopeKind.FUNCTION, ScopeKind.CLASS):
                if parts and around.kind is ScopeKind.FUNCTION:
                    parts.append(LOCALS)
                parts.append(name_of(around))
        return Place(self._inference.home_of(scope), ".".join(reversed(parts)))

    def used(self, reference: Reference) -> list[Place]:
        """Return what a reference runs, or hands on to be run."""
        node = reference.node
        made = makes_instances(reference)
        called = reference.usage in (Usage.CALLED, Usage.AWAITED)
        found = [p for m in self._inference.of(node) for p in self._run_by(m, made=made, called=called)]
        found += self._behind_name(node, called=called)
        while isinstance(node, nodes.Attribute):
            found += self._read(node)
            node = node.value
        return list(dict.fromkeys(found))

    def reading(self, reference: Reference) -> list[Place]:
        """Return the properties that a reference reads, whatever is done with what they give."""
        node, found = reference.node, list[Place]()
        while isinstance(node, nodes.Attribute):
            found += self._properties(node)
            node = node.value
        return list(dict.fromkeys(found))

    def own(self, reference: Reference) -> list[Place]:
        """Return what a reference runs of its own module, where that is clear from its scopes alone."""
        node = reference.node
        if isinstance(node, nodes.Name):
            bindings = self._module.bindings(node)
            if bindings and all(isinstance(b, FunctionBinding) for b in bindings):
                return [self.place(b.inner) for b in bindings if isinstance(b, FunctionBinding)]
        elif isinstance(node, nodes.Attribute) and isinstance(node.value, nodes.Name):
            for binding in self._module.bindings(node.value):
                owner = binding.scope.own_class() if isinstance(binding, ParamBinding) else None
                if owner is not None and binding.scope.log[:1] == [binding]:
                    return self._own_methods(owner, node.attr.value)
        return []

    def _own_methods(self, owner: Scope, name: str) -> list[Place]:
        bindings = owner.in_class(name) if not owner.attributes(name) else []
        functions = [b for b in bindings if isinstance(b, FunctionBinding)]
        return [self.place(f.inner) for f in functions if name_of(f.inner) == name]

    def given(self, callee: nodes.BaseExpression, *, called: bool = True) -> list[Place]:
        """Return what is run where what calling ``callee`` gives is called.

        An object is, if it is ``called``; handed on, it only does what somebody asks it for.
        """
        seen: set[Meaning] = set()
        meanings = self._inference.of(callee)
        return list(dict.fromkeys(p for m in meanings for p in self._given_by(m, seen, called=called)))

    def decorating(self, decorator: nodes.BaseExpression) -> list[Place]:
        """Return what is run by calling something decorated so."""
        makers = self._inference.of(decorator.func if isinstance(decorator, nodes.Call) else decorator)
        found = [p for m in makers for p in self._given_by(m, set())]
        if isinstance(decorator, nodes.Call):
            # What a maker of decorators gives runs while it decorates; what that gives in turn runs later.
            found = [p for m in makers for p in self._given_by_results(m)]
        classes = [owner for m in self._inference.of(decorator) for owner in self._classes(m)]
        found += [p for owner in classes for p in self._members(owner, INSTANCE_CALLS)]
        return list(dict.fromkeys(found))

    def applying(self, decorator: nodes.BaseExpression) -> list[Place]:
        """Return what is run while something is decorated with an object: its ``__call__``."""
        owners = [owner for m in self._inference.of(decorator) for owner in self._instances(m)]
        return list(dict.fromkeys(p for owner in owners for p in self._members(owner, INSTANCE_CALLS)))

    def entering(self, item: nodes.Node, *, is_async: bool) -> list[Place]:
        """Return what is run where a ``with`` statement enters and leaves ``item``."""
        owners = [owner for m in self._inference.of(item) for owner in self._instances(m)]
        names = ENTERED_ASYNC if is_async else ENTERED
        return list(dict.fromkeys(p for owner in owners for p in self._members(owner, names)))

    def _given_by(self, meaning: Meaning, seen: set[Meaning], *, called: bool = True) -> Iterator[Place]:
        for function in self._functions(meaning):
            if function not in seen:
                seen.add(function)
                scope = function.binding.inner
                for value in scope.returns:
                    yield from self._returned(value, scope, seen, called=called)

    def _returned(
        self, value: nodes.Node, scope: Scope, seen: set[Meaning], *, called: bool
    ) -> Iterator[Place]:
        for part in handed_on(value):
            if isinstance(part, nodes.Lambda):
                yield self.place(scope, LAMBDA)
            if not self._may_drive(part.func if isinstance(part, nodes.Call) else part):
                continue
            for meaning in self._inference.of(part):
                yield from self._run_by(meaning, made=False, called=called)
            if isinstance(part, nodes.Call):
                for meaning in self._inference.of(part.func):
                    yield from self._given_by(meaning, seen, called=called)

    def _given_by_results(self, maker: Meaning) -> Iterator[Place]:
        for function in self._functions(maker):
            for value in function.binding.inner.returns:
                for part in filter(self._may_drive, handed_on(value)):
                    for meaning in self._inference.of(part):
                        yield from self._given_by(meaning, {function})

    def _may_drive(self, node: nodes.Node) -> bool:
        """Whether it is spelled like something that drives, or is defined where it stands."""
        if self._words is None:
            return True
        root = root_of(node)
        if last_name(node) in self._words or last_name(root) in self._words:
            return True
        read = self._inference.read_of(root)
        bindings = reaching(read) if read is not None else ()
        return any(
            b.origin.rpartition(".")[2] in self._words
            if isinstance(b, ImportBinding)
            else not isinstance(b, ParamBinding) or isinstance(node, nodes.Attribute)
            for b in bindings
        )

    def _run_by(self, meaning: Meaning, *, made: bool, called: bool) -> Iterator[Place]:
        while isinstance(meaning, Partial):
            meaning = meaning.of
        for function in self._functions(meaning):
            if not is_for_assignments(function.binding.inner):
                yield self.place(function.binding.inner)
        if made:
            for owner in self._classes(meaning):
                yield from self._members(owner, CONSTRUCTORS)
        if called:
            for owner in self._instances(meaning):
                yield from self._members(owner, INSTANCE_CALLS)
        if isinstance(meaning, External):
            yield from self._variable(meaning.name)

    def run_by(self, meaning: Meaning) -> list[Place]:
        """Return what calling ``meaning`` runs."""
        return list(self._run_by(meaning, made=True, called=True))

    def _functions(self, meaning: Meaning) -> list[Function]:
        return [m for m in self._defined(meaning) if isinstance(m, Function)]

    def _classes(self, meaning: Meaning) -> list[Class]:
        return [m for m in self._defined(meaning) if isinstance(m, Class)]

    def _instances(self, meaning: Meaning) -> list[Class]:
        return [m.of for m in self._defined(meaning) if isinstance(m, Instance) and isinstance(m.of, Class)]

    def _defined(self, meaning: Meaning) -> Iterable[Meaning]:
        """Return ``meaning``, or the definitions that a name of another module leads to."""
        if not isinstance(meaning, External):
            return (meaning,)
        found = self._inference.defined(meaning.name)
        return found or [m for name in self._homes(meaning.name) for m in self._inference.defined(name)]

    def _members(self, owner: Class, names: frozenset[str]) -> Iterator[Place]:
        return (self.place(f.binding.inner) for f in self._member_functions(owner, names))

    def _member_functions(self, owner: Class, names: Iterable[str]) -> list[Function]:
        """Return methods, also inherited ones, as they are and not as what reading them gives."""
        found = (m for name in sorted(names) for m in self._inference.member(owner, name))
        return [f for meaning in found for f in self._functions(meaning)]

    def _read(self, node: nodes.Attribute) -> Iterator[Place]:
        """Yield the property that reading an attribute runs, and the method that ``super()`` finds."""
        name = node.attr.value
        if of_super(node):
            yield from (self.place(f.binding.inner) for f in inherited(self._inference, node))
            return
        yield from self._properties(node)
        if name != "start":
            return
        for meaning in self._inference.of(node.value):
            for owner in self._instances(meaning):
                if not self._member_functions(owner, {name}):
                    # Where the class is one of threads, its summary says that this runs its `run`.
                    yield from (
                        self._beside(function, name) for function in self._member_functions(owner, {"run"})
                    )

    def _properties(self, node: nodes.Attribute) -> Iterator[Place]:
        for meaning in self._inference.of(node.value):
            for owner in self._instances(meaning):
                for function in self._member_functions(owner, {node.attr.value}):
                    if decorators(function.binding.inner) & PROPERTIES:
                        yield self.place(function.binding.inner)

    def _beside(self, function: Function, name: str) -> Place:
        place = self.place(function.binding.inner)
        return Place(place.module, f"{place.qualname.rpartition('.')[0]}.{name}")

    # Names that hold something callable without being a function

    def _behind_name(self, node: nodes.Node, *, called: bool) -> Iterator[Place]:
        bindings = self._module.bindings(node)
        if isinstance(node, nodes.Attribute):
            yield from self._held_by_class(node)
        for binding in bindings:
            if holds_callable(binding):
                value = getattr(binding, "value", None)
                if isinstance(value, nodes.Call):
                    yield from self.given(value.func, called=called)
                yield self.place(binding.scope, binding.name)
        if isinstance(node, nodes.Name) and not bindings:
            stars = (s for s in self._module.recorder.root.stars if self._index.offers(s, node.value))
            for star in stars:
                yield from self._run_by(External(f"{star}.{node.value}"), made=True, called=False)

    def _held_by_class(self, node: nodes.Attribute) -> Iterator[Place]:
        """Yield the attribute of a class that ``node`` reads, if it holds something callable."""
        name = node.attr.value
        for meaning in self._inference.of(node.value):
            for owner in (*self._classes(meaning), *self._instances(meaning)):
                for binding in self._inference.attribute_bindings(owner, name):
                    if binding.scope.kind is ScopeKind.CLASS and holds_callable(binding):
                        yield self.place(binding.scope, name)

    def _variable(self, name: str) -> Iterator[Place]:
        """Yield the module-level variable that a dotted name leads to."""
        for home in (name, *self._homes(name)):
            found = self._index.split(home)
            recorder = self._inference.recorder_of(found[0]) if found is not None and found[1] else None
            if found is None or recorder is None:
                continue
            if any(map(holds_callable, recorder.root.names.get(found[1], ()))):
                yield Place(*found)

    def _homes(self, name: str) -> list[str]:
        """Return the names that a dotted first-party name stands for, through imports and stars."""
        homes: dict[str, None] = {}
        pending = [name]
        while pending and len(homes) < _MOST_ALIASES:
            place = self._index.split(pending.pop())
            recorder = self._inference.recorder_of(place[0]) if place is not None and place[1] else None
            if place is None or recorder is None:
                continue
            first, _, rest = place[1].partition(".")
            bindings = recorder.root.names.get(first, ())
            origins = [b.origin for b in bindings if isinstance(b, ImportBinding)]
            # To see what a module offers it need not be bound.
            stars = (star for star in recorder.root.stars if not bindings and self._index.offers(star, first))
            origins += [f"{star}.{first}" for star in stars]
            onward = [f"{origin}.{rest}" if rest else origin for origin in origins]
            pending += [origin for origin in onward if origin not in homes]
            homes |= dict.fromkeys(onward)
        return list(homes)


def holds_callable(binding: Binding) -> bool:
    """Whether a variable is bound to a lambda, or to what a call gives, such as ``partial(run)``."""
    return (
        isinstance(binding, ValueBinding)
        and not binding.path
        and isinstance(binding.value, (nodes.Lambda, nodes.Call))
    )
