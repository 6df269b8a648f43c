"""ISO414: a coroutine that is made and dropped."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.fixes import Change, Place, Proposal
from isolint.model import Role, Safety
from isolint.rule import ALL_ROLES, Example, Finding, FixAvailability, Rule
from isolint.rules.plans import written
from isolint.semantics.facts import Statement
from isolint.semantics.usage import INTERPRETER
from isolint.syntax import nodes
from isolint.syntax.names import last_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from isolint.rule import Context, GateInput
    from isolint.semantics.glimpse import View

_SLEEPING = frozenset({"asyncio.sleep", "anyio.sleep", "trio.sleep"})
"""Coroutine functions of libraries; what else they have in the core other rules report."""
_NEUTRAL = frozenset({"staticmethod", "classmethod", "override", "abstractmethod", "final", "wraps"})
"""Decorators under which a coroutine function is one still."""


def _check(statement: Statement, context: Context) -> Iterator[Finding]:
    if statement.must_raise:
        return
    pending = [statement.node]
    while pending:
        node = pending.pop(0)
        if isinstance(node, nodes.BooleanOperation):
            pending.insert(0, node.right)
        elif isinstance(node, nodes.IfExp):
            pending[:0] = [node.body, node.orelse]
        elif isinstance(node, (nodes.Tuple, nodes.List, nodes.Set)):
            pending[:0] = [element.value for element in node.elements]
        elif isinstance(node, nodes.ListComp):
            pending.insert(0, node.elt)
        elif isinstance(node, nodes.Call) and _makes_coroutine(node, context):
            yield _finding(node, statement, context)


def _makes_coroutine(call: nodes.Call, context: Context) -> bool:
    """Whether a call certainly makes a coroutine: no decorator may have made something else of the function."""
    from isolint.semantics.definitions import decorators
    from isolint.semantics.meanings import Coroutine, Function, Instance
    from isolint.semantics.plans.values import is_coroutine

    inference = context.module.inference
    if last_name(call.func) == INTERPRETER:
        return False  # ISO412 speaks of it
    if any(external.name in _SLEEPING for external in inference.externals(call.func)):
        return True
    if not is_coroutine(call, context.module):
        return False
    results = [inference.called(m) for m in inference.of(call.func)]
    if not all(found and all(isinstance(m, Coroutine) for m in found) for found in results):
        return False
    called = inference.all_of(call.func)
    functions = [m for m in called if isinstance(m, Function)]
    # A function that only returns what another gives may choose: `def wait(self): return self.client.sync(self._wait)`.
    return not any(isinstance(m, Instance) for m in called) and all(
        function.binding.inner.is_async and not decorators(function.binding.inner) - _NEUTRAL
        for function in functions
    )


def _finding(call: nodes.Call, statement: Statement, context: Context) -> Finding:
    whole = call is statement.node
    in_coroutine = statement.scope.is_async and isinstance(statement.scope.node, nodes.FunctionDef)
    mendable = whole and in_coroutine and context.role is not Role.CORE
    return Finding(
        call,
        f"`{written(call, context)}` only makes a coroutine, and drops it: nothing of it runs",
        "await it, or return it to whoever awaits; in the core, describe it: async_lift(lambda: ...)",
        fix=Proposal("Await it", Safety.SAFE, (Change(call, Place.BEFORE, "await "),)) if mendable else None,
    )


def _words(_given: GateInput) -> Iterable[str]:
    return ("async", "asyncio")


def _may_float(view: View) -> bool:
    """Whether a statement calls something called as a coroutine function of the module, or as one imported."""
    defined = {s.name for s in view.statements if isinstance(s, ast.AsyncFunctionDef)} | {"sleep"}
    imported = {
        alias.asname or alias.name
        for s in view.statements
        if isinstance(s, ast.ImportFrom)
        for alias in s.names
    }
    known = defined | imported
    return any(
        not known.isdisjoint(_called_in(statement.value))
        for statement in view.statements
        if isinstance(statement, ast.Expr) and not isinstance(statement.value, (ast.Await, ast.Constant))
    )


def _called_in(expression: ast.expr) -> Iterator[str]:
    for node in ast.walk(expression):
        if isinstance(node, ast.Call):
            callee = node.func
            yield callee.attr if isinstance(callee, ast.Attribute) else getattr(callee, "id", "")


RULE = Rule(
    code="ISO414",
    name="floating-coroutine",
    summary="A coroutine is made and never awaited",
    rationale=(
        "Calling a coroutine function runs nothing: it makes a coroutine, which runs when it is awaited. Dropped, it "
        "warns `coroutine ... was never awaited` some time later, where the collector finds it, and the work is not "
        "done. It is the forgotten `await`, or a call that was synchronous once."
    ),
    roles=ALL_ROLES,
    looks_at=(Statement,),
    check=_check,
    words=_words,
    look=_may_float,
    about_plans=True,
    fix=FixAvailability.SOMETIMES,
    mends=(
        "In a coroutine outside the core, `await` is put before the call. It is safe: the call did nothing. In the core, "
        "and where there is no coroutine around, a person has to decide."
    ),
    bad=(
        Example(
            "the forgotten await",
            """\
async def save(user: str, users) -> None:
    await users.save(user)


async def register(user: str, users) -> None:
    save(user, users)
""",
        ),
    ),
    good=(
        Example(
            "awaited",
            """\
async def save(user: str, users) -> None:
    await users.save(user)


async def register(user: str, users) -> None:
    await save(user, users)
""",
        ),
    ),
)
