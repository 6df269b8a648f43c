"""ISO402: `await` on a plan instead of on a run of it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.catalogue.combinators import DO
from isolint.fixes import Change, Place, Proposal
from isolint.model import Role, Safety
from isolint.rule import ALL_ROLES, Example, Finding, FixAvailability, Rule
from isolint.rules.plans import why_a_plan, written
from isolint.semantic_index.facts import AwaitSite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.rule import Context


def _check(site: AwaitSite, context: Context) -> Iterator[Finding]:
    if not DO.isdisjoint(site.scope.running.decorators):
        yield Finding(
            site.node,
            "`await` in an async_do function, which has to be a generator function: its steps are plans",
            "write `def` and `yield from plan`; lift an awaitable call into a plan with async_lift or async_call",
        )
        return
    plan = site.node.value
    if not context.module.is_plan(plan):
        return
    text = written(plan, context)
    in_core = context.role is Role.CORE
    if context.module.is_stream(plan):
        yield Finding(
            plan,
            f"`{text}` is a stream, which cannot be awaited: `await` raises TypeError",
            f"collect it into a plan that gives its values: stream.collect({text})",
            note=why_a_plan(plan, context),
        )
        return
    yield Finding(
        plan,
        f"`{text}` is a plan, which cannot be awaited: `await` raises TypeError",
        "return the plan, or go on from it with async_bind: the shell drives it"
        if in_core
        else f"perform it: perform_async({text})",
        note=why_a_plan(plan, context),
        fix=None if in_core else _called(plan),
    )


def _called(plan: ast.expr) -> Proposal | None:
    if not isinstance(plan, (ast.Name, ast.Attribute, ast.Call, ast.Subscript)):
        return None
    return Proposal("Call the plan", Safety.SAFE, (Change(plan, Place.AFTER, "()"),))


RULE = Rule(
    code="ISO402",
    name="awaited-description",
    summary="A plan is awaited as if it were a coroutine",
    rationale=(
        "A plan describes work and is no work under way: `await plan` raises `TypeError: object Plan can't be "
        "used in 'await' expression`, and only on the path where it stands. A shell performs the plan; where "
        "a coroutine is really wanted, calling the plan gives one. In the core neither is in place: there a "
        "plan is composed and returned."
    ),
    roles=ALL_ROLES,
    looks_at=(AwaitSite,),
    check=_check,
    fix=FixAvailability.SOMETIMES,
    mends=(
        "`()` is put behind the plan, which makes the coroutine that `await` wants. That is safe: before, the "
        "line raised. In the core no fix is offered, where calling the plan would drive it; nor where the plan is "
        "more than a name, an attribute, a subscript or a call."
    ),
    bad=(
        Example(
            "a plan that is awaited",
            """\
from asyncplan import AsyncPlan, async_lift


def load(user_id: str, users) -> AsyncPlan[str]:
    return async_lift(lambda: users.get(user_id))


async def greet(user_id: str, users) -> str:
    user = await load(user_id, users)
    return f"Hello {user}"
""",
        ),
    ),
    good=(
        Example(
            "composed, and left to the shell",
            """\
from asyncplan import AsyncPlan, async_lift, async_map


def load(user_id: str, users) -> AsyncPlan[str]:
    return async_lift(lambda: users.get(user_id))


def greet(user_id: str, users) -> AsyncPlan[str]:
    return async_map(load(user_id, users), lambda user: f"Hello {user}")
""",
        ),
    ),
)
