"""ISO206: a thunk that changes a captured object."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.plans.deferred import deferred_by
from isolint.rule import CORE, Example, Finding, Rule
from isolint.rules.plans import written
from isolint.semantic_index.facts import CallSite, Definition
from isolint.semantic_index.scopes import DEFINITIONS, ValueBinding
from isolint.syntax.ast_walk import descend

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.plans.deferred import Deferred
    from isolint.rule import Context
    from isolint.semantic_index.scopes import Binding

_MUTATORS = frozenset(
    "append appendleft extend insert remove pop popleft popitem clear sort reverse update setdefault add "
    "discard".split()
)


def _check(site: CallSite | Definition, context: Context) -> Iterator[Finding]:
    for deferred in deferred_by(site, context.module):
        yield from _mutations(deferred, context)


def _mutations(deferred: Deferred, context: Context) -> Iterator[Finding]:
    function = deferred.scope.node
    if not isinstance(function, (ast.Lambda, *DEFINITIONS)):
        return
    for node in descend(function.body):
        for changed in _changed_by(node):
            if _is_outside(changed, deferred, context):
                yield _finding(changed, written(changed, context), "changes")
        if isinstance(node, (ast.Nonlocal, ast.Global)):
            yield from (_finding(node, name, "rebinds") for name in node.names)


def _changed_by(node: ast.AST) -> Iterator[ast.expr]:
    """Yield the expressions whose object ``node`` changes."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr in _MUTATORS:
            yield node.func.value
    elif isinstance(node, ast.AugAssign):
        yield (node.target.value if isinstance(node.target, (ast.Subscript, ast.Attribute)) else node.target)
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, (ast.Subscript, ast.Attribute)):
                yield target.value
    elif isinstance(node, ast.Delete):
        yield from (target.value for target in node.targets if isinstance(target, ast.Subscript))


def _is_outside(changed: ast.AST, deferred: Deferred, context: Context) -> bool:
    if not isinstance(changed, ast.Name):
        return False
    bindings = context.module.bindings(changed)
    return bool(bindings) and all(
        deferred.scope not in b.scope.enclosing() and _holds_data(b, context) for b in bindings
    )


def _holds_data(binding: Binding, context: Context) -> bool:
    """Whether a name holds a list, dict, set or number made here: a capability has methods of its own."""
    if not isinstance(binding, ValueBinding) or binding.value is None:
        return False
    displays = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
    if isinstance(binding.value, (*displays, ast.Constant, ast.JoinedStr)):
        return True
    if not isinstance(binding.value, ast.Call):
        return False
    made = {"builtins.list", "builtins.dict", "builtins.set", "collections.defaultdict", "collections.deque"}
    return any(e.name in made for e in context.module.externals(binding.value.func))


def _finding(changed: ast.expr | ast.stmt, name: str, what: str) -> Finding:
    return Finding(
        changed,
        f"the thunk {what} `{name}`, which was made outside it: a second run starts from "
        "the value that the first one left",
        "make it inside the thunk, and return it as the value of the plan",
    )


RULE = Rule(
    code="ISO206",
    name="mutated-capture",
    summary="A thunk changes an object that it captures",
    rationale=(
        "An object that a thunk changes outside itself stays changed when the run is over: the second run of the same "
        "plan appends to the list of the first, counts on from its count, and two runs at once mix. The outcome "
        "of a plan is its value; state that outlives a run belongs behind a capability."
    ),
    roles=CORE,
    looks_at=(CallSite, Definition),
    check=_check,
    strict=True,
    bad=(
        Example(
            "a list that keeps growing",
            """\
from asyncplan import AsyncPlan, Ok, async_lift


def load_all(user_ids: list[str], users) -> AsyncPlan[list[str]]:
    found = []

    async def run():
        for user_id in user_ids:
            found.append((await users.get(user_id)).value)
        return Ok(list(found))

    return async_lift(run)
""",
        ),
    ),
    good=(
        Example(
            "a list for each run",
            """\
from asyncplan import AsyncPlan, Ok, async_lift


def load_all(user_ids: list[str], users) -> AsyncPlan[list[str]]:
    async def run():
        found = []
        for user_id in user_ids:
            found.append((await users.get(user_id)).value)
        return Ok(found)

    return async_lift(run)
""",
        ),
    ),
)
