"""What the parts of a value are that is taken apart: of a tuple, of a call's result, of a round of a loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.semantics.definitions import decorators
from isolint.semantics.elements import collection, held_by, values_of
from isolint.semantics.exports import LONGEST_DISPLAY
from isolint.semantics.meanings import UNKNOWN, WIDTH_LIMIT, Class, External, Instance, distinct
from isolint.semantics.members import CONTEXT_MAKERS, ENTER_METHODS, field_at
from isolint.semantics.scopes import FunctionBinding
from isolint.syntax import nodes
from isolint.syntax.names import last_name

if TYPE_CHECKING:
    from isolint.semantics.inference import Inference
    from isolint.semantics.meanings import Meanings
    from isolint.semantics.scopes import EnterBinding, PartBinding, Scope, ValueBinding

    Path = tuple[int, ...]

_REST = (-1,)
"""Behind its place, the path of a name with a star: ``first, *rest``."""
_SAME_ROUNDS = frozenset(
    "builtins.list builtins.tuple builtins.sorted builtins.reversed builtins.iter".split()
)


def unpacked(binding: ValueBinding) -> nodes.Node | None:
    """Return the expression whose value is bound, the right one of a tuple; None where that is not known."""
    value: nodes.Node | None = binding.value
    for index in binding.path:
        value = _element(value, index)
    return value


def _element(value: nodes.Node | None, index: int) -> nodes.Node | None:
    elements = value.elements if isinstance(value, (nodes.Tuple, nodes.List)) else ()
    if index < 0 or index >= len(elements) or any(isinstance(e, nodes.StarredElement) for e in elements):
        return None
    return elements[index].value


def part_of_value(inference: Inference, binding: ValueBinding) -> Meanings:
    """Return what a name of several is bound to in ``one, other = value``."""
    return inference.settled((binding.value, binding.path), _part) if binding.value is not None else UNKNOWN


def _part(inference: Inference, asked: tuple[nodes.Node, Path]) -> Meanings:
    """Return what stands in an expression's value where the path leads."""
    value, path = asked
    if not path:
        return inference.of(value)
    if isinstance(value, nodes.IfExp):
        ways = [value.body, value.orelse]
        return distinct(m for way in ways for m in inference.settled((way, path), _part))
    if isinstance(value, nodes.Call):
        return _of_result(inference, value, path, is_awaited=False)
    if isinstance(value, nodes.Await) and isinstance(value.expression, nodes.Call):
        return _of_result(inference, value.expression, path, is_awaited=True)
    element = _element(value, path[0])
    if element is not None:
        return inference.settled((element, path[1:]), _part)
    if fields := _field(inference, inference.of(value), path):
        return fields
    held = held_by(inference.of(value))
    if path[1:] == _REST:
        return collection(held)
    return held if len(path) == 1 else UNKNOWN


def _field(inference: Inference, owners: Meanings, path: Path) -> Meanings:
    """Return what stands in a named tuple where the path leads."""
    return (
        distinct(m for owner in owners for m in field_at(inference, owner, path[0]))
        if len(path) == 1
        else UNKNOWN
    )


def _of_result(inference: Inference, call: nodes.Call, path: Path, *, is_awaited: bool) -> Meanings:
    found: list[Meanings] = []
    for function in inference.functions(call.func):
        scope = function.binding.inner
        if not isinstance(scope.node, nodes.FunctionDef) or scope.is_async is not is_awaited or scope.yields:
            continue
        declared = _declared_part(inference, scope.node, path)
        found += [declared] if declared else []
        if not declared:
            found += [inference.settled((value, path), _part) for value in scope.returns[:WIDTH_LIMIT]]
    return distinct(m for meanings in found for m in meanings)


def _declared_part(
    inference: Inference, function: nodes.FunctionDef, path: Path, *, each: bool = False
) -> Meanings:
    """Return the part of what a function is annotated to return, or to yield ``each`` time."""
    annotation: nodes.Node | None = function.returns.annotation if function.returns is not None else None
    if isinstance(annotation, nodes.SimpleString):
        annotation = inference.quoted(annotation)
    if each:
        annotation = _first_argument(annotation)
    if not isinstance(annotation, nodes.Subscript) or last_name(annotation.value) not in ("tuple", "Tuple"):
        return UNKNOWN
    held = [element.slice.value for element in annotation.slice if isinstance(element.slice, nodes.Index)]
    return inference.annotated(held[path[0]]) if len(path) == 1 and 0 <= path[0] < len(held) else UNKNOWN


def _first_argument(annotation: nodes.Node | None) -> nodes.Node | None:
    first = annotation.slice[0].slice if isinstance(annotation, nodes.Subscript) else None
    return first.value if isinstance(first, nodes.Index) else None


def part_of_entered(inference: Inference, binding: EnterBinding) -> Meanings:
    """Return what a name of several is bound to in ``with item as (one, other)``."""
    item, path = binding.item, binding.path
    makers = inference.functions(item.func) if isinstance(item, nodes.Call) else []
    classes = [m.of for m in inference.of(item) if isinstance(m, Instance) and isinstance(m.of, Class)]
    found = [
        _of_entering(inference, maker.binding.inner, path)
        for maker in makers
        if decorators(maker.binding.inner) & CONTEXT_MAKERS
    ]
    for owner in classes:
        entering = (b for name in ENTER_METHODS for b in inference.attribute_bindings(owner, name))
        found += [_of_entering(inference, b.inner, path) for b in entering if isinstance(b, FunctionBinding)]
    return distinct(m for meanings in found for m in meanings)


def _of_entering(inference: Inference, scope: Scope, path: Path) -> Meanings:
    if not isinstance(scope.node, nodes.FunctionDef):
        return UNKNOWN
    given = (scope.yielded if scope.yields else scope.returns)[:WIDTH_LIMIT]
    declared = _declared_part(inference, scope.node, path, each=scope.yields)
    return declared or distinct(m for value in given for m in inference.settled((value, path), _part))


def part_of_round(inference: Inference, binding: PartBinding) -> Meanings:
    """Return what a name of several is bound to in ``for one, other in iterable``."""
    return _in_round(inference, binding.iterable, binding.path)


def _in_round(inference: Inference, iterable: nodes.Node, path: Path) -> Meanings:
    """Return what stands where the path leads in what each round of a loop over ``iterable`` gives."""
    if not path:
        return held_by(inference.of(iterable))
    if fields := _field(inference, held_by(inference.of(iterable)), path):
        return fields
    if isinstance(iterable, nodes.Call):
        return _in_round_of_call(inference, iterable, path)
    elements = iterable.elements if isinstance(iterable, (nodes.List, nodes.Tuple, nodes.Set)) else ()
    if len(elements) > LONGEST_DISPLAY:
        return UNKNOWN
    found = [inference.settled((element.value, path), _part) for element in elements]
    return distinct(m for meanings in found for m in meanings) if all(found) else UNKNOWN


def _in_round_of_call(inference: Inference, call: nodes.Call, path: Path) -> Meanings:
    if not call.args:
        owner = call.func.value if isinstance(call.func, nodes.Attribute) else None
        is_items = owner is not None and last_name(call.func) == "items" and path == (1,)
        return values_of(inference.holding(owner)) if owner is not None and is_items else UNKNOWN
    given = [arg.value for arg in call.args if arg.keyword is None and not arg.star]
    names = {m.name for m in inference.of(call.func) if isinstance(m, External)}
    if names & _SAME_ROUNDS and given:
        return _in_round(inference, given[0], path)
    if "builtins.enumerate" in names and given:
        return _in_round(inference, given[0], path[1:]) if path[0] == 1 else UNKNOWN
    is_whole = len(given) == len([arg for arg in call.args if arg.keyword is None])
    if "builtins.zip" in names and is_whole and 0 <= path[0] < len(given):
        return _in_round(inference, given[path[0]], path[1:])
    return UNKNOWN
