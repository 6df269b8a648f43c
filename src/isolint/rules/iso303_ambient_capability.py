"""ISO303: the world touched by a function or plan of the core, past its capabilities."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.effects import is_capability, is_client, touch
from isolint.program.mro import is_record
from isolint.program.types import Class, Instance, Place
from isolint.rule import CORE, Example, Rule
from isolint.rules import touching
from isolint.semantic_index.facts import CallSite, Reference
from isolint.semantic_index.scopes import FunctionBinding, ParamBinding, ScopeKind, ValueBinding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.program.view import ModuleView
    from isolint.rule import Context, Finding
    from isolint.semantic_index.scopes import Binding

_STEPS = 8
"""From an object back to where it comes from."""


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
        and _arrives(callee.value, module, _STEPS)
    ):
        return
    if not _is_passed_in(callee, touched.name, module):
        why = "here, not through a parameter: a test can neither see nor replace it"
        way_out = "take a capability for it (a clock, a random source, settings) as a parameter"
        yield touching.finding(touched, context, why, way_out)


def _arrives(node: ast.expr | None, module: ModuleView, steps: int) -> bool:
    """Whether an object may come in by a parameter: `logger`, `cause.logger`, `logger or LOGGER`, `self.logger`."""
    if node is None or not steps:
        return False
    if isinstance(node, ast.Attribute):
        if not any(isinstance(b, ParamBinding) and _is_receiver(b) for b in module.bindings(node.value)):
            return _arrives(node.value, module, steps - 1)
        bindings = _bindings_of(node, module)
        return not bindings or any(_holds_what_arrives(b, module, steps - 1) for b in bindings)
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Attribute) and _arrives(node.func.value, module, steps - 1)
    if sides := _sides(node):
        return any(_arrives(side, module, steps - 1) for side in sides)
    return any(_holds_what_arrives(b, module, steps - 1) for b in module.bindings(node))


def _holds_what_arrives(binding: Binding, module: ModuleView, steps: int) -> bool:
    """Whether a name or an attribute is bound to an object that comes in; a field without a value is set by the constructor."""
    if isinstance(binding, ParamBinding):
        return not _is_receiver(binding)
    if isinstance(binding, FunctionBinding):
        return any(_arrives(value, module, steps) for value in binding.inner.returns)
    if not isinstance(binding, ValueBinding) or _is_global(binding):
        return False
    if binding.value is None:
        return binding.scope.kind is ScopeKind.CLASS
    return _arrives(binding.value, module, steps)


def _is_global(binding: ValueBinding) -> bool:
    """Whether a name is one of the module: ambient, although a function may set it to its parameter."""
    owner = binding.scope.elsewhere.get(binding.name, binding.scope)
    return owner.kind is ScopeKind.MODULE


def _is_receiver(binding: ParamBinding) -> bool:
    """Whether a parameter is the object or class that a method belongs to."""
    return binding.index == 0 and binding.scope.own_class is not None


def _is_passed_in(callee: ast.expr, name: str, module: ModuleView) -> bool:
    """Whether the callee is the default of a parameter, or kept from one: ``def wait(sleep=time.sleep)``."""
    while isinstance(callee, ast.Attribute):
        bindings = _bindings_of(callee, module)
        if bindings:
            return all(_is_kept(binding, name, module) for binding in bindings)
        callee = callee.value
    return _is_default(callee, name, module)


def _is_kept(binding: Binding, name: str, module: ModuleView) -> bool:
    """Whether an attribute holds a parameter whose default is the function ``name``: set by a method, or a field."""
    if not isinstance(binding, ValueBinding):
        return False
    if binding.scope.kind is ScopeKind.CLASS and binding.value is not None and _is_field(binding, module):
        return _stands_for(binding.value, name, module)
    return _is_default(binding.value, name, module)


def _is_field(binding: ValueBinding, module: ModuleView) -> bool:
    """Whether a class attribute is a field that the constructor of its class takes: of a dataclass, for example."""
    annotation = binding.annotation
    if annotation is None or not is_record(module.linker, Class(Place(module.name, binding.scope.qualname))):
        return False
    outer = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    return all(one.name.rpartition(".")[2] != "ClassVar" for one in module.externals(outer))


def _bindings_of(attribute: ast.Attribute, module: ModuleView) -> list[Binding]:
    """Return the bindings of an attribute in the classes of this module that its object may have."""
    owners = (one.of for one in module.types(attribute.value) if isinstance(one, Instance))
    return [b for of in owners if isinstance(of, Class) for b in module.class_bindings(of, attribute.attr)]


def _is_default(node: ast.expr | None, name: str, module: ModuleView, steps: int = _STEPS) -> bool:
    """Whether a value is the function ``name``, or an object that has it, only where a parameter says nothing else.

    It is the default of the parameter, or takes its place: ``clock or time.time``, ``if clock is None: clock = time.time``.
    """
    if node is None or not steps:
        return False
    sides = _sides(node)
    if sides:
        given = [side for side in sides if _is_parameter(side, module)]
        return bool(given) and all(side in given or _stands_for(side, name, module) for side in sides)
    bindings = module.bindings(node)
    values = [b.value for b in bindings if isinstance(b, ValueBinding) and not _is_global(b)]
    parameters = [b for b in bindings if isinstance(b, ParamBinding) and not _is_receiver(b)]
    if not bindings or len(values) + len(parameters) < len(bindings):
        return False
    if not parameters:
        return all(_is_default(value, name, module, steps - 1) for value in values)
    if not values:
        return all(_stands_for(b.default, name, module) for b in parameters)
    defaults = [b.default for b in parameters]
    are_none = all(isinstance(default, ast.Constant) and default.value is None for default in defaults)
    return are_none and all(
        _stands_for(v, name, module) or _is_default(v, name, module, steps - 1) for v in values
    )


def _is_parameter(node: ast.expr, module: ModuleView) -> bool:
    bindings = module.bindings(node)
    return bool(bindings) and all(isinstance(b, ParamBinding) and not _is_receiver(b) for b in bindings)


def _stands_for(node: ast.expr | None, name: str, module: ModuleView) -> bool:
    """Whether an expression is the function ``name``, or the module or object that has it."""
    externals = module.externals(node) if node is not None else ()
    return any(f"{name}.".startswith(f"{one.name}.") for one in externals)


def _sides(node: ast.expr) -> list[ast.expr]:
    """Return the expressions of which one is the value: of ``a or b``, and of ``a if test else b``."""
    if isinstance(node, ast.BoolOp):
        return node.values
    return [node.body, node.orelse] if isinstance(node, ast.IfExp) else []


RULE = Rule(
    code="ISO303",
    name="ambient-capability",
    summary="A function or plan of the core touches the world directly",
    rationale=(
        "Inside a thunk, a coroutine or any other function an effect happens at the right time, but no parameter shows it: a test can neither see nor replace the clock, chance, the environment or the file system, and two runs with the same arguments differ. As a capability each is "
        "passed in by the shell: a fixed clock and a seeded source in tests. A logger that comes in by a parameter is one, "
        "and so is the target of `print(line, file=report)`."
    ),
    roles=CORE,
    looks_at=(CallSite, Reference),
    check=_check,
    strict=True,
    bad=(
        Example(
            "a clock out of the air",
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
