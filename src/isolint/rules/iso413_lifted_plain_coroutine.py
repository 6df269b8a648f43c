"""ISO413: a call lifted whose coroutine gives no Result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.fixes import Change, Place, Proposal
from isolint.model import Safety
from isolint.rule import ALL_ROLES, Example, Finding, FixAvailability, Rule
from isolint.rules import respelling
from isolint.rules.plans import plan_words, written
from isolint.semantics.facts import CallSite
from isolint.syntax import nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.rule import Context
    from isolint.semantics.plans.calls import PlanCall
    from isolint.semantics.scopes import Scope

_GIVE_NOTHING = frozenset({"asyncio.sleep", "anyio.sleep", "trio.sleep"})
"""Coroutine functions of libraries that give None."""
_NEUTRAL = frozenset({"staticmethod", "classmethod", "override", "abstractmethod", "final", "wraps"})
"""Decorators under which a coroutine function gives what it says."""


def _check(site: CallSite, context: Context) -> Iterator[Finding]:
    from isolint.semantics.plans.calls import plan_call
    from isolint.semantics.plans.names import Part

    lift = plan_call(site.node, context.module)
    if lift is None or lift.constructor != "async_lift":
        return
    for thunk in lift.arguments(Part.THUNK):
        called = thunk.body if isinstance(thunk, nodes.Lambda) else thunk
        gives = _plain_result(called.func if isinstance(called, nodes.Call) else called, context)
        if gives and (isinstance(thunk, nodes.Lambda) is isinstance(called, nodes.Call)):
            yield Finding(
                called,
                f"`{written(called, context)}` gives {gives} and no Result: async_lift raises PlanContractError when "
                "the plan runs",
                "async_call lifts a function that returns a plain value; async_lift takes one that returns Ok or Err",
                fix=_by_call(lift, thunk, context),
            )


def _plain_result(callee: nodes.Node, context: Context) -> str:
    """Say what awaiting a call of ``callee`` gives where that is certainly no Result; empty for anything else."""
    from isolint.semantics.meanings import External, Function
    from isolint.semantics.plans.values import is_settled

    inference = context.module.inference
    if isinstance(callee, nodes.Attribute) and not is_settled(callee.value, context.module):
        return ""
    meanings = inference.all_of(callee)
    if any(isinstance(m, External) and m.name in _GIVE_NOTHING for m in meanings):
        return "nothing"
    functions = [m for m in meanings if not isinstance(m, External)]
    given = [_given_by(m.binding.inner, context) if isinstance(m, Function) else "" for m in functions]
    return given[0] if given and all(given) else ""


def _given_by(scope: Scope, context: Context) -> str:
    from isolint.semantics.definitions import decorators
    from isolint.semantics.plans.ordinary import is_plain, kind_of_plain

    function = scope.node
    if not isinstance(function, nodes.FunctionDef) or not scope.is_async or scope.yields:
        return ""
    if decorators(scope) - _NEUTRAL:
        return ""
    if function.returns is not None:
        declared = context.module.inference.annotated(function.returns.annotation)
        text = context.module.text_of(function.returns.annotation)
        return f"`{text}`" if is_plain(declared, context.module) else ""
    if scope.returns:
        return "a plain value" if all(kind_of_plain(v, context.module) for v in scope.returns) else ""
    return "nothing" if scope.reaches_end() and not _is_stub(function) else ""


def _is_stub(function: nodes.FunctionDef) -> bool:
    """Whether the body says nothing of what is done: a docstring, `...`, `pass`."""
    from isolint.rules.blocks import blocks, only_statement

    for statements in blocks(function.body):
        found = [only_statement(line) for line in statements]
        return all(
            isinstance(one, nodes.Pass)
            or (isinstance(one, nodes.Expr) and isinstance(one.value, (nodes.Ellipsis, nodes.SimpleString)))
            for one in found
        )
    return True


def _by_call(lift: PlanCall, thunk: nodes.Node, context: Context) -> Proposal | None:
    spelling = respelling.beside(lift.node.func, "async_call", context)
    if spelling is None or not _is_reference_runtime(lift, context):
        return None
    changes = [Change(lift.node.func, Place.INSTEAD, spelling.text)]
    called = thunk.body if isinstance(thunk, nodes.Lambda) else None
    if isinstance(called, nodes.Call) and not any(a.keyword is not None or a.star for a in called.args):
        if isinstance(thunk, nodes.Lambda) and thunk.params.all:
            return None
        code = context.module.code_of
        arguments = [code(called.func), *(code(argument.value) for argument in called.args)]
        changes.append(Change(thunk, Place.INSTEAD, ", ".join(arguments)))
    return Proposal(
        "Lift it by async_call",
        Safety.UNSAFE,
        tuple(changes),
        "the arguments are then evaluated when the plan is built, and what the call raises is a defect",
        spelling.imports,
    )


def _is_reference_runtime(lift: PlanCall, context: Context) -> bool:
    names = (external.name for external in context.module.inference.externals(lift.node.func))
    return any(name.startswith("asyncplan.") for name in names)


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
    words=plan_words,
    about_plans=True,
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
            "lifted as what it is",
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
