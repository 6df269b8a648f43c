"""ISO409: a coroutine that catches its own cancellation and goes on."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.fixes import Change, Place, Proposal
from isolint.model import Safety
from isolint.rule import CORE_AND_RUNTIME, Example, Finding, FixAvailability, Rule
from isolint.rules.blocks import only_statement
from isolint.rules.plans import written
from isolint.semantics.facts import TrySite
from isolint.syntax import nodes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from isolint.rule import Context, GateInput
    from isolint.semantics.glimpse import View

_CANCELLATIONS = frozenset(
    "asyncio.CancelledError asyncio.exceptions.CancelledError builtins.BaseException trio.Cancelled".split()
)
_ENDS = "a cancellation ends the coroutine then, where the code behind the handler ran before"
_NESTED_NAMES = ("FunctionDef", "Lambda", "ClassDef")


def _check(site: TrySite, context: Context) -> Iterator[Finding]:
    from isolint.semantics.effects import running_function

    statement = site.node
    if not isinstance(statement, (nodes.Try, nodes.TryStar)) or not running_function(site.scope).is_async:
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
        fix=_let_through(handler, context),
    )


def _let_through(handler: nodes.BaseHandler, context: Context) -> Proposal | None:
    """Catch ordinary exceptions only where all were caught; raise again where only cancellation was."""
    caught = [external.name for external in context.module.inference.externals(handler.type or handler)]
    if isinstance(handler, nodes.ExceptStarHandler):
        return None
    if handler.type is None:
        change = Change(handler, Place.BEFORE, " Exception", skip=len("except"))
        return Proposal("Catch Exception", Safety.UNSAFE, (change,), _ENDS)
    if caught == ["builtins.BaseException"] and isinstance(handler.type, nodes.Name):
        return Proposal(
            "Catch Exception", Safety.UNSAFE, (Change(handler.type, Place.INSTEAD, "Exception"),), _ENDS
        )
    if isinstance(handler.type, nodes.Tuple) or not isinstance(handler.body, nodes.IndentedBlock):
        return None
    last = handler.body.body[-1]
    leaving = only_statement(last)
    if isinstance(leaving, (nodes.Pass, nodes.Return, nodes.Continue, nodes.Break)):
        change = Change(leaving, Place.INSTEAD, "raise")
    elif leaving is not None:
        change = Change(leaving, Place.BELOW, "raise")
    else:
        return None
    return Proposal("Raise it again", Safety.UNSAFE, (change,), _ENDS)


def _nested() -> tuple[type, ...]:
    return tuple(getattr(nodes, name) for name in _NESTED_NAMES)


def _waits(body: nodes.Node) -> bool:
    from isolint.syntax.walk import descend

    for node in descend(body, _nested()):
        if isinstance(node, nodes.Await):
            return True
        if isinstance(node, (nodes.For, nodes.With, nodes.CompFor)) and node.asynchronous is not None:
            return True
    return False


def _caught_cancellation(handler: nodes.Node, context: Context) -> str:
    """Return what a handler catches that includes cancellation, a colon for everything, or nothing."""
    kind = getattr(handler, "type", None)
    if kind is None:
        return ":"
    classes = [element.value for element in kind.elements] if isinstance(kind, nodes.Tuple) else [kind]
    for one in classes:
        caught = context.module.inference.externals(one)
        if any(external.name in _CANCELLATIONS for external in caught) and not _is_chosen(one, context):
            text, class_text = written(kind, context), written(one, context)
            return text if class_text in text else f"(..., {class_text}, ...)"
    return ""


def _is_chosen(kind: nodes.Node, context: Context) -> bool:
    """Whether somebody else says what is caught: an annotation as ``type[BaseException]`` says what may be."""
    from isolint.semantics.scopes import ParamBinding
    from isolint.syntax.names import root_of

    root = root_of(kind)
    return any(isinstance(binding, ParamBinding) for binding in context.module.bindings(root))


def _goes_on(handler: nodes.Node, apart_from: Collection[nodes.Node] = ()) -> bool:
    """Whether a handler neither raises nor hands the exception on."""
    from isolint.syntax.names import last_name
    from isolint.syntax.walk import descend

    bound = getattr(getattr(handler, "name", None), "name", None)
    name = last_name(bound) if bound is not None else ""
    body = getattr(handler, "body", None)
    for node in descend(body, _nested()) if body is not None else ():
        if node in apart_from:
            continue
        if isinstance(node, nodes.Raise):
            return False
        value = getattr(node, "value", None) if isinstance(node, (nodes.Assign, nodes.Return)) else None
        handed = [value] if value is not None else []
        if isinstance(node, nodes.Call) and last_name(node.func) in (
            "set_exception",
            "append",
            "exit",
            "_exit",
        ):
            handed += [argument.value for argument in node.args]
            if last_name(node.func).endswith("exit"):
                return False
        names = (part for expression in handed for part in descend(expression))
        if name and any(isinstance(part, nodes.Name) and part.value == name for part in names):
            return False
    return True


def _is_told_by_a_flag(handler: nodes.Node, site: TrySite) -> bool:
    """Whether it notes that it was cancelled, and the function raises for that later or returns the note."""
    from isolint.syntax.walk import descend

    noted = {
        target.target.value
        for node in descend(getattr(handler, "body", None) or handler, _nested())
        if isinstance(node, nodes.Assign) and getattr(node.value, "value", None) == "True"
        for target in node.targets
        if isinstance(target.target, nodes.Name)
    }
    around = getattr(site.scope.node, "body", None)
    return bool(noted) and any(
        (isinstance(node, nodes.Return) and node.value is not None and _names_in(node.value) & noted)
        or (isinstance(node, nodes.If) and _affirmed(node.test) & noted and _raises(node.body))
        for node in (descend(around, _nested()) if around is not None else ())
    )


def _affirmed(test: nodes.Node) -> set[str]:
    """Return the names that a condition asks for, without those it asks the contrary of."""
    from isolint.syntax.walk import descend

    negated = (node for node in descend(test) if isinstance(node, nodes.UnaryOperation))
    return _names_in(test).difference(*map(_names_in, negated))


def _raises(body: nodes.Node) -> bool:
    from isolint.syntax.walk import descend

    return any(isinstance(node, nodes.Raise) for node in descend(body, _nested()))


def _awaits_what_it_cancelled(statement: nodes.Node, site: TrySite, context: Context) -> bool:
    """Whether all that is awaited was cancelled by the same function: the way to see it end."""
    from isolint.syntax.names import last_name
    from isolint.syntax.walk import descend

    around = site.scope.node
    body = getattr(statement, "body", None)
    if body is None:
        return False
    awaited = [node.expression for node in descend(body, _nested()) if isinstance(node, nodes.Await)]
    calls = [node.func for node in descend(around) if isinstance(node, nodes.Call)]
    cancelled = {
        last_name(callee.value)
        for callee in calls
        if isinstance(callee, nodes.Attribute) and callee.attr.value == "cancel"
    } - {""}
    if awaited and all(isinstance(one, (nodes.Name, nodes.Attribute)) for one in awaited):
        # `self.cancel_sync_task()` and then `await self._sync_task`
        by_method = {last_name(callee) for callee in calls if last_name(callee).startswith("cancel_")}
        cancelled |= {
            last_name(one) for one in awaited if f"cancel_{last_name(one).lstrip('_')}" in by_method
        }
    return bool(awaited) and all(_names_in(one) & cancelled or _throws(one, context) for one in awaited)


def _throws(awaited: nodes.Node, context: Context) -> bool:
    """Whether it throws the cancellation itself, as ``generator.athrow(CancelledError())``."""
    if not (isinstance(awaited, nodes.Call) and isinstance(awaited.func, nodes.Attribute)):
        return False
    thrown = [argument.value for argument in awaited.args] if awaited.func.attr.value == "athrow" else []
    classes = [one.func if isinstance(one, nodes.Call) else one for one in thrown]
    externals = (external for one in classes for external in context.module.inference.externals(one))
    return any(external.name in _CANCELLATIONS for external in externals)


def _is_inside_handler_that_raises(statement: nodes.Node, site: TrySite) -> bool:
    """Whether it cleans up while an exception is on its way already, which is raised in the end or kept."""
    from isolint.syntax.walk import descend

    own = set(descend(statement))
    return any(
        isinstance(handler, (nodes.ExceptHandler, nodes.ExceptStarHandler))
        and statement in descend(handler.body)
        and not _goes_on(handler, own)
        for handler in descend(site.scope.node)
    )


def _names_in(expression: nodes.Node) -> set[str]:
    from isolint.syntax.walk import descend

    found = {node.value for node in descend(expression) if isinstance(node, nodes.Name)}
    return found | {node.attr.value for node in descend(expression) if isinstance(node, nodes.Attribute)}


def _words(_given: GateInput) -> Iterable[tuple[str, ...]]:
    return (("except", "async"),)


def _may_swallow(view: View) -> bool:
    """Whether a coroutine catches anything but ordinary exceptions."""
    from isolint.syntax.blocks import statements

    return any(
        isinstance(node, ast.ExceptHandler) and not _is_ordinary(node.type)
        for function in view.statements
        if isinstance(function, ast.AsyncFunctionDef)
        for node in statements(function)
    )


def _is_ordinary(caught: ast.expr | None) -> bool:
    return isinstance(caught, ast.Name) and caught.id in ("Exception", "ValueError", "KeyError", "TypeError")


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
    words=_words,
    look=_may_swallow,
    fix=FixAvailability.SOMETIMES,
    mends=(
        "`except BaseException` and a bare `except` become `except Exception`, which a cancellation passes by; a handler of "
        "cancellation alone ends in `raise`, in the place of the `pass`, `return`, `continue` or `break` that it ended in. "
        "Both are unsafe: a cancellation ends the coroutine then, where the code behind the handler ran before. No fix is "
        "offered where one handler catches several classes, or ends in a statement of several lines."
    ),
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
