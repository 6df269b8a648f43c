"""ISO202: a coroutine, or anything else that cannot be called, given to ``async_lift`` or ``async_call``."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.catalogue.combinators import LIFTS, Part
from isolint.fixes import Change, Place, Proposal
from isolint.model import Safety
from isolint.plans.calls import plan_call
from isolint.plans.captures import is_method_of_parameter, is_one_shot
from isolint.plans.deferred import DISPLAYS
from isolint.plans.ordinary import kind_of_value
from isolint.program.types import Class, Coroutine, External, Function, Instance, Number, Partial, Text
from isolint.rule import ALL_ROLES, Example, Finding, FixAvailability, Rule
from isolint.rules import respelling
from isolint.semantic_index.facts import CallSite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.plans.calls import PlanCall
    from isolint.rule import Context


_AWAITABLE = ("a coroutine", "a task or future")
_CALLABLE = (Function, Class, Partial, Instance, External)


def _check(call: CallSite, context: Context) -> Iterator[Finding]:
    lift = plan_call(call.node, context.module)
    if lift is None or lift.constructor not in LIFTS:
        return
    for argument in _lifted(lift):
        what = _not_callable(argument, context)
        if not what:
            continue
        written = context.module.text_of(argument)
        yield Finding(
            argument,
            f"`{written}` is {what}, not a function: the plan cannot make a fresh coroutine for each run",
            _way_out(what, argument, written, lift.constructor),
            fix=_wrapped(argument, context) if what in _AWAITABLE else None,
        )


def _way_out(what: str, argument: ast.expr, written: str, constructor: str) -> str:
    if what not in _AWAITABLE:
        return "give it a function of no arguments that makes the coroutine; for a value there is async_pure(value)"
    if not isinstance(argument, ast.Call):
        return f"make it inside: {constructor}(lambda: ...) has to give a fresh coroutine on each call"
    return f"give {constructor} the call, not its result: {constructor}(lambda: {written})"


def _lifted(lift: PlanCall) -> Iterator[ast.expr]:
    """Yield the arguments that a call lifts, also by ``async_lift(*[make()])``."""
    yield from lift.arguments(Part.THUNK)
    first = lift.node.args[0] if lift.node.args else None
    if isinstance(first, ast.Starred) and isinstance(first.value, DISPLAYS):
        yield from first.value.elts[:1]


def _not_callable(argument: ast.expr, context: Context) -> str:
    """Describe an argument that cannot be called; empty when it can, or when that is not known."""
    types = context.module.types(argument)
    if is_one_shot(types):
        return "a coroutine" if any(isinstance(one, Coroutine) for one in types) else "a task or future"
    if kind := kind_of_value(argument, context.module):
        return kind
    if any(isinstance(one, (Text, Number)) for one in types):
        return "a value"
    if not isinstance(argument, ast.Call) or any(isinstance(one, _CALLABLE) for one in types):
        return ""
    return "a coroutine" if _asks_parameter(argument, context) else ""


def _asks_parameter(call: ast.Call, context: Context) -> bool:
    """Whether a call asks a capability: directly, in a lambda called on the spot, or by a ``partial`` of it."""
    callee = call.func
    if isinstance(callee, ast.Lambda) and isinstance(callee.body, ast.Call):
        return _asks_parameter(callee.body, context)
    partial = External("functools.partial")
    if isinstance(callee, ast.Call) and partial in context.module.types(callee.func) and callee.args:
        callee = callee.args[0]
    return is_method_of_parameter(callee, context.module)


def _wrapped(argument: ast.expr, context: Context) -> Proposal | None:
    head = respelling.lambda_for(argument, context)
    if not head:
        return None
    return Proposal("Wrap the call in `lambda:`", Safety.SAFE, (Change(argument, Place.BEFORE, head),))


RULE = Rule(
    code="ISO202",
    name="lifted-coroutine",
    summary="async_lift is given a coroutine instead of a function that makes one",
    rationale=(
        "`async_lift(users.get(user_id))` calls the capability while the plan is being built: work is set up "
        "by a function that promises only to describe, the coroutine is never awaited if the plan is not "
        "run, and it cannot be run twice. `async_lift` takes the recipe: a function of no arguments that "
        "makes a fresh coroutine each time. So does `async_call`, for functions that return a plain value."
    ),
    roles=ALL_ROLES,
    looks_at=(CallSite,),
    check=_check,
    fix=FixAvailability.SOMETIMES,
    mends=(
        "`lambda:` is put in front of the call; names of a loop around it are bound by default arguments, so that "
        "each plan keeps its own. That is safe, since the old code failed in every run. No fix is offered for a "
        "value that is no call, or for a call that awaits, yields or assigns."
    ),
    bad=(
        Example(
            "the call instead of a recipe for it",
            """\
from asyncplan import AsyncPlan, async_lift


def load(user_id: str, users) -> AsyncPlan[str]:
    return async_lift(users.get(user_id))
""",
        ),
        Example(
            "the call instead of the function and its arguments",
            """\
from asyncplan import AsyncPlan, async_call


async def greeting(name: str) -> str:
    return f"Hello, {name}"


def greet(name: str) -> AsyncPlan[str]:
    return async_call(greeting(name))
""",
        ),
    ),
    good=(
        Example(
            "a function that makes the call",
            """\
from asyncplan import AsyncPlan, async_lift


def load(user_id: str, users) -> AsyncPlan[str]:
    return async_lift(lambda: users.get(user_id))
""",
        ),
        Example(
            "the function and its arguments",
            """\
from asyncplan import AsyncPlan, async_call


async def greeting(name: str) -> str:
    return f"Hello, {name}"


def greet(name: str) -> AsyncPlan[str]:
    return async_call(greeting, name)
""",
        ),
    ),
)
