"""ISO201: a thunk that gives the same coroutine back on every run."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.catalogue.combinators import LIFTS, Part
from isolint.fixes import Change, Place, Proposal
from isolint.model import Safety
from isolint.plans.calls import plan_call
from isolint.plans.captures import Thunks
from isolint.rule import ALL_ROLES, Example, Finding, FixAvailability, Rule
from isolint.rules.blocks import removable_assignment
from isolint.rules.plans import written
from isolint.semantic_index.facts import CallSite
from isolint.semantic_index.scopes import ValueBinding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.plans.captures import Capture
    from isolint.rule import Context


def _check(call: CallSite, context: Context) -> Iterator[Finding]:
    lift = plan_call(call.node, context.module)
    if lift is None or lift.constructor not in LIFTS:
        return
    thunks = Thunks(context.module)
    captures = (capture for thunk in lift.arguments(Part.THUNK) for capture in thunks.captures(thunk))
    reported: set[ast.expr] = set()
    for capture in captures:
        if capture.node not in reported:
            reported.add(capture.node)
            yield _finding(capture, lift.constructor, context)


def _finding(capture: Capture, constructor: str, context: Context) -> Finding:
    made = written(capture.made, context)
    return Finding(
        capture.node,
        f"`{capture.written}` is made once, outside the thunk: a second run awaits a finished coroutine",
        f"make it inside: {constructor}(lambda: ...) has to give a fresh coroutine on each call",
        note=f"`{capture.written}` comes from `{made}`",
        fix=_inlined(capture, made, context),
    )


def _inlined(capture: Capture, made: str, context: Context) -> Proposal | None:
    """Call it afresh in place, where that is one expression the thunk can hold."""
    binding = capture.binding
    simple = isinstance(capture.made, ast.Call) and isinstance(capture.node, ast.Name) and len(made) < 60
    if (
        not simple
        or not isinstance(binding, ValueBinding)
        or binding.path
        or binding.value is not capture.made
    ):
        return None
    code = context.module.spans.text(capture.made)
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
