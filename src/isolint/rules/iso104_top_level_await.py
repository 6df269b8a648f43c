"""ISO104: awaiting while the module is imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.rule import CORE_AND_RUNTIME, Example, Finding, Rule
from isolint.semantic_index.facts import ImportTimeAwait

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.rule import Context


def _check(fact: ImportTimeAwait, _context: Context) -> Iterator[Finding]:
    yield Finding(
        fact.node,
        f"`{fact.keyword}` outside any function runs while the module is imported: the core only describes",
        "move it into a coroutine, or return a plan from a function, and let the shell drive",
    )


RULE = Rule(
    code="ISO104",
    name="top-level-await",
    summary="Something is awaited while the module is imported",
    rationale=(
        "Python allows `await` outside a function only in notebooks and some runners, and there it makes an "
        "import do work: the module cannot be imported by a test, a type checker's plugin or another loop "
        "without that work happening. A core module is imported for its definitions."
    ),
    roles=CORE_AND_RUNTIME,
    looks_at=(ImportTimeAwait,),
    check=_check,
    bad=(
        Example(
            "a module that connects when it is imported",
            """\
from app.ports import open_settings

settings = await open_settings()
""",
        ),
    ),
    good=(
        Example(
            "a function that describes it",
            """\
from asyncplan import AsyncPlan, async_lift


def load_settings(source) -> AsyncPlan[dict]:
    return async_lift(lambda: source.open())
""",
        ),
    ),
)
