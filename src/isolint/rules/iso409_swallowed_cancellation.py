"""ISO409: a coroutine that catches its own cancellation and ends as if it had succeeded."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.fixes import Change, Place, Proposal
from isolint.model import Safety
from isolint.rule import CORE_AND_RUNTIME, Example, Finding, FixAvailability, Rule
from isolint.rules.blocks import only_statement
from isolint.rules.plans import written
from isolint.semantics.facts import Definition, EnterSite, TrySite
from isolint.syntax import nodes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from isolint.rule import Context, GateInput
    from isolint.semantics.glimpse import View

_NESTED = (nodes.FunctionDef, nodes.Lambda, nodes.ClassDef)
_LEAVING = (nodes.Return, nodes.Break, nodes.Continue)
_ENDS = "a cancellation ends the coroutine then, where the code behind the handler ran before"
_CONSEQUENCE = "the coroutine goes on, and ends as if it had succeeded"
_WAY_OUT = "raise it again, or catch Exception, which leaves cancellation alone"


def _check(site: TrySite | EnterSite | Definition, context: Context) -> Iterator[Finding]:
    from isolint.semantics.effects import running_function

    if isinstance(site, Definition):
        yield from _exit_method(site)
    elif running_function(site.scope).is_async:
        if isinstance(site, EnterSite):
            yield from _suppressed(site, context)
        else:
            yield from _handled(site, context)
            yield from _left(site, context)


def _handled(site: TrySite, context: Context) -> Iterator[Finding]:
    """Yield the handler that takes a cancellation, those behind it not seeing it any more."""
    from isolint.rules import cancelling

    statement = site.node
    if not isinstance(statement, (nodes.Try, nodes.TryStar)):
        return
    # Nearly all catch ordinary exceptions only, which is soon seen.
    catching = ((handler, _caught_cancellation(handler, context)) for handler in statement.handlers)
    handler, caught = next(((handler, caught) for handler, caught in catching if caught), (None, ""))
    if handler is None or not _goes_on(handler, context):
        return
    body = statement.body
    if not cancelling.waits(body, site.scope, context):
        return
    if cancelling.awaits_what_it_cancelled(body, site.scope, context):
        return
    if _is_told_by_a_flag(handler, site) or _is_inside_handler_that_raises(statement, site, context):
        return
    named = f"`except {caught}`" if caught != ":" else "a bare `except`"
    yield Finding(
        handler.type or handler,
        f"{named} catches the cancellation of this coroutine and does not raise it again: {_CONSEQUENCE}",
        _WAY_OUT,
        note=_cancelled_instead(body, site, context),
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
    is_one = bool(caught) or isinstance(handler.type, nodes.Call)
    if not is_one or not isinstance(handler.body, nodes.IndentedBlock):
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


def _suppressed(site: EnterSite, context: Context) -> Iterator[Finding]:
    """Yield ``suppress(CancelledError)`` around something that waits."""
    from isolint.rules import cancelling
    from isolint.semantics.effects import running_function
    from isolint.syntax.walk import descend

    item = site.node
    if not isinstance(item, nodes.Call):
        return
    names = (external.name for external in context.module.inference.externals(item.func))
    if "contextlib.suppress" not in names:
        return
    caught = next((c for a in item.args if (c := cancelling.catches(a.value, context)) is not None), None)
    around = running_function(site.scope)
    statements = (node for node in descend(around.node) if isinstance(node, nodes.With))
    statement = next((w for w in statements if any(part.item is item for part in w.items)), None)
    if caught is None or statement is None or not cancelling.waits(statement.body, around, context):
        return
    if cancelling.awaits_what_it_cancelled(statement.body, around, context):
        return
    if _is_inside_handler_that_raises(statement, site, context):
        return
    yield Finding(
        item,
        f"`{written(item, context)}` drops the cancellation of this coroutine: {_CONSEQUENCE}",
        "suppress Exception, which leaves cancellation alone, or only what the body is known to raise",
        note=_cancelled_instead(statement.body, site, context),
    )


def _left(site: TrySite, context: Context) -> Iterator[Finding]:
    """Yield a jump out of ``finally``, which drops the exception that is on its way."""
    from isolint.rules import cancelling

    statement = site.node
    final = getattr(statement, "finalbody", None)
    body = getattr(statement, "body", None)
    if final is None or body is None or not cancelling.waits(body, site.scope, context):
        return
    for jump in _jumps_out_of(final.body):
        keyword = type(jump).__name__.lower()
        yield Finding(
            jump,
            f"`{keyword}` in `finally` drops the cancellation of this coroutine: {_CONSEQUENCE}",
            "leave `finally` at its end, and return behind the statement",
        )


def _jumps_out_of(final: nodes.Node) -> Iterator[nodes.Node]:
    """Yield what leaves a ``finally``: ``return``, and ``break`` and ``continue`` of a loop around it."""
    from isolint.syntax.walk import descend

    loops = (nodes.For, nodes.While)
    of_inner_loops = {
        part
        for loop in descend(final, _NESTED)
        if isinstance(loop, loops)
        for part in descend(loop.body, _NESTED)
        if not isinstance(part, nodes.Return)
    }
    for node in descend(final, _NESTED):
        if isinstance(node, _LEAVING) and node not in of_inner_loops:
            yield node


def _exit_method(definition: Definition) -> Iterator[Finding]:
    """Yield the ``return True`` of an ``__aexit__`` that never looks at the exception."""
    from isolint.syntax.walk import descend

    function = definition.node
    if not isinstance(function, nodes.FunctionDef) or function.name.value != "__aexit__":
        return
    if definition.inner.own_class() is None or function.asynchronous is None:
        return
    exception = {param.name.value for param in function.params.all[1:]}
    tests = (
        node.test for node in descend(function.body, _NESTED) if isinstance(node, (nodes.If, nodes.IfExp))
    )
    matched = (node.subject for node in descend(function.body, _NESTED) if isinstance(node, nodes.Match))
    if any(_names_in(test) & exception for test in (*tests, *matched)):
        return
    for value in definition.inner.returns:
        if isinstance(value, nodes.Name) and value.value == "True":
            yield Finding(
                value,
                "an `__aexit__` that returns true drops every exception of its block, the cancellation of the "
                "coroutine around it included, which then ends as if it had succeeded",
                "return true for the exceptions that are meant: issubclass(kind, OSError)",
            )


def _cancelled_instead(body: nodes.Node, site: TrySite | EnterSite, context: Context) -> str:
    from isolint.rules import cancelling
    from isolint.syntax.walk import descend

    other = cancelling.what_it_cancelled(body, site.scope, context)
    awaited = next((n.expression for n in descend(body, _NESTED) if isinstance(n, nodes.Await)), None)
    if not other or awaited is None:
        return ""
    return f"`{other}` is cancelled before, but what is awaited here is `{written(awaited, context)}`"


def _caught_cancellation(handler: nodes.Node, context: Context) -> str:
    """Return what a handler catches that includes cancellation, a colon for everything, or nothing."""
    from isolint.rules import cancelling

    kind = getattr(handler, "type", None)
    if kind is None:
        return ":"
    one = cancelling.catches(kind, context)
    if one is None:
        return ""
    text, class_text = written(kind, context), written(one, context)
    return text if class_text in text else f"(..., {class_text}, ...)"


def _goes_on(handler: nodes.Node, context: Context, apart_from: Collection[nodes.Node] = ()) -> bool:
    """Whether a handler neither raises nor hands the exception on."""
    from isolint.rules import cancelling
    from isolint.syntax.names import last_name
    from isolint.syntax.walk import descend

    bound = getattr(getattr(handler, "name", None), "name", None)
    name = last_name(bound) if bound is not None else ""
    body = getattr(handler, "body", None)
    for node in descend(body, _NESTED) if body is not None else ():
        if node in apart_from:
            continue
        if isinstance(node, nodes.Raise):
            return False
        value = getattr(node, "value", None) if isinstance(node, (nodes.Assign, nodes.Return)) else None
        handed = [value] if value is not None else []
        if isinstance(node, nodes.Call):
            callee = last_name(node.func)
            if callee == "uncancel" or cancelling.always_raises(node, context):
                return False
            if callee in ("set_exception", "append"):
                handed += [argument.value for argument in node.args]
        names = (part for expression in handed for part in descend(expression))
        if name and any(isinstance(part, nodes.Name) and part.value == name for part in names):
            return False
    return True


def _is_told_by_a_flag(handler: nodes.Node, site: TrySite) -> bool:
    """Whether it notes that it was cancelled, and the function raises for that later or returns the note."""
    from isolint.syntax.walk import descend

    noted = {
        target.target.value
        for node in descend(getattr(handler, "body", None) or handler, _NESTED)
        if isinstance(node, nodes.Assign) and getattr(node.value, "value", None) == "True"
        for target in node.targets
        if isinstance(target.target, nodes.Name)
    }
    around = getattr(site.scope.node, "body", None)
    return bool(noted) and any(
        (isinstance(node, nodes.Return) and node.value is not None and _names_in(node.value) & noted)
        or (isinstance(node, nodes.If) and _affirmed(node.test) & noted and _raises(node.body))
        for node in (descend(around, _NESTED) if around is not None else ())
    )


def _affirmed(test: nodes.Node) -> set[str]:
    """Return the names that a condition asks for, without those it asks the contrary of."""
    from isolint.syntax.walk import descend

    negated = (node for node in descend(test) if isinstance(node, nodes.UnaryOperation))
    return _names_in(test).difference(*map(_names_in, negated))


def _raises(body: nodes.Node) -> bool:
    from isolint.syntax.walk import descend

    return any(isinstance(node, nodes.Raise) for node in descend(body, _NESTED))


def _is_inside_handler_that_raises(
    statement: nodes.Node, site: TrySite | EnterSite, context: Context
) -> bool:
    """Whether it cleans up while an exception is on its way already, which is raised in the end or kept."""
    from isolint.rules import cancelling
    from isolint.syntax.walk import descend

    around = list(cancelling.handlers_around(statement, site.scope, context))
    own = set(descend(statement)) if around else set[nodes.Node]()
    return any(not _goes_on(handler, context, own) for handler in around)


def _names_in(expression: nodes.Node) -> set[str]:
    from isolint.syntax.walk import descend

    found = {node.value for node in descend(expression) if isinstance(node, nodes.Name)}
    return found | {node.attr.value for node in descend(expression) if isinstance(node, nodes.Attribute)}


def _words(_given: GateInput) -> Iterable[tuple[str, ...]]:
    return (("except", "async"), ("suppress", "async"), ("finally", "async"), ("__aexit__", "async"))


def _may_swallow(view: View) -> bool:
    """Whether a coroutine catches anything but ordinary exceptions, or leaves a block in spite of one."""
    from isolint.syntax.blocks import statements

    return any(
        function.name == "__aexit__" or any(map(_may_drop, statements(function)))
        for function in view.statements
        if isinstance(function, ast.AsyncFunctionDef)
    )


def _may_drop(node: ast.AST) -> bool:
    if isinstance(node, ast.ExceptHandler):
        return not _is_ordinary(node.type)
    if isinstance(node, ast.With):
        return any(isinstance(item.context_expr, ast.Call) for item in node.items)
    if isinstance(node, ast.Try):
        leaving = (ast.Return, ast.Break, ast.Continue)
        return any(isinstance(part, leaving) for one in node.finalbody for part in ast.walk(one))
    return False


def _is_ordinary(caught: ast.expr | None) -> bool:
    return isinstance(caught, ast.Name) and caught.id in ("Exception", "ValueError", "KeyError", "TypeError")


RULE = Rule(
    code="ISO409",
    name="swallowed-cancellation",
    summary="A coroutine catches its own cancellation and ends as if it had succeeded",
    rationale=(
        "Cancelling is how a deadline, a failed sibling and a shutdown stop work. It arrives as an exception at "
        "an `await`; a bare `except`, `except BaseException` or `except CancelledError` that does not raise it "
        "again turns the request down: the deadline passes, `async_gather` waits for ever, and the program "
        "hangs when it should end. So do `suppress(CancelledError)`, a `return` or `break` in `finally`, and an "
        "`__aexit__` that returns true. Awaiting a task that the same function has cancelled is not reported, "
        "nor is a coroutine that notes its cancellation and raises it later, or returns the note to its caller."
    ),
    roles=CORE_AND_RUNTIME,
    looks_at=(TrySite, EnterSite, Definition),
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
