"""Tasks that a coroutine function cancels before it awaits them, for ISO409.

    task.cancel()
    with suppress(CancelledError):
        await task

This is the way to wait for the end of a task, and no cancellation of the function itself is lost.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.rules.catching import NESTED, catches
from isolint.semantic_index.scopes import IterBinding, ValueBinding
from isolint.syntax.ast_names import callee_of, last_name
from isolint.syntax.ast_walk import descend

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.rule import Context
    from isolint.semantic_index.scopes import Scope

_WAITING = frozenset(f"asyncio.{name}" for name in ("gather", "wait", "wait_for", "shield", "ensure_future"))
_OF_ONE = frozenset({"asyncio.wait_for", "asyncio.shield", "asyncio.wait"})
"""Those whose first argument alone is waited for."""
_BY_THE_LOOP = frozenset({"call_soon", "call_soon_threadsafe", "call_later", "call_at"})
_COPYING = frozenset({"list", "tuple", "set", "frozenset", "sorted", "reversed"})


def awaits_what_it_cancelled(body: list[ast.stmt], scope: Scope, context: Context) -> bool:
    """Whether all that ``body`` awaits was cancelled by the same function before: the way to see it end."""
    awaited = [node.value for node in descend(body, NESTED) if isinstance(node, ast.Await)]
    if not awaited:
        return False
    cancelled = set(_cancelled_before(body, scope, context))
    by_method = context.once(_in_order, scope.node).cancelled_by_method
    return all(
        _throws(one, context)
        # `self.cancel_sync_task()`, then `await self._sync_task`
        or (isinstance(one, (ast.Name, ast.Attribute)) and last_name(one).lstrip("_") in by_method)
        or _is_cancelled(one, cancelled, context)
        for one in awaited
    )


def what_it_cancelled(body: list[ast.stmt], scope: Scope, context: Context) -> str:
    """Name something else that the function has cancelled before ``body``, where there is any."""
    named = sorted(name for name in _cancelled_before(body, scope, context) if not name.startswith("each of"))
    return named[0] if named else ""


def _cancelled_before(body: list[ast.stmt], scope: Scope, context: Context) -> Iterator[str]:
    """Yield the cancelled objects as text; ``each of ...`` where a loop cancels all of something."""
    function = context.once(_in_order, scope.node)
    begins = function.places.get(body[0], len(function.places)) if body else 0
    for place, receiver in function.cancels:
        if place >= begins:
            break
        yield from _spellings(receiver, context)
    for place, texts in context.once(_cancelled_by_calls, (scope.node, context)):
        if place >= begins:
            break
        yield from texts
    for part in descend(body, NESTED):
        if isinstance(part, ast.Await):
            return
        if (other := _cancelled_by(part)) is not None:
            yield from _spellings(other, context)


def _cancelled_by_calls(asked: tuple[ast.AST, Context]) -> list[tuple[int, list[str]]]:
    """Return the texts of the tasks that calls in a function cancel, by the place of the call."""
    node, context = asked
    found = (
        (place, [*_cancelled_inside(call, context)]) for place, call in context.once(_in_order, node).calls
    )
    return [(place, texts) for place, texts in found if texts]


def _cancelled_inside(call: ast.Call, context: Context) -> Iterator[str]:
    """Yield the arguments that a called function of this module cancels: ``self.stop()`` with ``self.task.cancel()``."""
    for function in context.module.functions(call.func):
        scope = context.module.scope_at(function.place)
        if scope is None:
            continue
        given = _arguments(call, scope, context)
        for _, receiver in context.once(_in_order, scope.node).cancels:
            for text in _spellings(receiver, context):
                root, dot, rest = text.partition(".")
                if root in given:
                    yield f"{given[root]}{dot}{rest}"


def _arguments(call: ast.Call, scope: Scope, context: Context) -> dict[str, str]:
    """Return the texts of the arguments by parameter, the object of a method included."""
    given = list(call.args)
    if scope.receiver is not None and isinstance(call.func, ast.Attribute):
        given.insert(0, call.func.value)
    if any(isinstance(one, ast.Starred) for one in given):
        return {}
    positional = (parameter for parameter in scope.parameters if parameter.position >= 0)
    found = {
        parameter.name: context.module.text_of(one) for parameter, one in zip(positional, given, strict=False)
    }
    return found | {one.arg: context.module.text_of(one.value) for one in call.keywords if one.arg}


def _cancelled_by(node: ast.AST) -> ast.expr | None:
    """Return the task that a call cancels: ``task.cancel()``, or by the loop, ``loop.call_later(5, task.cancel)``."""
    if not isinstance(node, ast.Call):
        return None
    callees = node.args if last_name(node.func) in _BY_THE_LOOP else [node.func]
    found = (one.value for one in callees if isinstance(one, ast.Attribute) and one.attr == "cancel")
    return next(found, None)


@final
class _Function(Struct, frozen=True):
    """A function in the order of its text, looked through once for all of its handlers.

    ``handlers`` have the places of the first node of their bodies, and of the first behind.
    """

    places: dict[ast.AST, int]
    cancels: tuple[tuple[int, ast.expr], ...]
    calls: tuple[tuple[int, ast.Call], ...]
    cancelled_by_method: frozenset[str]
    handlers: tuple[tuple[ast.ExceptHandler, int, int], ...]


def _in_order(node: ast.AST) -> _Function:
    found = list(descend(node))
    places = {each: place for place, each in enumerate(found)}
    cancels = tuple((place, r) for place, each in enumerate(found) if (r := _cancelled_by(each)) is not None)
    calls = tuple((place, each) for place, each in enumerate(found) if isinstance(each, ast.Call))
    methods = frozenset(
        last_name(each.func).removeprefix("cancel_")
        for each in found
        if isinstance(each, ast.Call) and last_name(each.func).startswith("cancel_")
    )
    handlers = tuple(
        (each, first, first + sum(1 for _ in descend(each.body)))
        for each in found
        if isinstance(each, ast.ExceptHandler)
        for first in [places[each.body[0]]]
    )
    return _Function(places, cancels, calls, methods, handlers)


def handlers_around(statement: ast.stmt, scope: Scope, context: Context) -> Iterator[ast.ExceptHandler]:
    """Yield the handlers of a function in whose bodies ``statement`` stands."""
    function = context.once(_in_order, scope.node)
    place = function.places.get(statement, -1)
    for handler, first, behind in function.handlers:
        if first <= place < behind:
            yield handler


def _is_cancelled(awaited: ast.expr, cancelled: set[str], context: Context) -> bool:
    """Whether an awaited value is among the ``cancelled`` ones, or waits for nothing else."""
    if set(_spellings(awaited, context)) & cancelled:
        return True
    if not isinstance(awaited, ast.Call):
        return False
    names = {external.name for external in context.module.externals(awaited.func)}
    given = [one.value if isinstance(one, ast.Starred) else one for one in awaited.args]
    if names & _WAITING:
        wanted = given[:1] if names & _OF_ONE else given
        return bool(wanted) and all(_all_of(argument, cancelled, context) for argument in wanted)
    if isinstance(awaited.func, ast.Attribute) and set(_spellings(awaited.func.value, context)) & cancelled:
        return True  # `await task.wait()`
    return any(set(_spellings(argument, context)) & cancelled for argument in given)


def _all_of(given: ast.expr, cancelled: set[str], context: Context) -> bool:
    """Whether a function that waits is given cancelled tasks only, or a collection of them."""
    if isinstance(given, (ast.List, ast.Tuple, ast.Set)):
        return all(_all_of(element, cancelled, context) for element in given.elts)
    if isinstance(given, ast.Starred):
        return _all_of(given.value, cancelled, context)
    if isinstance(given, ast.Call) and _is_cancelled(given, cancelled, context):
        return True
    each = {f"each of {text}" for text in _spellings(given, context)}
    return bool((each | set(_spellings(given, context))) & cancelled)


def _spellings(node: ast.expr, context: Context) -> Iterator[str]:
    """Yield the texts under which a value is known: its own, that of its binding, of a loop's iterable."""
    node = _uncopied(node)
    yield context.module.text_of(node)
    for binding in context.module.bindings(node):
        if isinstance(binding, ValueBinding) and isinstance(binding.value, (ast.Attribute, ast.Subscript)):
            yield context.module.text_of(binding.value)
        elif isinstance(binding, IterBinding):
            iterable = _uncopied(binding.iterable)
            yield f"each of {context.module.text_of(iterable)}"
            yield from _waited_for(iterable, context)


def _waited_for(rest: ast.expr, context: Context) -> Iterator[str]:
    """Yield all that was waited for where a collection is the rest of it: ``done, rest = await asyncio.wait([a, b])``."""
    module = context.module
    for binding in module.bindings(rest):
        value = binding.value if isinstance(binding, ValueBinding) and binding.path == (1,) else None
        call = value.value if isinstance(value, ast.Await) else None
        if not isinstance(call, ast.Call) or not call.args:
            continue
        if any(external.name == "asyncio.wait" for external in module.externals(call.func)):
            given = call.args[0]
            yield f"each of {module.text_of(given)}"
            held = [given, *(b.value for b in module.bindings(given) if isinstance(b, ValueBinding))]
            displays = (one for one in held if isinstance(one, (ast.List, ast.Tuple, ast.Set)))
            yield from (module.text_of(element) for one in displays for element in one.elts)


def _uncopied(node: ast.expr) -> ast.expr:
    """Return the collection that an expression copies or views, else the expression itself."""
    while isinstance(node, ast.Call) and (inner := _collection_behind(node)) is not None:
        node = inner
    return node


def _collection_behind(call: ast.Call) -> ast.expr | None:
    """Return the collection whose elements a call gives: ``list(tasks)``, ``self.tasks.values()``."""
    if isinstance(call.func, ast.Attribute) and call.func.attr in ("values", "items", "copy"):
        return call.func.value
    return call.args[0] if last_name(call.func) in _COPYING and len(call.args) == 1 else None


def _throws(awaited: ast.expr, context: Context) -> bool:
    """Whether it throws the cancellation itself, as ``generator.athrow(CancelledError())``."""
    if not (isinstance(awaited, ast.Call) and isinstance(awaited.func, ast.Attribute)):
        return False
    thrown = awaited.args if awaited.func.attr == "athrow" else []
    return any(catches(callee_of(one), context) is not None for one in thrown)
