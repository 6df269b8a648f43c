"""ISO203: a thunk that reads the variable of the loop it is made in."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.fixes import Change, Place, Proposal
from isolint.model import Safety, Span
from isolint.plans import rounds
from isolint.plans.deferred import deferred_by
from isolint.rule import ALL_ROLES, Example, Finding, FixAvailability, Rule
from isolint.rules.signatures import behind_parameter
from isolint.semantic_index.facts import CallSite, ComprehensionSite, LoopSite
from isolint.semantic_index.scopes import FunctionBinding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.plans.deferred import Deferred
    from isolint.rule import Context
    from isolint.semantic_index.scopes import Loop, Scope


def _check(site: CallSite | ComprehensionSite | LoopSite, context: Context) -> Iterator[Finding]:
    module = context.module
    if not context.may_have_plans:
        return
    if isinstance(site, LoopSite):
        for kept in rounds.kept_by_loop(site, module):
            yield from _late_bound(kept, site.scope, site.loop, context)
    elif isinstance(site, ComprehensionSite):
        for kept in rounds.kept_by_comprehension(site):
            yield from _late_bound(kept, site.inner, None, context)
    else:
        for generator in rounds.gone_through_by_call(site, module):
            scope = module.index.inner.get(generator)
            if scope is not None:
                yield from _late_bound(generator.elt, scope, None, context)
        for deferred, scope in rounds.raw_plans_of_call(site, module):
            yield from _found(deferred, scope, None, context)


def _late_bound(kept: ast.expr, scope: Scope, loop: Loop | None, context: Context) -> Iterator[Finding]:
    for call in rounds.leading_to(kept, scope, loop, context.module):
        for deferred in deferred_by(CallSite(call, scope, guarded=False), context.module):
            yield from _found(deferred, scope, loop, context)


def _found(deferred: Deferred, scope: Scope, loop: Loop | None, context: Context) -> Iterator[Finding]:
    names = _of_round(deferred, scope, loop, context)
    if names:
        yield _finding(deferred, names, context)


def _of_round(deferred: Deferred, scope: Scope, loop: Loop | None, context: Context) -> list[ast.Name]:
    """Return the first mention of each name that every round binds anew."""
    first: dict[str, ast.Name] = {}
    for name, binding in deferred.captured(context.module):
        is_own_name = isinstance(binding, FunctionBinding) and binding.inner is deferred.scope
        if rounds.is_of_round(binding, scope, loop) and not is_own_name:
            first.setdefault(name.id, name)
    return list(first.values())


def _finding(deferred: Deferred, names: list[ast.Name], context: Context) -> Finding:
    listed = ", ".join(f"`{name.id}`" for name in names)
    are, taken = ("are", "them as parameters") if len(names) > 1 else ("is", "it as a parameter")
    return Finding(
        names[0],
        f"{listed} {are} looked up when the plan runs: by then the loop is over, and every plan made in it sees "
        "the last value",
        f"make the plan in a function that takes {taken}, and call that in the loop",
        fix=_bound_by_default(deferred, [name.id for name in names], context),
    )


def _bound_by_default(deferred: Deferred, names: list[str], context: Context) -> Proposal | None:
    function = deferred.scope.node
    if function is not deferred.given or not isinstance(function, ast.Lambda):
        return None
    arguments = function.args
    if arguments.vararg is not None or arguments.kwonlyargs or arguments.kwarg is not None:
        return None
    bound = ", ".join(f"{name}={name}" for name in names)
    if arguments.args:
        behind = behind_parameter(arguments, arguments.args[-1], f", {bound}", context)
        if behind is None:
            return None
        change = behind
    elif arguments.posonlyargs:
        return None
    else:
        start = context.module.spans.of(function)
        keyword = start.column + len("lambda")
        change = Change(Span(start.line, keyword, start.line, keyword), Place.AFTER, f" {bound}")
    return Proposal(
        "Bind the value by a default argument",
        Safety.UNSAFE,
        (change,),
        "each plan then uses the value of its own iteration, instead of the last one",
    )


RULE = Rule(
    code="ISO203",
    name="late-bound-variable",
    summary="A plan made in a loop reads the loop's variable when it runs, after the loop",
    rationale=(
        "Python looks a captured variable up when the function runs. A thunk made in a loop runs when the shell "
        "drives the plan, long after the loop: all of the plans fetch the last URL, save the last user, and "
        "nothing fails. With coroutines the same code was right, since a call takes its arguments at once."
    ),
    roles=ALL_ROLES,
    looks_at=(LoopSite, ComprehensionSite, CallSite),
    check=_check,
    fix=FixAvailability.SOMETIMES,
    mends=(
        "A lambda binds the value by a default argument: `lambda url=url: get(url)`. That is unsafe because the behaviour changes: each plan then uses the value of its own iteration. No fix is offered for a "
        "function that is defined in the loop, or for a lambda whose parameters leave no room for one more."
    ),
    bad=(
        Example(
            "every plan loads the last one",
            """\
from asyncplan import AsyncPlan, async_gather, async_lift


def load_all(user_ids: list[str], users) -> AsyncPlan[list[str]]:
    return async_gather([async_lift(lambda: users.get(user_id)) for user_id in user_ids])
""",
        ),
        Example(
            "a chain built in a loop",
            """\
from asyncplan import AsyncPlan, async_bind, async_lift, async_pure


def save_all(names: list[str], users) -> AsyncPlan[str]:
    plan: AsyncPlan[str] = async_pure("")
    for name in names:
        plan = async_bind(plan, lambda _: async_lift(lambda: users.save(name)))
    return plan
""",
        ),
    ),
    good=(
        Example(
            "a function that makes one plan",
            """\
from asyncplan import AsyncPlan, async_gather, async_lift


def load(user_id: str, users) -> AsyncPlan[str]:
    return async_lift(lambda: users.get(user_id))


def load_all(user_ids: list[str], users) -> AsyncPlan[list[str]]:
    return async_gather([load(user_id, users) for user_id in user_ids])
""",
        ),
    ),
)
