"""What thunks capture: coroutines made outside them, which a second run would await again."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.semantics.definitions import PROPERTIES, decorators
from isolint.semantics.elements import COMPREHENSIONS, DISPLAYS, HANDING_OUT
from isolint.semantics.meanings import Class, Coroutine, External, Function, Instance
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

_CACHES = frozenset(
    "functools.lru_cache functools.cache functools.cached_property django.utils.functional.cached_property "
    "werkzeug.utils.cached_property cached_property.cached_property".split()
)
"""Decorators that keep what a function gives, which of a coroutine function is a coroutine."""
_WAITING = frozenset(f"asyncio.{name}" for name in ("wait_for", "shield", "ensure_future", "create_task"))
"""Functions whose first argument is awaited."""
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
    """Looks into what is given to ``async_lift`` in one module.

    ``inside`` are the scopes that run with each run of a plan: the thunk's, and those of helpers it calls.
    """

    def __init__(self, module: ModuleSemantics) -> None:
        self._module = module
        self._inference = module.inference

    def captures(self, argument: nodes.Node) -> Iterator[Capture]:
        """Yield what the thunk ``argument`` gives back although it was made outside."""
        bound = self._partial_behind(argument)
        if bound is not None:
            yield from self._bound_by_partial(bound)
            return
        cached = self._cached_function(argument)
        if cached is not None:
            yield Capture(argument, self._module.text_of(argument), cached, None)
            return
        for scope in scopes_of(argument, self._module):
            for given_back in _given_back(scope):
                yield from self._made_outside(given_back, frozenset({scope}), frozenset())

    def _partial_behind(self, argument: nodes.Node) -> nodes.Call | None:
        """Return the ``partial(...)`` that a thunk is, or that the name for it is bound to."""
        values = [
            argument,
            *(b.value for b in self._module.bindings(argument) if isinstance(b, ValueBinding)),
        ]
        calls = (value for value in values if isinstance(value, nodes.Call))
        partial = External("functools.partial")
        return next((call for call in calls if partial in self._inference.of(call.func)), None)

    def _bound_by_partial(self, call: nodes.Call) -> Iterator[Capture]:
        """``partial(f, coro)``: every run passes the same coroutine on."""
        cached = self._cached_function(call.args[0].value) if call.args else None
        if cached is not None:
            yield Capture(call, self._module.text_of(call), cached, None)
        for position, argument in enumerate(call.args[1:]):
            value = argument.value
            if is_one_shot(self._inference.of(value)):
                yield Capture(value, self._module.text_of(value), self._origin(value), None)
            elif argument.keyword is None and self._awaits_argument(call.args[0].value, position):
                made = next((m for b in self._module.bindings(value) if (m := self._made_by(b))), None)
                if made is not None:
                    yield Capture(value, self._module.text_of(value), made, None)

    def _awaits_argument(self, callee: nodes.Node, position: int) -> bool:
        """Whether a function awaits what it is given at a place: a coroutine function that says so."""
        if any(external.name in _WAITING for external in self._inference.externals(callee)):
            return not position
        return any(
            isinstance(binding, ParamBinding) and binding.position == position
            for function in self._inference.functions(callee)
            if function.binding.inner.is_async
            for awaited in _given_back(function.binding.inner)
            for binding in function.binding.inner.names.get(getattr(awaited, "value", ""), ())
        )

    def _origin(self, value: nodes.Node) -> nodes.Node:
        values = [b.value for b in self._module.bindings(value) if isinstance(b, ValueBinding)]
        return next((v for v in values if v is not None), value)

    def _made_outside(
        self, value: nodes.Node, inside: frozenset[Scope], seen: frozenset[nodes.Node]
    ) -> Iterator[Capture]:
        if value in seen:
            return
        seen |= {value}
        if isinstance(value, nodes.Name):
            for binding in self._module.bindings(value):
                yield from self._held_by(binding, value, inside, seen)
        elif isinstance(value, nodes.Attribute):
            yield from self._held_by_attribute(value)
        elif isinstance(value, nodes.Subscript):
            yield from self._held_by_collection(value, value.value, inside)
        elif isinstance(value, (nodes.IfExp, nodes.BooleanOperation)):
            sides = (
                (value.body, value.orelse) if isinstance(value, nodes.IfExp) else (value.left, value.right)
            )
            for side in sides:
                yield from self._made_outside(side, inside, seen)
        elif isinstance(value, nodes.Await):
            yield from self._made_outside(value.expression, inside, seen)
        elif isinstance(value, nodes.Call):
            yield from self._given_by_call(value, inside, seen)

    def _given_by_call(
        self, call: nodes.Call, inside: frozenset[Scope], seen: frozenset[nodes.Node]
    ) -> Iterator[Capture]:
        cached = self._cached_function(call.func)
        if cached is not None:
            yield Capture(call, self._module.text_of(call), cached, None)
        if isinstance(call.func, nodes.Attribute) and call.func.attr.value in HANDING_OUT:
            yield from self._held_by_collection(call, call.func.value, inside)
        for helper in self._local_helpers(call.func):
            for given_back in _given_back(helper):
                yield from self._made_outside(given_back, inside | {helper}, seen)
        for position, argument in enumerate(call.args):
            value = argument.value
            known = is_one_shot(self._inference.of(value))
            if isinstance(value, nodes.Name) and (known or self._awaits_argument(call.func, position)):
                yield from self._made_outside(value, inside, frozenset())

    def _local_helpers(self, callee: nodes.Node) -> list[Scope]:
        """Return the scopes of the nested functions that a call in a thunk may run."""
        return [
            m.binding.inner
            for m in self._inference.of(callee)
            if isinstance(m, Function) and m.binding.scope.kind is ScopeKind.FUNCTION
        ]

    def _cached_function(self, callee: nodes.Node) -> nodes.Node | None:
        """Return the decorator that makes a coroutine function give one coroutine again and again."""
        return next(
            (found for m in self._inference.functions(callee) if (found := self._cache_of(m.binding.inner))),
            None,
        )

    def _cache_of(self, scope: Scope) -> nodes.Node | None:
        """Return the decorator that keeps the coroutine a function gives, if it gives one."""
        function = scope.node
        if not isinstance(function, nodes.FunctionDef):
            return None
        for decorator in (d.decorator for d in function.decorators):
            named = decorator.func if isinstance(decorator, nodes.Call) else decorator
            if any(external.name in _CACHES for external in self._inference.externals(named)):
                gives = scope.is_async or any(
                    isinstance(m, Coroutine) for value in scope.returns for m in self._inference.of(value)
                )
                return decorator if gives else None
        return None

    def _held_by(
        self, binding: Binding, name: nodes.Name, inside: frozenset[Scope], seen: frozenset[nodes.Node]
    ) -> Iterator[Capture]:
        is_inside = not inside.isdisjoint(binding.scope.enclosing())
        if isinstance(binding, ParamBinding) and binding.scope in inside:
            if binding.default is not None:
                yield from self._held_by_default(binding, binding.default, name)
        elif is_inside:
            value = binding.value if isinstance(binding, ValueBinding) else None
            if value is not None:
                yield from self._made_outside(value, inside, seen)
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
            of = owner.of if isinstance(owner, Instance) else owner
            if not isinstance(of, Class):
                continue
            name = value.attr.value
            own = of.binding.inner
            bindings = [*own.attributes(name), *self._inference.attribute_bindings(of, name)]
            for binding in dict.fromkeys(bindings):
                made = self._made_by(binding)
                if isinstance(binding, FunctionBinding) and decorators(binding.inner) & PROPERTIES:
                    made = self._cache_of(binding.inner)
                if made is not None:
                    yield Capture(value, self._module.text_of(value), made, binding)

    def _held_by_collection(
        self, value: nodes.Node, holder: nodes.Node, inside: frozenset[Scope]
    ) -> Iterator[Capture]:
        """``table[key]``, ``table.get(key)``: an element of a collection that was made outside."""
        displays = (*DISPLAYS, *COMPREHENSIONS, nodes.Dict, nodes.DictComp)
        bindings = self._module.bindings(holder)
        is_display = any(isinstance(b, ValueBinding) and isinstance(b.value, displays) for b in bindings)
        if isinstance(value, nodes.Call) and not is_display and not self._inference.holding(holder):
            return  # a method of another kind of object: `users.get(user_id)`
        if isinstance(holder, nodes.Attribute):
            if is_one_shot(self._inference.of(value)):
                yield Capture(value, self._module.text_of(value), holder, None)
            return
        for binding in bindings:
            if not inside.isdisjoint(binding.scope.enclosing()):
                continue
            made = binding.value if isinstance(binding, ValueBinding) else None
            if made is not None and any(map(self._is_awaitable_call, _elements(made))):
                yield Capture(value, self._module.text_of(value), made, binding)
            elif is_one_shot(self._inference.of(value)):
                yield Capture(value, self._module.text_of(value), made or binding.node, binding)

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


def _elements(made: nodes.Node) -> list[nodes.Node]:
    """Return the expressions of what a display or comprehension holds; of a mapping, the values."""
    if isinstance(made, DISPLAYS):
        return [element.value for element in made.elements]
    if isinstance(made, nodes.Dict):
        return [element.value for element in made.elements]
    if isinstance(made, COMPREHENSIONS):
        return [made.elt]
    return [made.value] if isinstance(made, nodes.DictComp) else []


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
