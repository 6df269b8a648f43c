"""ISO413: a call lifted whose coroutine gives no Result."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.catalogue.combinators import Part
from isolint.fixes import Change, Place, Proposal
from isolint.model import Safety
from isolint.plans.calls import plan_call
from isolint.plans.ordinary import is_plain, kind_of_plain
from isolint.program.types import External, Function
from isolint.rule import ALL_ROLES, Example, Finding, FixAvailability, Rule
from isolint.rules import respelling
from isolint.rules.plans import written
from isolint.semantic_index.facts import CallSite
from isolint.syntax.ast_names import callee_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.plans.calls import PlanCall
    from isolint.rule import Context

_GIVE_NOTHING = frozenset({"asyncio.sleep", "anyio.sleep", "trio.sleep"})
"""Coroutine functions of libraries that give None."""


def _check(site: CallSite, context: Context) -> Iterator[Finding]:
    lift = plan_call(site.node, context.module)
    if lift is None or lift.constructor != "async_lift":
        return
    for thunk in lift.arguments(Part.THUNK):
        called = thunk.body if isinstance(thunk, ast.Lambda) else thunk
        gives = _plain_result(callee_of(called), context)
        if gives and (isinstance(thunk, ast.Lambda) is isinstance(called, ast.Call)):
            yield Finding(
                called,
                f"`{written(called, context)}` gives {gives}, not a Result: async_lift raises PlanContractError when "
                "the plan runs",
                "async_call lifts a function that returns a plain value; async_lift takes one that returns Ok or Err",
                fix=_by_call(lift, thunk, context),
            )


def _plain_result(callee: ast.expr, context: Context) -> str:
    """Describe the value of awaiting a call of ``callee`` where that is certainly no Result; empty for anything else."""
    types = context.module.types(callee)
    if any(isinstance(one, External) and one.name in _GIVE_NOTHING for one in types):
        return "nothing"
    given = [_given_by(one, context) if isinstance(one, Function) else "" for one in types]
    return given[0] if given and all(given) else ""


def _given_by(function: Function, context: Context) -> str:
    linker, module = context.module.linker, function.place.module
    summary = linker.function(function.place)
    if summary is None or not summary.is_async or summary.is_generator or not summary.keeps_its_type:
        return ""
    scope = context.module.scope_at(function.place)
    node = scope.node if scope is not None else None
    if summary.annotation >= 0:
        is_given = is_plain(linker.declared(module, summary.annotation), context.module)
        returns = node.returns if isinstance(node, ast.AsyncFunctionDef) else None
        text = f"`{context.module.text_of(returns)}`" if returns is not None else "a plain value"
        return text if is_given else ""
    if scope is None or not isinstance(node, ast.AsyncFunctionDef):
        return ""
    if scope.returns:
        return "a plain value" if all(kind_of_plain(value, context.module) for value in scope.returns) else ""
    return "nothing" if scope.reaches_end and not _is_stub(node) else ""


def _is_stub(function: ast.AsyncFunctionDef) -> bool:
    """Whether the body is empty: a docstring, `...`, `pass`."""
    return all(
        isinstance(one, ast.Pass) or (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
        for one in function.body
    )


def _by_call(lift: PlanCall, thunk: ast.expr, context: Context) -> Proposal | None:
    spelling = respelling.beside(lift.node.func, "async_call", context)
    if spelling is None or not _is_reference_runtime(lift, context):
        return None
    changes = [Change(lift.node.func, Place.INSTEAD, spelling.text)]
    called = thunk.body if isinstance(thunk, ast.Lambda) else None
    if isinstance(called, ast.Call) and not called.keywords and not _has_stars(called):
        scope = context.module.index.inner.get(thunk)
        if scope is not None and scope.parameters:
            return None
        code = context.module.code_of
        arguments = [code(called.func), *map(code, called.args)]
        changes.append(Change(thunk, Place.INSTEAD, ", ".join(arguments)))
    return Proposal(
        "Lift it by async_call",
        Safety.UNSAFE,
        tuple(changes),
        "the arguments are then evaluated when the plan is built, and an exception of the call is a defect",
        spelling.imports,
    )


def _is_reference_runtime(lift: PlanCall, context: Context) -> bool:
    return any(
        external.name.startswith("asyncplan.") for external in context.module.externals(lift.node.func)
    )


def _has_stars(call: ast.Call) -> bool:
    return any(isinstance(argument, ast.Starred) for argument in call.args)


RULE = Rule(
    code="ISO413",
    name="lifted-plain-coroutine",
    summary="async_lift is given a call that gives no Result",
    rationale=(
        "`async_lift` takes a call that gives `Ok` or `Err`: errors are values there. A function that returns a plain value, "
        "or nothing, and raises when it fails looks alike where it is lifted, and breaks the contract when the plan is "
        "driven. `async_call` is for those: its plan gives the value, and turns the exceptions it is told into `Err`."
    ),
    roles=ALL_ROLES,
    looks_at=(CallSite,),
    check=_check,
    fix=FixAvailability.UNSAFE,
    mends=(
        "The call is lifted by `async_call(f, x)`. It is unsafe: arguments are evaluated when the plan is built. No fix is "
        "offered for a runtime other than asyncplan."
    ),
    bad=(
        Example(
            "a function that returns a plain value",
            """\
from typing import Protocol

from asyncplan import AsyncPlan, async_lift


class Names(Protocol):
    async def title(self, user_id: str) -> str: ...


def load(user_id: str, names: Names) -> AsyncPlan[str]:
    return async_lift(lambda: names.title(user_id))
""",
        ),
    ),
    good=(
        Example(
            "lifted by async_call",
            """\
from typing import Protocol

from asyncplan import AsyncPlan, async_call


class Names(Protocol):
    async def title(self, user_id: str) -> str: ...


def load(user_id: str, names: Names) -> AsyncPlan[str]:
    return async_call(names.title, user_id)
""",
        ),
    ),
)
