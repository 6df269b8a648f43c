"""ISO406: a plan as the value of a plan or of a result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.plans.calls import only_argument, plan_call
from isolint.plans.results import result_class
from isolint.rule import ALL_ROLES, Example, Finding, Rule
from isolint.rules.plans import why_a_plan, written
from isolint.semantic_index.facts import CallSite

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from isolint.rule import Context


def _check(site: CallSite, context: Context) -> Iterator[Finding]:

    value = only_argument(site.node)
    around = _wrapper(site.node, context) if value is not None else ""
    if value is not None and around and context.module.is_plan(value):
        text = written(value, context)
        yield Finding(
            value,
            f"`{text}` is a plan: inside `{around}` it is only a value, and nothing runs it",
            f"use `{text}` itself"
            if around == "async_pure"
            else f"return the plan and go on with async_bind; `{around}` is for the outcome of a run",
            note=why_a_plan(value, context),
        )


def _wrapper(call: ast.Call, context: Context) -> str:
    """Return the wrapper that ``call`` puts around its argument, where that may not be a plan."""
    made = plan_call(call, context.module)
    if made is not None:
        return made.constructor if made.constructor == "async_pure" else ""
    return result_class(call.func, context.module)


RULE = Rule(
    code="ISO406",
    name="nested-plan",
    summary="A plan is wrapped in async_pure, Ok or Err",
    rationale=(
        "`async_pure(plan)` succeeds at once with a description as its value, and `Ok(plan)` claims an outcome "
        "that no run has produced. The inner plan never runs. This is left when a coroutine that "
        "returned its result becomes a function that returns a plan, and the `Ok(...)` around the call stays."
    ),
    roles=ALL_ROLES,
    looks_at=(CallSite,),
    check=_check,
    bad=(
        Example(
            "a plan as a value",
            """\
from asyncplan import AsyncPlan, async_lift, async_pure


def load(user_id: str, users) -> AsyncPlan[str]:
    return async_lift(lambda: users.get(user_id))


def cached(user_id: str, users, cache: dict) -> AsyncPlan[str]:
    return async_pure(cache.get(user_id) or "") if user_id in cache else async_pure(load(user_id, users))
""",
        ),
    ),
    good=(
        Example(
            "the plan itself",
            """\
from asyncplan import AsyncPlan, async_lift, async_pure


def load(user_id: str, users) -> AsyncPlan[str]:
    return async_lift(lambda: users.get(user_id))


def cached(user_id: str, users, cache: dict) -> AsyncPlan[str]:
    return async_pure(cache.get(user_id) or "") if user_id in cache else load(user_id, users)
""",
        ),
    ),
)
