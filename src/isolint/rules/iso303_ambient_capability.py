"""ISO303: the world touched by a function or plan of the core, past its capabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.effects import is_client, touch
from isolint.rule import CORE, Example, Rule
from isolint.rules import touching
from isolint.semantic_index.facts import CallSite, Reference
from isolint.semantic_index.scopes import ScopeKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.rule import Context, Finding


def _check(fact: CallSite | Reference, context: Context) -> Iterator[Finding]:
    functions = [scope for scope in fact.scope.enclosing() if scope.kind is ScopeKind.FUNCTION]
    if not functions or context.describes(fact.scope.running):
        return  # ISO307 and ISO302 speak of those
    touched = touch(fact.node, context.module)
    if touched is not None and not is_client(touched, context.module):
        why = "past every parameter: the core cannot be run without the world"
        way_out = "take a capability for it (a clock, a random source, settings) as a parameter"
        yield touching.finding(touched, context, why, way_out)


RULE = Rule(
    code="ISO303",
    name="ambient-capability",
    summary="A function or plan of the core touches the world directly",
    rationale=(
        "Inside a thunk, a coroutine or any other function an effect happens at the right time, but still out of the air: the clock, "
        "chance, the environment and the file system are no parameter, so a test can neither see nor replace "
        "them, and two runs differ for no reason that the signature shows. As a capability each is "
        "passed in by the shell: a fixed clock and a seeded source in tests."
    ),
    roles=CORE,
    looks_at=(CallSite, Reference),
    check=_check,
    strict=True,
    bad=(
        Example(
            "a clock out of the air",
            """\
from datetime import datetime, timezone

from asyncplan import AsyncPlan, async_lift


def save(user: str, users) -> AsyncPlan[None]:
    return async_lift(lambda: users.save(user, datetime.now(timezone.utc)))
""",
        ),
    ),
    good=(
        Example(
            "a clock that is passed in",
            """\
from asyncplan import AsyncPlan, async_lift


def save(user: str, users, clock) -> AsyncPlan[None]:
    return async_lift(lambda: users.save(user, clock.now()))
""",
        ),
    ),
)
