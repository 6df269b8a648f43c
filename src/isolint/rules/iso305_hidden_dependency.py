"""ISO305: a coroutine of the core that reaches for a global object."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.fixes import Change, Place, Proposal
from isolint.model import Safety
from isolint.rule import CORE, Example, Finding, FixAvailability, Rule
from isolint.rules.blocks import behind_parameter
from isolint.rules.plans import written
from isolint.semantics.catalogue import Effect
from isolint.semantics.facts import AwaitSite, CallSite, ComprehensionSite, EnterSite, LoopSite
from isolint.syntax import nodes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from isolint.rule import Context, GateInput
    from isolint.semantics.glimpse import View
    from isolint.semantics.scopes import Binding, Scope, ValueBinding

_NO_CAPABILITIES = ("asyncio.", "anyio.", "trio.", "contextvars.", "threading.", "logging.", "structlog.")
"""What waits or writes inside the process; ISO106 and ISO205 speak of some of these."""
_PRIMITIVES = ("Lock", "Semaphore", "Condition", "Event", "Barrier", "Limiter")
"""How classes end that wait inside the process as well, whoever wrote them."""
_WAITING = ("asyncio.", "anyio.", "trio.")
"""Libraries whose functions await the calls that stand among their arguments: ``wait_for(repo.save(1), 3)``."""


def _check(site: AwaitSite | EnterSite | LoopSite | ComprehensionSite, context: Context) -> Iterator[Finding]:
    from isolint.semantics.effects import running_function

    function = running_function(site.scope)
    if not function.is_async:
        return
    for used in _awaited(site, function, context):
        found = _global_behind(used, function, context)
        if found is not None:
            root, held = found
            awaited = site.node.expression if isinstance(site.node, nodes.Await) else None
            yield Finding(
                awaited if isinstance(awaited, nodes.Name) else root,
                f"`{root.value}` is a global object: that this coroutine needs it is not in its signature, and "
                "a test has to patch it",
                "take it as a parameter, typed by a Protocol, and let the shell pass it in",
                note=f"`{held.name}` is `{written(held.value, context)}`" if held.value is not None else "",
                fix=_as_parameter(root.value, held, function, context),
            )


def _awaited(
    site: AwaitSite | EnterSite | LoopSite | ComprehensionSite, function: Scope, context: Context
) -> Iterator[nodes.Node]:
    """Yield the objects, and the calls of their methods, that are awaited, entered or gone through."""
    node = site.node
    if isinstance(site, EnterSite):
        if site.is_async:
            yield node
    elif isinstance(node, nodes.For):
        if node.asynchronous is not None:
            yield node.iter
    elif isinstance(node, nodes.Await):
        yield from _behind_await(node.expression, function, context)
    loop = getattr(node, "for_in", None)
    while isinstance(loop, nodes.CompFor):
        if loop.asynchronous is not None:
            yield loop.iter
        loop = loop.inner_for_in


def _behind_await(
    awaited: nodes.BaseExpression, function: Scope, context: Context
) -> Iterator[nodes.BaseExpression]:
    """Yield an awaited call, the one that a local name holds, and those that a function waits for."""
    from isolint.semantics.scopes import ValueBinding

    if isinstance(awaited, nodes.Name):
        held = [b for b in context.module.bindings(awaited) if b.scope is function]
        yield from (b.value for b in held if isinstance(b, ValueBinding) and isinstance(b.value, nodes.Call))
    if not isinstance(awaited, nodes.Call):
        return
    if isinstance(awaited.func, nodes.Attribute):
        yield awaited
    if any(e.name.startswith(_WAITING) for e in context.module.inference.externals(awaited.func)):
        yield from (a.value for a in awaited.args if isinstance(a.value, nodes.Call))


def _global_behind(
    used: nodes.Node, function: Scope, context: Context
) -> tuple[nodes.Name, ValueBinding] | None:
    """Return the name that an object is reached from, and the assignment that makes it a global one."""
    root: nodes.Node = used
    while not isinstance(root, nodes.Name):
        if isinstance(root, nodes.Call) and isinstance(root.func, nodes.Attribute):
            root = root.func
        if not isinstance(root, (nodes.Attribute, nodes.Subscript)):
            return None
        root = root.value
    bindings = context.module.bindings(root)
    if any(b.scope is function and isinstance(getattr(b, "value", None), nodes.Call) for b in bindings):
        return None  # it makes the object itself: `global directory; directory = Directory()`
    for binding in bindings:
        held = _global_object(binding, context)
        if held is not None and held.value is not None:
            return root, held
    return None


def _as_parameter(name: str, held: ValueBinding, function: Scope, context: Context) -> Proposal | None:
    """Give the function a parameter of the object's name, and pass the object on at its calls in the module."""
    definition = function.node
    if not isinstance(definition, nodes.FunctionDef) or function.parent is not context.module.recorder.root:
        return None
    params, calls = definition.params, list(_calls_of(definition, context))
    hidden = any(name in scope.names for call in calls for scope in call.scope.enclosing() if scope.parent)
    if hidden or not params.all or params.star_kwarg is not None or name in function.names:
        return None
    by_keyword = bool(params.star_arg or params.kwonly_params)
    star = "" if by_keyword or all(param.default is None for param in params.params) else "*, "
    added = behind_parameter(params.all[-1], f", {star}{name}{_annotation(held, context)}", context)
    if added is None:
        return None
    passed = [_passed(call.node, name, context) for call in calls if isinstance(call.node, nodes.Call)]
    return Proposal(
        f"Take `{name}` as a parameter",
        Safety.UNSAFE,
        (added, *passed),
        "callers in other modules have to pass it then",
    )


def _calls_of(definition: nodes.FunctionDef, context: Context) -> Iterator[CallSite]:
    for fact in context.module.recorder.facts:
        callee = fact.node.func if isinstance(fact, CallSite) and isinstance(fact.node, nodes.Call) else None
        if isinstance(callee, nodes.Name) and isinstance(fact, CallSite):
            meant = [binding.node for binding in context.module.bindings(callee)]
            if meant == [definition]:
                yield fact


def _passed(call: nodes.Call, name: str, context: Context) -> Change:
    if call.args:
        return Change(call.args[-1], Place.AFTER, f", {name}={name}")
    return Change(call, Place.INSTEAD, f"{context.module.code_of(call.func)}({name}={name})")


def _annotation(held: ValueBinding, context: Context) -> str:
    """Return the class of the object where it is one of the project's own."""
    from isolint.semantics.meanings import Class, Instance
    from isolint.syntax.names import dotted

    made = context.module.inference.of(held.value) if held.value is not None else ()
    is_own = any(isinstance(m, Instance) and isinstance(m.of, Class) for m in made)
    named = dotted(held.value.func) if isinstance(held.value, nodes.Call) and is_own else ""
    return f": {named}" if named else ""


def _global_object(binding: Binding, context: Context) -> ValueBinding | None:
    """Return the module-level assignment that makes the object that ``binding`` leads to."""
    from isolint.semantics.scopes import ValueBinding

    held, *others = context.module.inference.defining(binding) or [binding]
    if others or not isinstance(held, ValueBinding) or held.path:
        return None
    *_, module = held.scope.enclosing()
    if held.scope is not module and held not in module.remote.get(held.name, ()):
        return None
    return held if held.value is not None and _is_object(held.value, context) else None


def _is_object(value: nodes.Node, context: Context) -> bool:
    """Whether a global name is bound to an object, a part of one, or a collection of some."""
    from isolint.semantics.elements import DISPLAYS

    while isinstance(value, (nodes.Attribute, nodes.Subscript)):
        value = value.value
    if isinstance(value, nodes.Name):
        return any(_global_object(binding, context) is not None for binding in context.module.bindings(value))
    if isinstance(value, (*DISPLAYS, nodes.Dict)):
        return any(
            isinstance(element.value, nodes.Call) and _makes_object(element.value, context)
            for element in value.elements
        )
    return isinstance(value, nodes.Call) and _makes_object(value, context)


def _makes_object(call: nodes.Call, context: Context) -> bool:
    from isolint.semantics.meanings import Class, External, Instance
    from isolint.syntax.names import last_name

    inference = context.module.inference
    classes = [m.of for m in inference.of(call) if isinstance(m, Instance)]
    called = [external.name for external in inference.externals(call.func)]
    names = [of.name for of in classes if isinstance(of, External)] + called
    made = [*names, *(of.binding.name for of in classes if isinstance(of, Class))]
    if any(name.startswith(_NO_CAPABILITIES) or name.endswith(_PRIMITIVES) for name in made):
        return False
    if any(isinstance(of, Class) for of in classes):
        return True
    known = (context.module.catalogue.get(name) for name in called)
    is_class = last_name(call.func)[:1].isupper() and bool(names)
    return is_class or any(entry is not None and entry.effect is Effect.CLIENT for entry in known)


def _words(_given: GateInput) -> Iterable[str]:
    return ("await", "async")


def _may_await_global(view: View) -> bool:
    """Whether something may be awaited of a name that the module binds outside functions, or imports."""
    used: set[str] = set()
    for function in view.statements:
        if isinstance(function, ast.AsyncFunctionDef):
            for node in ast.walk(function):
                for awaited in _waited_for(node):
                    used.update(_roots(awaited))
    return bool(used) and not used.isdisjoint(_bound_outside_functions(view))


def _waited_for(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Await):
        return [node.value]
    if isinstance(node, ast.Assign):  # `work = repo.save(1)`, awaited later
        return [node.value] if isinstance(node.value, ast.Call) else []
    if isinstance(node, ast.AsyncWith):
        return [item.context_expr for item in node.items]
    if isinstance(node, ast.AsyncFor) or (isinstance(node, ast.comprehension) and node.is_async):
        return [node.iter]
    return []


def _roots(expression: ast.expr) -> Iterator[str]:
    """Yield the leftmost name of an expression and, of a call, those of the calls among its arguments."""
    pending: list[ast.expr] = [expression]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Call):
            pending += [node.func, *(a for a in node.args if isinstance(a, ast.Call))]
        elif isinstance(node, (ast.Attribute, ast.Subscript)):
            pending.append(node.value)
        elif isinstance(node, ast.Name):
            yield node.id


def _bound_outside_functions(view: View) -> Iterator[str]:
    for statement in view.statements:
        if isinstance(statement, ast.Global):
            yield from statement.names
        elif isinstance(statement, ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in statement.names)
    pending: list[ast.AST] = [view.tree]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            pending += ast.iter_child_nodes(node)


RULE = Rule(
    code="ISO305",
    name="hidden-dependency",
    summary="A coroutine of the core awaits a method of a global object",
    rationale=(
        "`await directory.get(...)` with a `directory` made at the top of the module looks harmless. But the "
        "signature does not say that the function talks to a directory; importing the module makes the "
        "object, with whatever settings there are at that moment; a test can only patch it, and two tests "
        "share it. As a parameter it is a capability: seen, typed, and replaced by passing another."
    ),
    roles=CORE,
    looks_at=(AwaitSite, EnterSite, LoopSite, ComprehensionSite),
    check=_check,
    words=_words,
    look=_may_await_global,
    fix=FixAvailability.SOMETIMES,
    mends=(
        "The object becomes the last parameter of the function, under its own name, and calls in the module pass it on; "
        "it is annotated where its class is the project's own. That is unsafe: callers in other modules have to pass it "
        "then. No fix is offered for a method, for a function without parameters or with `**kwargs`, or where a caller "
        "gives the name another meaning. `isolint lift` goes further, and makes a Protocol of what is called on it."
    ),
    bad=(
        Example(
            "a directory out of nowhere",
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
            "in the signature",
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
