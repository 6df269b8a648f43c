"""ISO411: an expected failure raised inside a plan."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.rule import CORE, Example, Finding, Rule
from isolint.rules.plans import written
from isolint.semantic_index.facts import RaiseSite
from isolint.syntax.ast_names import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.rule import Context

_DEFECTS = frozenset({"NotImplementedError", "AssertionError"})
"""Exceptions that report a fault of the program, no failure of its work."""


def _check(site: RaiseSite, context: Context) -> Iterator[Finding]:
    statement = site.node
    if statement.exc is None:
        return
    if not any(scope in context.deferred for scope in site.scope.enclosing()):
        return
    raised = statement.exc.func if isinstance(statement.exc, ast.Call) else statement.exc
    name = last_name(raised)
    if not name[:1].isupper() or name in _DEFECTS:
        return  # an exception that was caught before goes on its way
    yield Finding(
        statement,
        f"`{written(raised, context)}` is raised inside a plan: an exception is a defect to the runtime, which "
        "no step can handle",
        "return Err(ErrInfo(...)), or async_fail(...) from a continuation: a failure that is expected is a value",
    )


RULE = Rule(
    code="ISO411",
    name="raise-in-plan",
    summary="A plan raises an error that is expected",
    rationale=(
        "A plan has two ends: `Ok` and `Err`. A failure that is to be expected (not found, refused, invalid) "
        "travels as `Err`, seen in the type and handled by `async_or_else`. A raised exception passes all of "
        "that by, ends the run, takes its siblings in `async_gather` along, and is nowhere in the signature."
    ),
    roles=CORE,
    looks_at=(RaiseSite,),
    check=_check,
    strict=True,
    bad=(
        Example(
            "a missing user as an exception",
            """\
from asyncplan import AsyncPlan, async_bind, async_lift, async_pure


def load(user_id: str, users) -> AsyncPlan[str]:
    def check(user: str) -> AsyncPlan[str]:
        if not user:
            raise LookupError(user_id)
        return async_pure(user)

    return async_bind(async_lift(lambda: users.get(user_id)), check)
""",
        ),
    ),
    good=(
        Example(
            "a missing user as a value",
            """\
from asyncplan import AsyncPlan, ErrInfo, async_bind, async_fail, async_lift, async_pure


def load(user_id: str, users) -> AsyncPlan[str]:
    def check(user: str) -> AsyncPlan[str]:
        return async_pure(user) if user else async_fail(ErrInfo("user.unknown", user_id))

    return async_bind(async_lift(lambda: users.get(user_id)), check)
""",
        ),
    ),
)
