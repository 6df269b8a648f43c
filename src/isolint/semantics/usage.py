"""Whether a reference puts something with an effect to use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.semantics.facts import CallSite, Usage
from isolint.semantics.meanings import External, Text
from isolint.semantics.scopes import ValueBinding
from isolint.syntax import nodes
from isolint.syntax.names import last_name

if TYPE_CHECKING:
    from isolint.semantics.catalogue import Effect, Entry
    from isolint.semantics.facts import Reference
    from isolint.semantics.module import ModuleSemantics

NOT_USED = frozenset({Usage.ANNOTATES, Usage.INSPECTED})
INTERPRETER = "perform_async"
"""How an interpreter of plans is called by convention, wherever it comes from."""
STEP = "send"
"""How a coroutine is stepped by hand."""
STEPPED = "coroutine.send"
_NAMED = (nodes.Name, nodes.Attribute, nodes.Call)
_REGISTERING = frozenset(
    "register register_factory register_singleton add_singleton add_transient add_scoped bind provide "
    "add_factory define singleton transient".split()
)
"""How methods of containers are called that make objects of the class they are given: punq, svcs, rodi, dishka."""
_FACTORY_TAKERS = frozenset(
    "partial defaultdict map starmap Depends Factory Resource Singleton to_thread run_in_executor submit".split()
)
"""What calls the class it is given: functools, itertools, FastAPI, dependency-injector, threads."""


def used_entries(reference: Reference, module: ModuleSemantics, *effects: Effect) -> list[Entry]:
    """Return the entries with one of ``effects`` that ``reference`` puts to use."""
    if reference.usage in NOT_USED:
        return []
    entries = [entry for entry in module.entries(reference) if entry.effect in effects]
    if not (makes_instances(reference) or _is_given_to_container(reference, module)):
        entries = [entry for entry in entries if not entry.is_class]
    if isinstance(reference.node, nodes.Subscript) and not isinstance(reference.node.value, _NAMED):
        entries = [entry for entry in entries if entry.is_class]  # what else it holds is used where it stands
    return [] if entries and module.is_typing_only(reference) else entries


def _is_given_to_container(reference: Reference, module: ModuleSemantics) -> bool:
    """Whether a class is registered in a container that makes objects of it, and not as the key for some."""
    if reference.usage is not Usage.PASSED or reference.receiver not in _REGISTERING:
        return False
    calls = (f.node for f in module.recorder.facts if isinstance(f, CallSite) and f.scope is reference.scope)
    for call in calls:
        values = [argument.value for argument in call.args] if isinstance(call, nodes.Call) else []
        if reference.node in values:
            return len(values) == 1 or values[0] is not reference.node
    return False


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
    return [e.name for e in externals if is_conventional_interpreter(e)]


def is_conventional_interpreter(external: External) -> bool:
    """Whether a name ends as interpreters do, and is no class method: `Worker.perform_async` queues a job."""
    home, _, name = external.name.rpartition(".")
    return name == INTERPRETER and bool(home) and not external.bound and not _names_class(home)


def _names_class(dotted: str) -> bool:
    return dotted.rpartition(".")[2][:1].isupper()


def called_by_name(call: CallSite, module: ModuleSemantics, effect: Effect) -> Entry | None:
    """Return the method with an effect that ``operator.methodcaller("method", ...)(owner)`` calls."""
    node = call.node
    if not isinstance(node, nodes.Call) or len(node.args) != 1:
        return None
    made = [node.func, *(b.value for b in module.bindings(node.func) if isinstance(b, ValueBinding))]
    callers = (
        m for m in made if isinstance(m, nodes.Call) and last_name(m.func) == "methodcaller" and m.args
    )
    for caller in callers:
        if External("operator.methodcaller") not in module.inference.of(caller.func):
            continue
        names = [m.value for m in module.inference.of(caller.args[0].value) if isinstance(m, Text)]
        owners = module.inference.of(node.args[0].value)
        methods = (m for name in names for owner in owners for m in module.inference.member(owner, name))
        entries = (module.catalogue.get(m.name) for m in methods if isinstance(m, External))
        return next((entry for entry in entries if entry is not None and entry.effect is effect), None)
    return None


def steps_by_hand(call: CallSite, module: ModuleSemantics) -> bool:
    """Whether ``call`` is ``coro.send(None)``, which does by hand what a loop does."""
    node = call.node
    if not isinstance(node, nodes.Call) or len(node.args) != 1 or last_name(node.func) != STEP:
        return False
    return last_name(node.args[0].value) == "None" and External(STEPPED) in module.inference.of(node.func)
