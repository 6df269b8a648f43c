"""Uses of known names: whether a reference puts something with an effect to use."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.program.argument_matching import slots_of
from isolint.program.call_graph import INTERPRETER, is_conventional_interpreter
from isolint.program.callbacks import callback_names
from isolint.program.types import Coroutine, External, Function, Text
from isolint.semantic_index.facts import CallSite, Usage
from isolint.semantic_index.scopes import ParamBinding, ValueBinding
from isolint.summary.uses import stepped_by
from isolint.syntax.ast_names import last_name

if TYPE_CHECKING:
    from isolint.catalogue import Effect, Entry
    from isolint.program.view import ModuleView
    from isolint.semantic_index.facts import Reference

METHODCALLER = External("operator.methodcaller")
NOT_USED = (Usage.ANNOTATES, Usage.INSPECTED)


def used_entries(reference: Reference, module: ModuleView, *effects: Effect) -> list[Entry]:
    """Return the entries with one of ``effects`` that ``reference`` puts to use."""
    if reference.usage in NOT_USED or _hands_on_parameter(reference, module):
        return []
    entries = [entry for entry in module.entries(reference) if entry.effect in effects]
    if not entries:
        return entries
    if not (makes_instances(reference) or _is_registered(reference, module)):
        entries = [entry for entry in entries if not entry.is_class]
    if any(not entry.is_class for entry in entries) and module.comes_from_display(reference.node):
        entries = [
            entry for entry in entries if entry.is_class
        ]  # its other entries are used where they stand
    return [] if entries and module.is_typing_only(reference) else entries


def _hands_on_parameter(reference: Reference, module: ModuleView) -> bool:
    """Whether a parameter is passed on to a call: its default is a use where it stands."""
    is_argument = reference.usage is Usage.PASSED and bool(reference.receiver)
    bindings = module.bindings(reference.node) if is_argument else ()
    return bool(bindings) and all(isinstance(binding, ParamBinding) for binding in bindings)


def _is_registered(reference: Reference, module: ModuleView) -> bool:
    """Whether a class is registered in a container that makes objects of it, and not as the key for some."""
    if reference.usage is not Usage.PASSED or reference.receiver not in callback_names().registering:
        return False
    for call in module.index.facts:
        if isinstance(call, CallSite) and reference.node in call.node.args:
            alone = len(call.node.args) + len(call.node.keywords) == 1
            return alone or call.node.args[0] is not reference.node
    return False


def makes_instances(reference: Reference) -> bool:
    """Whether a class would be called here; one that is merely named or passed on opens nothing yet."""
    if reference.usage is Usage.PASSED:
        return reference.receiver in callback_names().factory_takers or "factory" in reference.keyword
    return reference.usage in (Usage.CALLED, Usage.DECORATES, Usage.AWAITED)


def conventional_interpreters(reference: Reference, module: ModuleView) -> list[str]:
    """Return the dotted names of interpreters by their name alone: functions called ``perform_async``."""
    if reference.usage in NOT_USED:
        return []
    found: list[str] = []
    for one in module.types(reference.node):
        if isinstance(one, External) and not one.bound:
            if is_conventional_interpreter(one.name):
                found.append(one.name)
        elif (
            isinstance(one, Function)
            and one.place.qualname == INTERPRETER
            and one.place.module != module.name
        ):
            found.append(str(one.place))
    return [] if found and module.is_typing_only(reference) else found


def called_by_name(call: CallSite, module: ModuleView, effect: Effect) -> Entry | None:
    """Return the method with an effect that ``operator.methodcaller("method", ...)(owner)`` calls."""
    node = call.node
    if len(node.args) != 1:
        return None
    made = [node.func, *(b.value for b in module.bindings(node.func) if isinstance(b, ValueBinding))]
    callers = [
        one
        for one in made
        if isinstance(one, ast.Call) and last_name(one.func) == "methodcaller" and one.args
    ]
    for caller in callers:
        if METHODCALLER not in module.types(caller.func):
            continue
        names = [one.value for one in module.types(caller.args[0]) if isinstance(one, Text)]
        owners = module.types(node.args[0])
        methods = (m for name in names for of in owners for m in module.linker.member(of, name, module.name))
        entries = (module.linker.entry(method) for method in methods)
        return next((entry for entry in entries if entry is not None and entry.effect is effect), None)
    return None


def steps_by_hand(call: CallSite, module: ModuleView) -> bool:
    """Whether ``call`` is ``coro.send(None)``, which drives a coroutine as a loop does."""
    node = call.node
    stepped = stepped_by(node)
    return stepped is not None and any(isinstance(one, Coroutine) for one in module.types(stepped))


def given_coroutines(module: ModuleView) -> set[tuple[str, str]]:
    """Return the functions of a module with the parameters that it gives a coroutine for: (qualified name, parameter)."""
    found: set[tuple[str, str]] = set()
    for fact in module.facts((CallSite,)):
        if not isinstance(fact, CallSite):
            continue
        arguments = [(place, one) for place, one in enumerate(fact.node.args)]
        named = [(one.arg, one.value) for one in fact.node.keywords]
        slots = {
            s for s, one in (*arguments, *named) if any(isinstance(t, Coroutine) for t in module.types(one))
        }
        for function in module.functions(fact.node.func) if slots else ():
            summary = module.linker.function(function.place) if function.place.module == module.name else None
            shifted = 1 if summary is not None and summary.gets_receiver else 0
            for one in summary.parameters if summary is not None else ():
                if not slots.isdisjoint(slots_of(one, shifted)):
                    found.add((function.place.qualname, one.name))
    return found
