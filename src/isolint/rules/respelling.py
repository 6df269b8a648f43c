"""Another constructor in the place of one: how it is spelled where it stands, and the import it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.model import Import
from isolint.syntax import nodes

if TYPE_CHECKING:
    from isolint.rule import Context
    from isolint.semantics.scopes import Binding, ImportBinding


@final
class Spelling(Struct, frozen=True):
    """``text`` names the constructor, once ``imports`` are there."""

    text: str
    imports: tuple[Import, ...] = ()


def beside(callee: nodes.Node, wanted: str, context: Context) -> Spelling | None:
    """Spell ``wanted``, of the same runtime as ``callee``, as it can be read where ``callee`` stands."""
    if isinstance(callee, nodes.Attribute):
        return Spelling(f"{context.module.text_of(callee.value)}.{wanted}")
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


def _bound_to(origin: str, beside: ImportBinding) -> str:
    """Return the name that ``origin`` has in the scope in which ``beside`` is bound."""
    from isolint.semantics.scopes import ImportBinding

    for name, bindings in beside.scope.names.items():
        only = bindings[0] if len(bindings) == 1 else None
        if isinstance(only, ImportBinding) and only.origin == origin and not only.type_checking:
            return name
    return ""
