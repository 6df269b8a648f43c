"""How values move inside a module: which call takes them, which name they get."""

from __future__ import annotations

from typing import TYPE_CHECKING, final
from weakref import WeakKeyDictionary

from msgspec import Struct, field

from isolint.semantics.drives.alternatives import parts
from isolint.semantics.facts import AwaitSite, CallSite, Reference
from isolint.semantics.scopes import EnterBinding, IterBinding, ValueBinding
from isolint.syntax import nodes
from isolint.syntax.names import root_of

if TYPE_CHECKING:
    from isolint.semantics.recorder import Recorder
    from isolint.semantics.scopes import Binding

_KNOWN: WeakKeyDictionary[Recorder, Moves] = WeakKeyDictionary()
"""Kept for as long as a module is held: many others hand something to the same few."""


@final
class Moves(Struct):
    """By expression, the call that takes its value and the name or attribute it is bound to.

    ``calls`` are the calls by what they call, ``named`` the references that begin with a name, and
    ``operated`` what is entered, iterated, awaited, or has a method called right where it stands.
    """

    arguments: dict[nodes.Node, nodes.Call] = field(default_factory=dict["nodes.Node", "nodes.Call"])
    bound: dict[nodes.Node, Binding] = field(default_factory=dict["nodes.Node", "Binding"])
    calls: dict[nodes.Node, nodes.Call] = field(default_factory=dict["nodes.Node", "nodes.Call"])
    named: dict[str, list[Reference]] = field(default_factory=dict[str, "list[Reference]"])
    operated: set[nodes.Node] = field(default_factory=set["nodes.Node"])
    _facts: int = 0
    _bindings: int = 0

    def follow(self, recorder: Recorder) -> None:
        """Take in what has been recorded since the last time."""
        facts, bindings = recorder.facts[self._facts :], recorder.bound[self._bindings :]
        self._facts += len(facts)
        self._bindings += len(bindings)
        for fact in facts:
            if isinstance(fact, CallSite) and isinstance(fact.node, nodes.Call):
                _note_call(self, fact.node)
            elif isinstance(fact, AwaitSite) and isinstance(fact.node, nodes.Await):
                self.operated.add(fact.node.expression)
            elif isinstance(fact, Reference):
                root = root_of(fact.node)
                if isinstance(root, nodes.Name):
                    self.named.setdefault(root.value, []).append(fact)
        for binding in bindings:
            _note_binding(self, binding)


def moves(recorder: Recorder | None) -> Moves:
    """Return how values move in what is bound of a module by now; nothing does in one that cannot be read."""
    if recorder is None:
        return Moves()
    known = _KNOWN.setdefault(recorder, Moves())
    known.follow(recorder)
    return known


def _note_call(found: Moves, call: nodes.Call) -> None:
    found.calls[call.func] = call
    if isinstance(call.func, nodes.Attribute):
        found.operated.add(call.func.value)
    for arg in call.args:
        found.arguments.update(dict.fromkeys(parts(arg.value), call))


def _note_binding(found: Moves, binding: Binding) -> None:
    is_item = binding.name.endswith("]")
    if isinstance(binding, ValueBinding) and binding.value is not None and not binding.path and not is_item:
        found.bound.update(dict.fromkeys(parts(binding.value), binding))
    elif isinstance(binding, EnterBinding):
        found.operated.add(binding.item)
    elif isinstance(binding, IterBinding):
        found.operated.add(binding.iterable)
