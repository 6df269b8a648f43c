"""ISO404: a continuation that returns no plan."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.catalogue.combinators import Part, is_of_streams
from isolint.fixes import Change, Place, Proposal
from isolint.model import Safety
from isolint.plans.calls import plan_call
from isolint.plans.functions import declared_ordinary, ending_of, returns_coroutine, returns_plan, scopes_of
from isolint.plans.ordinary import kind_of_value
from isolint.plans.results import result_class
from isolint.rule import ALL_ROLES, Example, Finding, FixAvailability, Rule
from isolint.rules import respelling
from isolint.rules.plans import why_a_plan, written
from isolint.semantic_index.facts import CallSite
from isolint.semantic_index.scopes import DEFINITIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.plans.calls import PlanCall
    from isolint.rule import Context
    from isolint.semantic_index.scopes import Scope


def _check(site: CallSite, context: Context) -> Iterator[Finding]:
    call = plan_call(site.node, context.module)
    if call is not None:
        for continuation in call.arguments(Part.CONTINUATION):
            if context.module.is_plan(continuation):
                yield _given_a_plan(call, continuation, context)
                continue
            yield from _of_wrong_kind(call, continuation, context)
            yield from _values(call, continuation, context)
            yield from _coroutines(call, continuation, context)


def _given_a_plan(call: PlanCall, plan: ast.expr, context: Context) -> Finding:
    text = written(plan, context)
    return Finding(
        plan,
        f"`{text}` is a plan, not a function: {call.constructor} calls its continuation with the value so far, "
        "and a plan takes none",
        f"give it a function that returns the plan: lambda _: {text}",
        note=why_a_plan(plan, context),
        fix=Proposal(
            "Return the plan from a function",
            Safety.UNSAFE,
            (Change(plan, Place.BEFORE, "lambda _: "),),
            "the value so far is dropped then",
        ),
    )


def _values(call: PlanCall, continuation: ast.expr, context: Context) -> Iterator[Finding]:
    """Yield the returned values that are neither a plan nor anything that can be called."""
    module = context.module
    text = written(continuation, context)
    if isinstance(continuation, ast.Call) and (outcome := result_class(continuation.func, module)):
        yield _finding(call, continuation, f"`{text}` is an outcome (`{outcome}`), not a function", None)
        return
    if declared := declared_ordinary(continuation, module):
        yield _finding(call, continuation, f"`{text}` returns `{declared}`, not a {_kind(call)}", None)
        return
    for scope in scopes_of(continuation, module):
        if scope.is_async or scope.is_generator:
            continue
        where = _named(call, scope)
        for value in _results(scope):
            if kind := kind_of_value(value, module):
                fix = _in_a_plan(call, value, context)
                text = written(value, context)
                yield _finding(call, value, f"`{text}` is {kind}, not a {_kind(call)}", fix, where)
        if not scope.returns and scope.reaches_end and isinstance(scope.node, DEFINITIONS):
            yield _finding(call, continuation, f"`{text}` returns nothing", None)
        elif scope.returns and (end := ending_of(scope)) is not None:
            yield _finding(call, end, f"`{text}` ends here without returning a {_kind(call)}", None, where)


def _results(scope: Scope) -> Iterator[ast.expr]:
    """Yield the expressions one of which a function returns, also those of a conditional expression."""
    pending = [*scope.returns]
    while pending:
        value = pending.pop(0)
        if isinstance(value, ast.IfExp):
            pending[:0] = [value.body, value.orelse]
        else:
            yield value


def _named(call: PlanCall, scope: Scope) -> str:
    """Name the bind that a function is the continuation of, which may stand far from its return statements."""
    if not isinstance(scope.node, DEFINITIONS):
        return ""
    return f"`{scope.node.name}` is the continuation of {call.constructor} on line {call.node.lineno}"


def _coroutines(call: PlanCall, continuation: ast.expr, context: Context) -> Iterator[Finding]:
    for found in returns_coroutine(continuation, context.module):
        text = written(found.shown_at, context)
        if found.shown_at is continuation:
            yield _finding(
                call,
                continuation,
                f"`{text}` is a coroutine function, which returns a coroutine, not a {_kind(call)}",
                None,
            )
        else:
            fix = _lifted(call, found.shown_at, context) if found.is_whole else None
            yield _finding(call, found.shown_at, f"`{text}` is a coroutine, not a {_kind(call)}", fix)


def _finding(
    call: PlanCall, node: ast.expr | ast.stmt, what: str, fix: Proposal | None, where: str = ""
) -> Finding:
    continuation = where or f"the continuation of {call.constructor}"
    has_to = "and has to return" if where else "has to return"
    _, wanted, way_out = _WANTED.get(call.constructor, _GO_ON)
    return Finding(node, f"{what}: {continuation} {has_to} {wanted}", way_out, fix=fix)


_PLANS = "return a plan: async_pure(value), async_fail(error), async_lift(lambda: call(...))"
_STREAMS = "return a stream: stream.from_items([...]), stream.from_plan(plan)"
_GO_ON = ("plan", "the plan to go on with", _PLANS)
_WANTED = {
    "async_bind": (*_GO_ON[:2], f"{_PLANS}; for a plain function of the value there is async_map"),
    "async_or_else": (*_GO_ON[:2], f"{_PLANS}; for a plain function of the error there is async_map_err"),
    "stream.bind": (
        "stream",
        "the stream to go on with",
        f"{_STREAMS}; for a plain function of the value there is stream.map",
    ),
    "stream.bounded_map": (
        "plan",
        "the plan to run",
        f"{_PLANS}; for a plain function of the value there is stream.map",
    ),
    "stream.using": (
        "stream or plan",
        "a stream of the values of the resource, or the plan that releases it",
        "return stream.from_items([...]) or async_lift(lambda: call(...))",
    ),
}
"""The kind that a continuation has to return, in words, and a way to it, by the constructor."""


def _kind(call: PlanCall) -> str:
    return _WANTED.get(call.constructor, _GO_ON)[0]


def _of_wrong_kind(call: PlanCall, continuation: ast.expr, context: Context) -> Iterator[Finding]:
    """Yield plans where a stream belongs, and streams where a plan does."""
    if call.constructor == "stream.using":
        return  # takes one of each
    for found in returns_plan(continuation, context.module):
        given = "stream" if found.is_stream else "plan"
        if given != _kind(call):
            text = written(found.shown_at, context)
            what = "returns" if found.shown_at is continuation else "is"
            yield _finding(call, found.shown_at, f"`{text}` {what} a {given}, not a {_kind(call)}", None)


def _in_a_plan(call: PlanCall, value: ast.expr, context: Context) -> Proposal | None:
    """``Ok(x)`` and a plain ``x`` become ``async_pure(x)``, ``Err(e)`` becomes ``async_fail(e)``."""
    if is_of_streams(call.constructor):
        return None
    result = result_class(value.func, context.module) if isinstance(value, ast.Call) else ""
    code = context.module.code_of(value)
    if isinstance(value, ast.Tuple) and not code.startswith("("):
        return None
    spelling = respelling.beside(call.node.func, "async_fail" if result == "Err" else "async_pure", context)
    if spelling is None:
        return None
    if result and isinstance(value, ast.Call):
        change = Change(value.func, Place.INSTEAD, spelling.text)
    else:
        change = Change(value, Place.INSTEAD, f"{spelling.text}({code})")
    return Proposal(
        f"Return `{spelling.text}(...)`",
        Safety.UNSAFE,
        (change,),
        "the error is taken for the failure of the step"
        if result == "Err"
        else "the value is taken for the success of the step",
        spelling.imports,
    )


def _lifted(call: PlanCall, value: ast.expr, context: Context) -> Proposal | None:
    if is_of_streams(call.constructor) or context.module.spans.has_brackets(value):
        return None
    spelling = respelling.beside(call.node.func, "async_lift", context)
    if spelling is None or not isinstance(value, ast.Call):
        return None
    before = Change(value, Place.BEFORE, f"{spelling.text}(lambda: ")
    return Proposal(
        "Lift the call",
        Safety.UNSAFE,
        (before, Change(value, Place.AFTER, ")")),
        "the coroutine has to give a Result, which is not known",
        spelling.imports,
    )


RULE = Rule(
    code="ISO404",
    name="bind-returns-value",
    summary="The continuation of async_bind returns something that is no plan",
    rationale=(
        "`async_bind` goes on with the plan its function returns. An `Ok(...)`, a plain value or a coroutine is "
        "none: the driver finds out in the middle of a run, far from the line that is wrong, and everything "
        "before it has happened by then. The usual cause is a step that used to be a coroutine."
    ),
    roles=ALL_ROLES,
    looks_at=(CallSite,),
    check=_check,
    fix=FixAvailability.SOMETIMES,
    mends=(
        "`Ok(x)` and a plain value become `async_pure(...)`, `Err(e)` becomes `async_fail(e)`, a coroutine is "
        "lifted. All of it is unsafe: the value may not be meant as a success, and the coroutine may not give a Result. No fix is offered for a continuation that returns nothing, that is a coroutine function, "
        "or that is one part of a longer expression."
    ),
    bad=(
        Example(
            "an outcome instead of a plan",
            """\
from asyncplan import AsyncPlan, Ok, async_bind, async_lift


def load(user_id: str, users) -> AsyncPlan[str]:
    return async_bind(async_lift(lambda: users.get(user_id)), lambda user: Ok(user.title()))
""",
        ),
        Example(
            "a coroutine function",
            """\
from asyncplan import AsyncPlan, Ok, Result, async_bind, async_lift


def rename(user_id: str, users) -> AsyncPlan[str]:
    async def save(user: str) -> Result[str, Exception]:
        await users.save(user.title())
        return Ok(user.title())

    return async_bind(async_lift(lambda: users.get(user_id)), save)
""",
        ),
    ),
    good=(
        Example(
            "a plan for each case",
            """\
from asyncplan import AsyncPlan, async_bind, async_lift, async_pure


def load(user_id: str, users) -> AsyncPlan[str]:
    return async_bind(
        async_lift(lambda: users.get(user_id)),
        lambda user: async_pure(user) if user else async_lift(lambda: users.guest()),
    )
""",
        ),
    ),
)
