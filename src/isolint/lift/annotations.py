"""Annotations as `isolint lift` reads them: those of parameters, and the `Result` that a function gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst
from libcst.helpers import get_full_name_for_node

if TYPE_CHECKING:
    from isolint.lift.views import View

_WRAPPERS = ("Awaitable", "Coroutine")
_OF_VALUE_AND_ERROR = 2


def decorates(decorator: cst.Decorator, name: str, view: View) -> bool:
    """Whether a decorator is one of asyncplan's."""
    dotted = get_full_name_for_node(decorator.decorator) or ""
    return view.origin(dotted).rpartition(".")[2] == name


def result_of(annotation: cst.BaseExpression, view: View) -> str:
    """Return `T` of `Result[T, E]`, also inside `Awaitable`; empty for any other annotation."""
    node = unquoted(annotation)
    while isinstance(node, cst.Subscript) and last_name(node) in _WRAPPERS:
        node = unquoted(_arguments(node)[-1])
    return (
        view.code(_arguments(node)[0]) if isinstance(node, cst.Subscript) and _is_result(node, view) else ""
    )


def _is_result(node: cst.Subscript, view: View) -> bool:
    """Whether this is `Result[T, E]` of asyncplan or of the project itself: other libraries have one of their own."""
    name = get_full_name_for_node(node.value) or ""
    origin = view.origin(name)
    root = origin.partition(".")[0]
    is_own = "." not in origin or root in {"asyncplan", view.home.module.partition(".")[0]}
    return last_name(node) == "Result" and len(_arguments(node)) == _OF_VALUE_AND_ERROR and is_own


def error_of(annotation: cst.BaseExpression, view: View) -> str:
    """Return `E` of `Result[T, E]`, empty where there is none."""
    node = unquoted(annotation)
    return (
        view.code(_arguments(node)[1]) if isinstance(node, cst.Subscript) and _is_result(node, view) else ""
    )


def unquoted(node: cst.BaseExpression) -> cst.BaseExpression:
    """Return an annotation, parsed where it is quoted."""
    if isinstance(node, cst.SimpleString):
        value = node.evaluated_value
        return cst.parse_expression(value) if isinstance(value, str) else node
    return node


def _arguments(node: cst.Subscript) -> list[cst.BaseExpression]:
    return [each.slice.value for each in node.slice if isinstance(each.slice, cst.Index)]


def last_name(node: cst.CSTNode) -> str:
    """Return the last part of a dotted name, also of one that is subscripted or called; empty for anything else."""
    if isinstance(node, cst.Subscript):
        return last_name(node.value)
    return (get_full_name_for_node(node) or "").rpartition(".")[2]


def parameters(function: cst.FunctionDef) -> list[cst.Param]:
    """Return all parameters of a function, stars apart."""
    params = function.params
    return [*params.posonly_params, *params.params, *params.kwonly_params]


def annotations_of(function: cst.FunctionDef) -> dict[str, cst.BaseExpression]:
    """Return the annotations of the parameters by name."""
    return {
        each.name.value: each.annotation.annotation
        for each in parameters(function)
        if each.annotation is not None
    }
