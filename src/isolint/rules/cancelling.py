"""What ISO409 asks about a coroutine function: what it cancels, what it then waits for, and what catches a cancellation."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.syntax import nodes
from isolint.syntax.names import last_name, root_of
from isolint.syntax.walk import descend

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.rule import Context
    from isolint.semantics.scopes import Scope

_CANCELLATIONS = frozenset(
    "asyncio.CancelledError asyncio.exceptions.CancelledError builtins.BaseException trio.Cancelled".split()
)
_ASKED_FOR = frozenset({"anyio.get_cancelled_exc_class"})
"""Functions that return the class of cancellations."""
_WAITING = frozenset(f"asyncio.{name}" for name in ("gather", "wait", "wait_for", "shield", "ensure_future"))
_COPYING = frozenset({"list", "tuple", "set", "frozenset", "sorted", "reversed"})
NESTED = (nodes.FunctionDef, nodes.Lambda, nodes.ClassDef)
_STEPS = 8
"""From a name back to the classes that it stands for."""


def waits(body: nodes.Node, scope: Scope, context: Context) -> bool:
    """Whether a cancellation may arrive in ``body``: at an ``await``, or at the ``yield`` of a context manager."""
    for node in descend(body, NESTED):
        if isinstance(node, nodes.Await):
            return True
        if isinstance(node, (nodes.For, nodes.With, nodes.CompFor)) and node.asynchronous is not None:
            return True
        if isinstance(node, nodes.Yield) and is_context_manager(scope, context):
            return True
    return False


def is_context_manager(scope: Scope, context: Context) -> bool:
    """Whether a generator is made the body of an asynchronous context manager."""
    decorators = getattr(scope.node, "decorators", ())
    externals = (e for d in decorators for e in context.module.inference.externals(d.decorator))
    return any(external.name == "contextlib.asynccontextmanager" for external in externals)


def catches(kind: nodes.Node, context: Context) -> nodes.Node | None:
    """Return the class, of those that an ``except`` or ``suppress`` names, that includes cancellation."""
    classes: list[nodes.Node] = [e.value for e in kind.elements] if isinstance(kind, nodes.Tuple) else [kind]
    return next((one for one in classes if _is_cancellation(one, context, _STEPS)), None)


def _is_cancellation(kind: nodes.Node, context: Context, steps: int) -> bool:
    from isolint.semantics.scopes import ParamBinding, ValueBinding

    inference = context.module.inference
    bindings = context.module.bindings(root_of(kind))
    if not steps or any(isinstance(binding, ParamBinding) for binding in bindings):
        return False  # the caller says what is caught: `type[BaseException]` says what it may be
    if any(external.name in _CANCELLATIONS for external in inference.externals(kind)):
        return True
    if isinstance(kind, nodes.Call):
        return any(external.name in _ASKED_FOR for external in inference.externals(kind.func))
    if isinstance(kind, nodes.Tuple):
        return any(_is_cancellation(element.value, context, steps - 1) for element in kind.elements)
    if isinstance(kind, nodes.BinaryOperation):
        return any(_is_cancellation(side, context, steps - 1) for side in (kind.left, kind.right))
    named = [d for b in bindings for d in inference.defining(b)] if isinstance(kind, nodes.Name) else []
    values = [b.value for b in named if isinstance(b, ValueBinding) and not b.path]
    return any(value is not None and _is_cancellation(value, context, steps - 1) for value in values)


def always_raises(call: nodes.Call, context: Context) -> bool:
    """Whether a call never returns: it ends the process, or runs a function that does nothing but raise."""
    name = last_name(call.func)
    if name.endswith("exit") and name.strip("_") == "exit":
        return True
    for function in context.module.inference.functions(call.func):
        scope = function.binding.inner
        returns = getattr(getattr(scope.node, "returns", None), "annotation", None)
        if last_name(returns) in ("NoReturn", "Never") if returns is not None else False:
            return True
        raised = (node.exc for node in descend(scope.node, NESTED) if isinstance(node, nodes.Raise))
        is_left_to_others = any(
            "NotImplemented" in context.module.text_of(e) for e in raised if e is not None
        )
        if not (scope.yields or scope.returns or scope.reaches_end() or is_left_to_others):
            return True
    return False


def awaits_what_it_cancelled(body: nodes.Node, scope: Scope, context: Context) -> bool:
    """Whether all that ``body`` awaits was cancelled by the same function before: the way to see it end."""
    awaited = [node.expression for node in descend(body, NESTED) if isinstance(node, nodes.Await)]
    if not awaited:
        return False
    cancelled = set(_cancelled_before(body, scope, context))
    by_method = context.once(_in_order, scope.node).cancelled_by_method
    return all(
        _throws(one, context)
        # `self.cancel_sync_task()`, then `await self._sync_task`
        or (isinstance(one, (nodes.Name, nodes.Attribute)) and last_name(one).lstrip("_") in by_method)
        or _is_cancelled(one, cancelled, context)
        for one in awaited
    )


def what_it_cancelled(body: nodes.Node, scope: Scope, context: Context) -> str:
    """Name something else that the function has cancelled before ``body``, where there is any."""
    named = sorted(name for name in _cancelled_before(body, scope, context) if not name.startswith("each of"))
    return named[0] if named else ""


def _cancelled_before(body: nodes.Node, scope: Scope, context: Context) -> Iterator[str]:
    """Yield what was cancelled, as text; ``each of ...`` where a loop cancels all of something."""
    function = context.once(_in_order, scope.node)
    begins = function.places.get(body, len(function.places))
    for place, receiver in function.cancels:
        if place >= begins:
            break
        yield from _spellings(receiver, context)
    for part in descend(body, NESTED):
        if isinstance(part, nodes.Await):
            return
        if (other := _cancelled_by(part)) is not None:
            yield from _spellings(other, context)


def _cancelled_by(node: nodes.Node) -> nodes.Node | None:
    callee = node.func if isinstance(node, nodes.Call) else None
    return callee.value if isinstance(callee, nodes.Attribute) and callee.attr.value == "cancel" else None


@final
class _Function(Struct, frozen=True):
    """A function in the order of its text: what its handlers have in common is found once, not for each.

    ``handlers`` have the places of the first node of their bodies, and of the first behind.
    """

    places: dict[nodes.Node, int]
    cancels: tuple[tuple[int, nodes.Node], ...]
    cancelled_by_method: frozenset[str]
    handlers: tuple[tuple[nodes.Node, int, int], ...]


def _in_order(node: nodes.Node) -> _Function:
    found = list(descend(node))
    places = {each: place for place, each in enumerate(found)}
    cancels = tuple((place, r) for place, each in enumerate(found) if (r := _cancelled_by(each)) is not None)
    methods = frozenset(
        last_name(each.func).removeprefix("cancel_")
        for each in found
        if isinstance(each, nodes.Call) and last_name(each.func).startswith("cancel_")
    )
    handlers = tuple(
        (each, places[each.body], places[each.body] + sum(1 for _ in descend(each.body)))
        for each in found
        if isinstance(each, (nodes.ExceptHandler, nodes.ExceptStarHandler))
    )
    return _Function(places, cancels, methods, handlers)


def handlers_around(statement: nodes.Node, scope: Scope, context: Context) -> Iterator[nodes.Node]:
    """Yield the handlers of a function in whose bodies ``statement`` stands."""
    function = context.once(_in_order, scope.node)
    place = function.places.get(statement, -1)
    for handler, first, behind in function.handlers:
        if first <= place < behind:
            yield handler


def _is_cancelled(awaited: nodes.Node, cancelled: set[str], context: Context) -> bool:
    """Whether something awaited is among what was ``cancelled``, or waits for nothing else."""
    if set(_spellings(awaited, context)) & cancelled:
        return True
    if not isinstance(awaited, nodes.Call):
        return False
    names = {external.name for external in context.module.inference.externals(awaited.func)}
    given = [argument for argument in awaited.args if argument.keyword is None]
    if names & _WAITING:
        wanted = given[:1] if names & {"asyncio.wait_for", "asyncio.shield", "asyncio.wait"} else given
        return bool(wanted) and all(_all_of(argument.value, cancelled, context) for argument in wanted)
    if isinstance(awaited.func, nodes.Attribute) and set(_spellings(awaited.func.value, context)) & cancelled:
        return True  # `await task.wait()`
    return any(set(_spellings(argument.value, context)) & cancelled for argument in given)


def _all_of(given: nodes.Node, cancelled: set[str], context: Context) -> bool:
    """Whether a function that waits is given only what was cancelled: tasks, or a collection of them."""
    if isinstance(given, (nodes.List, nodes.Tuple, nodes.Set)):
        return all(_all_of(element.value, cancelled, context) for element in given.elements)
    if isinstance(given, nodes.Call) and _is_cancelled(given, cancelled, context):
        return True
    each = {f"each of {text}" for text in _spellings(given, context)}
    return bool((each | set(_spellings(given, context))) & cancelled)


def _spellings(node: nodes.Node, context: Context) -> Iterator[str]:
    """Yield the texts under which a value is known: its own, that of what a name is bound to, of a loop's iterable."""
    from isolint.semantics.scopes import IterBinding, PartBinding, ValueBinding

    while isinstance(node, nodes.Call) and (inner := _collection_behind(node)) is not None:
        node = inner
    yield context.module.text_of(node)
    for binding in context.module.bindings(node):
        if isinstance(binding, ValueBinding) and isinstance(
            binding.value, (nodes.Attribute, nodes.Subscript)
        ):
            yield context.module.text_of(binding.value)
        elif isinstance(binding, (IterBinding, PartBinding)):
            iterable = binding.iterable
            while isinstance(iterable, nodes.Call) and (inner := _collection_behind(iterable)) is not None:
                iterable = inner
            yield f"each of {context.module.text_of(iterable)}"


def _collection_behind(call: nodes.Call) -> nodes.Node | None:
    """Return the collection whose elements a call gives: ``list(tasks)``, ``self.tasks.values()``."""
    if isinstance(call.func, nodes.Attribute) and call.func.attr.value in ("values", "items", "copy"):
        return call.func.value
    return call.args[0].value if last_name(call.func) in _COPYING and len(call.args) == 1 else None


def _throws(awaited: nodes.Node, context: Context) -> bool:
    """Whether it throws the cancellation itself, as ``generator.athrow(CancelledError())``."""
    if not (isinstance(awaited, nodes.Call) and isinstance(awaited.func, nodes.Attribute)):
        return False
    thrown = [argument.value for argument in awaited.args] if awaited.func.attr.value == "athrow" else []
    classes = [one.func if isinstance(one, nodes.Call) else one for one in thrown]
    return any(_is_cancellation(one, context, _STEPS) for one in classes)
