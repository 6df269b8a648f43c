"""ISO105: concurrency and deadlines inside a coroutine of the core."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from isolint.catalogue import Effect
from isolint.rule import CORE, Example, FixAvailability, Rule
from isolint.rules.gathering import gathered
from isolint.rules.references import Wording, findings
from isolint.semantic_index.facts import Reference
from isolint.semantic_index.scopes import ScopeKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.rule import Context, Finding
    from isolint.semantic_index.scopes import Scope

_WAY_OUT = "make it data: async_gather(plans, concurrency=n), or a timeout policy the shell applies"


def _check(reference: Reference, context: Context) -> Iterator[Finding]:
    where = _place(reference.scope.running)
    why = f"hides concurrency or a deadline in {where}, where no caller can see or bound it"
    for finding in findings(reference, context, Effect.SCHEDULES, Wording(why, _WAY_OUT)):
        yield replace(finding, fix=gathered(reference.node, context))


def _place(running: Scope) -> str:
    if running.is_async:
        return "a coroutine"
    return "a function" if running.kind is ScopeKind.FUNCTION else "a module"


RULE = Rule(
    code="ISO105",
    name="hidden-concurrency",
    summary="The core decides about concurrency or deadlines in code instead of data",
    rationale=(
        "`asyncio.gather` over a list starts everything at once: a thousand items are a thousand connections. "
        "A timeout in the middle of the domain is a policy that cannot be configured, or tested with another "
        "clock. As data (`async_gather(plans, concurrency=n)`, a policy object) both are visible in the plan, "
        "bounded, and the same in every test."
    ),
    roles=CORE,
    looks_at=(Reference,),
    check=_check,
    fix=FixAvailability.SOMETIMES,
    mends=(
        "`gather(a(), b())` of plans becomes `async_gather([a, b])()`, also of a comprehension, and of tasks that are made "
        "of plans in its arguments; the combinator is imported. That is unsafe: one Result of all values comes out, where "
        "gather gave a list of Results. No fix is offered for coroutines of any other kind, which `isolint lift` makes "
        "plans of, for other arguments (`return_exceptions`, `*tasks`), where the list is unpacked at once, nor for deadlines and groups."
    ),
    bad=(
        Example(
            "unbounded fan-out",
            """\
import asyncio


async def load_all(ids, users):
    return await asyncio.gather(*(users.get(user_id) for user_id in ids))
""",
        ),
        Example(
            "a deadline in the domain",
            """\
from asyncio import timeout


async def load(user_id, users):
    async with timeout(5):
        return await users.get(user_id)
""",
        ),
    ),
    good=(
        Example(
            "the bound is part of the description",
            """\
from asyncplan import AsyncPlan, async_gather, async_lift


def load(user_id: str, users) -> AsyncPlan[str]:
    return async_lift(lambda: users.get(user_id))


def load_all(ids: list[str], users) -> AsyncPlan[list[str]]:
    return async_gather([load(user_id, users) for user_id in ids], concurrency=4)
""",
        ),
    ),
)
