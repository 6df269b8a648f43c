"""ISO303: the world touched by a function or plan of the core, past its capabilities."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.effects import is_capability, is_client, touch
from isolint.program.attributes import methods
from isolint.program.function_results import depends_on_names_alone
from isolint.program.types import Class, Instance
from isolint.rule import CORE, Example, Rule
from isolint.rules import passed_in, touching
from isolint.semantic_index.facts import CallSite, Reference
from isolint.semantic_index.scopes import FunctionBinding, ParamBinding, ScopeKind, ValueBinding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.program.view import ModuleView
    from isolint.rule import Context, Finding
    from isolint.semantic_index.scopes import Binding


def _check(fact: CallSite | Reference, context: Context) -> Iterator[Finding]:
    functions = [scope for scope in fact.scope.enclosing() if scope.kind is ScopeKind.FUNCTION]
    if not functions or context.describes(fact.scope.running):
        return  # ISO307 and ISO302 speak of those
    touched = touch(fact.node, context.module)
    if touched is None or is_client(touched, context.module):
        return
    callee, module = touched.node, context.module
    if (
        is_capability(touched.name)
        and isinstance(callee, ast.Attribute)
        and _arrives(callee.value, module, passed_in.STEPS)
    ):
        return
    if not passed_in.is_passed_in(callee, touched.name, module):
        why = "here, not through a parameter: a test can neither see nor replace it"
        way_out = "take a capability for it (a clock, a random source, settings) as a parameter"
        yield touching.finding(touched, context, why, way_out)


def _arrives(node: ast.expr | None, module: ModuleView, steps: int) -> bool:
    """Whether an object may come in by a parameter: `logger`, `cause.logger`, `logger or LOGGER`, `self.logger`."""
    if node is None or not steps:
        return False
    if isinstance(node, ast.Attribute):
        if not any(
            isinstance(b, ParamBinding) and passed_in.is_receiver(b) for b in module.bindings(node.value)
        ):
            return _arrives(node.value, module, steps - 1)
        bindings = passed_in.bindings_of(node, module)
        if not bindings:
            return not _is_ambient_property(node, module)
        return any(_holds_what_arrives(b, module, steps - 1) for b in bindings)
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Attribute) and _arrives(node.func.value, module, steps - 1)
    if sides := passed_in.alternatives(node):
        return any(_arrives(side, module, steps - 1) for side in sides)
    return any(_holds_what_arrives(b, module, steps - 1) for b in module.bindings(node))


def _is_ambient_property(attribute: ast.Attribute, module: ModuleView) -> bool:
    """Whether an attribute is a property, inherited from another module, that fetches an object from its surroundings."""
    owners = (one.of for one in module.types(attribute.value) if isinstance(one, Instance))
    read = [m for of in owners if isinstance(of, Class) for m in methods(module.linker, of, attribute.attr)]
    return bool(read) and all(depends_on_names_alone(module.linker, method) for method in read)


def _holds_what_arrives(binding: Binding, module: ModuleView, steps: int) -> bool:
    """Whether a name or an attribute is bound to an object that comes in; a field without a value is set by the constructor."""
    if isinstance(binding, ParamBinding):
        return not passed_in.is_receiver(binding)
    if isinstance(binding, FunctionBinding):
        return any(_arrives(value, module, steps) for value in binding.inner.returns)
    if not isinstance(binding, ValueBinding) or passed_in.is_global(binding):
        return False
    if binding.value is None:
        return binding.scope.kind is ScopeKind.CLASS
    return _arrives(binding.value, module, steps)


RULE = Rule(
    code="ISO303",
    name="ambient-capability",
    summary="A function or plan of the core touches the world directly",
    rationale=(
        "Inside a thunk, a coroutine or any other function an effect happens at the right time, but no parameter shows it: a test can neither see nor replace the clock, chance, the environment or the file system, and two runs with the same arguments differ. As a capability each is "
        "passed in by the shell: a fixed clock and a seeded source in tests. The default of a parameter is one as "
        "well, since a caller can replace it: `clock=time.time`, or `clock or time.time` in the body. So are a logger that "
        "comes in by a parameter, and the target of `print(line, file=report)`."
    ),
    roles=CORE,
    looks_at=(CallSite, Reference),
    check=_check,
    strict=True,
    bad=(
        Example(
            "a clock that no parameter shows",
            """\
from datetime import datetime, timezone

from asyncplan import AsyncPlan, async_lift


def save(user: str, users) -> AsyncPlan[None]:
    return async_lift(lambda: users.save(user, datetime.now(timezone.utc)))
""",
        ),
    ),
    good=(
        Example(
            "a clock that is passed in",
            """\
from asyncplan import AsyncPlan, async_lift


def save(user: str, users, clock) -> AsyncPlan[None]:
    return async_lift(lambda: users.save(user, clock.now()))
""",
        ),
        Example(
            "a logger that is passed in",
            """from logging import Logger


async def save(user: str, users, log: Logger) -> None:
    log.info("saving %s", user)
    await users.save(user)
""",
        ),
    ),
)
