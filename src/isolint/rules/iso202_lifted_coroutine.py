"""ISO202: a coroutine, or anything else that cannot be called, given to ``async_lift``."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.fixes import Change, Place, Proposal
from isolint.model import Safety
from isolint.plans.calls import plan_call
from isolint.plans.captures import is_method_of_parameter, is_one_shot
from isolint.plans.constructors import Part
from isolint.plans.rounds import is_read_from_round
from isolint.program.types import Class, Coroutine, External, Function, Instance, Number, Partial, Text
from isolint.rule import ALL_ROLES, Example, Finding, FixAvailability, Rule
from isolint.semantic_index.facts import CallSite
from isolint.syntax.ast_walk import descend

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.rule import Context

_VALUES = (
    ast.JoinedStr,
    ast.List,
    ast.ListComp,
    ast.Dict,
    ast.DictComp,
    ast.Tuple,
    ast.Set,
    ast.SetComp,
)
_CALLABLE = (Function, Class, Partial, Instance, External)


def _check(call: CallSite, context: Context) -> Iterator[Finding]:
    lift = plan_call(call.node, context.module)
    if lift is None or lift.constructor != "async_lift":
        return
    for argument in lift.arguments(Part.THUNK):
        what = _not_callable(argument, context)
        if not what:
            continue
        written = context.module.text_of(argument)
        yield Finding(
            argument,
            f"`{written}` is {what}, not a function: the plan cannot make a fresh coroutine for each run",
            f"give async_lift the call, not its result: async_lift(lambda: {written})",
            fix=_wrapped(argument, context),
        )


def _not_callable(argument: ast.expr, context: Context) -> str:
    """Return the kind of an argument that cannot be called; empty when it can, or when that is not known."""
    is_constant = isinstance(argument, ast.Constant) and not isinstance(argument.value, (bool, type(None)))
    if is_constant or isinstance(argument, _VALUES):
        return "a value"
    types = context.module.types(argument)
    if is_one_shot(types):
        return "a coroutine" if any(isinstance(one, Coroutine) for one in types) else "a task or future"
    if any(isinstance(one, (Text, Number)) for one in types):
        return "a value"
    if not isinstance(argument, ast.Call) or any(isinstance(one, _CALLABLE) for one in types):
        return ""
    return "a coroutine" if is_method_of_parameter(argument.func, context.module) else ""


def _wrapped(argument: ast.expr, context: Context) -> Proposal | None:
    parts = list(descend(argument))
    binds = any(isinstance(part, (ast.NamedExpr, ast.Await, ast.Yield, ast.YieldFrom)) for part in parts)
    if not isinstance(argument, ast.Call) or binds:
        return None
    names = (part for part in parts if isinstance(part, ast.Name))
    # The call takes the value of its round; a lambda would look the name up after the loop.
    of_round = dict.fromkeys(n.id for n in names if is_read_from_round(n, context.module))
    bound = ", ".join(f"{name}={name}" for name in of_round)
    change = Change(argument, Place.BEFORE, f"lambda {bound}: " if bound else "lambda: ")
    return Proposal("Wrap the call in `lambda:`", Safety.SAFE, (change,))


RULE = Rule(
    code="ISO202",
    name="lifted-coroutine",
    summary="async_lift is given a coroutine instead of a function that makes one",
    rationale=(
        "`async_lift(users.get(user_id))` calls the capability while the plan is being built: work is set up "
        "by a function that promises only to describe, the coroutine is never awaited if the plan is not "
        "run, and it cannot be run twice. `async_lift` takes the recipe: a function of no arguments that "
        "makes a fresh coroutine each time."
    ),
    roles=ALL_ROLES,
    looks_at=(CallSite,),
    check=_check,
    fix=FixAvailability.SOMETIMES,
    mends=(
        "`lambda:` is put in front of the call; names of a loop around it are bound by default arguments, so that "
        "each plan keeps its own. That is safe, since what was there failed in every run. No fix is offered for a "
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
    ),
)
