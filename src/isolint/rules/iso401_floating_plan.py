"""ISO401: a plan that is made and dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.rule import ALL_ROLES, Example, Finding, Rule
from isolint.rules.plans import why_a_plan, written
from isolint.semantic_index.facts import Statement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.rule import Context


def _check(statement: Statement, context: Context) -> Iterator[Finding]:

    node = statement.node
    if statement.must_raise:
        return
    if context.module.is_plan(node):
        yield Finding(
            node,
            f"`{written(node, context)}` only describes work, and nobody keeps the plan: it never runs",
            "compose it into the plan that is returned (async_bind, async_gather), or let the shell perform it",
            note=why_a_plan(node, context),
        )
    elif context.module.is_collection_of_plans(node):
        yield Finding(
            node,
            f"`{written(node, context)}` only describes work, and nobody keeps the plans: none of them runs",
            "give them to async_gather, and return what it gives",
        )


RULE = Rule(
    code="ISO401",
    name="floating-plan",
    summary="A plan is made and dropped, so that it never runs",
    rationale=(
        "A call that used to do something now only describes it. Written as a statement of its own, the "
        "description is thrown away: nothing is saved, nothing is sent, and nothing says so. Python warns of a "
        "coroutine that was never awaited; of a plan, which is an ordinary value, no type checker and no "
        "other linter says a word."
    ),
    roles=ALL_ROLES,
    looks_at=(Statement,),
    check=_check,
    bad=(
        Example(
            "described, and forgotten",
            """\
from asyncplan import AsyncPlan, async_lift, async_pure


def save(user: str, users) -> AsyncPlan[None]:
    return async_lift(lambda: users.save(user))


def register(user: str, users) -> AsyncPlan[str]:
    save(user, users)
    return async_pure(user)
""",
        ),
    ),
    good=(
        Example(
            "part of the plan that is returned",
            """\
from asyncplan import AsyncPlan, async_lift, async_map


def save(user: str, users) -> AsyncPlan[None]:
    return async_lift(lambda: users.save(user))


def register(user: str, users) -> AsyncPlan[str]:
    return async_map(save(user, users), lambda _: user)
""",
        ),
    ),
)
