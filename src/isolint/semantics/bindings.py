"""What a name means, by the way it was bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.semantics import calls
from isolint.semantics.definitions import class_of, decorators
from isolint.semantics.elements import collection, held_by, mapped
from isolint.semantics.meanings import UNKNOWN, Class, Function, Instance, distinct
from isolint.semantics.scopes import (
    ClassBinding,
    EnterBinding,
    FunctionBinding,
    ImportBinding,
    IterBinding,
    ParamBinding,
    PartBinding,
    ValueBinding,
)
from isolint.semantics.unpacking import part_of_entered, part_of_round, part_of_value
from isolint.syntax.names import last_name

if TYPE_CHECKING:
    from isolint.semantics.inference import Inference
    from isolint.semantics.meanings import Meanings
    from isolint.semantics.scopes import Binding
    from isolint.syntax import nodes


def bound(inference: Inference, binding: Binding) -> Meanings:
    """Return what a name bound by ``binding`` may mean."""
    if isinstance(binding, ImportBinding):
        return inference.named(binding.origin)
    if isinstance(binding, FunctionBinding):
        return (Function(binding),)
    if isinstance(binding, ClassBinding):
        return (Class(binding),)
    if isinstance(binding, ParamBinding):
        return _parameter(inference, binding)
    if isinstance(binding, ValueBinding):
        return _value(inference, binding)
    return _in_block(inference, binding)


def _in_block(inference: Inference, binding: Binding) -> Meanings:
    """Return what a ``with`` statement or a loop binds a name to."""
    if isinstance(binding, EnterBinding) and binding.path:
        return part_of_entered(inference, binding)
    if isinstance(binding, EnterBinding):
        return inference.each(binding.item, lambda item: calls.entered(inference, item))
    if isinstance(binding, IterBinding):
        return held_by(inference.of(binding.iterable))
    return part_of_round(inference, binding) if isinstance(binding, PartBinding) else UNKNOWN


def _value(inference: Inference, binding: ValueBinding) -> Meanings:
    if binding.annotation is not None and not binding.path and not _says_no_type(binding.annotation):
        declared = inference.annotated(binding.annotation)
        if declared:
            return declared
    return part_of_value(inference, binding)


def _says_no_type(annotation: nodes.Node) -> bool:
    return last_name(annotation) in ("TypeAlias", "Final")


def _parameter(inference: Inference, binding: ParamBinding) -> Meanings:
    if binding.annotation is not None:
        return _annotated_parameter(inference, binding.annotation, getattr(binding.node, "star", None))
    holder = binding.scope.own_class()
    if binding.position == 0 and holder is not None:
        named = decorators(binding.scope)
        owner = Class(class_of(holder))
        if "staticmethod" not in named:
            return (owner,) if "classmethod" in named else (Instance(owner),)
    if binding.default is not None:
        return distinct(inference.of(binding.default))
    return held_by(inference.of(binding.each_of)) if binding.each_of is not None else UNKNOWN


def _annotated_parameter(inference: Inference, annotation: nodes.Node, star: object) -> Meanings:
    """Return what a parameter is; behind stars the annotation is that of each argument."""
    each = inference.annotated(annotation)
    if star == "*":
        return collection(each)
    return mapped(each) if star == "**" else each
