"""What thunks capture: coroutines made outside them, which a second run would await again."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.semantics.meanings import Class, Coroutine, External, Instance
from isolint.semantics.plans.functions import scopes_of
from isolint.semantics.plans.results import RESULTS
from isolint.semantics.scopes import (
    Binding,
    ClassBinding,
    EnterBinding,
    FunctionBinding,
    ImportBinding,
    IterBinding,
    OpaqueBinding,
    ParamBinding,
    PartBinding,
    Scope,
    ScopeKind,
    ValueBinding,
)
from isolint.syntax import nodes
from isolint.syntax.names import last_name, root_of
from isolint.syntax.walk import descend

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.semantics.meanings import Meaning
    from isolint.semantics.module import ModuleSemantics

_ONE_SHOT = frozenset({"asyncio.Task", "asyncio.Future", "concurrent.futures.Future"})


def is_one_shot(meanings: tuple[Meaning, ...]) -> bool:
    """Whether something can be awaited once only, or gives the same result ever after."""
    return any(
        isinstance(m, Coroutine)
        or (isinstance(m, Instance) and isinstance(m.of, External) and m.of.name in _ONE_SHOT)
        for m in meanings
    )


@final
class Capture(Struct, frozen=True):
    """A value that a thunk gives back and that was made outside it.

    ``node`` is where the thunk mentions it, ``written`` as what, ``made`` the expression that made it,
    ``binding`` the name that holds it, None where it stands in the thunk's own default.
    """

    node: nodes.Node
    written: str
    made: nodes.Node
    binding: Binding | None


@final
class Thunks:
    """Looks into what is given to ``async_lift`` in one module."""

    def __init__(self, module: ModuleSemantics) -> None:
        self._module = module
        self._inference = module.inference

    def captures(self, argument: nodes.Node) -> Iterator[Capture]:
        """Yield what the thunk ``argument`` gives back although it was made outside."""
        if isinstance(argument, nodes.Call) and External("functools.partial") in self._inference.of(
            argument.func
        ):
            yield from self._bound_by_partial(argument)
            return
        for scope in scopes_of(argument, self._module):
            for given_back in _given_back(scope):
                yield from self._made_outside(given_back, scope, frozenset())

    def _bound_by_partial(self, call: nodes.Call) -> Iterator[Capture]:
        """``partial(f, coro)``: every run passes the same coroutine on."""
        for argument in call.args[1:]:
            value = argument.value
            if is_one_shot(self._inference.of(value)):
                yield Capture(value, self._module.text_of(value), self._origin(value), None)

    def _origin(self, value: nodes.Node) -> nodes.Node:
        values = [b.value for b in self._module.bindings(value) if isinstance(b, ValueBinding)]
        return next((v for v in values if v is not None), value)

    def _made_outside(
        self, value: nodes.Node, thunk: Scope, seen: frozenset[nodes.Node]
    ) -> Iterator[Capture]:
        if value in seen:
            return
        seen |= {value}
        if isinstance(value, nodes.Name):
            for binding in self._module.bindings(value):
                yield from self._held_by(binding, value, thunk, seen)
        elif isinstance(value, nodes.Attribute):
            yield from self._held_by_attribute(value)
        elif isinstance(value, nodes.Subscript):
            yield from self._held_by_collection(value, thunk)
        elif isinstance(value, (nodes.IfExp, nodes.BooleanOperation)):
            sides = (
                (value.body, value.orelse) if isinstance(value, nodes.IfExp) else (value.left, value.right)
            )
            for side in sides:
                yield from self._made_outside(side, thunk, seen)
        elif isinstance(value, nodes.Await):
            yield from self._made_outside(value.expression, thunk, seen)
        elif isinstance(value, nodes.Call):
            yield from self._passed_on(value, thunk)

    def _passed_on(self, call: nodes.Call, thunk: Scope) -> Iterator[Capture]:
        """``wait_for(coro, 1)``: known coroutines only, since any other argument may be a plain value."""
        for argument in call.args:
            value = argument.value
            if isinstance(value, nodes.Name) and is_one_shot(self._inference.of(value)):
                yield from self._made_outside(value, thunk, frozenset())

    def _held_by(
        self, binding: Binding, name: nodes.Name, thunk: Scope, seen: frozenset[nodes.Node]
    ) -> Iterator[Capture]:
        inside = thunk in binding.scope.enclosing()
        if isinstance(binding, ParamBinding) and binding.scope is thunk:
            if binding.default is not None:
                yield from self._held_by_default(binding, binding.default, name)
        elif inside:
            value = binding.value if isinstance(binding, ValueBinding) else None
            if value is not None:
                yield from self._made_outside(value, thunk, seen)
        else:
            made = self._made_by(binding)
            if made is not None:
                yield Capture(name, name.value, made, binding)

    def _held_by_default(
        self, binding: ParamBinding, default: nodes.Node, name: nodes.Name
    ) -> Iterator[Capture]:
        """``lambda c=coro: c``: a default is made once, when the thunk is."""
        made = default if self._is_awaitable_call(default) else None
        for source in self._module.bindings(default):
            made = made or self._made_by(source)
        if made is not None:
            yield Capture(name, name.value, made, binding)

    def _held_by_attribute(self, value: nodes.Attribute) -> Iterator[Capture]:
        for owner in self._inference.of(value.value):
            if not isinstance(owner, Instance) or not isinstance(owner.of, Class):
                continue
            scope = owner.of.binding.inner
            for binding in scope.attributes(value.attr.value):
                made = self._made_by(binding)
                if made is not None:
                    yield Capture(value, self._module.text_of(value), made, binding)

    def _held_by_collection(self, value: nodes.Subscript, thunk: Scope) -> Iterator[Capture]:
        for binding in self._module.bindings(value.value):
            outside = isinstance(binding, ValueBinding) and thunk not in binding.scope.enclosing()
            made = binding.value if isinstance(binding, ValueBinding) and outside else None
            elements: list[nodes.Node] = []
            if isinstance(made, (nodes.Tuple, nodes.List)):
                elements = [element.value for element in made.elements]
            elif isinstance(made, nodes.ListComp):
                elements = [made.elt]
            if made is not None and any(self._is_awaitable_call(element) for element in elements):
                yield Capture(value, self._module.text_of(value), made, binding)

    def _made_by(self, binding: Binding) -> nodes.Node | None:
        """Return the expression that made the value of a name, where a thunk may not give it back."""
        if isinstance(binding, (FunctionBinding, ClassBinding, ImportBinding, OpaqueBinding, PartBinding)):
            return None
        if isinstance(binding, EnterBinding):
            return None if binding.path else binding.item
        if isinstance(binding, IterBinding):
            return binding.iterable
        if isinstance(binding, ParamBinding):
            return self._awaitable_parameter(binding)
        if not isinstance(binding, ValueBinding) or binding.value is None:
            return None
        value = binding.value
        if self._is_awaitable_call(value) or (binding.path and isinstance(value, (nodes.Tuple, nodes.Call))):
            return value
        sources = (self._made_by(source) for source in self._module.bindings(value))
        return next((made for made in sources if made is not None), None)

    def _awaitable_parameter(self, binding: ParamBinding) -> nodes.Node | None:
        if binding.scope.own_class() is not None and binding.position == 0:
            return None
        if binding.annotation is None:
            return binding.node
        return binding.node if is_one_shot(self._inference.annotated(binding.annotation)) else None

    def _is_awaitable_call(self, value: nodes.Node) -> bool:
        """Whether a call may have given an awaitable: it may unless it is known to give something else."""
        if not isinstance(value, nodes.Call) or last_name(value.func) in RESULTS:
            return False
        return not any(isinstance(m, Instance) and isinstance(m.of, Class) for m in self._inference.of(value))


def _given_back(scope: Scope) -> list[nodes.Node]:
    """Return the expressions whose awaitable a run of the thunk waits for."""
    if not scope.is_async:
        return list(scope.returns)
    if not isinstance(scope.node, nodes.FunctionDef):
        return []
    nested = (nodes.FunctionDef, nodes.Lambda)
    return [node.expression for node in descend(scope.node.body, nested) if isinstance(node, nodes.Await)]


def is_method_of_parameter(callee: nodes.Node, module: ModuleSemantics) -> bool:
    """Whether ``callee`` is a method of something the enclosing function was given: a capability."""
    if not isinstance(callee, nodes.Attribute):
        return False
    bindings = module.bindings(root_of(callee))
    return bool(bindings) and all(
        isinstance(binding, ParamBinding) and binding.scope.kind is ScopeKind.FUNCTION for binding in bindings
    )
