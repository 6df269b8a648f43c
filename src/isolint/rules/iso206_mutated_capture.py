"""ISO206: a thunk that changes what it captures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.rule import CORE, Example, Finding, Rule
from isolint.rules.plans import plan_words, written
from isolint.semantics.facts import CallSite, Definition
from isolint.syntax import nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.rule import Context
    from isolint.semantics.plans.deferred import Deferred
    from isolint.semantics.scopes import Binding

_MUTATORS = frozenset(
    "append appendleft extend insert remove pop popleft popitem clear sort reverse update setdefault add "
    "discard".split()
)


def _check(site: CallSite | Definition, context: Context) -> Iterator[Finding]:
    from isolint.semantics.plans.deferred import deferred_by

    for deferred in deferred_by(site, context.module):
        yield from _mutations(deferred, context)


def _mutations(deferred: Deferred, context: Context) -> Iterator[Finding]:
    from isolint.syntax.walk import descend

    function = deferred.scope.node
    if not isinstance(function, (nodes.Lambda, nodes.FunctionDef)):
        return
    for node in descend(function.body):
        for changed in _changed_by(node):
            if _is_outside(changed, deferred, context):
                yield _finding(changed, "changes", context)
        if isinstance(node, (nodes.Nonlocal, nodes.Global)):
            for item in node.names:
                yield _finding(item.name, "binds anew", context)


def _changed_by(node: nodes.Node) -> Iterator[nodes.Node]:
    """Yield the expressions whose object ``node`` changes."""
    if isinstance(node, nodes.Call) and isinstance(node.func, nodes.Attribute):
        if node.func.attr.value in _MUTATORS:
            yield node.func.value
    elif isinstance(node, nodes.AugAssign):
        yield (
            node.target.value if isinstance(node.target, (nodes.Subscript, nodes.Attribute)) else node.target
        )
    elif isinstance(node, nodes.Assign):
        for target in node.targets:
            if isinstance(target.target, (nodes.Subscript, nodes.Attribute)):
                yield target.target.value
    elif isinstance(node, nodes.Del) and isinstance(node.target, nodes.Subscript):
        yield node.target.value


def _is_outside(changed: nodes.Node, deferred: Deferred, context: Context) -> bool:
    if not isinstance(changed, nodes.Name):
        return False
    bindings = context.module.bindings(changed)
    return bool(bindings) and all(
        deferred.scope not in b.scope.enclosing() and _holds_data(b, context) for b in bindings
    )


def _holds_data(binding: Binding, context: Context) -> bool:
    """Whether a name holds a list, dict, set or number made here: a capability has methods of its own."""
    from isolint.semantics.scopes import ValueBinding

    if not isinstance(binding, ValueBinding) or binding.value is None:
        return False
    displays = (nodes.List, nodes.Dict, nodes.Set, nodes.ListComp, nodes.DictComp, nodes.SetComp)
    if isinstance(binding.value, (*displays, nodes.BaseNumber, nodes.BaseString)):
        return True
    if not isinstance(binding.value, nodes.Call):
        return False
    made = {"builtins.list", "builtins.dict", "builtins.set", "collections.defaultdict", "collections.deque"}
    return any(e.name in made for e in context.module.inference.externals(binding.value.func))


def _finding(changed: nodes.Node, what: str, context: Context) -> Finding:
    return Finding(
        changed,
        f"the thunk {what} `{written(changed, context)}`, which was made outside it: a second run starts from "
        "what the first one left",
        "make it inside the thunk, and return it as the value of the plan",
    )


RULE = Rule(
    code="ISO206",
    name="mutated-capture",
    summary="A thunk changes what it captures",
    rationale=(
        "What a thunk changes outside itself stays changed when the run is over: the second run of the same "
        "plan appends to the list of the first, counts on from its count, and two runs at once mix. The outcome "
        "of a plan is its value; state that outlives a run belongs behind a capability."
    ),
    roles=CORE,
    looks_at=(CallSite, Definition),
    check=_check,
    words=plan_words,
    about_plans=True,
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
