"""ISO405: a coroutine function that promises a plan."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.fixes import Change, Place, Proposal
from isolint.model import Safety, Span
from isolint.program.types import NOTHING, Plan, known
from isolint.rule import ALL_ROLES, Example, Finding, FixAvailability, Rule
from isolint.rules.plans import written
from isolint.semantic_index.facts import AwaitSite, Definition
from isolint.semantic_index.scopes import DEFINITIONS, ScopeKind
from isolint.syntax.ast_walk import descend

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.rule import Context


def _check(definition: Definition, context: Context) -> Iterator[Finding]:
    function = definition.node
    if not isinstance(function, ast.AsyncFunctionDef) or function.returns is None:
        return
    declared = known(context.module.declared(function.returns))
    plans = [one for one in declared if isinstance(one, Plan)]
    promises = bool(plans) and all(isinstance(one, Plan) or one == NOTHING for one in declared)
    if definition.inner.is_generator or not promises:
        return
    annotation = written(function.returns, context)
    yield Finding(
        context.module.spans.of_name(function),
        f"`{function.name}` is a coroutine function, so its call gives a coroutine and no "
        f"`{annotation}`: the plan is there only after an `await`",
        "drop `async`: describing needs no waiting; lift awaited calls into the plan (async_lift)",
        fix=_not_async(function, definition, context),
    )


def _not_async(function: ast.AsyncFunctionDef, definition: Definition, context: Context) -> Proposal | None:
    inner = (*DEFINITIONS, ast.Lambda)
    if any(_waits(node) for node in descend(function.body, inner) if not isinstance(node, inner)):
        return None
    calls = list(_awaited_calls(definition, context))
    spans = context.module.spans
    start, name = spans.of(function), spans.of_name(function)
    keyword = Span(start.line, start.column, name.line, name.column)
    if "\\" in spans.text_at(keyword):
        return None
    changes = (
        Change(keyword, Place.INSTEAD, "def "),
        *(Change(node, Place.INSTEAD, spans.text(node.value)) for node in calls),
    )
    message = "Drop `async`, and `await` of its calls" if calls else "Drop `async`"
    if _is_awaited_nowhere(function, definition, context):
        return Proposal(message, Safety.SAFE, changes)
    reason = "a caller elsewhere that awaits it gets the plan without an `await` then"
    return Proposal(message, Safety.UNSAFE, changes, reason)


def _awaited_calls(definition: Definition, context: Context) -> Iterator[ast.Await]:
    """Yield each ``await`` of a call of the function, by a name that means nothing else."""
    for fact in context.module.facts((AwaitSite,)):
        call = fact.node.value if isinstance(fact, AwaitSite) else None
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and isinstance(fact, AwaitSite):
            bindings = context.module.bindings(call.func)
            if [binding.node for binding in bindings] == [definition.node]:
                yield fact.node


def _waits(node: ast.AST) -> bool:
    is_async = isinstance(node, ast.comprehension) and bool(node.is_async)
    return is_async or isinstance(node, (ast.Await, ast.AsyncFor, ast.AsyncWith))


def _is_awaited_nowhere(function: ast.AsyncFunctionDef, definition: Definition, context: Context) -> bool:
    """Whether all code that can see the function is here, and none of it waits for its result."""
    if definition.scope.kind is not ScopeKind.FUNCTION:
        return False
    awaits = (fact.node for fact in context.module.facts((AwaitSite,)))
    names = (n for node in awaits for n in descend(node) if isinstance(n, ast.Name))
    return not any(name.id == function.name for name in names)


RULE = Rule(
    code="ISO405",
    name="coroutine-plan-factory",
    summary="A coroutine function promises to return a plan",
    rationale=(
        "`async def load(...) -> AsyncPlan[User]` returns a coroutine that returns a plan: two layers, of which "
        "callers meet the wrong one. Passed to a combinator it breaks the contract; and to compose the plan "
        "at all, its caller has to be a coroutine too and to be driven. Describing needs no waiting."
    ),
    roles=ALL_ROLES,
    looks_at=(Definition,),
    check=_check,
    fix=FixAvailability.SOMETIMES,
    mends=(
        "`async` goes, and so does `await` in front of calls of the function in the same module. That is safe for "
        "a function inside a function, whose callers are all in view, else unsafe. No fix is offered where the "
        "body waits for anything."
    ),
    bad=(
        Example(
            "a coroutine function that returns a plan",
            """\
from asyncplan import AsyncPlan, async_lift


async def load(user_id: str, users) -> AsyncPlan[str]:
    return async_lift(lambda: users.get(user_id))
""",
        ),
    ),
    good=(
        Example(
            "a plain function that returns the plan",
            """\
from asyncplan import AsyncPlan, async_lift


def load(user_id: str, users) -> AsyncPlan[str]:
    return async_lift(lambda: users.get(user_id))
""",
        ),
    ),
)
