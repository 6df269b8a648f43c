"""Whether a reference puts something with an effect to use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.semantics.facts import Usage
from isolint.semantics.meanings import External
from isolint.syntax import nodes

if TYPE_CHECKING:
    from isolint.semantics.catalogue import Effect, Entry
    from isolint.semantics.facts import CallSite, Reference
    from isolint.semantics.module import ModuleSemantics

NOT_USED = frozenset({Usage.ANNOTATES, Usage.INSPECTED})
INTERPRETER = "perform_async"
"""How an interpreter of plans is called by convention, wherever it comes from."""
STEP = "send"
"""How a coroutine is stepped by hand."""
STEPPED = "coroutine.send"
_FACTORY_TAKERS = frozenset(
    "partial defaultdict map starmap Depends Factory Resource Singleton to_thread run_in_executor submit".split()
)
"""What calls the class it is given: functools, itertools, FastAPI, dependency-injector, threads."""


def used_entries(reference: Reference, module: ModuleSemantics, *effects: Effect) -> list[Entry]:
    """Return the entries with one of ``effects`` that ``reference`` puts to use."""
    if reference.usage in NOT_USED:
        return []
    entries = [entry for entry in module.entries(reference) if entry.effect in effects]
    if not makes_instances(reference):
        entries = [entry for entry in entries if not entry.is_class]
    return [] if entries and module.is_typing_only(reference) else entries


def makes_instances(reference: Reference) -> bool:
    """Whether a class would be called here; one that is merely named or handed on opens nothing yet."""
    if reference.usage is Usage.PASSED:
        return reference.receiver in _FACTORY_TAKERS or "factory" in reference.keyword
    return reference.usage in (Usage.CALLED, Usage.DECORATES, Usage.AWAITED)


def conventional_interpreters(reference: Reference, module: ModuleSemantics) -> list[str]:
    """Return the dotted names of a project's own interpreters, imported from wherever they stand."""
    if reference.usage in NOT_USED or module.is_typing_only(reference):
        return []
    externals = module.inference.externals(reference.node)
    return [e.name for e in externals if e.name.endswith(f".{INTERPRETER}") and not e.bound]


def steps_by_hand(call: CallSite, module: ModuleSemantics) -> bool:
    """Whether ``call`` is ``coro.send(None)``, which does by hand what a loop does."""
    from isolint.syntax.names import last_name

    node = call.node
    if not isinstance(node, nodes.Call) or len(node.args) != 1 or last_name(node.func) != STEP:
        return False
    return last_name(node.args[0].value) == "None" and External(STEPPED) in module.inference.of(node.func)
