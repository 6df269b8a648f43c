"""ISO201: a thunk that gives the same coroutine back on every run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.fixes import Change, Place, Proposal
from isolint.model import Safety
from isolint.rule import ALL_ROLES, Example, Finding, FixAvailability, Rule
from isolint.rules.blocks import removable_assignment
from isolint.rules.plans import plan_words, written
from isolint.semantics.facts import CallSite
from isolint.syntax import nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.rule import Context
    from isolint.semantics.plans.captures import Capture


def _check(call: CallSite, context: Context) -> Iterator[Finding]:
    from isolint.semantics.plans.calls import plan_call
    from isolint.semantics.plans.captures import Thunks
    from isolint.semantics.plans.names import LIFTS, Part

    lift = plan_call(call.node, context.module)
    if lift is not None and lift.constructor in LIFTS:
        reported: set[nodes.Node] = set()
        for capture in (
            c for thunk in lift.arguments(Part.THUNK) for c in Thunks(context.module).captures(thunk)
        ):
            if capture.node not in reported:
                reported.add(capture.node)
                yield _finding(capture, lift.constructor, context)


def _finding(capture: Capture, constructor: str, context: Context) -> Finding:
    made = written(capture.made, context)
    return Finding(
        capture.node,
        f"`{capture.written}` is made once, outside the thunk: a second run awaits what is already finished",
        f"make it inside: {constructor}(lambda: ...) has to give a fresh coroutine on each call",
        note=f"`{capture.written}` comes from `{made}`",
        fix=_inlined(capture, made, context),
    )


def _inlined(capture: Capture, made: str, context: Context) -> Proposal | None:
    """Call it afresh in place, where that is one expression the thunk can hold."""
    from isolint.semantics.scopes import ValueBinding

    simple = isinstance(capture.made, nodes.Call) and isinstance(capture.node, nodes.Name) and len(made) < 60
    binding = capture.binding
    if (
        not simple
        or not isinstance(binding, ValueBinding)
        or binding.path
        or binding.value is not capture.made
    ):
        return None
    code = context.module.code_of(capture.made)
    changes = [Change(capture.node, Place.INSTEAD, code)]
    assignment = removable_assignment(binding, capture.node, context)
    if assignment is not None:
        changes.append(Change(assignment, Place.INSTEAD, ""))
    return Proposal(
        f"Call `{code}` inside the thunk",
        Safety.UNSAFE,
        tuple(changes),
        "the call then runs once per drive, not once for all",
    )


RULE = Rule(
    code="ISO201",
    name="reused-coroutine",
    summary="A thunk gives back a coroutine that was made outside it",
    rationale=(
        "A plan may be run many times: by a retry, by a test, by two callers. A coroutine runs once; the "
        "second `await` of it raises `RuntimeError: cannot reuse already awaited coroutine`, and a task or "
        "future gives the first result for ever. Worse, the call that made it has already happened while the "
        "plan was only being built. The thunk must make a new coroutine each time it is called."
    ),
    roles=ALL_ROLES,
    looks_at=(CallSite,),
    check=_check,
    words=plan_words,
    about_plans=True,
    fix=FixAvailability.SOMETIMES,
    mends=(
        "The call that makes the coroutine moves into the thunk, in the place of the name, and the assignment "
        "goes where nothing else reads it. That is unsafe: the call runs once per drive then, not once for all. "
        "No fix is offered where the coroutine comes from a parameter, a tuple, an attribute, a loop or a `with`, "
        "where it is a default argument, or where the call is too long to read inside a lambda."
    ),
    bad=(
        Example(
            "made first, lifted later",
            """\
from asyncplan import AsyncPlan, async_lift


def load(user_id: str, users) -> AsyncPlan[str]:
    coro = users.get(user_id)
    return async_lift(lambda: coro)
""",
        ),
        Example(
            "hidden in a default argument",
            """\
from asyncplan import AsyncPlan, async_lift


def load(user_id: str, users) -> AsyncPlan[str]:
    return async_lift(lambda coro=users.get(user_id): coro)
""",
        ),
    ),
    good=(
        Example(
            "a fresh coroutine on each call",
            """\
from asyncplan import AsyncPlan, async_lift


def load(user_id: str, users) -> AsyncPlan[str]:
    return async_lift(lambda: users.get(user_id))
""",
        ),
    ),
)
