"""Another constructor in the place of one: how it is spelled where it stands, and the import it needs."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.catalogue.combinators import STREAMS
from isolint.model import Import
from isolint.plans.rounds import is_read_from_round
from isolint.semantic_index.scopes import ImportBinding
from isolint.syntax.ast_walk import descend

if TYPE_CHECKING:
    from isolint.rule import Context
    from isolint.semantic_index.scopes import Binding

_ATOMS = (ast.Name, ast.Attribute, ast.Call, ast.Subscript)
"""Expressions that an attribute can be read of without parentheses."""


@final
class Spelling(Struct, frozen=True):
    """``text`` names the constructor, once ``imports`` are made."""

    text: str
    imports: tuple[Import, ...] = ()


def beside(callee: ast.expr, wanted: str, context: Context) -> Spelling | None:
    """Spell ``wanted``, of the same runtime as ``callee``, as it can be read where ``callee`` stands."""
    if isinstance(callee, ast.Attribute):
        return Spelling(f"{_owner(callee.value, context)}.{wanted}")
    imported = _import_of(callee, context)
    if imported is None or not isinstance(callee, ast.Name):
        return None
    home = imported.origin.rpartition(".")[0]
    there = _bound_to(f"{home}.{wanted}", imported)
    if there:
        return Spelling(there)
    read = context.module.index.reads[callee]
    if any(wanted in scope.names for scope in read.scope.enclosing()):
        return None  # the name means something else here
    return Spelling(wanted, (Import(home, wanted),))


def at_hand(wanted: str, context: Context) -> Spelling | None:
    """Spell ``wanted`` of the runtime of plans that the module imports from, as it can be read anywhere in the module."""
    names, asking = context.module.linker.plan_names, context.module.name
    for binding in context.module.index.root.log:
        origin = binding.origin if isinstance(binding, ImportBinding) else ""
        home = origin.rpartition(".")[0]
        is_of_runtime = names.constructor(origin, asking) or names.is_plan_type(origin, asking)
        if not is_of_runtime or home == STREAMS or not _names_from(home, binding):
            continue
        there = _bound_to(f"{home}.{wanted}", binding)
        if there:
            return Spelling(there)
        taken = any(bound.name == wanted for bound in context.module.index.bindings)
        return None if taken else Spelling(wanted, (Import(home, wanted),))
    return None


def interpreter(context: Context) -> Spelling | None:
    """Spell the `perform_async` of the module, or that of asyncplan where the module imports from there."""
    imported = [b for b in context.module.index.root.log if isinstance(b, ImportBinding)]
    for binding in imported:
        if binding.origin.endswith(".perform_async") and not binding.type_checking:
            return Spelling(binding.name)
    taken = any(bound.name == "perform_async" for bound in context.module.index.bindings)
    is_asyncplan = any(binding.origin.partition(".")[0] == "asyncplan" for binding in imported)
    if taken or not is_asyncplan:
        return None
    return Spelling("perform_async", (Import("asyncplan.shell", "perform_async"),))


def lambda_for(call: ast.expr, context: Context) -> str:
    """Return the text to put before a call so that it is made later; nothing where it cannot wait.

    The call takes the value of its round of a loop; a lambda would look the name up after the loop.
    """
    parts = list(descend(call))
    binds = any(isinstance(part, (ast.NamedExpr, ast.Await, ast.Yield, ast.YieldFrom)) for part in parts)
    if not isinstance(call, ast.Call) or binds:
        return ""
    names = (part for part in parts if isinstance(part, ast.Name))
    of_round = dict.fromkeys(name.id for name in names if is_read_from_round(name, context.module))
    bound = ", ".join(f"{name}={name}" for name in of_round)
    return f"lambda {bound}: " if bound else "lambda: "


def _owner(value: ast.expr, context: Context) -> str:
    """Return the source of the object that an attribute is read of, in parentheses where it needs them."""
    text = context.module.spans.text(value)
    return text if isinstance(value, _ATOMS) and "\n" not in text else f"({text})"


def _import_of(callee: ast.expr, context: Context) -> ImportBinding | None:
    """Return the one ``from ... import`` that binds ``callee``."""
    bindings = context.module.bindings(callee)
    binding = bindings[0] if len(bindings) == 1 else None
    if not isinstance(binding, ImportBinding):
        return None
    return binding if _names_from(binding.origin.rpartition(".")[0], binding) else None


def _names_from(home: str, binding: Binding) -> bool:
    """Whether ``binding`` is made by ``from home import name``, which runs."""
    if not isinstance(binding, ImportBinding) or binding.type_checking:
        return False
    alias = binding.node
    is_name = isinstance(alias, ast.alias) and "." not in alias.name and "." in binding.origin
    return is_name and bool(home) and binding.origin.rpartition(".")[0] == home


def _bound_to(origin: str, beside: Binding) -> str:
    """Return the name that ``origin`` has in the scope in which ``beside`` is bound."""
    for name, bindings in beside.scope.names.items():
        only = bindings[0] if len(bindings) == 1 else None
        if isinstance(only, ImportBinding) and only.origin == origin and not only.type_checking:
            return name
    return ""
