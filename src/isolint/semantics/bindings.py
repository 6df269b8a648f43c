"""What a name means, by the way it was bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from isolint.semantics import calls
from isolint.semantics.elements import held_by
from isolint.semantics.expressions import last_name
from isolint.semantics.meanings import UNKNOWN, Class, Function, Instance, distinct
from isolint.semantics.members import class_of, decorators
from isolint.semantics.scopes import (
    ClassBinding,
    EnterBinding,
    FunctionBinding,
    ImportBinding,
    IterBinding,
    ParamBinding,
    ValueBinding,
)

if TYPE_CHECKING:
    from isolint.semantics.inference import Inference
    from isolint.semantics.meanings import Meanings
    from isolint.semantics.scopes import Binding


def bound(inference: Inference, binding: Binding) -> Meanings:
    """Return what a name bound by ``binding`` may mean."""
    if isinstance(binding, ImportBinding):
        return inference.named(binding.origin)
    if isinstance(binding, FunctionBinding):
        return (Function(binding),)
    if isinstance(binding, ClassBinding):
        return (Class(binding),)
    if isinstance(binding, EnterBinding):
        return inference.each(binding.item, lambda item: calls.entered(inference, item))
    if isinstance(binding, ParamBinding):
        return _parameter(inference, binding)
    if isinstance(binding, ValueBinding):
        return _value(inference, binding)
    if isinstance(binding, IterBinding):
        return held_by(inference.of(binding.iterable))
    return UNKNOWN


def _value(inference: Inference, binding: ValueBinding) -> Meanings:
    if binding.annotation is not None and not binding.path and not _says_no_type(binding.annotation):
        declared = inference.annotated(binding.annotation)
        if declared:
            return declared
    value = unpacked(binding)
    return inference.of(value) if value is not None else UNKNOWN


def unpacked(binding: ValueBinding) -> cst.CSTNode | None:
    """Return the expression whose value is bound, the right one of a tuple; None where that is not known."""
    value: cst.CSTNode | None = binding.value
    for index in binding.path:
        elements = value.elements if isinstance(value, (cst.Tuple, cst.List)) else ()
        if index < 0 or index >= len(elements) or any(isinstance(e, cst.StarredElement) for e in elements):
            return None
        value = elements[index].value
    return value


def _says_no_type(annotation: cst.CSTNode) -> bool:
    return last_name(annotation) in ("TypeAlias", "Final")


def _parameter(inference: Inference, binding: ParamBinding) -> Meanings:
    if binding.annotation is not None:
        return inference.annotated(binding.annotation)
    holder = binding.scope.own_class()
    if binding.position == 0 and holder is not None:
        named = decorators(binding.scope)
        owner = Class(class_of(holder))
        if "staticmethod" not in named:
            return (owner,) if "classmethod" in named else (Instance(owner),)
    return distinct(inference.of(binding.default)) if binding.default is not None else UNKNOWN
