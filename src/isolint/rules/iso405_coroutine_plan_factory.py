"""ISO405: a coroutine function that promises a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.fixes import Change, Place, Proposal
from isolint.model import Safety
from isolint.rule import ALL_ROLES, Example, Finding, FixAvailability, Rule
from isolint.rules.plans import plan_words, written
from isolint.semantics.facts import Definition
from isolint.syntax import nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.rule import Context


def _check(definition: Definition, context: Context) -> Iterator[Finding]:
    from isolint.semantics.meanings import NOTHING, Plan

    function = definition.node
    if not isinstance(function, nodes.FunctionDef) or function.returns is None:
        return
    if function.asynchronous is None or definition.inner.yields:
        return
    declared = context.module.inference.annotated(function.returns.annotation)
    plans = [m for m in declared if isinstance(m, Plan)]
    if plans and all(isinstance(m, Plan) or m == NOTHING for m in declared):
        annotation = written(function.returns.annotation, context)
        yield Finding(
            function.name,
            f"`{function.name.value}` is a coroutine function, so its call gives a coroutine and no "
            f"`{annotation}`: the plan is there only after an `await`",
            "drop `async`: describing needs no waiting; what has to wait belongs inside the plan",
            fix=_not_async(function, definition, context),
        )


def _not_async(function: nodes.FunctionDef, definition: Definition, context: Context) -> Proposal | None:
    from isolint.syntax.walk import descend

    keyword = function.asynchronous
    inner = (nodes.FunctionDef, nodes.Lambda)
    waits = any(_waits(node) for node in descend(function.body, inner) if not isinstance(node, inner))
    if keyword is None or waits:
        return None
    calls = list(_awaited_calls(definition, context))
    changes = (
        Change(keyword, Place.INSTEAD, ""),
        Change(keyword.whitespace_after, Place.INSTEAD, ""),
        *(Change(node, Place.INSTEAD, context.module.code_of(node.expression)) for node in calls),
    )
    message = "Drop `async`, and `await` of its calls" if calls else "Drop `async`"
    if _is_awaited_nowhere(function, definition, context):
        return Proposal(message, Safety.SAFE, changes)
    reason = "a caller elsewhere that awaits it gets the plan without an `await` then"
    return Proposal(message, Safety.UNSAFE, changes, reason)


def _awaited_calls(definition: Definition, context: Context) -> Iterator[nodes.Await]:
    """Yield each ``await`` of a call of the function, by a name that means nothing else."""
    from isolint.semantics.facts import AwaitSite

    for fact in context.module.recorder.facts:
        awaiting = fact.node
        if not isinstance(fact, AwaitSite) or not isinstance(awaiting, nodes.Await):
            continue
        call = awaiting.expression
        if isinstance(call, nodes.Call) and isinstance(call.func, nodes.Name):
            bindings = context.module.bindings(call.func)
            if [binding.node for binding in bindings] == [definition.node]:
                yield awaiting


def _waits(node: nodes.Node) -> bool:
    if isinstance(node, nodes.Await):
        return True
    return isinstance(node, (nodes.For, nodes.With, nodes.CompFor)) and node.asynchronous is not None


def _is_awaited_nowhere(function: nodes.FunctionDef, definition: Definition, context: Context) -> bool:
    """Whether all code that can see the function is here, and none of it waits for what it gives."""
    from isolint.semantics.facts import AwaitSite
    from isolint.semantics.scopes import ScopeKind
    from isolint.syntax.walk import descend

    if definition.scope.kind is not ScopeKind.FUNCTION:
        return False
    awaits = (fact.node for fact in context.module.recorder.facts if isinstance(fact, AwaitSite))
    names = (n for node in awaits for n in descend(node) if isinstance(n, nodes.Name))
    return not any(name.value == function.name.value for name in names)


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
    words=plan_words,
    about_plans=True,
    fix=FixAvailability.SOMETIMES,
    mends=(
        "`async` goes, and so does `await` in front of calls of the function in the same module. That is safe for "
        "a function inside a function, whose callers are all in view, else unsafe. No fix is offered where the "
        "body waits for anything."
    ),
    bad=(
        Example(
            "two layers",
            """\
from asyncplan import AsyncPlan, async_lift


async def load(user_id: str, users) -> AsyncPlan[str]:
    return async_lift(lambda: users.get(user_id))
""",
        ),
    ),
    good=(
        Example(
            "one",
            """\
from asyncplan import AsyncPlan, async_lift


def load(user_id: str, users) -> AsyncPlan[str]:
    return async_lift(lambda: users.get(user_id))
""",
        ),
    ),
)
