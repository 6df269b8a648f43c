"""Handlers that catch the cancellation of their coroutine, for ISO409: where it arrives, and how a handler treats it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.program.types import External, Instance
from isolint.semantic_index.scopes import DEFINITIONS, ParamBinding, ValueBinding
from isolint.syntax.ast_names import last_name, root_of
from isolint.syntax.ast_walk import descend

if TYPE_CHECKING:
    from collections.abc import Collection

    from isolint.program.types import Type
    from isolint.rule import Context
    from isolint.semantic_index.scopes import Scope

_CANCELLATIONS = frozenset(
    "asyncio.CancelledError asyncio.exceptions.CancelledError builtins.BaseException trio.Cancelled".split()
)
_BOUND = External("builtins.BaseException")
_ASKED_FOR = frozenset({"anyio.get_cancelled_exc_class"})
"""Functions that return the class of cancellations."""
NESTED = (*DEFINITIONS, ast.Lambda, ast.ClassDef)
_STEPS = 8
"""From a name back to the classes that it stands for."""


def waits(body: list[ast.stmt], scope: Scope, context: Context) -> bool:
    """Whether a cancellation may arrive in ``body``: at an ``await``, or at the ``yield`` of a context manager."""
    for node in descend(body, NESTED):
        if isinstance(node, (ast.Await, ast.AsyncFor, ast.AsyncWith)):
            return True
        if isinstance(node, ast.comprehension) and node.is_async:
            return True
        if isinstance(node, ast.Yield) and _is_context_manager(scope, context):
            return True
    return False


def _is_context_manager(scope: Scope, context: Context) -> bool:
    """Whether a generator is the body of an asynchronous context manager."""
    decorators = getattr(scope.node, "decorator_list", ())
    externals = (external for d in decorators for external in context.module.externals(d))
    return any(external.name == "contextlib.asynccontextmanager" for external in externals)


def catches(kind: ast.expr, context: Context) -> ast.expr | None:
    """Return the class, of those that an ``except`` or ``suppress`` names, that includes cancellation."""
    classes = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return next((one for one in classes if _is_cancellation(one, context, _STEPS)), None)


def _is_cancellation(kind: ast.expr, context: Context, steps: int) -> bool:
    module = context.module
    bindings = module.bindings(root_of(kind))
    if not steps or any(isinstance(binding, ParamBinding) for binding in bindings):
        return False  # the caller chooses the class: `type[BaseException]` is its bound
    declared = any(isinstance(b, ValueBinding) and b.annotation is not None for b in bindings)
    found = () if declared and isinstance(kind, ast.Name) else module.types(kind)
    if isinstance(kind, ast.Attribute) and any(isinstance(one, Instance) for one in module.types(kind.value)):
        found = tuple(one for one in found if one != _BOUND)  # `kind: type[BaseException] = NotFound`
    if any(map(_is_named_cancellation, found)):
        return True
    if isinstance(kind, ast.Call):
        return any(external.name in _ASKED_FOR for external in module.externals(kind.func))
    if isinstance(kind, ast.Tuple):
        return any(_is_cancellation(element, context, steps - 1) for element in kind.elts)
    if isinstance(kind, ast.BinOp):
        return any(_is_cancellation(side, context, steps - 1) for side in (kind.left, kind.right))
    named = bindings if isinstance(kind, ast.Name) else ()
    values = [b.value for b in named if isinstance(b, ValueBinding) and not b.path]
    return any(value is not None and _is_cancellation(value, context, steps - 1) for value in values)


def _is_named_cancellation(one: Type) -> bool:
    held = getattr(one, "elements", ())  # a tuple of classes, also of another module
    return getattr(one, "name", "") in _CANCELLATIONS or any(map(_is_named_cancellation, held))


def _always_raises(call: ast.Call, context: Context) -> bool:
    """Whether a call never returns: it ends the process, or runs a function that does nothing but raise."""
    if last_name(call.func).strip("_") == "exit":
        return True
    places = (function.place for function in context.module.functions(call.func))
    summaries = map(context.module.linker.function, places)
    return any(summary is not None and summary.never_returns for summary in summaries)


def goes_on(handler: ast.ExceptHandler, context: Context, apart_from: Collection[ast.AST] = ()) -> bool:
    """Whether a handler neither raises nor hands the exception on."""
    for node in descend(handler.body, NESTED):
        if node in apart_from:
            continue
        if isinstance(node, ast.Raise):
            return False
        handed: list[ast.expr] = []
        if isinstance(node, (ast.Assign, ast.Return)) and node.value is not None:
            handed.append(node.value)
        if isinstance(node, ast.Call):
            callee = last_name(node.func)
            if callee == "uncancel" or _always_raises(node, context):
                return False
            if callee in ("set_exception", "append"):
                handed += [*node.args, *(keyword.value for keyword in node.keywords)]
        names = (part for expression in handed for part in descend(expression))
        if handler.name and any(isinstance(part, ast.Name) and part.id == handler.name for part in names):
            return False
    return True


def notes_in_a_flag(handler: ast.ExceptHandler, scope: Scope) -> bool:
    """Whether a handler sets a flag, which the function tests later to raise, or returns."""
    noted = {
        target.id
        for node in descend(handler.body, NESTED)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and node.value.value is True
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    around: list[ast.stmt] = getattr(scope.node, "body", [])
    return bool(noted) and any(
        (isinstance(node, ast.Return) and node.value is not None and names_in(node.value) & noted)
        or (isinstance(node, ast.If) and _affirmed(node.test) & noted and _raises(node.body))
        for node in descend(around, NESTED)
    )


def _affirmed(test: ast.expr) -> set[str]:
    """Return the names in a condition that are not negated."""
    negated = (node for node in descend(test) if isinstance(node, ast.UnaryOp))
    return names_in(test).difference(*map(names_in, negated))


def _raises(body: list[ast.stmt]) -> bool:
    return any(isinstance(node, ast.Raise) for node in descend(body, NESTED))


def names_in(expression: ast.AST) -> set[str]:
    """Return the names and attributes that an expression reads."""
    found = {node.id for node in descend(expression) if isinstance(node, ast.Name)}
    return found | {node.attr for node in descend(expression) if isinstance(node, ast.Attribute)}
