"""Calls of the constructors of plans, and the part that each argument plays in them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.catalogue.combinators import CONSTRUCTORS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.catalogue.combinators import Part
    from isolint.program.view import ModuleView


@final
class PlanCall(Struct, frozen=True):
    """A call of ``constructor``, one of :data:`~isolint.catalogue.combinators.CONSTRUCTORS`."""

    node: ast.Call
    constructor: str

    def arguments(self, *parts: Part) -> Iterator[ast.expr]:
        """Yield the arguments that play one of ``parts``; none behind stars, which may stand anywhere."""
        expected = CONSTRUCTORS[self.constructor]
        for argument, part in zip(self.node.args, expected.values(), strict=False):
            if isinstance(argument, ast.Starred):
                return
            if part in parts:
                yield argument
        for keyword in self.node.keywords:
            if keyword.arg is None:
                return
            if expected.get(keyword.arg) in parts:
                yield keyword.value


def only_argument(call: ast.Call) -> ast.expr | None:
    """Return the argument of a call that has just one, by position or by keyword."""
    if len(call.args) + len(call.keywords) != 1:
        return None
    if call.keywords:
        return call.keywords[0].value if call.keywords[0].arg is not None else None
    return call.args[0] if not isinstance(call.args[0], ast.Starred) else None


def constructors(node: ast.AST, module: ModuleView) -> set[str]:
    """Return the constructors that an expression may stand for."""
    names = module.linker.plan_names
    return {names.constructor(name, module.name) for name in module.names(node)} - {""}


def plan_call(node: ast.AST, module: ModuleView) -> PlanCall | None:
    """Return ``node`` as the call of a constructor of plans; None where it is not certainly one."""
    if not isinstance(node, ast.Call):
        return None
    meant = constructors(node.func, module)
    return PlanCall(node, meant.pop()) if len(meant) == 1 else None
