"""The functions that run when a plan does, not when it is built, and what they read from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.semantics.definitions import decorators
from isolint.semantics.elements import COMPREHENSIONS, DISPLAYS
from isolint.semantics.facts import CallSite, Definition
from isolint.semantics.meanings import Plan
from isolint.semantics.plans.calls import plan_call
from isolint.semantics.plans.functions import scopes_of
from isolint.semantics.plans.names import DO, Part
from isolint.semantics.scopes import FunctionBinding, ParamBinding, ScopeKind
from isolint.syntax import nodes
from isolint.syntax.walk import descend

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.semantics.module import ModuleSemantics
    from isolint.semantics.scopes import Binding, Scope

_FUNCTIONS = (Part.THUNK, Part.CONTINUATION, Part.MAPPING)


@final
class Deferred(Struct, frozen=True):
    """A thunk or continuation: ``given`` stands where it is handed over, ``scope`` is its body's."""

    given: nodes.Node
    scope: Scope

    def names(self) -> Iterator[nodes.Name]:
        """Yield the names in the body, in the order of the text."""
        node = self.scope.node
        if isinstance(node, (nodes.Lambda, nodes.FunctionDef)):
            yield from (part for part in descend(node.body) if isinstance(part, nodes.Name))

    def captured(self, module: ModuleSemantics) -> Iterator[tuple[nodes.Name, Binding]]:
        """Yield the names in the body that are bound outside it, or by a default value, which is.

        With a name comes each binding that it may see.
        """
        for name in self.names():
            for binding in module.bindings(name):
                inside = self.scope in binding.scope.enclosing()
                if not inside or (isinstance(binding, ParamBinding) and binding.default is not None):
                    yield name, binding

    def captured_in_all(self, module: ModuleSemantics) -> Iterator[tuple[nodes.Name, Binding]]:
        """Yield the same, and what the nested functions read from outside that the body calls."""
        pending, seen = [self], {self.scope}
        while pending:
            current = pending.pop(0)
            for name, binding in current.captured(module):
                if self.scope not in binding.scope.enclosing() or current is self:
                    yield name, binding
                is_nested = isinstance(binding, FunctionBinding) and binding.scope.kind is ScopeKind.FUNCTION
                if isinstance(binding, FunctionBinding) and is_nested and binding.inner not in seen:
                    seen.add(binding.inner)
                    pending.append(Deferred(name, binding.inner))


def deferred_by(fact: CallSite | Definition, module: ModuleSemantics) -> Iterator[Deferred]:
    """Yield the functions that a call of a constructor, or a factory that returns them, puts off."""
    if isinstance(fact, Definition) and fact.inner.yields and decorators(fact.inner) & DO:
        yield Deferred(fact.node, fact.inner)
        return
    given = _given_to_call(fact, module) if isinstance(fact, CallSite) else _returned_by(fact, module)
    for function in given:
        yield from (Deferred(function, scope) for scope in scopes_of(function, module))


def _given_to_call(site: CallSite, module: ModuleSemantics) -> Iterator[nodes.Node]:
    call = plan_call(site.node, module)
    if call is None:
        return
    yield from call.arguments(*_FUNCTIONS)
    yield from call.arguments(Part.PLAN)
    for several in call.arguments(Part.PLANS):
        if isinstance(several, COMPREHENSIONS):
            yield several.elt
        elif isinstance(several, DISPLAYS):
            yield from (element.value for element in several.elements)


def _returned_by(definition: Definition, module: ModuleSemantics) -> Iterator[nodes.Node]:
    """Yield the local functions that a plan factory returns: each of them is a plan of its own."""
    function = definition.node
    if not isinstance(function, nodes.FunctionDef) or function.returns is None or definition.inner.is_async:
        return
    if not any(isinstance(m, Plan) for m in module.inference.annotated(function.returns.annotation)):
        return
    for value in definition.inner.returns:
        local = any(
            isinstance(b, FunctionBinding) and b.scope is definition.inner for b in module.bindings(value)
        )
        if isinstance(value, nodes.Lambda) or local:
            yield value
