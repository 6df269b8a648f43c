"""Shared by the rules about plans: how a finding shows a plan, and why it is one."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint import explain
from isolint.semantic_index.scopes import DEFINITIONS

if TYPE_CHECKING:
    from isolint.rule import Context
    from isolint.syntax.spans import Located

_LONGEST = 60


def written(node: Located, context: Context) -> str:
    """Return the source of an expression, cut to a length that fits a message."""
    text = context.module.text_of(node)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def why_a_plan(node: ast.expr, context: Context) -> str:
    """Return the evidence that ``node`` is a plan where the expression itself does not show it."""
    module = context.module
    if isinstance(node, ast.Call):
        for function in module.functions(node.func):
            scope = module.scope_at(function.place)
            definition = scope.node if scope is not None else None
            if isinstance(definition, DEFINITIONS) and definition.returns is not None:
                return f"`{definition.name}` returns `{written(definition.returns, context)}`"
            summary = module.linker.function(function.place)
            if definition is None and summary is not None and summary.annotation >= 0:
                return f"`{function.place}` is declared to return a plan"
    bindings = module.bindings(node)
    return explain.described(bindings[0], module) if bindings else ""
