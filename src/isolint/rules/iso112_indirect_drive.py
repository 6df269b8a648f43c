"""ISO112: something of the project's own, outside the core, that drives when the core uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.rule import CORE, Example, Finding, Rule
from isolint.rules import using
from isolint.semantic_index.facts import ModuleSite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.program.use_sites import UseSite
    from isolint.rule import Context

_WAY_OUT = (
    "describe the work and let the shell drive it, or take the driving function as a capability; "
    "name it in `allowed` if it is a port"
)


def _check(_site: ModuleSite, context: Context) -> Iterator[Finding]:
    for site in context.program.use_sites(context.module):
        if not (site.fact.guarded and context.options.allow_main_guard):
            yield _finding(site, context)


def _finding(site: UseSite, context: Context) -> Finding:
    name = site.chain[0].name
    message = f"`{name}`{using.reached_as(site, context)} drives work, and {using.use(site)}"
    return Finding(site.node, message, _WAY_OUT, name, chain=using.steps(site, context))


RULE = Rule(
    code="ISO112",
    name="indirect-drive",
    summary="The core uses a function of the project's own that drives",
    rationale=(
        "Most hidden drives stand behind a project's own helpers: the core calls `run_sync(...)`, decorates "
        "with `@sync_compatible`, awaits something that starts a task three calls further down. The line "
        "looks like any other call, and no search for `asyncio.run` finds it. The chain is followed through "
        "functions, methods, properties, decorators, `partial`, re-exports, construction and `with`, in every module "
        "of the project outside the core and the runtime, and printed: the first name with the place where it "
        "is defined, every other with the place where it is used. The drivers are those that ISO101, ISO102 and "
        "ISO103 report in the core; a task group that ends with its block is none. A helper that keeps a driving "
        "function for later (a listener, a route, the end of a task, a signal) drives nothing by that; a core that "
        "hands one on is reported. An import from the "
        "shell is ISO110. A port that is meant to drive is named in `allowed`, or has "
        "`# isolint: allow[ISO112] -- reason` at its definition: no chain leads through it."
    ),
    roles=CORE,
    looks_at=(ModuleSite,),
    check=_check,
    bad=(
        Example(
            "a helper that runs a loop",
            """\
from app.support import run_sync


def load(user_id: str, users) -> str:
    return run_sync(users.get(user_id))
""",
            beside=(
                (
                    "app.support",
                    """\
import asyncio


def run_sync(work):
    return _in_new_loop(work)


def _in_new_loop(work):
    return asyncio.run(work)
""",
                ),
            ),
        ),
        Example(
            "a decorator that drives the decorated function",
            """\
from app.support import sync_compatible


@sync_compatible
async def load(user_id: str, users) -> str:
    return await users.get(user_id)
""",
            beside=(
                (
                    "app.support",
                    """\
import asyncio
from functools import wraps


def sync_compatible(function):
    @wraps(function)
    def wrapper(*args, **kwargs):
        return asyncio.run(function(*args, **kwargs))

    return wrapper
""",
                ),
            ),
        ),
    ),
    good=(
        Example(
            "a helper that describes",
            """\
from asyncplan import AsyncPlan
from app.support import fetch


def load(user_id: str, users) -> AsyncPlan[str]:
    return fetch(users, user_id)
""",
            beside=(
                (
                    "app.support",
                    """\
from asyncplan import AsyncPlan, async_lift


def fetch(source, key) -> AsyncPlan[str]:
    return async_lift(lambda: source.get(key))
""",
                ),
            ),
        ),
    ),
)
