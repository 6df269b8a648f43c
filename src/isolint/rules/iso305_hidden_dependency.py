"""ISO305: a coroutine of the core that reaches for a global object."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from isolint.fixes import Change, Place, Proposal
from isolint.model import Safety
from isolint.rule import CORE, Example, Finding, FixAvailability, Rule
from isolint.rules.blocks import behind_parameter
from isolint.rules.plans import written
from isolint.semantics.facts import AwaitSite, CallSite
from isolint.syntax import nodes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from isolint.rule import Context, GateInput
    from isolint.semantics.glimpse import View
    from isolint.semantics.scopes import Binding, Scope, ValueBinding

_NO_CAPABILITIES = ("asyncio.", "anyio.", "trio.", "contextvars.", "threading.", "logging.", "structlog.")
"""What waits or writes inside the process; ISO106 and ISO205 speak of some of these."""

_AWAITED = re.compile(r"\bawait\b[\s(\\]*(\w*)")


def _check(site: AwaitSite, context: Context) -> Iterator[Finding]:
    from isolint.semantics.effects import running_function
    from isolint.syntax.names import root_of

    function = running_function(site.scope)
    awaited = site.node.expression if isinstance(site.node, nodes.Await) else None
    method = awaited.func if isinstance(awaited, nodes.Call) else None
    if not function.is_async or not isinstance(method, nodes.Attribute):
        return
    root = root_of(method)
    bindings = context.module.bindings(root)
    if any(b.scope is function and isinstance(getattr(b, "value", None), nodes.Call) for b in bindings):
        return  # it makes the object itself: `global directory; directory = Directory()`
    for binding in bindings:
        held = _global_object(binding, context)
        if held is not None and held.value is not None and isinstance(root, nodes.Name):
            yield Finding(
                root,
                f"`{root.value}` is a global object: that this coroutine needs it is not in its signature, and "
                "a test has to patch it",
                "take it as a parameter, typed by a Protocol, and let the shell pass it in",
                note=f"`{held.name}` is `{written(held.value, context)}`",
                fix=_as_parameter(root.value, held, function, context),
            )
            return


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
    return held if isinstance(held.value, nodes.Call) and _makes_object(held.value, context) else None


def _makes_object(call: nodes.Call, context: Context) -> bool:
    from isolint.semantics.meanings import Class, External, Instance
    from isolint.syntax.names import last_name

    inference = context.module.inference
    classes = [m.of for m in inference.of(call) if isinstance(m, Instance)]
    names = [of.name for of in classes if isinstance(of, External)] + [
        external.name for external in inference.externals(call.func)
    ]
    if any(name.startswith(_NO_CAPABILITIES) for name in names):
        return False
    is_class = last_name(call.func)[:1].isupper() and bool(names)
    return is_class or any(isinstance(of, Class) for of in classes)


def _words(_given: GateInput) -> Iterable[str]:
    return ("await",)


def _may_await_global(view: View) -> bool:
    """Whether something may be awaited of a name that the module binds outside functions, or imports."""
    awaited = set(_AWAITED.findall(view.text))
    if (
        "" in awaited or not view.text.isascii()
    ):  # something else comes first, or names have several spellings
        return True
    return bool(awaited) and not awaited.isdisjoint(_bound_outside_functions(view))


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
    looks_at=(AwaitSite,),
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
