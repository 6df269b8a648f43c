"""Uses of known names: whether a reference puts something with an effect to use."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.program.call_graph import INTERPRETER
from isolint.program.callbacks import callback_names
from isolint.program.types import Coroutine, External, Function
from isolint.semantic_index.facts import Usage
from isolint.syntax.ast_names import last_name

if TYPE_CHECKING:
    from isolint.catalogue import Effect, Entry
    from isolint.program.view import ModuleView
    from isolint.semantic_index.facts import CallSite, Reference

NOT_USED = frozenset({Usage.ANNOTATES, Usage.INSPECTED})


def used_entries(reference: Reference, module: ModuleView, *effects: Effect) -> list[Entry]:
    """Return the entries with one of ``effects`` that ``reference`` puts to use."""
    if reference.usage in NOT_USED:
        return []
    entries = [entry for entry in module.entries(reference) if entry.effect in effects]
    if not makes_instances(reference):
        entries = [entry for entry in entries if not entry.is_class]
    return [] if entries and module.is_typing_only(reference) else entries


def makes_instances(reference: Reference) -> bool:
    """Whether a class would be called here; one that is merely named or passed on opens nothing yet."""
    if reference.usage is Usage.PASSED:
        return reference.receiver in callback_names().factory_takers or "factory" in reference.keyword
    return reference.usage in (Usage.CALLED, Usage.DECORATES, Usage.AWAITED)


def conventional_interpreters(reference: Reference, module: ModuleView) -> list[str]:
    """Return the dotted names of interpreters by their name alone: functions called ``perform_async``."""
    if reference.usage in NOT_USED or module.is_typing_only(reference):
        return []
    found: list[str] = []
    for one in module.types(reference.node):
        if isinstance(one, External) and not one.bound:
            home, _, name = one.name.rpartition(".")
            if name == INTERPRETER and not home.rpartition(".")[2][:1].isupper():
                found.append(one.name)
        elif (
            isinstance(one, Function)
            and one.place.qualname == INTERPRETER
            and one.place.module != module.name
        ):
            found.append(str(one.place))
    return found


def steps_by_hand(call: CallSite, module: ModuleView) -> bool:
    """Whether ``call`` is ``coro.send(None)``, which drives a coroutine as a loop does."""
    node = call.node
    if not isinstance(node.func, ast.Attribute) or last_name(node.func) != "send" or len(node.args) != 1:
        return False
    is_none = isinstance(node.args[0], ast.Constant) and node.args[0].value is None
    return is_none and any(isinstance(one, Coroutine) for one in module.types(node.func.value))
