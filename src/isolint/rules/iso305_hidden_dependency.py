"""ISO305: a coroutine of the core that reaches for a global object."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from isolint.program.types import Class, External, Instance
from isolint.rule import CORE, Example, Finding, Rule
from isolint.rules.plans import written
from isolint.semantic_index.facts import AwaitSite
from isolint.semantic_index.scopes import ImportBinding, ScopeKind, ValueBinding
from isolint.syntax.ast_names import last_name, root_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.program.types import Types
    from isolint.rule import Context
    from isolint.semantic_index.scopes import Binding

_NO_CAPABILITIES = ("asyncio.", "anyio.", "trio.", "contextvars.", "threading.", "logging.", "structlog.")
"""Modules of objects that wait or write inside the process; ISO106 and ISO205 speak of some of these."""


class _Global(NamedTuple):
    """A global object: the name it is bound to, and how the note shows where it comes from."""

    name: str
    shown: str


def _check(site: AwaitSite, context: Context) -> Iterator[Finding]:
    function = site.scope.running
    awaited = site.node.value
    method = awaited.func if isinstance(awaited, ast.Call) else None
    if not function.is_async or not isinstance(method, ast.Attribute):
        return
    root = root_of(method)
    bindings = context.module.bindings(root)
    if any(b.scope is function and isinstance(getattr(b, "value", None), ast.Call) for b in bindings):
        return  # it makes the object itself: `global directory; directory = Directory()`
    for binding in bindings:
        held = _global_object(binding, context)
        if held is not None and isinstance(root, ast.Name):
            yield Finding(
                root,
                f"`{root.id}` is a global object: that this coroutine needs it is not in its signature, and "
                "a test has to patch it",
                "take it as a parameter, typed by a Protocol, and let the shell pass it in",
                note=f"`{held.name}` is {held.shown}",
            )
            return


def _global_object(binding: Binding, context: Context) -> _Global | None:
    """Return the object that a module-level assignment makes, in this module or in the one it is imported from."""
    if isinstance(binding, ImportBinding):
        return _imported(binding, context)
    if not isinstance(binding, ValueBinding) or binding.path or not isinstance(binding.value, ast.Call):
        return None
    module = context.module.index.root
    if binding.scope.kind is not ScopeKind.MODULE and binding not in module.names.get(binding.name, ()):
        return None
    called = context.module.types(binding.value.func)
    if not _makes_object(context.module.types(binding.value), called, last_name(binding.value.func)):
        return None
    return _Global(binding.name, f"`{written(binding.value, context)}`")


def _imported(binding: ImportBinding, context: Context) -> _Global | None:
    linker = context.module.linker
    found = linker.made_by_call(binding.origin, context.module.name)
    if found is None:
        return None
    module, name, line, callee = found
    called = linker.of(module, callee)
    if not _makes_object(linker.exported(module, name), called, linker.spelled(module, callee)):
        return None
    return _Global(binding.name, f"made in `{module}` on line {line}")


def _makes_object(made: Types, called: Types, spelled: str) -> bool:
    classes = [one.of for one in made if isinstance(one, Instance)]
    names = [of.name for of in classes if isinstance(of, External)]
    names += [one.name for one in called if isinstance(one, External)]
    if any(name.startswith(_NO_CAPABILITIES) for name in names):
        return False
    is_class = spelled[:1].isupper() and bool(names)
    return is_class or any(isinstance(of, Class) for of in classes)


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
