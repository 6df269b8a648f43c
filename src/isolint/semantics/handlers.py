"""What each kind of expression means: one function for each class of node that has a meaning."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Any

from isolint.semantics import calls, declared, members
from isolint.semantics.elements import (
    COMPREHENSIONS,
    DISPLAYS,
    MAPPING_DISPLAYS,
    collected,
    collection,
    held_by,
    item_of,
)
from isolint.semantics.inheritance import without
from isolint.semantics.lookups import narrowed, reaching
from isolint.semantics.meanings import (
    UNKNOWN,
    WIDTH_LIMIT,
    Class,
    Collection,
    External,
    Text,
    distinct,
)
from isolint.semantics.scopes import ScopeKind
from isolint.syntax import nodes

if TYPE_CHECKING:
    from collections.abc import Callable

    from isolint.semantics.inference import Inference
    from isolint.semantics.meanings import Meanings

_BUILTINS = frozenset(dir(builtins))


def _name(inference: Inference, node: nodes.Name) -> Meanings:
    read = inference.read_of(node)
    if read is None:
        return UNKNOWN
    bindings = reaching(read)
    told = narrowed(read, bindings)
    if told.types and (passed := declared.instances(inference, told.types)):
        return without(inference, passed, told.excluded)
    if bindings:
        found = distinct(m for binding in bindings[:WIDTH_LIMIT] for m in inference.bound(binding))
        return without(inference, found, told.excluded)
    if any(
        node.value in scope.names for scope in read.scope.enclosing() if scope.kind is not ScopeKind.CLASS
    ):
        return UNKNOWN
    *_, root = read.scope.enclosing()
    for module in root.stars:
        name = f"{module}.{node.value}"
        if node.value in inference.catalogue.public_names(inference.catalogue.canonical(module)):
            return inference.named(name)
        if origins := inference.index.origins(name):
            return tuple(External(origin) for origin in origins)
        if inference.index.offers(module, node.value) and inference.defined(name):
            return (External(name),)
    return (External(f"builtins.{node.value}"),) if node.value in _BUILTINS else UNKNOWN


def _await(inference: Inference, node: nodes.Await) -> Meanings:
    return inference.each(node.expression, calls.awaited)


def _walrus(inference: Inference, node: nodes.NamedExpr) -> Meanings:
    return inference.of(node.value)


def _choice(inference: Inference, node: nodes.IfExp) -> Meanings:
    return distinct([*inference.of(node.body), *inference.of(node.orelse)])


def _either(inference: Inference, node: nodes.BooleanOperation) -> Meanings:
    return distinct([*inference.of(node.left), *inference.of(node.right)])


def _display(inference: Inference, node: nodes.Node) -> Meanings:
    return collected(node, inference)


def _subscript(inference: Inference, node: nodes.Subscript) -> Meanings:
    if of_module := members.in_namespace(inference, node):
        return of_module
    if kept := members.item(inference, node):
        return kept
    index = node.slice[0].slice
    if isinstance(index, nodes.Slice):
        return tuple(m for m in inference.holding(node.value) if isinstance(m, Collection))
    if field := members.field(inference, node.value, index.value):
        return field
    if held := inference.holding(node.value):
        return item_of(held, inference.of(index.value))
    # `asyncio.Queue[int]` is the class still.
    of = inference.of(node.value)
    return tuple(m for m in of if isinstance(m, Class) or (isinstance(m, External) and not m.bound))


def _operation(inference: Inference, node: nodes.BinaryOperation) -> Meanings:
    """``loops + others``, ``loops * 2``: what collections hold that are put together of known ones."""
    if isinstance(node.operator, nodes.Multiply):
        return tuple(m for m in inference.of(node.left) if isinstance(m, Collection))
    left, right = inference.holding(node.left), inference.holding(node.right)
    if not isinstance(node.operator, nodes.Add) or not left or not right:
        return UNKNOWN
    return collection(distinct([*held_by(left), *held_by(right)]))


def _string(_inference: Inference, node: nodes.SimpleString) -> Meanings:
    # Written with escapes, a name would slip past the gate: such a string stays unknown everywhere.
    value = None if "\\" in node.value else node.evaluated_value
    return (Text(value, node),) if isinstance(value, str) else UNKNOWN


HANDLERS: dict[type, Callable[[Inference, Any], Meanings]] = {
    nodes.Name: _name,
    nodes.Attribute: members.attribute,
    nodes.Call: calls.call,
    nodes.Await: _await,
    nodes.NamedExpr: _walrus,
    nodes.IfExp: _choice,
    nodes.BooleanOperation: _either,
    nodes.Subscript: _subscript,
    nodes.BinaryOperation: _operation,
    nodes.SimpleString: _string,
    **dict.fromkeys((*DISPLAYS, *COMPREHENSIONS, *MAPPING_DISPLAYS), _display),
}
