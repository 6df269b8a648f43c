"""ISO401: a plan that is made and dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.rule import ALL_ROLES, Example, Finding, Rule
from isolint.rules.plans import plan_words, why_a_plan, written
from isolint.semantics.facts import Statement
from isolint.syntax import nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.rule import Context


def _check(statement: Statement, context: Context) -> Iterator[Finding]:
    from isolint.semantics.plans.values import is_collection_of_plans, is_plan

    if statement.must_raise:
        return
    pending = [statement.node]
    while pending:
        node = pending.pop(0)
        if isinstance(node, nodes.NamedExpr):
            continue  # the name keeps it
        if is_plan(node, context.module):
            yield Finding(
                node,
                f"`{written(node, context)}` only describes work, and the plan is dropped: it never runs",
                "compose it into the plan that is returned (async_bind, async_gather), or let the shell perform it",
                note=why_a_plan(node, context),
            )
        elif is_collection_of_plans(node, context.module):
            yield Finding(
                node,
                f"`{written(node, context)}` only describes work, and the plans are dropped: none of them runs",
                "give them to async_gather, and return what it gives",
            )
        else:
            pending[:0] = _dropped_parts(node)


def _dropped_parts(node: nodes.Node) -> list[nodes.Node]:
    """Return the parts of a dropped expression whose values are dropped with it."""
    if isinstance(node, nodes.BooleanOperation):
        return [node.right]  # the left side is tested for truth
    if isinstance(node, nodes.IfExp):
        return [node.body, node.orelse]
    if isinstance(node, (nodes.Tuple, nodes.List, nodes.Set)):
        return [element.value for element in node.elements]
    return []


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
    words=plan_words,
    about_plans=True,
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
