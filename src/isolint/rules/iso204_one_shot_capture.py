"""ISO204: a thunk that uses up an iterator made outside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.plans.deferred import deferred_by
from isolint.plans.iterators import kind_of_one_shot
from isolint.rule import ALL_ROLES, Example, Finding, Rule
from isolint.rules.plans import written
from isolint.semantic_index.facts import CallSite, Definition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.rule import Context

_WAYS_OUT = {
    "an open file": "open it inside the thunk",
    "an asynchronous generator": "make it inside the thunk",
    "an asynchronous iterator": "make it inside the thunk",
}


def _check(site: CallSite | Definition, context: Context) -> Iterator[Finding]:
    for deferred in deferred_by(site, context.module):
        reported: set[str] = set()
        for name, binding in deferred.captured_in_all(context.module):
            found = kind_of_one_shot(binding, context.module)
            if found is None or name.id in reported:
                continue
            reported.add(name.id)
            kind, made = found
            yield Finding(
                name,
                f"`{name.id}` is {kind}, made once outside: the first run uses it up, and the second sees "
                "nothing",
                _WAYS_OUT.get(kind, "capture a list or tuple of it, or make it inside the thunk"),
                note=f"`{name.id}` comes from `{written(made, context)}`",
            )


RULE = Rule(
    code="ISO204",
    name="one-shot-capture",
    summary="A thunk uses up an iterator that was made outside it",
    rationale=(
        "A generator, a `map`, a `zip`, an open file can be gone through once. Captured by a plan, it serves the "
        "first run; a retry, a second caller, the same plan in a test get nothing and report success: no "
        "rows saved, an empty body sent. The plan has to hold something that can be gone through again."
    ),
    roles=ALL_ROLES,
    looks_at=(CallSite, Definition),
    check=_check,
    bad=(
        Example(
            "a generator of rows",
            """\
from asyncplan import AsyncPlan, async_lift


def save_all(names: list[str], users) -> AsyncPlan[int]:
    rows = (name.title() for name in names)
    return async_lift(lambda: users.save_all(rows))
""",
        ),
    ),
    good=(
        Example(
            "a list of rows",
            """\
from asyncplan import AsyncPlan, async_lift


def save_all(names: list[str], users) -> AsyncPlan[int]:
    rows = [name.title() for name in names]
    return async_lift(lambda: users.save_all(rows))
""",
        ),
        Example(
            "a generator for each run",
            """\
from asyncplan import AsyncPlan, async_lift


def save_all(names: list[str], users) -> AsyncPlan[int]:
    return async_lift(lambda: users.save_all(name.title() for name in names))
""",
        ),
    ),
)
