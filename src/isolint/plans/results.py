"""The outcomes of plans: ``Ok`` and ``Err``, of asyncplan or of a project's own making."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.semantic_index.scopes import ImportBinding
from isolint.syntax.ast_names import root_of

if TYPE_CHECKING:
    import ast

    from isolint.program.view import ModuleView

RESULTS = frozenset({"Ok", "Err"})


def result_class(callee: ast.expr, module: ModuleView) -> str:
    """Return ``Ok`` or ``Err`` where ``callee`` is an imported class of that name; otherwise nothing."""
    if not any(isinstance(binding, ImportBinding) for binding in module.bindings(root_of(callee))):
        return ""
    names = {name.rpartition(".")[2] for name in module.names(callee)}
    return names.pop() if len(names) == 1 and names <= RESULTS else ""
