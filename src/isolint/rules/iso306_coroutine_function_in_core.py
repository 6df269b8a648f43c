"""ISO306: a coroutine function in the interface of the core."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.rule import CORE, Example, Finding, Rule
from isolint.semantic_index.facts import Definition
from isolint.semantic_index.scopes import ScopeKind
from isolint.syntax.ast_names import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.rule import Context
    from isolint.semantic_index.scopes import Scope

_INTERFACES = frozenset({"Protocol", "ABC", "ABCMeta"})
_DECLARATIONS = frozenset({"abstractmethod", "overload"})


def _check(definition: Definition, context: Context) -> Iterator[Finding]:
    function = definition.node
    name = function.name
    if not definition.inner.is_async or definition.inner.is_generator or name.startswith("_"):
        return
    is_declared = any(last_name(decorator) in _DECLARATIONS for decorator in function.decorator_list)
    if is_declared or _is_left_to_others(function) or not _is_public(definition.scope):
        return
    yield Finding(
        context.module.spans.of_name(function),
        f"`{name}` is a coroutine function: it can be driven, but not composed, retried or run again",
        "return an AsyncPlan from a plain function, with this coroutine as its thunk",
    )


def _is_left_to_others(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a method does no more than raise NotImplementedError, for classes derived from its own to override."""
    *others, last = function.body
    raised = last.exc if isinstance(last, ast.Raise) else None
    raised = raised.func if isinstance(raised, ast.Call) else raised
    is_documented = all(isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant) for one in others)
    return last_name(raised) == "NotImplementedError" and is_documented


def _is_public(scope: Scope) -> bool:
    """Whether a definition in ``scope`` is seen from outside, and not as a mere declaration."""
    for around in scope.enclosing():
        if isinstance(around.node, ast.ClassDef):
            if around.node.name.startswith("_") or _is_interface(around.node):
                return False
        elif around.kind is not ScopeKind.MODULE:
            return False
    return True


def _is_interface(definition: ast.ClassDef) -> bool:
    given = [*definition.bases, *(keyword.value for keyword in definition.keywords)]
    bases = [base.value if isinstance(base, ast.Subscript) else base for base in given]
    return any(last_name(base) in _INTERFACES for base in bases)


RULE = Rule(
    code="ISO306",
    name="coroutine-function-in-core",
    summary="The core offers a coroutine function instead of a plan",
    rationale=(
        "The call of a coroutine function is work that has begun: it can be awaited once, on a running "
        "loop, and that is all. A plan is the same work as a value: it can be composed, bounded, retried, "
        "tested without a loop and run by any shell. Declarations in Protocols and ABCs, and methods that raise "
        "NotImplementedError alone, are the ports, and stay coroutine functions."
    ),
    roles=CORE,
    looks_at=(Definition,),
    check=_check,
    strict=True,
    bad=(
        Example(
            "work that begins when called",
            """\
async def load(user_id: str, users) -> str:
    return await users.get(user_id)
""",
        ),
    ),
    good=(
        Example(
            "the same work as a plan",
            """\
from asyncplan import AsyncPlan, async_lift


def load(user_id: str, users) -> AsyncPlan[str]:
    return async_lift(lambda: users.get(user_id))
""",
        ),
    ),
)
