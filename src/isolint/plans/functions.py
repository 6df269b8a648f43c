"""The functions given to constructors of plans, and the evidence for their results."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.catalogue.combinators import DO
from isolint.plans.ordinary import is_ordinary
from isolint.program.types import Coroutine, Plan, known
from isolint.semantic_index.scopes import DEFINITIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.program.types import Types
    from isolint.program.view import ModuleView
    from isolint.semantic_index.scopes import Scope


_STREAM = Plan(is_stream=True)


@final
class Returned(Struct, frozen=True):
    """A return value of a function given to a constructor, and the expression that shows it.

    ``shown_at`` is the expression returned, where the function is written in this module, or else the
    function itself as it was given. ``is_whole`` says that it is all the function consists of, ``is_stream``
    that a stream is returned.
    """

    shown_at: ast.expr
    is_whole: bool
    is_stream: bool = False


def is_of_steps(scope: Scope) -> bool:
    """Whether a generator function is made a factory of plans by a decorator (``async_do``)."""
    return scope.is_generator and not DO.isdisjoint(scope.decorators)


def scopes_of(function: ast.expr, module: ModuleView) -> list[Scope]:
    """Return the scopes of the functions of this module that ``function`` may be, as far as known."""
    scopes = (module.scope_at(one.place) for one in module.functions(function))
    return list(dict.fromkeys(scope for scope in scopes if scope is not None))


def returns_plan(function: ast.expr, module: ModuleView) -> Iterator[Returned]:
    """Yield the places that show that ``function`` returns a plan for any arguments."""
    scopes = scopes_of(function, module)
    for scope in scopes:
        if is_of_steps(scope):
            yield Returned(function, is_whole=False)
        if scope.is_async or scope.is_generator:
            continue
        declared = _declared(scope, module)
        if declared:
            if all(isinstance(one, Plan) for one in declared):
                yield Returned(function, is_whole=False, is_stream=_STREAM in declared)
            continue
        for value in scope.returns:
            if module.is_plan(value):
                yield Returned(value, isinstance(scope.node, ast.Lambda), module.is_stream(value))
    if not scopes and _gives(function, module, Plan):
        given = [made for one in module.types(function) for made in module.result(one)]
        yield Returned(function, is_whole=False, is_stream=_STREAM in given)


def returns_coroutine(function: ast.expr, module: ModuleView) -> Iterator[Returned]:
    """Yield where it shows that ``function`` returns a coroutine."""
    scopes = scopes_of(function, module)
    if not scopes and _gives(function, module, Coroutine):
        yield Returned(function, is_whole=False)
    for scope in scopes:
        if scope.is_generator:
            continue
        if scope.is_async:
            yield Returned(function, is_whole=False)
            continue
        for value in scope.returns:
            if module.is_coroutine(value):
                yield Returned(value, isinstance(scope.node, ast.Lambda))


def _declared(scope: Scope, module: ModuleView) -> Types:
    returns = getattr(scope.node, "returns", None)
    return known(module.declared(returns)) if returns is not None else ()


def _gives(function: ast.expr, module: ModuleView, kind: type[Plan | Coroutine]) -> bool:
    """Whether calling something known from elsewhere gives a ``kind`` for certain."""
    given = [module.result(one) for one in module.types(function)]
    is_function = bool(module.functions(function)) or bool(module.externals(function))
    return is_function and all(types and all(isinstance(one, kind) for one in types) for types in given)


def declared_ordinary(function: ast.expr, module: ModuleView) -> str:
    """Return the annotation by which a function says that it returns neither a plan nor anything callable.

    Empty where it says something else or nothing; a function of another module is named instead.
    """
    written: list[str] = []
    for one in module.functions(function):
        summary = module.linker.function(one.place)
        if summary is None or summary.annotation < 0 or summary.begins_later:
            return ""
        if not is_ordinary(module.linker.declared(one.place.module, summary.annotation), module):
            return ""
        scope = module.scope_at(one.place)
        returns = getattr(scope.node, "returns", None) if scope is not None else None
        written.append(module.text_of(returns) if returns is not None else "a value")
    return written[0] if written else ""


def ending_of(scope: Scope) -> ast.stmt | None:
    """Return the statement behind which a function comes to its end without ``return``.

    None where it does not, or where types may show that one branch of several is always taken.
    """
    function = scope.node
    if not isinstance(function, DEFINITIONS) or not scope.reaches_end:
        return None
    last: ast.stmt = function.body[-1]
    while True:
        is_chain = isinstance(last, ast.If) and len(last.orelse) == 1 and isinstance(last.orelse[0], ast.If)
        if is_chain or isinstance(last, ast.Match):
            return None
        body: list[ast.stmt] = getattr(last, "orelse", None) or getattr(last, "body", None) or []
        if not body or isinstance(last, (*DEFINITIONS, ast.ClassDef)):
            return last
        last = body[-1]
