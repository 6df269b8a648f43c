"""ISO102: something that runs an event loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.catalogue import Effect
from isolint.rule import CORE_AND_RUNTIME, Example, Finding, Rule
from isolint.rules.references import Wording, findings
from isolint.semantic_index.facts import CallSite, Reference
from isolint.semantic_index.scopes import ParamBinding
from isolint.summary.uses import STEPPED, stepped_by
from isolint.usage import called_by_name, given_coroutines, steps_by_hand

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.rule import Context

_WORDING = Wording(
    why="runs an event loop: only a shell drives",
    way_out="return an AsyncPlan and let the shell run it",
)


_PATCHES = Wording(
    why="patches asyncio so that a running event loop can be run again: only a shell drives",
    way_out="describe the call as a plan, which needs no second run of the loop",
)
_PATCHING = frozenset({"nest_asyncio.apply"})


def _check(fact: Reference | CallSite, context: Context) -> Iterator[Finding]:
    if isinstance(fact, Reference):
        patches = any(entry.name in _PATCHING for entry in context.module.entries(fact))
        yield from findings(fact, context, Effect.DRIVES, _PATCHES if patches else _WORDING)
    elif steps_by_hand(fact, context.module) or _steps_parameter(fact, context):
        written = context.module.text_of(fact.node)
        message = f"`{written}` steps a coroutine by hand, which drives it: only a shell drives"
        yield Finding(fact.node.func, message, _WORDING.way_out, STEPPED)
    elif (entry := called_by_name(fact, context.module, Effect.DRIVES)) is not None:
        message = f"`{entry.name}` (called by `methodcaller`) {_WORDING.why}"
        yield Finding(fact.node, message, _WORDING.way_out, entry.name)


def _steps_parameter(call: CallSite, context: Context) -> bool:
    """Whether a call steps a parameter for which the module gives a coroutine."""
    stepped = stepped_by(call.node)
    bindings = context.module.bindings(stepped) if stepped is not None else ()
    parameters = ((b.scope.qualname, b.name) for b in bindings if isinstance(b, ParamBinding))
    return any(one in context.once(given_coroutines, context.module) for one in parameters)


RULE = Rule(
    code="ISO102",
    name="event-loop-run",
    summary="An event loop is run outside the shell",
    rationale=(
        "`asyncio.run` inside a function turns it into a hidden program: it cannot be awaited, fails when a "
        "loop already runs, cannot be composed or cancelled with the rest, and blocks its caller. The start "
        "of a loop decides when everything happens; that decision belongs to the shell alone. A "
        "reference (`partial(asyncio.run, main())`, `callback=loop.run_forever`) drives as well as a call."
    ),
    roles=CORE_AND_RUNTIME,
    looks_at=(Reference, CallSite),
    check=_check,
    bad=(
        Example(
            "a synchronous front over a coroutine",
            """\
import asyncio


async def load(user_id: str) -> str:
    return user_id


def load_now(user_id: str) -> str:
    return asyncio.run(load(user_id))
""",
        ),
        Example(
            "a loop under another name",
            """\
import asyncio as aio


def drain(work):
    loop = aio.new_event_loop()
    return loop.run_until_complete(work)
""",
        ),
    ),
    good=(
        Example(
            "the work is described and returned",
            """\
from asyncplan import AsyncPlan, async_lift


def load(user_id: str, users) -> AsyncPlan[str]:
    return async_lift(lambda: users.get(user_id))
""",
        ),
    ),
)
