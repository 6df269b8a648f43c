"""Plan factories: functions that build plans, as against those that run when a plan does."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.program.types import Plan, known

if TYPE_CHECKING:
    from isolint.program.view import ModuleView
    from isolint.semantic_index.scopes import Scope


def is_factory(scope: Scope, module: ModuleView, deferred: frozenset[Scope]) -> bool:
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
