"""Calls of the constructors of plans, and what each argument is to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.semantics.plans.names import CONSTRUCTORS, Part
from isolint.syntax import nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.semantics.module import ModuleSemantics


@final
class PlanCall(Struct, frozen=True):
    """A call of ``constructor``, one of :data:`~isolint.semantics.plans.names.CONSTRUCTORS`."""

    node: nodes.Call
    constructor: str

    def arguments(self, *parts: Part) -> Iterator[nodes.BaseExpression]:
        """Yield the arguments that are one of ``parts`` to the constructor."""
        expected = CONSTRUCTORS[self.constructor]
        positional = iter(expected.values())
        for argument in self.node.args:
            if argument.star:
                return  # what comes behind it may stand anywhere
            keyword = argument.keyword
            part = next(positional, None) if keyword is None else expected.get(keyword.value)
            if part in parts:
                yield argument.value


def plan_call(node: nodes.Node, module: ModuleSemantics) -> PlanCall | None:
    """Return ``node`` as the call of a constructor of plans; None where it is not certainly one."""
    if not isinstance(node, nodes.Call):
        return None
    names = module.inference.plan_names
    # A name that re-exports another means both.
    meant = {names.constructor(external.name) for external in module.inference.externals(node.func)} - {""}
    return PlanCall(node, meant.pop()) if len(meant) == 1 else None
