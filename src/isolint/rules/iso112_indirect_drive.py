"""ISO112: something of the project's own, outside the core, that drives when the core uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.model import Step
from isolint.rule import CORE, Example, Finding, Rule
from isolint.rules.importing import brought_in, imports_by_call
from isolint.semantics.facts import CallSite, ModuleSite, Usage
from isolint.semantics.imports import CALLS
from isolint.syntax import nodes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from isolint.rule import Context, GateInput
    from isolint.semantics.drives.model import Step as DriveStep
    from isolint.semantics.drives.reached import Reached
    from isolint.semantics.glimpse import Glimpse

_VERBS = {
    Usage.DECORATES: "decorating with it",
    Usage.CALLED: "calling it",
    Usage.AWAITED: "awaiting it",
    Usage.ENTERED: "entering it",
}
_WAY_OUT = (
    "describe the work and let the shell drive it, or take what drives as a capability; "
    "a port that is meant to be used is named in `allowed`"
)


def _check(_site: ModuleSite, context: Context) -> Iterator[Finding]:
    # Only here: what it needs imports libcst, and rules are imported for their documentation too.
    from isolint.semantics.drives.reached import reached

    by_call: list[str] = []
    if imports_by_call(context):
        calls = (fact for fact in context.module.recorder.facts if isinstance(fact, CallSite))
        by_call = [module for call in calls for _, module in brought_in(call, context)]
    for found in reached(context.module, context.drives, context.world.role_of, by_call):
        if not (found.fact.guarded and context.options.allow_main_guard):
            yield _finding(found, context)


def _finding(found: Reached, context: Context) -> Finding:
    name = found.chain[0].name
    written = context.module.text_of(found.node)
    shown = f" (reached as `{written}`)" if written.rpartition(".")[2] != name.rpartition(".")[2] else ""
    verb = _VERBS.get(found.usage, "handing it on")
    if found.usage not in _VERBS and _is_property(found.node, context):
        verb = "reading it"
    steps = tuple(_placed(step, context) for step in found.chain)
    return Finding(found.node, f"`{name}`{shown} drives, and so does {verb}", _WAY_OUT, name, chain=steps)


def _is_property(node: nodes.Node, context: Context) -> bool:
    """Whether an attribute is a property of a class of the project, which runs where it is read."""
    from isolint.semantics.definitions import PROPERTIES, decorators
    from isolint.semantics.meanings import Class, Instance
    from isolint.semantics.scopes import FunctionBinding

    if not isinstance(node, nodes.Attribute):
        return False
    inference = context.module.inference
    owners = [m.of for m in inference.all_of(node.value) if isinstance(m, Instance)]
    bindings = (
        b for of in owners if isinstance(of, Class) for b in inference.attribute_bindings(of, node.attr.value)
    )
    return any(isinstance(b, FunctionBinding) and decorators(b.inner) & PROPERTIES for b in bindings)


def _placed(step: DriveStep, context: Context) -> Step:
    file = context.world.find(step.module)
    return Step(step.name, step.module, file.place if file is not None else step.module, step.line)


def _words(_given: GateInput) -> Iterable[str]:
    return ("import", *CALLS)


def _may_use(module: str, glimpse: Glimpse, given: GateInput) -> bool:
    """Whether something that drives can be reached by the imports of the module, and is spelled in it."""
    by_call = not glimpse.words.isdisjoint(CALLS)  # who knows what that imports
    return (by_call or given.drives.may_be_reached(glimpse.imports)) and given.drives.may_be_spelled(module)


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
        "is defined, every other with the place where it is used. What drives is what ISO101, ISO102 and "
        "ISO103 report in the core; a task group that ends with its block does not. What is imported from the "
        "shell is ISO110. A port that is meant to drive is named in `allowed`, or has "
        "`# isolint: allow[ISO112] -- reason` at its definition: no chain leads through it."
    ),
    roles=CORE,
    looks_at=(ModuleSite,),
    check=_check,
    words=_words,
    meets=_may_use,
    about_project=True,
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
            "a decorator that drives what it decorates",
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
