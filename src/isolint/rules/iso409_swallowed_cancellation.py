"""ISO409: a coroutine that catches its own cancellation and ends as if it had succeeded."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.fixes import Change, Place, Proposal
from isolint.model import Safety, Span
from isolint.rule import CORE_AND_RUNTIME, Example, Finding, FixAvailability, Rule
from isolint.rules import cancelling, catching
from isolint.rules.blocks import is_alone
from isolint.rules.catching import NESTED
from isolint.rules.plans import written
from isolint.semantic_index.facts import Definition, EnterSite, TrySite
from isolint.syntax.ast_walk import descend

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.rule import Context
    from isolint.semantic_index.scopes import Scope

_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_WAITS = (ast.Await, ast.AsyncFor, ast.AsyncWith, ast.comprehension)
_LEAVING = (ast.Return, ast.Break, ast.Continue)
_ENDS = "a cancellation ends the coroutine then, where the code behind the handler ran before"
_CONSEQUENCE = "the coroutine goes on, and ends as if it had succeeded"
_WAY_OUT = "raise it again, or catch Exception, which leaves cancellation alone"


def _check(site: TrySite | EnterSite | Definition, context: Context) -> Iterator[Finding]:
    if isinstance(site, Definition):
        yield from _exit_method(site)
    elif site.scope.running.is_async:
        if isinstance(site, EnterSite):
            yield from _suppressed(site, context)
        else:
            yield from _handled(site, context)
            yield from _left(site, context)


def _handled(site: TrySite, context: Context) -> Iterator[Finding]:
    """Yield the handler that takes a cancellation; those behind it do not see it any more."""
    statement = site.node
    caught_by = ((each, _caught_cancellation(each, context)) for each in statement.handlers)
    handler, caught = next(((each, caught) for each, caught in caught_by if caught), (None, ""))
    if handler is None or not catching.goes_on(handler, context):
        return
    if catching.notes_in_a_flag(handler, site.scope) or not _may_be_cancelled(statement, site, context):
        return
    named = f"`except {caught}`" if caught != ":" else "a bare `except`"
    yield Finding(
        _caught(handler, context),
        f"{named} catches the cancellation of this coroutine and does not raise it again: {_CONSEQUENCE}",
        _WAY_OUT,
        note=_cancelled_instead(statement.body, site, context),
        fix=_let_through(handler, statement, context),
    )


def _caught(handler: ast.ExceptHandler, context: Context) -> ast.expr | ast.ExceptHandler | Span:
    """Return the place to report: of several classes, from the first to the last."""
    if not isinstance(handler.type, ast.Tuple) or not handler.type.elts:
        return handler.type or handler
    first, last = (context.module.spans.of(handler.type.elts[place]) for place in (0, -1))
    return Span(first.line, first.column, last.end_line, last.end_column)


def _let_through(handler: ast.ExceptHandler, statement: ast.Try, context: Context) -> Proposal | None:
    """Catch ordinary exceptions only where all were caught; raise again where only cancellation was."""
    if type(statement).__name__ == "TryStar":
        return None
    if handler.type is None:
        change = Change(handler, Place.BEFORE, " Exception", skip=len("except"))
        return Proposal("Catch Exception", Safety.UNSAFE, (change,), _ENDS)
    caught = [external.name for external in context.module.externals(handler.type)]
    if caught == ["builtins.BaseException"] and isinstance(handler.type, ast.Name):
        return Proposal(
            "Catch Exception", Safety.UNSAFE, (Change(handler.type, Place.INSTEAD, "Exception"),), _ENDS
        )
    if _waits_for_tasks_alone(statement):
        return None
    last = handler.body[-1]
    is_one = bool(caught) or isinstance(handler.type, ast.Call)
    is_block = isinstance(last, (*NESTED, *_LOOPS, ast.If, ast.Try, ast.With, ast.AsyncWith, ast.Match))
    if not is_one or is_block or not is_alone(last, context):
        return None
    leaves = isinstance(last, (ast.Pass, *_LEAVING))
    change = Change(last, Place.INSTEAD if leaves else Place.BELOW, "raise")
    return Proposal("Raise it again", Safety.UNSAFE, (change,), _ENDS)


def _waits_for_tasks_alone(statement: ast.Try) -> bool:
    """Whether all that is awaited was made elsewhere: such a task may have been cancelled, and not this function."""
    waits = [node for node in descend(statement.body, NESTED) if isinstance(node, _WAITS)]
    awaited = [node.value for node in waits if isinstance(node, ast.Await)]
    return len(awaited) == len(waits) and all(isinstance(each, (ast.Name, ast.Attribute)) for each in awaited)


def _suppressed(site: EnterSite, context: Context) -> Iterator[Finding]:
    """Yield ``suppress(CancelledError)`` around something that waits."""
    item = site.node
    if not isinstance(item, ast.Call):
        return
    if all(external.name != "contextlib.suppress" for external in context.module.externals(item.func)):
        return
    nodes = descend(site.scope.running.node)
    every = (node for node in nodes if isinstance(node, (ast.With, ast.AsyncWith)))
    statement = next((each for each in every if any(part.context_expr is item for part in each.items)), None)
    if statement is None or all(catching.catches(each, context) is None for each in item.args):
        return
    if not _may_be_cancelled(statement, site, context):
        return
    yield Finding(
        item,
        f"`{written(item, context)}` drops the cancellation of this coroutine: {_CONSEQUENCE}",
        "suppress Exception, which leaves cancellation alone, or only the exceptions that the body is known to raise",
        note=_cancelled_instead(statement.body, site, context),
    )


def _left(site: TrySite, context: Context) -> Iterator[Finding]:
    """Yield a jump out of ``finally``, which drops the exception that is on its way."""
    statement = site.node
    if not statement.finalbody or not catching.waits(statement.body, site.scope, context):
        return
    for jump in _jumps_out_of(statement.finalbody):
        keyword = type(jump).__name__.lower()
        yield Finding(
            jump,
            f"`{keyword}` in `finally` drops the cancellation of this coroutine: {_CONSEQUENCE}",
            "leave `finally` at its end, and return behind the statement",
        )


def _jumps_out_of(final: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements that leave a ``finally``: ``return``, and ``break`` and ``continue`` of a loop around it."""
    of_inner_loops = {
        part
        for loop in descend(final, NESTED)
        if isinstance(loop, _LOOPS)
        for part in descend(loop.body, NESTED)
        if not isinstance(part, ast.Return)
    }
    for node in descend(final, NESTED):
        if isinstance(node, _LEAVING) and node not in of_inner_loops:
            yield node


def _exit_method(definition: Definition) -> Iterator[Finding]:
    """Yield the ``return True`` of an ``__aexit__`` that never looks at the exception."""
    function = definition.node
    if function.name != "__aexit__" or definition.inner.own_class is None:
        return
    if not isinstance(function, ast.AsyncFunctionDef):
        return
    exception = {parameter.name for parameter in definition.inner.parameters[1:]}
    tests = (node.test for node in descend(function.body, NESTED) if isinstance(node, (ast.If, ast.IfExp)))
    matched = (node.subject for node in descend(function.body, NESTED) if isinstance(node, ast.Match))
    if any(catching.names_in(test) & exception for test in (*tests, *matched)):
        return
    for value in definition.inner.returns:
        if isinstance(value, ast.Constant) and value.value is True:
            yield Finding(
                value,
                "an `__aexit__` that returns true drops every exception of its block, the cancellation of the "
                "coroutine around it included, which then ends as if it had succeeded",
                "return true for the exceptions that are meant: issubclass(kind, OSError)",
            )


def _cancelled_instead(body: list[ast.stmt], site: TrySite | EnterSite, context: Context) -> str:
    other = cancelling.what_it_cancelled(body, site.scope, context)
    awaited = next((n.value for n in descend(body, NESTED) if isinstance(n, ast.Await)), None)
    if not other or awaited is None:
        return ""
    return f"`{other}` is cancelled before, but this awaits `{written(awaited, context)}`"


def _caught_cancellation(handler: ast.ExceptHandler, context: Context) -> str:
    """Return the classes a handler catches that include cancellation, a colon for everything, or nothing."""
    kind = handler.type
    if kind is None:
        return ":"
    one = catching.catches(kind, context)
    if one is None:
        return ""
    text, class_text = written(kind, context), written(one, context)
    return text if class_text in text else f"(..., {class_text}, ...)"


def _may_be_cancelled(
    statement: ast.Try | ast.With | ast.AsyncWith, site: TrySite | EnterSite, context: Context
) -> bool:
    """Whether a cancellation of this coroutine may arrive in the body of a statement, and is dropped there."""
    body, scope = statement.body, site.scope.running
    if not catching.waits(body, scope, context) or cancelling.awaits_what_it_cancelled(body, scope, context):
        return False
    return not _is_inside_handler_that_raises(statement, scope, context)


def _is_inside_handler_that_raises(statement: ast.stmt, scope: Scope, context: Context) -> bool:
    """Whether a statement cleans up after an exception that is raised again, or kept."""
    around = list(cancelling.handlers_around(statement, scope, context))
    own = set(descend(statement)) if around else set[ast.AST]()
    return any(not catching.goes_on(handler, context, own) for handler in around)


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
    fix=FixAvailability.SOMETIMES,
    mends=(
        "`except BaseException` and a bare `except` become `except Exception`, which a cancellation passes by, so that the handler does not run for one; a handler of "
        "cancellation alone ends in `raise`, in the place of the `pass`, `return`, `continue` or `break` that it ended in. "
        "Both are unsafe: a cancellation ends the coroutine then, where the code behind the handler ran before. No fix is "
        "offered where one handler catches several classes, or ends in a statement of several lines, nor where it is about "
        "`await task` alone: the task may have been cancelled, and not the function that waits for it."
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
