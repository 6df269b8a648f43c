"""ISO306: a coroutine function in the interface of the core."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.rule import CORE, Example, Finding, Rule
from isolint.semantics.facts import Definition
from isolint.semantics.scopes import ScopeKind
from isolint.syntax import nodes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from isolint.rule import Context, GateInput
    from isolint.semantics.glimpse import View
    from isolint.semantics.scopes import Scope

_INTERFACES = frozenset({"Protocol", "ABC", "ABCMeta"})


def _check(definition: Definition, _context: Context) -> Iterator[Finding]:
    function = definition.node
    if (
        not isinstance(function, nodes.FunctionDef)
        or not definition.inner.is_async
        or definition.inner.yields
    ):
        return
    name = function.name.value
    if name.startswith("_") or not _is_public(definition.scope) or _is_abstract(function):
        return
    yield Finding(
        function.name,
        f"`{name}` is a coroutine function: it can be driven, but not composed, retried or run again",
        "return an AsyncPlan from a plain function, with this coroutine as its thunk",
    )


def _is_public(scope: Scope) -> bool:
    """Whether what is defined in ``scope`` is seen from outside, and not as a mere declaration."""
    for around in scope.enclosing():
        if around.kind is ScopeKind.CLASS and isinstance(around.node, nodes.ClassDef):
            if around.node.name.value.startswith("_") or _is_interface(around.node):
                return False
        elif around.kind is not ScopeKind.MODULE:
            return False
    return True


def _is_interface(definition: nodes.ClassDef) -> bool:
    from isolint.syntax.names import last_name

    arguments = [argument.value for argument in (*definition.bases, *definition.keywords)]
    bases = [base.value if isinstance(base, nodes.Subscript) else base for base in arguments]
    return any(last_name(base) in _INTERFACES for base in bases)


def _is_abstract(function: nodes.FunctionDef) -> bool:
    from isolint.syntax.names import last_name

    decorators = {last_name(decorator.decorator) for decorator in function.decorators}
    return bool(decorators & {"abstractmethod", "overload"})


def _words(_given: GateInput) -> Iterable[str]:
    return ("async",)


def _defines_coroutine(view: View) -> bool:
    return any(isinstance(node, ast.AsyncFunctionDef) for node in view.statements)


RULE = Rule(
    code="ISO306",
    name="coroutine-function-in-core",
    summary="The core offers a coroutine function instead of a plan",
    rationale=(
        "The call of a coroutine function is work that has begun: it can be awaited once, by somebody with a "
        "loop, and that is all. A plan is the same work as a value: it can be composed, bounded, retried, "
        "tested without a loop and run by whichever shell. Declarations in Protocols and ABCs are "
        "the ports, and stay coroutine functions."
    ),
    roles=CORE,
    looks_at=(Definition,),
    check=_check,
    words=_words,
    look=_defines_coroutine,
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
            "the same as a value",
            """\
from asyncplan import AsyncPlan, async_lift


def load(user_id: str, users) -> AsyncPlan[str]:
    return async_lift(lambda: users.get(user_id))
""",
        ),
    ),
)
