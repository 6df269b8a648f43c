"""Deferred functions: those that run when a plan does, not when it is built, and the names they read from outside."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.catalogue.combinators import Part
from isolint.plans.calls import plan_call
from isolint.plans.functions import is_of_steps, scopes_of
from isolint.program.types import Plan
from isolint.semantic_index.facts import CallSite, Definition
from isolint.semantic_index.scopes import DEFINITIONS, FunctionBinding, ParamBinding, ScopeKind
from isolint.syntax.ast_walk import descend

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.program.view import ModuleView
    from isolint.semantic_index.scopes import Binding, Scope

_FUNCTIONS = (Part.THUNK, Part.CONTINUATION, Part.MAPPING)
DISPLAYS = (ast.List, ast.Tuple, ast.Set)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp)


@final
class Deferred(Struct, frozen=True):
    """A thunk or continuation: ``given`` stands where it is handed over, ``scope`` is its body's."""

    given: ast.expr | ast.stmt
    scope: Scope

    def names(self) -> Iterator[ast.Name]:
        """Yield the names in the body, in the order of the text."""
        node = self.scope.node
        if isinstance(node, (ast.Lambda, *DEFINITIONS)):
            yield from (part for part in descend(node.body) if isinstance(part, ast.Name))

    def captured(self, module: ModuleView) -> Iterator[tuple[ast.Name, Binding]]:
        """Yield the names in the body that are bound outside it, or by a default value, which is.

        With a name comes each binding that it may see.
        """
        for name in self.names():
            for binding in module.bindings(name):
                inside = self.scope in binding.scope.enclosing()
                if not inside or (isinstance(binding, ParamBinding) and binding.default is not None):
                    yield name, binding

    def captured_in_all(self, module: ModuleView) -> Iterator[tuple[ast.Name, Binding]]:
        """Yield the same, and the names that the nested functions read from outside that the body calls."""
        pending: list[Deferred] = [self]
        seen = {self.scope}
        while pending:
            current = pending.pop(0)
            for name, binding in current.captured(module):
                if self.scope not in binding.scope.enclosing() or current is self:
                    yield name, binding
                is_nested = isinstance(binding, FunctionBinding) and binding.scope.kind is ScopeKind.FUNCTION
                if isinstance(binding, FunctionBinding) and is_nested and binding.inner not in seen:
                    seen.add(binding.inner)
                    pending.append(Deferred(name, binding.inner))


def deferred_by(fact: CallSite | Definition, module: ModuleView) -> Iterator[Deferred]:
    """Yield the functions that a call of a constructor, or a factory that returns them, puts off."""
    if isinstance(fact, Definition) and is_of_steps(fact.inner):
        yield Deferred(fact.node, fact.inner)
        return
    given = _given_to_call(fact, module) if isinstance(fact, CallSite) else _returned_by(fact, module)
    for function in given:
        yield from (Deferred(function, scope) for scope in scopes_of(function, module))


def _given_to_call(site: CallSite, module: ModuleView) -> Iterator[ast.expr]:
    call = plan_call(site.node, module)
    if call is None:
        return
    yield from call.arguments(*_FUNCTIONS)
    yield from call.arguments(Part.PLAN)
    for several in call.arguments(Part.PLANS):
        yield from elements(several)


def elements(several: ast.expr) -> list[ast.expr]:
    """Return the expressions of which a display or comprehension holds the values."""
    if isinstance(several, COMPREHENSIONS):
        return [several.elt]
    if not isinstance(several, DISPLAYS):
        return []
    return [element for element in several.elts if not isinstance(element, ast.Starred)]


def _returned_by(definition: Definition, module: ModuleView) -> Iterator[ast.expr]:
    """Yield the local functions that a plan factory returns: each of them is a plan of its own."""
    returns = definition.node.returns
    if returns is None or definition.inner.is_async:
        return
    if not any(isinstance(one, Plan) for one in module.declared(returns)):
        return
    for value in definition.inner.returns:
        local = any(
            isinstance(b, FunctionBinding) and b.scope is definition.inner for b in module.bindings(value)
        )
        if isinstance(value, ast.Lambda) or local:
            yield value


def find_deferred(module: ModuleView) -> frozenset[Scope]:
    """Return the scopes of all functions of a module that run when a plan does."""
    sites = (fact for fact in module.index.facts if isinstance(fact, (CallSite, Definition)))
    return frozenset(deferred.scope for site in sites for deferred in deferred_by(site, module))
