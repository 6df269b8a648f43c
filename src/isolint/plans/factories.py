"""Plan factories: functions that build plans, as against those that run when a plan does."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.plans.functions import scopes_of
from isolint.program.types import Plan, known
from isolint.semantic_index.facts import CallSite
from isolint.semantic_index.scopes import ScopeKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.program.view import ModuleView
    from isolint.semantic_index.scopes import Scope

    Deferred = frozenset[Scope]


def is_factory(scope: Scope, module: ModuleView, deferred: Deferred) -> bool:
    """Whether ``scope`` is of a function that returns a plan, and that is not itself ``deferred``."""
    function = scope.node
    if not isinstance(function, ast.FunctionDef) or scope.is_generator:
        return False
    if function.returns is not None:
        declared = known(module.declared(function.returns))
        returns_plan = bool(declared) and all(isinstance(one, Plan) for one in declared)
    else:
        returns_plan = any(module.is_plan(value) for value in scope.returns)
    return returns_plan and scope not in deferred


def runs_while_describing(scope: Scope, module: ModuleView, deferred: Deferred) -> bool:
    """Whether ``scope`` is of a function nested in a factory of plans that calls it itself, or by another such."""
    pending, seen = [scope], {scope}
    while pending:
        called = pending.pop()
        begins_later = called.is_async or called.is_generator
        if called.kind is not ScopeKind.FUNCTION or called.parent is None or begins_later:
            continue
        factory = called.parent.running
        for caller in _callers(called, factory, module):
            if caller is factory and is_factory(factory, module, deferred):
                return True
            if caller not in seen:
                seen.add(caller)
                pending.append(caller)
    return False


def _callers(called: Scope, factory: Scope, module: ModuleView) -> Iterator[Scope]:
    """Yield the functions, within the one around a nested function, that call it."""
    if factory.kind is not ScopeKind.FUNCTION:
        return
    for fact in module.facts((CallSite,)):
        caller = fact.scope.running
        is_call = isinstance(fact, CallSite) and factory in caller.enclosing()
        if is_call and isinstance(fact, CallSite) and called in scopes_of(fact.node.func, module):
            yield caller
