"""ISO409: a coroutine that catches its own cancellation and goes on."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.effects import running_function
from isolint.rule import CORE_AND_RUNTIME, Example, Finding, Rule
from isolint.rules.plans import written
from isolint.semantic_index.facts import TrySite
from isolint.semantic_index.scopes import ParamBinding
from isolint.syntax.ast_names import last_name, root_of
from isolint.syntax.ast_walk import descend

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from isolint.rule import Context

_CANCELLATIONS = frozenset(
    "asyncio.CancelledError asyncio.exceptions.CancelledError builtins.BaseException trio.Cancelled".split()
)
_NESTED_NAMES = ("FunctionDef", "Lambda", "ClassDef")


def _check(site: TrySite, context: Context) -> Iterator[Finding]:
    statement = site.node
    if not isinstance(statement, (ast.Try, ast.TryStar)) or not running_function(site.scope).is_async:
        return
    # Nearly all catch ordinary exceptions only, which is soon seen.
    catching = ((handler, _caught_cancellation(handler, context)) for handler in statement.handlers)
    handler, caught = next(((handler, caught) for handler, caught in catching if caught), (None, ""))
    if handler is None or not _goes_on(handler):
        return  # handlers behind it do not see a cancellation any more
    if not _waits(statement.body) or _awaits_what_it_cancelled(statement, site, context):
        return
    if _is_told_by_a_flag(handler, site) or _is_inside_handler_that_raises(statement, site):
        return
    yield Finding(
        handler.type or handler,
        f"`except {caught}` catches the cancellation of this coroutine and does not raise it again"
        if caught != ":"
        else "a bare `except` catches the cancellation of this coroutine and does not raise it again",
        "raise it again, or catch Exception, which leaves cancellation alone",
    )


def _nested() -> tuple[type, ...]:
    return tuple(getattr(nodes, name) for name in _NESTED_NAMES)


def _waits(body: ast.AST) -> bool:
    for node in descend(body, _nested()):
        if isinstance(node, ast.Await):
            return True
        if isinstance(node, (ast.For, ast.With, ast.CompFor)) and node.asynchronous is not None:
            return True
    return False


def _caught_cancellation(handler: ast.AST, context: Context) -> str:
    """Return what a handler catches that includes cancellation, a colon for everything, or nothing."""
    kind = getattr(handler, "type", None)
    if kind is None:
        return ":"
    classes = [element.value for element in kind.elements] if isinstance(kind, ast.Tuple) else [kind]
    for one in classes:
        caught = context.module.externals(one)
        if any(external.name in _CANCELLATIONS for external in caught) and not _is_chosen(one, context):
            text, class_text = written(kind, context), written(one, context)
            return text if class_text in text else f"(..., {class_text}, ...)"
    return ""


def _is_chosen(kind: ast.AST, context: Context) -> bool:
    """Whether somebody else says what is caught: an annotation as ``type[BaseException]`` says what may be."""
    root = root_of(kind)
    return any(isinstance(binding, ParamBinding) for binding in context.module.bindings(root))


def _goes_on(handler: ast.AST, apart_from: Collection[ast.AST] = ()) -> bool:
    """Whether a handler neither raises nor hands the exception on."""
    bound = getattr(getattr(handler, "name", None), "name", None)
    name = last_name(bound) if bound is not None else ""
    body = getattr(handler, "body", None)
    for node in descend(body, _nested()) if body is not None else ():
        if node in apart_from:
            continue
        if isinstance(node, ast.Raise):
            return False
        value = getattr(node, "value", None) if isinstance(node, (ast.Assign, ast.Return)) else None
        handed = [value] if value is not None else []
        if isinstance(node, ast.Call) and last_name(node.func) in (
            "set_exception",
            "append",
            "exit",
            "_exit",
        ):
            handed += [argument.value for argument in node.args]
            if last_name(node.func).endswith("exit"):
                return False
        names = (part for expression in handed for part in descend(expression))
        if name and any(isinstance(part, ast.Name) and part.value == name for part in names):
            return False
    return True


def _is_told_by_a_flag(handler: ast.AST, site: TrySite) -> bool:
    """Whether it notes that it was cancelled, and the function raises for that later or returns the note."""
    noted = {
        target.target.value
        for node in descend(getattr(handler, "body", None) or handler, _nested())
        if isinstance(node, ast.Assign) and getattr(node.value, "value", None) == "True"
        for target in node.targets
        if isinstance(target.target, ast.Name)
    }
    around = getattr(site.scope.node, "body", None)
    return bool(noted) and any(
        (isinstance(node, ast.Return) and node.value is not None and _names_in(node.value) & noted)
        or (isinstance(node, ast.If) and _affirmed(node.test) & noted and _raises(node.body))
        for node in (descend(around, _nested()) if around is not None else ())
    )


def _affirmed(test: ast.AST) -> set[str]:
    """Return the names that a condition asks for, without those it asks the contrary of."""
    negated = (node for node in descend(test) if isinstance(node, ast.UnaryOp))
    return _names_in(test).difference(*map(_names_in, negated))


def _raises(body: ast.AST) -> bool:
    return any(isinstance(node, ast.Raise) for node in descend(body, _nested()))


def _awaits_what_it_cancelled(statement: ast.AST, site: TrySite, context: Context) -> bool:
    """Whether all that is awaited was cancelled by the same function: the way to see it end."""
    around = site.scope.node
    body = getattr(statement, "body", None)
    if body is None:
        return False
    awaited = [node.value for node in descend(body, _nested()) if isinstance(node, ast.Await)]
    calls = [node.func for node in descend(around) if isinstance(node, ast.Call)]
    cancelled = {
        last_name(callee.value)
        for callee in calls
        if isinstance(callee, ast.Attribute) and callee.attr == "cancel"
    } - {""}
    if awaited and all(isinstance(one, (ast.Name, ast.Attribute)) for one in awaited):
        # `self.cancel_sync_task()` and then `await self._sync_task`
        by_method = {last_name(callee) for callee in calls if last_name(callee).startswith("cancel_")}
        cancelled |= {
            last_name(one) for one in awaited if f"cancel_{last_name(one).lstrip('_')}" in by_method
        }
    return bool(awaited) and all(_names_in(one) & cancelled or _throws(one, context) for one in awaited)


def _throws(awaited: ast.AST, context: Context) -> bool:
    """Whether it throws the cancellation itself, as ``generator.athrow(CancelledError())``."""
    if not (isinstance(awaited, ast.Call) and isinstance(awaited.func, ast.Attribute)):
        return False
    thrown = [argument.value for argument in awaited.args] if awaited.func.attr == "athrow" else []
    classes = [one.func if isinstance(one, ast.Call) else one for one in thrown]
    externals = (external for one in classes for external in context.module.externals(one))
    return any(external.name in _CANCELLATIONS for external in externals)


def _is_inside_handler_that_raises(statement: ast.AST, site: TrySite) -> bool:
    """Whether it cleans up while an exception is on its way already, which is raised in the end or kept."""
    own = set(descend(statement))
    return any(
        isinstance(handler, (ast.ExceptHandler, ast.ExceptHandler))
        and statement in descend(handler.body)
        and not _goes_on(handler, own)
        for handler in descend(site.scope.node)
    )


def _names_in(expression: ast.AST) -> set[str]:
    found = {node.value for node in descend(expression) if isinstance(node, ast.Name)}
    return found | {node.attr for node in descend(expression) if isinstance(node, ast.Attribute)}


RULE = Rule(
    code="ISO409",
    name="swallowed-cancellation",
    summary="A coroutine catches its own cancellation and goes on",
    rationale=(
        "Cancelling is how a deadline, a failed sibling and a shutdown stop work. It arrives as an exception at "
        "an `await`; a bare `except`, `except BaseException` or `except CancelledError` that does not raise it "
        "again turns the request down: the deadline passes, `async_gather` waits for ever, and the program "
        "hangs when it should end. Awaiting a task that the same function has cancelled is not reported, nor is a "
        "coroutine that notes its cancellation and raises it later, or returns the note to its caller."
    ),
    roles=CORE_AND_RUNTIME,
    looks_at=(TrySite,),
    check=_check,
    bad=(
        Example(
            "a loop that cannot be stopped",
            """\
async def keep_fresh(users, clock) -> None:
    while True:
        try:
            await users.refresh()
        except BaseException as error:
            users.note(error)
        await clock.sleep(60)
""",
        ),
    ),
    good=(
        Example(
            "cancellation passes by",
            """\
async def keep_fresh(users, clock) -> None:
    while True:
        try:
            await users.refresh()
        except Exception as error:
            users.note(error)
        await clock.sleep(60)
""",
        ),
    ),
)
