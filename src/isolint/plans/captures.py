"""Captures of thunks: coroutines made outside them, which a second run would await again.

    coro = fetch(url)
    async_lift(lambda: coro)                # held by a name
    async_lift(lambda c=coro: c)            # by a default
    async_lift(lambda: self._coro)          # by an attribute
    async_lift(lambda: waiting["url"])      # by a collection
    async_lift(partial(wait_for, coro, 3))  # bound by ``partial``
    async_lift(cached_fetch)                # kept by a cache

From the expressions that a thunk gives back, names, attributes, collections and nested helpers are followed to the
expression that made the value; a capture is one that stands outside the thunk.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.plans.deferred import COMPREHENSIONS, DISPLAYS
from isolint.plans.functions import scopes_of
from isolint.plans.results import RESULTS
from isolint.program.attributes import PROPERTIES
from isolint.program.types import Class, Collection, Coroutine, External, Instance, Mapped
from isolint.semantic_index.scopes import (
    DEFINITIONS,
    Binding,
    EnterBinding,
    FunctionBinding,
    IterBinding,
    ParamBinding,
    Scope,
    ScopeKind,
    ValueBinding,
)
from isolint.syntax.ast_names import callee_of, last_name, root_of
from isolint.syntax.ast_walk import descend

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.program.types import Types
    from isolint.program.view import ModuleView
    from isolint.syntax.spans import Located

_CACHES = frozenset(
    "functools.lru_cache functools.cache functools.cached_property django.utils.functional.cached_property "
    "werkzeug.utils.cached_property cached_property.cached_property".split()
)
"""Decorators that keep the result of a function, which of a coroutine function is a coroutine."""
_WAITING = frozenset(f"asyncio.{name}" for name in ("wait_for", "shield", "ensure_future", "create_task"))
"""Functions whose first argument is awaited."""
_ONE_SHOT = frozenset({"asyncio.Task", "asyncio.Future", "concurrent.futures.Future"})
_GIVES_ELEMENT = frozenset({"get", "pop", "popleft", "setdefault", "values", "items"})


def is_one_shot(types: Types) -> bool:
    """Whether a value can be awaited once only, or gives the same result ever after."""
    return any(
        isinstance(one, Coroutine)
        or (isinstance(one, Instance) and isinstance(one.of, External) and one.of.name in _ONE_SHOT)
        for one in types
    )


@final
class Capture(Struct, frozen=True):
    """A value that a thunk gives back and that was made outside it.

    ``node`` is where the thunk mentions it, ``written`` its text there, ``made`` the expression that made it (a parameter
    for one that is passed in), ``binding`` the name that holds it, None where it stands in the thunk's own default.
    """

    node: ast.expr
    written: str
    made: Located
    binding: Binding | None


@final
class Thunks:
    """Looks into the functions given to ``async_lift`` in one module.

    ``inside`` are the scopes that run with each run of a plan: the thunk's, and those of helpers it calls.
    """

    def __init__(self, module: ModuleView) -> None:
        self._module = module

    def captures(self, argument: ast.expr) -> Iterator[Capture]:
        """Yield the values that the thunk ``argument`` gives back although they were made outside."""
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

    def _partial_behind(self, argument: ast.expr) -> ast.Call | None:
        """Return the ``partial(...)`` that a thunk is, or that the name for it is bound to."""
        values = [
            argument,
            *(b.value for b in self._module.bindings(argument) if isinstance(b, ValueBinding)),
        ]
        calls = (value for value in values if isinstance(value, ast.Call))
        partial = External("functools.partial")
        return next((call for call in calls if partial in self._module.types(call.func)), None)

    def _bound_by_partial(self, call: ast.Call) -> Iterator[Capture]:
        """``partial(f, coro)``: every run passes the same coroutine on."""
        cached = self._cached_function(call.args[0]) if call.args else None
        if cached is not None:
            yield Capture(call, self._module.text_of(call), cached, None)
        positional = call.args[1:]
        for position, value in enumerate([*positional, *(keyword.value for keyword in call.keywords)]):
            if is_one_shot(self._module.types(value)):
                yield Capture(value, self._module.text_of(value), self._origin(value), None)
            elif position < len(positional) and self._awaits_argument(call.args[0], position):
                made = next((m for b in self._module.bindings(value) if (m := self._made_by(b))), None)
                if made is not None:
                    yield Capture(value, self._module.text_of(value), made, None)

    def _awaits_argument(self, callee: ast.expr, position: int) -> bool:
        """Whether a function awaits its argument at a place: a coroutine function that says so."""
        if any(external.name in _WAITING for external in self._module.externals(callee)):
            return not position
        return any(
            isinstance(binding, ParamBinding) and binding.position == position
            for scope in scopes_of(callee, self._module)
            if scope.is_async
            for awaited in _given_back(scope)
            if isinstance(awaited, ast.Name)
            for binding in scope.names.get(awaited.id, ())
        )

    def _origin(self, value: ast.expr) -> ast.expr:
        values = [b.value for b in self._module.bindings(value) if isinstance(b, ValueBinding)]
        return next((v for v in values if v is not None), value)

    def _made_outside(
        self, value: ast.expr, inside: frozenset[Scope], seen: frozenset[ast.expr]
    ) -> Iterator[Capture]:
        if value in seen:
            return
        seen |= {value}
        if isinstance(value, ast.Name):
            for binding in self._module.bindings(value):
                yield from self._held_by(binding, value, inside, seen)
        elif isinstance(value, ast.Attribute):
            yield from self._held_by_attribute(value)
        elif isinstance(value, ast.Subscript):
            yield from self._held_by_collection(value, value.value, inside)
        elif isinstance(value, ast.IfExp):
            for side in (value.body, value.orelse):
                yield from self._made_outside(side, inside, seen)
        elif isinstance(value, ast.BoolOp):
            for side in value.values:
                yield from self._made_outside(side, inside, seen)
        elif isinstance(value, ast.Await):
            yield from self._made_outside(value.value, inside, seen)
        elif isinstance(value, ast.Call):
            yield from self._given_by_call(value, inside, seen)

    def _given_by_call(
        self, call: ast.Call, inside: frozenset[Scope], seen: frozenset[ast.expr]
    ) -> Iterator[Capture]:
        cached = self._cached_function(call.func)
        if cached is not None:
            yield Capture(call, self._module.text_of(call), cached, None)
        if isinstance(call.func, ast.Attribute) and call.func.attr in _GIVES_ELEMENT:
            yield from self._held_by_collection(call, call.func.value, inside)
        for helper in self._local_helpers(call.func):
            for given_back in _given_back(helper):
                yield from self._made_outside(given_back, inside | {helper}, seen)
        for position, value in enumerate([*call.args, *(keyword.value for keyword in call.keywords)]):
            known = is_one_shot(self._module.types(value))
            if isinstance(value, ast.Name) and (known or self._awaits_argument(call.func, position)):
                yield from self._made_outside(value, inside, frozenset())

    def _local_helpers(self, callee: ast.expr) -> list[Scope]:
        """Return the scopes of the nested functions that a call in a thunk may run."""
        scopes = scopes_of(callee, self._module)
        return [s for s in scopes if s.parent is not None and s.parent.kind is ScopeKind.FUNCTION]

    def _cached_function(self, callee: ast.expr) -> ast.expr | None:
        """Return the decorator that makes a coroutine function give one coroutine again and again."""
        scopes = scopes_of(callee, self._module)
        return next((found for scope in scopes if (found := self._cache_of(scope))), None)

    def _cache_of(self, scope: Scope) -> ast.expr | None:
        """Return the decorator that keeps the coroutine a function gives, if it gives one."""
        function = scope.node
        if not isinstance(function, DEFINITIONS):
            return None
        for decorator in function.decorator_list:
            if any(external.name in _CACHES for external in self._module.externals(callee_of(decorator))):
                gives = scope.is_async or any(
                    isinstance(one, Coroutine) for value in scope.returns for one in self._module.types(value)
                )
                return decorator if gives else None
        return None

    def _held_by(
        self, binding: Binding, name: ast.Name, inside: frozenset[Scope], seen: frozenset[ast.expr]
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
                yield Capture(name, name.id, made, binding)

    def _held_by_default(self, binding: ParamBinding, default: ast.expr, name: ast.Name) -> Iterator[Capture]:
        """``lambda c=coro: c``: a default is made once, when the thunk is."""
        made: Located | None = default if self._is_awaitable_call(default) else None
        for source in self._module.bindings(default):
            made = made or self._made_by(source)
        if made is not None:
            yield Capture(name, name.id, made, binding)

    def _held_by_attribute(self, value: ast.Attribute) -> Iterator[Capture]:
        for owner in self._module.types(value.value):
            of = owner.of if isinstance(owner, Instance) else owner
            if not isinstance(of, Class):
                continue
            scope = self._module.scope_at(of.place)
            own = scope.attributes.get(value.attr, []) if scope is not None else []
            for binding in dict.fromkeys([*own, *self._module.class_bindings(of, value.attr)]):
                made = self._made_by(binding)
                if isinstance(binding, FunctionBinding) and _is_property(binding.inner):
                    made = self._cache_of(binding.inner)
                if made is not None:
                    yield Capture(value, self._module.text_of(value), made, binding)

    def _held_by_collection(
        self, value: ast.expr, holder: ast.expr, inside: frozenset[Scope]
    ) -> Iterator[Capture]:
        """``table[key]``, ``table.get(key)``: an element of a collection that was made outside."""
        displays = (*DISPLAYS, *COMPREHENSIONS, ast.Dict, ast.DictComp)
        bindings = self._module.bindings(holder)
        is_display = any(isinstance(b, ValueBinding) and isinstance(b.value, displays) for b in bindings)
        holds = any(isinstance(one, (Collection, Mapped)) for one in self._module.types(holder))
        if isinstance(value, ast.Call) and not is_display and not holds:
            return  # a method of another kind of object: `users.get(user_id)`
        if isinstance(holder, ast.Attribute):
            if is_one_shot(self._module.types(value)):
                yield Capture(value, self._module.text_of(value), holder, None)
            return
        for binding in bindings:
            if not inside.isdisjoint(binding.scope.enclosing()):
                continue
            made = binding.value if isinstance(binding, ValueBinding) else None
            if made is not None and any(map(self._is_awaitable_call, _elements(made))):
                yield Capture(value, self._module.text_of(value), made, binding)
            elif is_one_shot(self._module.types(value)):
                yield Capture(value, self._module.text_of(value), made or holder, binding)

    def _made_by(self, binding: Binding) -> Located | None:
        """Return the expression that made the value of a name, where a thunk may not give it back."""
        if isinstance(binding, EnterBinding):
            return None if binding.path else binding.item
        if isinstance(binding, IterBinding):
            return None if binding.path else binding.iterable
        if isinstance(binding, ParamBinding):
            return self._awaitable_parameter(binding)
        if not isinstance(binding, ValueBinding) or binding.value is None:
            return None
        value = binding.value
        if self._is_awaitable_call(value) or (binding.path and isinstance(value, (ast.Tuple, ast.Call))):
            return value
        sources = (self._made_by(source) for source in self._module.bindings(value))
        return next((made for made in sources if made is not None), None)

    def _awaitable_parameter(self, binding: ParamBinding) -> ast.arg | None:
        if binding is binding.scope.receiver:
            return None
        assert isinstance(binding.node, ast.arg)  # noqa: S101  # a parameter is bound by one
        if binding.annotation is None:
            return binding.node
        return binding.node if is_one_shot(self._module.declared(binding.annotation)) else None

    def _is_awaitable_call(self, value: ast.expr) -> bool:
        """Whether a call may have given an awaitable: it may unless it is known to give something else."""
        if not isinstance(value, ast.Call) or last_name(value.func) in RESULTS:
            return False
        return not any(
            isinstance(one, Instance) and isinstance(one.of, Class) for one in self._module.types(value)
        )


def _is_property(scope: Scope) -> bool:
    return not PROPERTIES.isdisjoint(scope.decorators)


def _elements(made: ast.expr) -> list[ast.expr]:
    """Return the expressions whose values a display or comprehension holds; of a mapping, the values."""
    if isinstance(made, DISPLAYS):
        return made.elts
    if isinstance(made, ast.Dict):
        return made.values
    if isinstance(made, COMPREHENSIONS):
        return [made.elt]
    return [made.value] if isinstance(made, ast.DictComp) else []


def _given_back(scope: Scope) -> list[ast.expr]:
    """Return the expressions whose awaitable a run of the thunk waits for."""
    if not scope.is_async:
        return list(scope.returns)
    nested = (*DEFINITIONS, ast.Lambda)
    assert isinstance(scope.node, ast.AsyncFunctionDef)  # noqa: S101  # no other scope is asynchronous
    return [node.value for node in descend(scope.node.body, nested) if isinstance(node, ast.Await)]


def is_method_of_parameter(callee: ast.expr, module: ModuleView) -> bool:
    """Whether ``callee`` is a method of something the enclosing function was given: a capability."""
    if not isinstance(callee, ast.Attribute):
        return False
    bindings = module.bindings(root_of(callee))
    return bool(bindings) and all(
        isinstance(binding, ParamBinding) and binding.scope.kind is ScopeKind.FUNCTION for binding in bindings
    )
