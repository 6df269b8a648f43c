"""Captures of thunks: coroutines made outside them, which a second run would await again."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.plans.functions import scopes_of
from isolint.plans.results import RESULTS
from isolint.program.types import Class, Coroutine, External, Instance
from isolint.semantic_index.scopes import (
    DEFINITIONS,
    Binding,
    EnterBinding,
    IterBinding,
    ParamBinding,
    Scope,
    ScopeKind,
    ValueBinding,
)
from isolint.syntax.ast_names import last_name, root_of
from isolint.syntax.ast_walk import descend

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.program.types import Types
    from isolint.program.view import ModuleView

_ONE_SHOT = frozenset({"asyncio.Task", "asyncio.Future", "concurrent.futures.Future"})


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

    ``node`` is where the thunk mentions it, ``written`` as what, ``made`` the expression that made it (a parameter
    for one that is passed in), ``binding`` the name that holds it, None where it stands in the thunk's own default.
    """

    node: ast.expr
    written: str
    made: ast.expr | ast.arg
    binding: Binding | None


@final
class Thunks:
    """Looks into the functions given to ``async_lift`` in one module."""

    def __init__(self, module: ModuleView) -> None:
        self._module = module

    def captures(self, argument: ast.expr) -> Iterator[Capture]:
        """Yield the values that the thunk ``argument`` gives back although they were made outside."""
        is_call = isinstance(argument, ast.Call)
        if is_call and External("functools.partial") in self._module.types(argument.func):
            yield from self._bound_by_partial(argument)
            return
        for scope in scopes_of(argument, self._module):
            for given_back in _given_back(scope):
                yield from self._made_outside(given_back, scope, frozenset())

    def _bound_by_partial(self, call: ast.Call) -> Iterator[Capture]:
        """``partial(f, coro)``: every run passes the same coroutine on."""
        for value in [*call.args[1:], *(keyword.value for keyword in call.keywords)]:
            if is_one_shot(self._module.types(value)):
                yield Capture(value, self._module.text_of(value), self._origin(value), None)

    def _origin(self, value: ast.expr) -> ast.expr:
        values = [b.value for b in self._module.bindings(value) if isinstance(b, ValueBinding)]
        return next((v for v in values if v is not None), value)

    def _made_outside(self, value: ast.expr, thunk: Scope, seen: frozenset[ast.expr]) -> Iterator[Capture]:
        if value in seen:
            return
        seen |= {value}
        if isinstance(value, ast.Name):
            for binding in self._module.bindings(value):
                yield from self._held_by(binding, value, thunk, seen)
        elif isinstance(value, ast.Attribute):
            yield from self._held_by_attribute(value)
        elif isinstance(value, ast.Subscript):
            yield from self._held_by_collection(value, thunk)
        elif isinstance(value, ast.IfExp):
            for side in (value.body, value.orelse):
                yield from self._made_outside(side, thunk, seen)
        elif isinstance(value, ast.BoolOp):
            for side in value.values:
                yield from self._made_outside(side, thunk, seen)
        elif isinstance(value, ast.Await):
            yield from self._made_outside(value.value, thunk, seen)
        elif isinstance(value, ast.Call):
            yield from self._passed_on(value, thunk)

    def _passed_on(self, call: ast.Call, thunk: Scope) -> Iterator[Capture]:
        """``wait_for(coro, 1)``: known coroutines only, since any other argument may be a plain value."""
        for value in [*call.args, *(keyword.value for keyword in call.keywords)]:
            if isinstance(value, ast.Name) and is_one_shot(self._module.types(value)):
                yield from self._made_outside(value, thunk, frozenset())

    def _held_by(
        self, binding: Binding, name: ast.Name, thunk: Scope, seen: frozenset[ast.expr]
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
                yield Capture(name, name.id, made, binding)

    def _held_by_default(self, binding: ParamBinding, default: ast.expr, name: ast.Name) -> Iterator[Capture]:
        """``lambda c=coro: c``: a default is made once, when the thunk is."""
        made: ast.expr | ast.arg | None = default if self._is_awaitable_call(default) else None
        for source in self._module.bindings(default):
            made = made or self._made_by(source)
        if made is not None:
            yield Capture(name, name.id, made, binding)

    def _held_by_attribute(self, value: ast.Attribute) -> Iterator[Capture]:
        for owner in self._module.types(value.value):
            if not isinstance(owner, Instance) or not isinstance(owner.of, Class):
                continue
            scope = self._module.scope_at(owner.of.place)
            for binding in scope.attributes.get(value.attr, ()) if scope is not None else ():
                made = self._made_by(binding)
                if made is not None:
                    yield Capture(value, self._module.text_of(value), made, binding)

    def _held_by_collection(self, value: ast.Subscript, thunk: Scope) -> Iterator[Capture]:
        for binding in self._module.bindings(value.value):
            outside = isinstance(binding, ValueBinding) and thunk not in binding.scope.enclosing()
            made = binding.value if isinstance(binding, ValueBinding) and outside else None
            elements: list[ast.expr] = []
            if isinstance(made, (ast.Tuple, ast.List)):
                elements = made.elts
            elif isinstance(made, ast.ListComp):
                elements = [made.elt]
            if made is not None and any(self._is_awaitable_call(element) for element in elements):
                yield Capture(value, self._module.text_of(value), made, binding)

    def _made_by(self, binding: Binding) -> ast.expr | ast.arg | None:
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
        if binding.scope.own_class is not None and binding.position == 0:
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
