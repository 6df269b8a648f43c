"""Who runs code: the function whose run it is part of, or the methods that start what it is handed to."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.semantics.drives.alternatives import handed_on
from isolint.semantics.drives.handing import moves
from isolint.semantics.drives.keeping import function_of
from isolint.semantics.drives.model import LAMBDA
from isolint.semantics.drives.targets import holds_callable
from isolint.semantics.drives.threads import STARTED, starts
from isolint.semantics.scopes import ScopeKind
from isolint.syntax import nodes
from isolint.syntax.names import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.semantics.drives.bodies import Bodies
    from isolint.semantics.drives.keeping import Keeping
    from isolint.semantics.drives.targets import Targets
    from isolint.semantics.facts import Reference
    from isolint.semantics.module import ModuleSemantics
    from isolint.semantics.scopes import Scope


@final
class Runner(Struct, frozen=True):
    """What runs something: its qualified name, and where that is ``defined`` if it is not nameless there."""

    name: str
    defined: nodes.Node | None = None


AT_IMPORT = Runner("")
"""Runs what stands outside all functions."""


@final
class Runners:
    """Answers for one module, of which those ``bodies`` are looked at."""

    def __init__(self, module: ModuleSemantics, bodies: Bodies, targets: Targets, keeping: Keeping) -> None:
        self._module = module
        self._targets = targets
        self._keeping = keeping
        self._lambdas: dict[nodes.Node, str] = dict(_named_lambdas(bodies))
        self._known: dict[Scope, Runner] = {}

    def of_code(self, scope: Scope) -> Runner:
        """Return the function during whose run code in ``scope`` is run; nameless for the import of the module."""
        if scope not in self._known:
            self._known[scope] = self._around(scope)
        return self._known[scope]

    def of_reference(self, reference: Reference) -> list[Runner]:
        """Return the functions that run what is referred to: the one it stands in, or those that start it."""
        runner = self.of_code(reference.scope)
        return (self._starters(reference) or [runner]) if runner.name else []

    def named(self, scope: Scope) -> Runner:
        """Return a function or class by its scope."""
        node = scope.node
        defined = node.name if isinstance(node, (nodes.FunctionDef, nodes.ClassDef)) else None
        return Runner(self._targets.place(scope).qualname, defined)

    def _around(self, scope: Scope) -> Runner:
        for around in scope.enclosing():
            if around.kind is ScopeKind.FUNCTION:
                if isinstance(around.node, nodes.FunctionDef):
                    return self.named(around)
                name = self._lambdas.get(around.node)
                if name is not None and around.parent is not None:
                    return Runner(self._targets.place(around.parent, name).qualname)
                if around.parent is not None and self._keeping.only_kept(around.node, around.parent):
                    return AT_IMPORT
            elif around.kind is ScopeKind.CLASS:
                return AT_IMPORT
        return AT_IMPORT

    def _starters(self, reference: Reference) -> list[Runner]:
        """Return the methods that start the thread or process which the reference is handed to.

        Only where an object keeps it: making it runs nothing yet.
        """
        moved = moves(self._module.recorder)
        call = moved.arguments.get(reference.node)
        binding = moved.bound.get(call) if call is not None else None
        if call is None or binding is None or not isinstance(binding.node, nodes.Attribute):
            return []
        if not any(made.name in STARTED for made in self._module.inference.externals(call.func)):
            return []
        owner = function_of(reference.scope).own_class()
        for method in [*owner.methods] if owner is not None else ():
            if method.deferred is not None and method.deferred.block.mentions(binding.name):
                method.complete()
        named = moves(self._module.recorder).named.get(
            last_name(binding.node.value), ()
        )  # with what came to light
        started = (one for one in named if starts(one, binding.name))
        scopes = (one.scope for one in started if function_of(one.scope).own_class() is owner)
        runners = dict.fromkeys(map(self.of_code, scopes))
        return [runner for runner in runners if runner.name]


def _named_lambdas(bodies: Bodies) -> Iterator[tuple[nodes.Node, str]]:
    """Yield the lambdas that run under a name: the variable's, or as what their function returns."""
    for scope in bodies.scopes():
        for binding in scope.log:
            value = getattr(binding, "value", None)
            if isinstance(value, nodes.Lambda) and holds_callable(binding):
                yield value, binding.name
        for returned in scope.returns if isinstance(scope.node, nodes.FunctionDef) else ():
            for part in handed_on(returned):
                if isinstance(part, nodes.Lambda):
                    yield part, LAMBDA
