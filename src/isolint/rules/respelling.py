"""Another constructor in the place of one: how it is spelled where it stands, and the import it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.model import Import
from isolint.semantics.plans.names import STREAMS
from isolint.syntax import nodes

if TYPE_CHECKING:
    from isolint.rule import Context
    from isolint.semantics.scopes import Binding, ImportBinding

_ATOMS = (nodes.Name, nodes.Attribute, nodes.Call, nodes.Subscript)
"""Expressions that an attribute can be read of without parentheses."""


@final
class Spelling(Struct, frozen=True):
    """``text`` names the constructor, once ``imports`` are there."""

    text: str
    imports: tuple[Import, ...] = ()


def beside(callee: nodes.Node, wanted: str, context: Context) -> Spelling | None:
    """Spell ``wanted``, of the same runtime as ``callee``, as it can be read where ``callee`` stands."""
    if isinstance(callee, nodes.Attribute):
        return Spelling(f"{_owner(callee.value, context)}.{wanted}")
    imported = _import_of(callee, context)
    if imported is None:
        return None
    home = imported.origin.rpartition(".")[0]
    there = _bound_to(f"{home}.{wanted}", imported)
    if there:
        return Spelling(there)
    read = context.module.recorder.reads[callee]
    if any(wanted in scope.names for scope in read.scope.enclosing()):
        return None  # the name means something else here
    return Spelling(wanted, (Import(home, wanted),))


def at_hand(wanted: str, context: Context) -> Spelling | None:
    """Spell ``wanted`` of the runtime of plans that the module imports from, as it can be read anywhere in the module."""
    names = context.module.inference.plan_names
    for binding in context.module.recorder.root.log:
        origin = getattr(binding, "origin", "")
        home = origin.rpartition(".")[0]
        is_of_plans = names.constructor(origin) or names.is_plan_type(origin)
        if not is_of_plans or home == STREAMS or not _names_from(home, binding):
            continue
        there = _bound_to(f"{home}.{wanted}", binding)
        if there:
            return Spelling(there)
        taken = any(bound.name == wanted for bound in context.module.recorder.bound)
        return None if taken else Spelling(wanted, (Import(home, wanted),))
    return None


def interpreter(context: Context) -> Spelling | None:
    """Spell the `perform_async` of the module, or that of asyncplan where the module imports from there."""
    from isolint.semantics.scopes import ImportBinding

    imported = [b for b in context.module.recorder.root.log if isinstance(b, ImportBinding)]
    for binding in imported:
        if binding.origin.endswith(".perform_async") and not binding.type_checking:
            return Spelling(binding.name)
    taken = any(bound.name == "perform_async" for bound in context.module.recorder.bound)
    is_asyncplan = any(binding.origin.partition(".")[0] == "asyncplan" for binding in imported)
    if taken or not is_asyncplan:
        return None
    return Spelling("perform_async", (Import("asyncplan.shell", "perform_async"),))


def lambda_for(call: nodes.Node, context: Context) -> str:
    """Return what to write before a call so that it is made later; nothing where it cannot wait.

    The call takes the value of its round of a loop; a lambda would look the name up after the loop.
    """
    from isolint.semantics.plans.rounds import is_read_from_round
    from isolint.syntax.walk import descend

    parts = list(descend(call))
    binds = any(isinstance(part, (nodes.NamedExpr, nodes.Await, nodes.Yield)) for part in parts)
    if not isinstance(call, nodes.Call) or binds:
        return ""
    names = (part for part in parts if isinstance(part, nodes.Name))
    of_round = dict.fromkeys(n.value for n in names if is_read_from_round(n, context.module))
    bound = ", ".join(f"{name}={name}" for name in of_round)
    return f"lambda {bound}: " if bound else "lambda: "


def _owner(value: nodes.Node, context: Context) -> str:
    """Return the source of what an attribute is read of, in parentheses where it would not hold together without."""
    text = context.module.text_of(value)
    return text if isinstance(value, _ATOMS) and "\n" not in text else f"({text})"


def _import_of(callee: nodes.Node, context: Context) -> ImportBinding | None:
    """Return the one ``from ... import`` that binds ``callee``."""
    from isolint.semantics.scopes import ImportBinding

    bindings = context.module.bindings(callee)
    binding = bindings[0] if len(bindings) == 1 else None
    if not isinstance(binding, ImportBinding):
        return None
    return binding if _names_from(binding.origin.rpartition(".")[0], binding) else None


def _names_from(home: str, binding: Binding) -> bool:
    """Whether ``binding`` is made by ``from home import name``, which runs."""
    from isolint.semantics.scopes import ImportBinding

    if not isinstance(binding, ImportBinding) or binding.type_checking:
        return False
    alias = binding.node
    is_name = isinstance(alias, nodes.ImportAlias) and isinstance(alias.name, nodes.Name)
    return is_name and bool(home) and binding.origin.rpartition(".")[0] == home


def _bound_to(origin: str, beside: Binding) -> str:
    """Return the name that ``origin`` has in the scope in which ``beside`` is bound."""
    from isolint.semantics.scopes import ImportBinding

    for name, bindings in beside.scope.names.items():
        only = bindings[0] if len(bindings) == 1 else None
        if isinstance(only, ImportBinding) and only.origin == origin and not only.type_checking:
            return name
    return ""
