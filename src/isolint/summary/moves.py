"""Value flow inside a function: from a parameter, a call or an inner function to a call or a store.

``def listen(self, callback): self.jobs.append(Job(callback))`` makes one step of ``callback``: it is an argument of
the call of ``Job``, whose result is an argument of ``append``.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, final

from isolint.semantic_index.consumers import ConsumedAs
from isolint.semantic_index.scopes import (
    EnterBinding,
    FunctionBinding,
    IterBinding,
    OpaqueBinding,
    ParamBinding,
    Scope,
    ScopeKind,
    ValueBinding,
)
from isolint.summary.model import Origin, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from isolint.semantic_index.consumers import Consumer
    from isolint.semantic_index.index import SemanticIndex
    from isolint.semantic_index.scopes import Binding
    from isolint.summary.model import Slot

    Steps = tuple[Step, ...]

ELEMENT = "[]"
"""Stands for an element of a collection in the path of an attribute."""
_MOST_STEPS = 60
"""Expressions that one value is followed through; behind more it counts as called."""
CALLED = Step("called")
DRIVEN = Step("driven")
RETURNED = Step("returned")
_LEAVING = {ConsumedAs.RETURNED: RETURNED, ConsumedAs.YIELDED: Step("collected", then=(RETURNED,))}
_DISPLAYS = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
_SCOPED = (ParamBinding, ValueBinding, FunctionBinding, IterBinding, EnterBinding, OpaqueBinding)


@final
class Moves:
    """Follows values through the functions of one module.

    ``number`` gives the place of a call in its function, None for one that never runs.
    """

    def __init__(self, index: SemanticIndex, number: Callable[[ast.Call], int | None]) -> None:
        self._index = index
        self._number = number
        self._reads: dict[Binding, list[ast.Name]] = {}
        for name, read in index.reads.items():
            for binding in read.definitions:
                if isinstance(binding, _SCOPED) and binding.scope.qualname:
                    self._reads.setdefault(binding, []).append(name)
        self._by_value: dict[ast.expr, list[Binding]] = {}
        for binding in index.bindings:
            value = _bound_value(binding)
            if value is not None:
                self._by_value.setdefault(value, []).append(binding)
        self._by_element: dict[ast.expr, list[Binding]] = {}
        for value, bindings in self._by_value.items():
            for element, binding in _taken_apart(value, bindings):
                self._by_element.setdefault(element, []).append(binding)
        self._augmented = {one.node: one for one in index.bindings if isinstance(one, OpaqueBinding)}
        self._displays: dict[str, list[Binding]] = {}
        self._open: set[Binding] = set()
        self._left = 0

    def of_value(self, node: ast.expr) -> Steps:
        """Return the steps of the value of an expression."""
        self._left = _MOST_STEPS
        return self._value(node)

    def of_binding(self, binding: Binding) -> Steps:
        """Return the steps of the value that a name is bound to."""
        self._left = _MOST_STEPS
        return self._binding(binding, binding.scope.running)

    def displays(self) -> dict[str, tuple[Steps, ...]]:
        """Return the steps of the displays that :meth:`origin` has numbered, by function."""
        found: dict[Binding, Steps] = {}
        while fresh := [one for held in self._displays.values() for one in held if one not in found]:
            for binding in fresh:
                steps = self.of_binding(binding)
                found[binding] = steps if self._left >= 0 else ()
        return {function: tuple(found[one] for one in held) for function, held in self._displays.items()}

    def origin(self, node: ast.expr) -> Origin | None:
        """Return the parameter, call or display that the value of an expression comes from, as far as there is just one."""
        path: list[str] = []
        while True:
            if isinstance(node, ast.Attribute):
                path.insert(0, node.attr)
                node = node.value
            elif isinstance(node, ast.Subscript):
                path.insert(0, ELEMENT)
                node = node.value
            elif isinstance(node, ast.Call):
                return self._origin_of_call(node, tuple(path))
            elif isinstance(node, ast.Name):
                return self._origin_of_name(node, tuple(path))
            else:
                return None

    def _origin_of_call(self, call: ast.Call, path: tuple[str, ...]) -> Origin | None:
        number = self._number(call)
        return Origin("call", number, path) if number is not None else None

    def _origin_of_name(self, node: ast.Name, path: tuple[str, ...]) -> Origin | None:
        read = self._index.reads.get(node)
        definitions = read.definitions if read is not None else ()
        if read is None or len(definitions) != 1 or definitions[0].scope is not read.scope.running:
            return None
        binding = definitions[0]
        if isinstance(binding, ParamBinding):
            return Origin("param", binding.index, path)
        value = _bound_value(binding)
        if getattr(binding, "path", ()):
            return None
        if isinstance(value, ast.Call):
            return self._origin_of_call(value, path)
        if (
            isinstance(binding, ValueBinding)
            and isinstance(value, _DISPLAYS)
            and binding.scope.kind is ScopeKind.FUNCTION
        ):
            held = self._displays.setdefault(binding.scope.qualname, [])
            if binding not in held:
                held.append(binding)
            return Origin("display", held.index(binding), path)
        return None

    # Following

    def _binding(self, binding: Binding, function: Scope) -> Steps:
        if binding in self._open:
            return ()
        self._open.add(binding)
        steps: list[Step] = []
        for name in self._reads.get(binding, ()):
            inside = self._index.reads[name].scope.running
            found = self._value(name)
            if inside is function:
                steps += found
            elif found and inside.qualname:
                steps.append(Step("closure", function=inside.qualname, then=found))
        self._open.discard(binding)
        return tuple(dict.fromkeys(steps))

    def _value(self, node: ast.expr) -> Steps:
        consumer = self._index.consumers.get(node)
        if consumer is None:
            return ()
        self._left -= 1
        if self._left < 0:
            return (CALLED, DRIVEN)
        return tuple(self._consumed(node, consumer))

    def _consumed(self, node: ast.expr, consumer: Consumer) -> Iterator[Step]:
        by, taker, slot = consumer.by, consumer.node, consumer.slot
        if by is ConsumedAs.ARGUMENT and isinstance(taker, ast.Call):
            yield from self._argument(taker, slot)
        elif by is ConsumedAs.CALLEE:
            yield CALLED
        elif by is ConsumedAs.OWNER and isinstance(taker, ast.Attribute):
            yield from self._attribute(taker)
        elif by in (ConsumedAs.AWAITED, ConsumedAs.ENTERED, ConsumedAs.ITERABLE):
            yield from self._driven(node, by, taker)
        elif by is ConsumedAs.ASSIGNED:
            yield from self._assigned(node)
            yield from self._items(node, taker)
        elif by is ConsumedAs.JOINED:
            yield from self._joined(node, taker)
        elif by in _LEAVING:
            yield _LEAVING[by]
        elif (
            node in self._by_element
        ):  # not through the display: every other name would be gone through as well
            yield Step("collected", then=tuple(self._bound(self._by_element[node])))
        elif isinstance(taker, ast.expr):
            then = self._value(taker)
            if by is ConsumedAs.ALTERNATIVE:
                yield from then
                yield from self._assigned(node) if isinstance(taker, ast.NamedExpr) else ()
            elif then:
                yield Step("element" if by is ConsumedAs.CONTAINER else "collected", then=then)

    def _argument(self, taker: ast.Call, slot: Slot) -> Iterator[Step]:
        number = self._number(taker)
        if number is not None:
            yield Step("argument", number, slot)

    def _attribute(self, taker: ast.Attribute) -> Iterator[Step]:
        consumer = self._index.consumers.get(taker)
        is_called = consumer is not None and consumer.by is ConsumedAs.CALLEE
        call = consumer.node if consumer is not None and is_called else None
        number = self._number(call) if isinstance(call, ast.Call) else None
        if number is not None:
            yield Step("method", number, path=(taker.attr,))
        then = self._value(taker)
        yield Step("read", path=(taker.attr,), then=then)

    def _driven(self, node: ast.expr, by: ConsumedAs, taker: ast.AST) -> Iterator[Step]:
        bindings = self._by_value.get(node, ())
        then = tuple(step for binding in bindings for step in self._part(binding))
        if isinstance(taker, ast.Starred):
            then = self._value(taker)  # its elements are arguments of a call
        yield Step("driven", path=(by.value,))
        if then and by is ConsumedAs.ITERABLE:
            yield Step("element", then=then)
        elif then and by is ConsumedAs.ENTERED:
            yield Step("entered", then=then)

    def _assigned(self, node: ast.expr) -> Iterator[Step]:
        yield from self._bound(self._by_value.get(node, ()))

    def _part(self, binding: Binding) -> Iterator[Step]:
        """Yield the steps of the value that a name is bound to, or of the part of it that is."""
        then = self._binding(binding, binding.scope.running)
        if not getattr(binding, "path", ()):
            yield from then
        elif then:
            yield Step("element", then=then)

    def _items(self, node: ast.expr, statement: ast.AST) -> Iterator[Step]:
        """Yield the steps of a value that is stored under a key known when it runs only: ``self.table[key] = value``."""
        targets = statement.targets if isinstance(statement, ast.Assign) else ()
        named = [binding.node for binding in self._by_value.get(node, ())]
        for target in targets:
            if isinstance(target, ast.Subscript) and target not in named:
                yield Step("stored", path=(ELEMENT,), origin=self.origin(target.value))

    def _joined(self, node: ast.expr, taker: ast.AST) -> Iterator[Step]:
        """Yield the steps of a collection put together with another: ``self.jobs += jobs``, ``jobs + more``."""
        if isinstance(taker, ast.AugAssign):
            binding = self._augmented.get(taker.target)
            then = self._binding(binding, binding.scope.running) if binding is not None else ()
            origin = self.origin(taker.target) if node is taker.value else None
            yield Step("joined", then=then, origin=origin)
        elif isinstance(taker, ast.expr) and (then := self._value(taker)):
            yield Step("joined", then=then)

    def _bound(self, bindings: Iterable[Binding]) -> Iterator[Step]:
        """Yield the steps of a value that is bound to names, or of the parts of it that are."""
        for binding in bindings:
            target = binding.node
            if isinstance(target, ast.Name):
                yield from self._part(binding)
            elif isinstance(target, (ast.Attribute, ast.Subscript)):
                origin = self.origin(target.value)
                name = target.attr if isinstance(target, ast.Attribute) else ELEMENT
                yield Step("stored", path=(name,), origin=origin)


def _taken_apart(value: ast.expr, bindings: Sequence[Binding]) -> Iterable[tuple[ast.expr, Binding]]:
    """Return which element of a display each name is bound to: ``x, y = a, b``; nothing where one has another part of it."""
    if not isinstance(value, (ast.Tuple, ast.List)) or any(isinstance(e, ast.Starred) for e in value.elts):
        return ()
    paths: list[tuple[int, ...]] = [
        binding.path if isinstance(binding, ValueBinding) else () for binding in bindings
    ]
    if not all(path and 0 <= path[0] < len(value.elts) for path in paths):
        return ()
    return [(value.elts[path[0]], binding) for path, binding in zip(paths, bindings, strict=True)]


def _bound_value(binding: Binding) -> ast.expr | None:
    if isinstance(binding, ValueBinding):
        return binding.value
    if isinstance(binding, IterBinding):
        return binding.iterable
    return binding.item if isinstance(binding, EnterBinding) else None
