"""Functions that build plans, as against those that run when a plan does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.semantics.effects import running_function
from isolint.semantics.facts import CallSite, Definition
from isolint.semantics.meanings import Plan
from isolint.semantics.plans.deferred import deferred_by
from isolint.semantics.plans.functions import scopes_of
from isolint.semantics.plans.values import is_plan
from isolint.semantics.scopes import ScopeKind
from isolint.syntax import nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.semantics.module import ModuleSemantics
    from isolint.semantics.scopes import Scope


def is_factory(scope: Scope, module: ModuleSemantics) -> bool:
    """Whether ``scope`` is of a function that returns a plan, and that is not itself part of one."""
    if scope not in module.factories:  # asked for each reference in it
        module.factories[scope] = _is_factory(scope, module)
    return module.factories[scope]


def _is_factory(scope: Scope, module: ModuleSemantics) -> bool:
    function = scope.node
    if not isinstance(function, nodes.FunctionDef) or scope.is_async or scope.yields:
        return False
    if function.returns is not None:
        declared = module.inference.annotated(function.returns.annotation)
        returns_plan = bool(declared) and all(isinstance(m, Plan) for m in declared)
    else:
        returns_plan = any(is_plan(value, module) for value in scope.returns)
    return returns_plan and scope not in module.deferred()


def runs_while_describing(scope: Scope, module: ModuleSemantics) -> bool:
    """Whether ``scope`` is of a function nested in a factory of plans that calls it itself, or by another such."""
    pending, seen = [scope], {scope}
    while pending:
        called = pending.pop()
        if called.kind is not ScopeKind.FUNCTION or called.parent is None or called.is_async or called.yields:
            continue
        factory = running_function(called.parent)
        for caller in _callers(called, factory, module):
            if caller is factory and is_factory(factory, module):
                return True
            if caller not in seen:
                seen.add(caller)
                pending.append(caller)
    return False


def _callers(called: Scope, factory: Scope, module: ModuleSemantics) -> Iterator[Scope]:
    """Yield the functions, within the one around a nested function, that call it."""
    if factory.kind is not ScopeKind.FUNCTION:
        return
    for caller in module.callers().get(called, ()):
        if factory in caller.enclosing():
            yield caller


def find_callers(module: ModuleSemantics) -> dict[Scope, list[Scope]]:
    """Return the functions that call each function of the module, in the order of the calls."""
    found: dict[Scope, list[Scope]] = {}
    for fact in module.recorder.facts:
        if isinstance(fact, CallSite) and isinstance(fact.node, nodes.Call):
            for called in scopes_of(fact.node.func, module):
                found.setdefault(called, []).append(running_function(fact.scope))
    return found


def find_deferred(module: ModuleSemantics) -> frozenset[Scope]:
    """Return the scopes of the functions of the module that run when a plan does."""
    sites = [fact for fact in module.recorder.facts if isinstance(fact, (CallSite, Definition))]
    return frozenset(deferred.scope for site in sites for deferred in deferred_by(site, module))
