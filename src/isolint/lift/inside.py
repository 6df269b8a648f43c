"""Places of expressions: the module, the class, and the types of local names, as far as annotations and calls tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

import libcst as cst
from msgspec import Struct, field

from isolint.lift.annotations import annotations_of, last_name, parameters
from isolint.lift.searching import OwnBody

if TYPE_CHECKING:
    from isolint.lift.views import View


@final
class Inside(Struct, frozen=True):
    """The place of an expression: its module, its class, and the types of the names of the functions around it.

    ``annotations`` are those of parameters and variables, or the class whose call is a variable's one value; an
    ellipsis stands for those of which nothing is known.
    """

    view: View
    annotations: dict[str, cst.BaseExpression] = field(default_factory=dict[str, cst.BaseExpression])
    owner: cst.ClassDef | None = None
    first: str = ""


@final
class _Variables(OwnBody, cst.CSTVisitor):
    """The variables of a function, with the class that each is an object of, as far as its one assignment tells."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, cst.BaseExpression] = {}

    def visit_Assign(self, node: cst.Assign) -> None:
        for each in node.targets:
            self._bind(each.target, node.value.func if isinstance(node.value, cst.Call) else None)

    def visit_AnnAssign(self, node: cst.AnnAssign) -> None:
        self._bind(node.target, node.annotation.annotation)

    def visit_AugAssign(self, node: cst.AugAssign) -> None:
        self._bind(node.target, None)

    def visit_NamedExpr(self, node: cst.NamedExpr) -> None:
        self._bind(node.target, node.value.func if isinstance(node.value, cst.Call) else None)

    def visit_For(self, node: cst.For) -> None:
        self._bind(node.target, None)

    def visit_CompFor(self, node: cst.CompFor) -> None:
        self._bind(node.target, None)

    def visit_AsName(self, node: cst.AsName) -> None:
        self._bind(node.name, None)

    def visit_MatchAs(self, node: cst.MatchAs) -> None:
        if node.name is not None:
            self._bind(node.name, None)

    def _bind(self, target: cst.BaseExpression, made_by: cst.BaseExpression | None) -> None:
        if isinstance(target, cst.Name):
            known = made_by if made_by is not None and target.value not in self.found else cst.Ellipsis()
            self.found[target.value] = known
        elif isinstance(target, (cst.Tuple, cst.List)):
            for each in target.elements:
                self._bind(each.value, None)


def inside_function(function: cst.FunctionDef, around: Inside, owner: cst.ClassDef | None = None) -> Inside:
    """Return the place of the body of a function; of a method, ``owner`` is the class that it stands in."""
    every = parameters(function)
    starred = [
        each for each in (function.params.star_arg, function.params.star_kwarg) if isinstance(each, cst.Param)
    ]
    known: dict[str, cst.BaseExpression] = {each.name.value: cst.Ellipsis() for each in (*every, *starred)}
    known |= annotations_of(function)
    first = every[0].name.value if owner is not None and every and not _is_static(function) else ""
    variables = _Variables()
    function.body.visit(variables)
    for name, made_by in variables.found.items():
        known[name] = cst.Ellipsis() if name in known else made_by
    if first and isinstance(known[first], cst.Ellipsis) and first not in variables.found:
        del known[first]
    if owner is None:
        return Inside(
            around.view,
            {**around.annotations, **known},
            around.owner,
            "" if around.first in known else around.first,
        )
    return Inside(around.view, known, owner, first)


def _is_static(function: cst.FunctionDef) -> bool:
    return any(last_name(each.decorator) == "staticmethod" for each in function.decorators)
