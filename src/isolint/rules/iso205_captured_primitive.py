"""ISO205: an asyncio primitive made while a plan is built, and captured by it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.plans.deferred import deferred_by
from isolint.rule import ALL_ROLES, Example, Finding, Rule
from isolint.semantic_index.facts import CallSite, Definition
from isolint.semantic_index.scopes import ParamBinding, ScopeKind, ValueBinding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.rule import Context
    from isolint.semantic_index.scopes import Binding

_PRIMITIVES = frozenset(
    f"asyncio.{name}"
    for name in (
        "Lock Event Condition Semaphore BoundedSemaphore Barrier Queue LifoQueue PriorityQueue Future "
        "AbstractEventLoop.create_future"
    ).split()
)


def _check(site: CallSite | Definition, context: Context) -> Iterator[Finding]:
    for deferred in deferred_by(site, context.module):
        reported: set[str] = set()
        for name, binding in deferred.captured_in_all(context.module):
            primitive = _primitive(binding, context)
            if primitive and name.id not in reported:
                reported.add(name.id)
                yield Finding(
                    name,
                    f"`{name.id}` is made while the plan is built: all its runs share one `{primitive}`, "
                    "which belongs to the event loop of the first",
                    "make it inside the thunk, or take it as a parameter from the shell",
                    primitive,
                )


def _primitive(binding: Binding, context: Context) -> str:
    """Return the dotted name of the primitive that a function binds a local name, or a default, to."""
    made = binding.default if isinstance(binding, ParamBinding) else None
    if isinstance(binding, ValueBinding) and not binding.path:
        made = binding.value
    if not isinstance(made, ast.Call) or binding.scope.kind is not ScopeKind.FUNCTION:
        return ""
    names = (external.name for external in context.module.externals(made.func))
    primitive = next((name for name in names if name in _PRIMITIVES), "")
    return "asyncio.Future" if primitive.endswith(".create_future") else primitive


RULE = Rule(
    code="ISO205",
    name="captured-primitive",
    summary="A plan captures an asyncio lock, queue or event made while it was built",
    rationale=(
        "A lock, semaphore, event, queue or future of asyncio binds itself to the loop that first waits on it: "
        "the same plan driven by another `asyncio.run` raises `RuntimeError: ... is bound to a different event "
        "loop`, as soon as a task has to wait. And its state is left over from run to run: an event set by "
        "the first is set for the second. Made inside the thunk, it lives as long as one run."
    ),
    roles=ALL_ROLES,
    looks_at=(CallSite, Definition),
    check=_check,
    bad=(
        Example(
            "an event that stays set",
            """\
import asyncio

from asyncplan import AsyncPlan, async_lift


def load(user_id: str, users) -> AsyncPlan[str]:
    ready = asyncio.Event()
    return async_lift(lambda: users.get_when(ready, user_id))
""",
        ),
    ),
    good=(
        Example(
            "one for each run",
            """\
import asyncio

from asyncplan import AsyncPlan, async_lift


def load(user_id: str, users) -> AsyncPlan[str]:
    return async_lift(lambda: users.get_when(asyncio.Event(), user_id))
""",
        ),
    ),
)
