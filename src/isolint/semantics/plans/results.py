"""The outcomes of plans: ``Ok`` and ``Err``, of asyncplan or of a project's own making."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from isolint.semantics.module import ModuleSemantics
    from isolint.syntax import nodes

RESULTS = frozenset({"Ok", "Err"})


def result_class(callee: nodes.Node, module: ModuleSemantics) -> str:
    """Return ``Ok`` or ``Err`` where ``callee`` is an imported class of that name; otherwise nothing."""
    names = {external.name.rpartition(".")[2] for external in module.inference.externals(callee)}
    return names.pop() if len(names) == 1 and names <= RESULTS else ""
