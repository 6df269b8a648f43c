"""ISO305: a coroutine of the core that reaches for a global object."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from isolint.catalogue import Effect
from isolint.fixes import Change, Place, Proposal
from isolint.model import Safety, Span
from isolint.plans.deferred import DISPLAYS
from isolint.program.types import Class, External, Instance
from isolint.rule import CORE, Example, Finding, FixAvailability, Rule
from isolint.rules.blocks import added_parameter, reads_by_binding
from isolint.rules.plans import written
from isolint.semantic_index.facts import AwaitSite, CallSite, ComprehensionSite, EnterSite, LoopSite
from isolint.semantic_index.scopes import DEFINITIONS, ImportBinding, ScopeKind, ValueBinding
from isolint.syntax.ast_names import dotted, last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.program.types import Types
    from isolint.rule import Context
    from isolint.semantic_index.scopes import Binding, Scope

_NO_CAPABILITIES = ("asyncio.", "anyio.", "trio.", "contextvars.", "threading.", "logging.", "structlog.")
"""Modules of objects that wait or write inside the process; ISO106 and ISO205 speak of some of these."""
_PRIMITIVES = ("Lock", "Semaphore", "Condition", "Event", "Barrier", "Limiter")
"""Endings of the names of classes whose objects wait inside the process as well, of any library."""
_WAITING = ("asyncio.", "anyio.", "trio.")
"""Libraries whose functions await the calls that stand among their arguments: ``wait_for(repo.save(1), 3)``."""


class _Global(NamedTuple):
    """A global object: ``shown`` completes the note "`name` is ...", ``class_name`` is how its class is named here, if it is."""

    name: str
    shown: str
    class_name: str


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
                f"`{root.id}` is a global object: that this coroutine needs it is not in its signature, and "
                "a test has to patch it",
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


def _global_behind(used: ast.expr, function: Scope, context: Context) -> tuple[ast.Name, _Global] | None:
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
        held = _global_object(binding, context)
        if held is not None:
            return root, held
    return None


def _as_parameter(name: str, held: _Global, function: Scope, context: Context) -> Proposal | None:
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
    passed = [change for call in calls if (change := _passed(call.node, name, context)) is not None]
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


def _passed(call: ast.Call, name: str, context: Context) -> Change | None:
    """Return the change that passes a name on by keyword; None where brackets around the last argument are in the way."""
    spans = context.module.spans
    given: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    if not given:
        return Change(call, Place.INSTEAD, f"{context.module.code_of(call.func)}({name}={name})")
    last = max(given, key=lambda one: (one.end_lineno or 0, one.end_col_offset or 0))
    place, whole = spans.of(last), spans.of(call)
    behind = spans.text_at(Span(place.end_line, place.end_column, whole.end_line, whole.end_column))
    if re.sub("#.*", "", behind).count(")") != 1:
        return None
    before = spans.lines[place.line - 1][: place.column - 1]
    if before.strip():
        return Change(last, Place.AFTER, f", {name}={name}")
    line = spans.lines[place.end_line - 1]  # one below the other, as the others stand
    if "#" not in line[place.end_column - 1 :]:
        return Change(last, Place.AFTER, f",\n{before}{name}={name}")
    end = Span(place.end_line, len(line) + 1, place.end_line, len(line) + 1)
    has_comma = behind.lstrip().startswith(",")
    return Change(end, Place.BEFORE, f"\n{before}{name}={name},") if has_comma else None


def _is_own_class(callee: Types) -> bool:
    return bool(callee) and all(isinstance(one, Class) for one in callee)


def _global_object(binding: Binding, context: Context) -> _Global | None:
    """Return the object that a module-level assignment makes, in this module or in the one it is imported from."""
    if isinstance(binding, ImportBinding):
        return _imported(binding, context)
    if not isinstance(binding, ValueBinding) or binding.path or binding.value is None:
        return None
    is_global = binding in context.module.index.root.names.get(binding.name, ())
    if binding.scope.kind is not ScopeKind.MODULE and not is_global:
        return None
    if not _is_object(binding.value, context):
        return None
    return _Global(binding.name, f"`{written(binding.value, context)}`", _annotation(binding, context))


def _annotation(binding: ValueBinding, context: Context) -> str:
    """Return the annotation of a global, or its class where that is the project's own and nothing else is assigned."""
    every = context.module.index.root.names.get(binding.name, ())
    annotations = [each.annotation for each in every if isinstance(each, ValueBinding)]
    declared = next((each for each in annotations if each is not None), None)
    if isinstance(declared, ast.Subscript) and last_name(declared.value) == "Final":
        declared = declared.slice
    if declared is not None and last_name(declared) != "Final":
        return context.module.text_of(declared)
    made = binding.value
    if len(every) > 1 or not isinstance(made, ast.Call) or not _is_own_class(context.module.types(made.func)):
        return ""
    return dotted(made.func)


def _imported(binding: ImportBinding, context: Context) -> _Global | None:
    linker = context.module.linker
    found = linker.made_by_call(binding.origin, context.module.name)
    if found is None:
        return None
    types = linker.exported(found.module, found.name)
    called = linker.of(found.module, found.callee)
    if not _makes_object(types, called, linker.spelled(found.module, found.callee), context):
        return None
    classes = [
        one.of.place.qualname for one in types if isinstance(one, Instance) and isinstance(one.of, Class)
    ]
    named_here = (name for name in classes if name in context.module.index.root.names)
    return _Global(binding.name, f"made in `{found.module}` on line {found.line}", next(named_here, ""))


def _is_object(value: ast.expr, context: Context) -> bool:
    """Whether a global name is bound to an object, a part of one, or a collection of some."""
    while isinstance(value, (ast.Attribute, ast.Subscript)):
        value = value.value
    if isinstance(value, ast.Name):
        return any(_global_object(binding, context) is not None for binding in context.module.bindings(value))
    if isinstance(value, (*DISPLAYS, ast.Dict)):
        held = value.values if isinstance(value, ast.Dict) else value.elts
        return any(isinstance(element, ast.Call) and _is_object(element, context) for element in held)
    if not isinstance(value, ast.Call):
        return False
    called = context.module.types(value.func)
    return _makes_object(context.module.types(value), called, last_name(value.func), context)


def _makes_object(made: Types, called: Types, spelled: str, context: Context) -> bool:
    classes = [one.of for one in made if isinstance(one, Instance)]
    callees = [one.name for one in called if isinstance(one, External)]
    names = [of.name for of in classes if isinstance(of, External)] + callees
    own = [of.place.name for of in classes if isinstance(of, Class)]
    if any(name.startswith(_NO_CAPABILITIES) or name.endswith(_PRIMITIVES) for name in (*names, *own)):
        return False
    if own:
        return True
    known = (context.module.catalogue.get(name) for name in callees)
    is_class = spelled[:1].isupper() and bool(names)
    return is_class or any(entry is not None and entry.effect is Effect.CLIENT for entry in known)


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
