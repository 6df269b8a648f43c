"""ISO105: concurrency and deadlines inside a coroutine of the core."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from msgspec.structs import replace

from isolint.catalogue import Effect
from isolint.fixes import Change, Place, Proposal
from isolint.model import Safety
from isolint.rule import CORE, Example, FixAvailability, Rule
from isolint.rules import respelling
from isolint.rules.references import Wording, findings
from isolint.semantic_index.facts import Reference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.rule import Context, Finding

_GATHER = "asyncio.gather"
_WORDING = Wording(
    why="hides concurrency or a deadline in a coroutine, where no caller can see or bound it",
    way_out="make it data: async_gather(plans, concurrency=n), or a timeout policy the shell applies",
)


def _check(reference: Reference, context: Context) -> Iterator[Finding]:
    for finding in findings(reference, context, Effect.SCHEDULES, _WORDING):
        yield replace(finding, fix=_gathered(reference, context)) if finding.resolved == _GATHER else finding


def _gathered(reference: Reference, context: Context) -> Proposal | None:
    """``gather(a(), b())`` of plans becomes ``async_gather([a, b])()``."""
    consumer = context.module.index.consumers.get(reference.node)
    call = consumer.node if consumer is not None else None
    if not isinstance(call, ast.Call) or call.func is not reference.node:
        return None
    plans = _plans(call, context)
    gather = respelling.at_hand("async_gather", context) if plans else None
    if gather is None:
        return None
    reason = "one Result of all values comes out, or the first error, where gather gave a list of Results"
    change = Change(call, Place.INSTEAD, f"{gather.text}({plans})()")
    return Proposal(f"Use `{gather.text}`", Safety.UNSAFE, (change,), reason, gather.imports)


def _plans(call: ast.Call, context: Context) -> str:
    """Return the plans whose runs are gathered, as a list; nothing where one of them is no run of a plan."""
    if len(call.args) == 1 and isinstance(call.args[0], ast.Starred) and not call.keywords:
        several = call.args[0].value
        if not isinstance(several, (ast.ListComp, ast.GeneratorExp)):
            return ""
        run, plan = context.module.text_of(several.elt), _run_plan(several.elt, context)
        inside = context.module.text_of(several)[1:-1].strip()
        return f"[{plan}{inside[len(run) :]}]" if plan and inside.startswith(run) else ""
    if call.keywords or any(isinstance(argument, ast.Starred) for argument in call.args):
        return ""
    plans = [_run_plan(argument, context) for argument in call.args]
    return f"[{', '.join(plans)}]" if plans and all(plans) else ""


def _run_plan(run: ast.expr, context: Context) -> str:
    """Return the plan that an expression calls, nothing where it does anything else."""
    if not isinstance(run, ast.Call) or run.args or run.keywords or not context.module.is_plan(run.func):
        return ""
    return context.module.code_of(run.func)


RULE = Rule(
    code="ISO105",
    name="hidden-concurrency",
    summary="The core decides about concurrency or deadlines in code instead of data",
    rationale=(
        "`asyncio.gather` over a list starts everything at once: a thousand items are a thousand connections. "
        "A timeout in the middle of the domain is a policy nobody can configure or test with a clock of their "
        "own. As data (`async_gather(plans, concurrency=n)`, a policy object) both are visible in the plan, "
        "bounded, and the same in every test."
    ),
    roles=CORE,
    looks_at=(Reference,),
    check=_check,
    fix=FixAvailability.SOMETIMES,
    mends=(
        "`gather(a(), b())` of plans becomes `async_gather([a, b])()`, also of a comprehension; the combinator is imported. "
        "That is unsafe: one Result of all values comes out, where gather gave a list of Results. No fix is offered for "
        "coroutines of any other kind, which `isolint lift` makes plans of, nor for deadlines and groups."
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
