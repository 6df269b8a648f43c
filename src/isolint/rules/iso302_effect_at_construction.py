"""ISO302: the world touched while a plan is being built."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.effects import is_client, touch
from isolint.plans.calls import plan_call
from isolint.rule import CORE, Example, Rule
from isolint.rules import touching
from isolint.semantic_index.facts import CallSite, Reference
from isolint.semantic_index.scopes import ScopeKind
from isolint.syntax.ast_walk import descend

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.effects import Touch
    from isolint.rule import Context, Finding


def _check(fact: CallSite | Reference, context: Context) -> Iterator[Finding]:
    if not context.may_have_plans:
        return
    around = fact.scope.running
    module, deferred = context.module, context.deferred
    if context.describes(around):
        touched = touch(fact.node, module)
        if touched is not None and not is_client(touched, module):
            yield _finding(touched, context)
    elif isinstance(fact, CallSite) and around not in deferred:
        is_lambda = isinstance(around.node, ast.Lambda)
        if not is_lambda and not (around.is_async and around.kind is ScopeKind.FUNCTION):
            yield from (_finding(touched, context) for touched in _in_arguments(fact, context))


def _in_arguments(site: CallSite, context: Context) -> Iterator[Touch]:
    """Yield the effects of evaluating the arguments of a constructor."""
    call = plan_call(site.node, context.module)
    if call is None:
        return
    told = set[ast.AST]()
    for argument in (*call.node.args, *(keyword.value for keyword in call.node.keywords)):
        for part in descend(argument, (ast.Lambda,)):
            touched = touch(part, context.module) if part not in told else None
            if touched is not None and not is_client(touched, context.module):
                told.update(_chain(touched.node))
                yield touched


def _chain(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a chain and the chains it is read from: ``os.environ.get``, ``os.environ`` and ``os``."""
    yield node
    while isinstance(node, ast.Attribute):
        node = node.value
        yield node


def _finding(touched: Touch, context: Context) -> Finding:
    why = "while the plan is being built: once, and not again when it runs"
    way_out = "do it inside the thunk, through a capability that the function takes as a parameter"
    return touching.finding(touched, context, why, way_out)


RULE = Rule(
    code="ISO302",
    name="effect-at-construction",
    summary="Building a plan touches the world",
    rationale=(
        "Building a plan is meant to do nothing: the caller may throw the plan away, run it tomorrow, run it "
        "three times. A clock read, a log line, a file opened while it is built happens at the wrong time and "
        "the wrong number of times; a timestamp is frozen into all retries. And a test of the "
        "description needs the world after all."
    ),
    roles=CORE,
    looks_at=(CallSite, Reference),
    check=_check,
    bad=(
        Example(
            "a time that is read once, for all runs",
            """\
from datetime import datetime, timezone

from asyncplan import AsyncPlan, async_pure


def stamp(user: str) -> AsyncPlan[tuple[str, datetime]]:
    return async_pure((user, datetime.now(timezone.utc)))
""",
        ),
        Example(
            "a log line for work that has not begun",
            """\
from asyncplan import AsyncPlan, async_lift


def save(user: str, users) -> AsyncPlan[None]:
    print(f"saving {user}")
    return async_lift(lambda: users.save(user))
""",
        ),
    ),
    good=(
        Example(
            "the clock as a capability, read by each run",
            """\
from asyncplan import AsyncPlan, async_lift, async_map


def stamp(user: str, clock) -> AsyncPlan[tuple[str, object]]:
    return async_map(async_lift(lambda: clock.now()), lambda now: (user, now))
""",
        ),
    ),
)
