"""Global objects of ISO305: objects made by an assignment at the top of a module, here or where it is imported from."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from isolint.catalogue import Effect
from isolint.plans.deferred import DISPLAYS
from isolint.program.declared import spelled
from isolint.program.module_names import made_by_call
from isolint.program.types import Class, External, Instance
from isolint.rules.plans import written
from isolint.semantic_index.scopes import ImportBinding, ScopeKind, ValueBinding
from isolint.syntax.ast_names import dotted, last_name

if TYPE_CHECKING:
    from isolint.program.types import Types
    from isolint.rule import Context
    from isolint.semantic_index.scopes import Binding

_NO_CAPABILITIES = ("asyncio.", "anyio.", "trio.", "contextvars.", "threading.", "logging.", "structlog.")
"""Modules of objects that wait or write inside the process; ISO106 and ISO205 speak of some of these."""
_PRIMITIVES = ("Lock", "Semaphore", "Condition", "Event", "Barrier", "Limiter")
"""Endings of the names of classes whose objects wait inside the process as well, of any library."""


class GlobalObject(NamedTuple):
    """A global object.

    ``shown`` completes the note "`name` is ...". ``class_name`` is the name of its class in this module, if it has one.
    """

    name: str
    shown: str
    class_name: str


def global_object(binding: Binding, context: Context) -> GlobalObject | None:
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
    return GlobalObject(binding.name, f"`{written(binding.value, context)}`", _annotation(binding, context))


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


def _is_own_class(callee: Types) -> bool:
    return bool(callee) and all(isinstance(one, Class) for one in callee)


def _imported(binding: ImportBinding, context: Context) -> GlobalObject | None:
    linker = context.module.linker
    found = made_by_call(linker, binding.origin, context.module.name)
    if found is None:
        return None
    types = linker.exported(found.module, found.name)
    called = linker.of(found.module, found.callee)
    if not _makes_object(types, called, spelled(linker, found.module, found.callee), context):
        return None
    classes = [
        one.of.place.qualname for one in types if isinstance(one, Instance) and isinstance(one.of, Class)
    ]
    named_here = (name for name in classes if name in context.module.index.root.names)
    return GlobalObject(binding.name, f"made in `{found.module}` on line {found.line}", next(named_here, ""))


def _is_object(value: ast.expr, context: Context) -> bool:
    """Whether a global name is bound to an object, a part of one, or a collection of some."""
    while isinstance(value, (ast.Attribute, ast.Subscript)):
        value = value.value
    if isinstance(value, ast.Name):
        return any(global_object(binding, context) is not None for binding in context.module.bindings(value))
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
