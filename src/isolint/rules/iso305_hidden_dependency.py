"""ISO305: a coroutine of the core that reaches for a global object."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.fixes import Proposal
from isolint.model import Safety
from isolint.rule import CORE, Example, Finding, FixAvailability, Rule
from isolint.rules.blocks import reads_by_binding
from isolint.rules.global_objects import global_object
from isolint.rules.signatures import added_argument, added_parameter
from isolint.semantic_index.facts import AwaitSite, CallSite, ComprehensionSite, EnterSite, LoopSite
from isolint.semantic_index.scopes import DEFINITIONS, ValueBinding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.rule import Context
    from isolint.rules.global_objects import GlobalObject
    from isolint.semantic_index.scopes import Scope

_WAITING = ("asyncio.", "anyio.", "trio.")
"""Libraries whose functions await the calls that stand among their arguments: ``wait_for(repo.save(1), 3)``."""


def _check(site: AwaitSite | EnterSite | LoopSite | ComprehensionSite, context: Context) -> Iterator[Finding]:
    function = site.scope.running
    if not function.is_async:
        return
    for used in _awaited(site, function, context):
        found = _global_behind(used, function, context)
        if found is not None:
            root, held = found
            awaited = site.node.value if isinstance(site, AwaitSite) else None
            yield Finding(
                awaited if isinstance(awaited, ast.Name) else root,
                f"`{root.id}` is a global object: the signature of this coroutine does not show that it needs one, "
                "and a test has to patch it",
                "take it as a parameter, typed by a Protocol, and let the shell pass it in",
                note=f"`{held.name}` is {held.shown}",
                fix=_as_parameter(root.id, held, function, context),
            )


def _awaited(
    site: AwaitSite | EnterSite | LoopSite | ComprehensionSite, function: Scope, context: Context
) -> Iterator[ast.expr]:
    """Yield the objects, and the calls of their methods, that are awaited, entered or iterated."""
    node = site.node
    if isinstance(site, EnterSite):
        if site.is_async:
            yield site.node
    elif isinstance(node, ast.AsyncFor):
        yield node.iter
    elif isinstance(site, AwaitSite):
        yield from _behind_await(site.node.value, function, context)
    for generator in getattr(node, "generators", ()):
        if generator.is_async:
            yield generator.iter


def _behind_await(awaited: ast.expr, function: Scope, context: Context) -> Iterator[ast.expr]:
    """Yield an awaited call, the one that a local name holds, and those that a function waits for."""
    if isinstance(awaited, ast.Name):
        held = [b for b in context.module.bindings(awaited) if b.scope is function]
        yield from (b.value for b in held if isinstance(b, ValueBinding) and isinstance(b.value, ast.Call))
    if not isinstance(awaited, ast.Call):
        return
    if isinstance(awaited.func, ast.Attribute):
        yield awaited
    if any(one.name.startswith(_WAITING) for one in context.module.externals(awaited.func)):
        given = [*awaited.args, *(keyword.value for keyword in awaited.keywords)]
        yield from (argument for argument in given if isinstance(argument, ast.Call))


def _global_behind(used: ast.expr, function: Scope, context: Context) -> tuple[ast.Name, GlobalObject] | None:
    """Return the name that an object is reached from, and the assignment that makes it a global one."""
    root = used
    while not isinstance(root, ast.Name):
        if isinstance(root, ast.Call) and isinstance(root.func, ast.Attribute):
            root = root.func
        if not isinstance(root, (ast.Attribute, ast.Subscript)):
            return None
        root = root.value
    bindings = context.module.bindings(root)
    if any(b.scope is function and isinstance(getattr(b, "value", None), ast.Call) for b in bindings):
        return None  # it makes the object itself: `global directory; directory = Directory()`
    for binding in bindings:
        held = global_object(binding, context)
        if held is not None:
            return root, held
    return None


def _as_parameter(name: str, held: GlobalObject, function: Scope, context: Context) -> Proposal | None:
    """Give the function a parameter of the object's name, and pass the object on at its calls in the module."""
    definition = function.node
    if not isinstance(definition, DEFINITIONS) or function.parent is not context.module.index.root:
        return None
    calls = context.once(_calls_by_definition, context).get(definition, [])
    reads = context.once(reads_by_binding, context.module.index).get(definition, ())
    if definition.decorator_list or len(reads) > len(calls):
        return None  # the decorator, or a receiver of the function, calls it with arguments of its own
    hidden = any(name in scope.names for call in calls for scope in call.scope.enclosing() if scope.parent)
    if hidden or name in function.names or name in function.elsewhere:
        return None
    annotation = f": {held.class_name}" if held.class_name else ""
    added = added_parameter(definition, f"{name}{annotation}", context)
    if not added:
        return None
    passed = [change for call in calls if (change := added_argument(call.node, name, context)) is not None]
    if len(passed) < len(calls):
        return None
    changes = (*added, *passed)
    return Proposal(
        f"Take `{name}` as a parameter",
        Safety.UNSAFE,
        changes,
        "callers in other modules have to pass it then",
        relies_on=tuple(change.node for change in changes),
        signature=function.qualname,
    )


def _calls_by_definition(context: Context) -> dict[ast.AST, list[CallSite]]:
    """Return the calls in the module that can mean but one definition, by that."""
    found: dict[ast.AST, list[CallSite]] = {}
    for fact in context.module.facts((CallSite,)):
        callee = fact.node.func if isinstance(fact, CallSite) else None
        if isinstance(fact, CallSite) and isinstance(callee, ast.Name):
            meant = [binding.node for binding in context.module.bindings(callee)]
            if len(meant) == 1:
                found.setdefault(meant[0], []).append(fact)
    return found


RULE = Rule(
    code="ISO305",
    name="hidden-dependency",
    summary="A coroutine of the core awaits a method of a global object",
    rationale=(
        "`await directory.get(...)` with a `directory` made at the top of the module looks harmless. But the "
        "signature does not say that the function talks to a directory; importing the module makes the "
        "object, with the settings of that moment; a test can only patch it, and two tests "
        "share it. As a parameter it is a capability: seen, typed, and replaced by passing another."
    ),
    roles=CORE,
    looks_at=(AwaitSite, EnterSite, LoopSite, ComprehensionSite),
    check=_check,
    fix=FixAvailability.SOMETIMES,
    mends=(
        "The object becomes the last parameter of the function, under its own name, and calls in the module pass it on; "
        "it is annotated as it was, or else with its class where that is the project's own. That is unsafe: callers in other modules have to pass it "
        "then, and are listed. No fix is offered for a method, for a function with decorators or `**kwargs`, for one that the module hands on "
        "as a value, or where a caller gives the name another meaning. `isolint lift` goes further, and makes a Protocol of the methods called on it."
    ),
    bad=(
        Example(
            "a global directory",
            """\
from app.domain.directory import Directory

directory = Directory("https://example.com")


async def load(user_id: str) -> str:
    return await directory.get(user_id)
""",
        ),
    ),
    good=(
        Example(
            "the directory as a parameter",
            """\
from typing import Protocol


class Directory(Protocol):
    async def get(self, user_id: str) -> str: ...


async def load(user_id: str, directory: Directory) -> str:
    return await directory.get(user_id)
""",
        ),
    ),
)
