"""The functions given to constructors of plans: what they return, and what runs only when a plan does."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.semantics.definitions import decorators
from isolint.semantics.meanings import Coroutine, External, Function, Meaning, Partial, Plan
from isolint.semantics.plans.names import DO
from isolint.semantics.plans.values import is_coroutine, is_plan, is_stream
from isolint.semantics.scopes import ValueBinding
from isolint.syntax import nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.semantics.module import ModuleSemantics
    from isolint.semantics.scopes import Scope


_STREAM = Plan(is_stream=True)


@final
class Returned(Struct, frozen=True):
    """What a function given to a constructor returns, and the expression that shows it.

    ``shown_at`` is the expression returned, where the function is written in this module, or else the
    function itself as it was given. ``is_whole`` says that it is all the function consists of, ``is_stream``
    that a stream is returned.
    """

    shown_at: nodes.Node
    is_whole: bool
    is_stream: bool = False


def is_of_steps(scope: Scope) -> bool:
    """Whether ``scope`` is of a generator function under an ``async_do``: a call of it gives a plan."""
    return scope.yields and bool(decorators(scope) & DO)


def scopes_of(function: nodes.Node, module: ModuleSemantics) -> list[Scope]:
    """Return the scopes of the functions of this module that ``function`` may be, as far as known."""
    if isinstance(function, nodes.Lambda):
        scope = module.recorder.inner.get(function)
        return [scope] if scope is not None else []
    meant = [_unwrapped(m) for m in module.inference.of(function)]
    scopes = [m.binding.inner for m in meant if isinstance(m, Function)]
    held = [b.value for b in module.bindings(function) if isinstance(b, ValueBinding) and not b.path]
    for value in held:
        if isinstance(value, nodes.Lambda):
            scopes += scopes_of(value, module)
    if isinstance(function, nodes.Call) and External("functools.partial") in module.inference.of(
        function.func
    ):
        scopes += [scope for argument in function.args[:1] for scope in scopes_of(argument.value, module)]
    return list(dict.fromkeys(scopes))


def _unwrapped(meaning: Meaning) -> Meaning:
    while isinstance(meaning, Partial):
        meaning = meaning.of
    return meaning


def returns_plan(function: nodes.Node, module: ModuleSemantics) -> Iterator[Returned]:
    """Yield where it shows that ``function`` returns a plan, whatever it is called with."""
    scopes = scopes_of(function, module)
    for scope in scopes:
        if is_of_steps(scope):
            yield Returned(function, is_whole=False)
        if scope.is_async or scope.yields:
            continue
        declared = _declares(scope, module)
        if declared is not None:
            if all(isinstance(m, Plan) for m in declared):
                yield Returned(function, is_whole=False, is_stream=_STREAM in declared)
            continue
        for value in scope.returns:
            if is_plan(value, module):
                is_whole = isinstance(scope.node, nodes.Lambda)
                yield Returned(value, is_whole, is_stream(value, module))
    if not scopes and _gives(function, module, Plan):
        given = [g for m in module.inference.of(function) for g in module.inference.called(_unwrapped(m))]
        yield Returned(function, is_whole=False, is_stream=_STREAM in given)


def returns_coroutine(function: nodes.Node, module: ModuleSemantics) -> Iterator[Returned]:
    """Yield where it shows that ``function`` returns a coroutine."""
    scopes = scopes_of(function, module)
    if not scopes and _gives(function, module, Coroutine):
        yield Returned(function, is_whole=False)
    for scope in scopes:
        if scope.yields:
            continue
        if scope.is_async:
            yield Returned(function, is_whole=False)
            continue
        for value in scope.returns:
            if is_coroutine(value, module):
                yield Returned(value, isinstance(scope.node, nodes.Lambda))


def declared_ordinary(function: nodes.Node, module: ModuleSemantics) -> str:
    """Return the annotation by which a function says that it returns neither a plan nor anything callable.

    Empty where it says something else or nothing; also for functions of other modules.
    """
    from isolint.semantics.plans.ordinary import is_ordinary

    written: list[str] = []
    for meaning in (_unwrapped(m) for m in module.inference.all_of(function)):
        if isinstance(meaning, External):
            continue  # the name under which a function of another module is imported
        node = meaning.binding.inner.node if isinstance(meaning, Function) else None
        if isinstance(meaning, Function) and is_of_steps(meaning.binding.inner):
            return ""
        if not isinstance(node, nodes.FunctionDef) or node.returns is None or node.asynchronous is not None:
            return ""
        annotation = node.returns.annotation
        if not is_ordinary(module.inference.annotated(annotation), module):
            return ""
        written.append(module.text_of(annotation))
    return written[0] if written else ""


def ending_of(scope: Scope) -> nodes.Node | None:
    """Return the statement behind which a function comes to its end without ``return``.

    None where it does not, or where types may show that one branch of several is always taken.
    """
    function = scope.node
    if not isinstance(function, nodes.FunctionDef) or not scope.reaches_end():
        return None
    last: nodes.Node = function.body
    while True:
        if isinstance(last, nodes.Match) or (
            isinstance(last, nodes.If) and isinstance(last.orelse, nodes.If)
        ):
            return None
        body = getattr(last, "body", None)
        if isinstance(last, (nodes.If, nodes.Try, nodes.For, nodes.While)) and last.orelse is not None:
            body = last.orelse
        if isinstance(body, (list, tuple)):
            body = body[-1] if body else None
        if not isinstance(body, nodes.Node):
            return last
        last = body


def _declares(scope: Scope, module: ModuleSemantics) -> tuple[Meaning, ...] | None:
    node = scope.node
    if not isinstance(node, nodes.FunctionDef) or node.returns is None:
        return None
    return module.inference.annotated(node.returns.annotation) or None


def _gives(function: nodes.Node, module: ModuleSemantics, kind: type[Plan | Coroutine]) -> bool:
    """Whether calling something known from elsewhere gives a ``kind`` for certain."""
    meanings = [_unwrapped(m) for m in module.inference.of(function)]
    given = [module.inference.called(m) for m in meanings]
    return bool(given) and all(g and all(isinstance(m, kind) for m in g) for g in given)
