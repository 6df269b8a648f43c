"""Which functions of a module are to be looked into, by their names: with what stands around them."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from isolint.semantics.drives.threads import START
from isolint.semantics.scopes import ScopeKind
from isolint.syntax import nodes
from isolint.syntax.nodes import DeferredBlock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.semantics.drives.targets import Targets
    from isolint.semantics.recorder import Recorder
    from isolint.semantics.scopes import Scope

_DEFINITIONS = (ScopeKind.FUNCTION, ScopeKind.CLASS)


@final
class NamedBodies:
    """Binds those functions and classes of a module, and no others, that are ``wanted`` by their qualified names.

    What starts a thread may have got it in any other method of its class, so those are bound with it.
    """

    def __init__(self, recorder: Recorder, targets: Targets, wanted: frozenset[str]) -> None:
        self._wanted = wanted
        self._recorder = recorder
        self._targets = targets
        self._around = frozenset(around for name in wanted for around in _prefixes(name))
        self._known: dict[Scope, bool] = {}
        self._complete()

    def _complete(self) -> None:
        for scope in self._recorder.inner_as_bound():
            if scope.kind in _DEFINITIONS and self._is_part(scope):
                scope.complete()
                owner = scope.own_class()
                if owner is not None and _may_start(scope):
                    self._take_in(owner)

    def _take_in(self, owner: Scope) -> None:
        """Bind all methods of a class."""
        for method in [scope for scope in self._recorder.inner.values() if scope.parent is owner]:
            if method.kind is ScopeKind.FUNCTION:
                method.complete()
                self._known[method] = True

    def _is_part(self, scope: Scope) -> bool:
        known = self._known.get(scope)
        if known is None:
            name = self._targets.place(scope).qualname
            known = self._known[scope] = name in self._wanted or name in self._around
        return known

    def wants(self, qualname: str) -> bool:
        """Whether what the function of that name uses is to be noted."""
        return qualname in self._wanted

    def matters(self, scope: Scope) -> bool:
        """Whether what stands in ``scope`` is to be looked at: also what runs at import is."""
        functions = (s for s in scope.enclosing() if isinstance(s.node, nodes.FunctionDef))
        return all(self._is_part(function) for function in functions)

    def scopes(self) -> Iterator[Scope]:
        """Yield all scopes that are to be looked at."""
        yield from filter(self.matters, (self._recorder.root, *self._recorder.inner.values()))


def _prefixes(qualname: str) -> Iterator[str]:
    while qualname:
        yield qualname
        qualname = qualname.rpartition(".")[0]


def _may_start(scope: Scope) -> bool:
    """Whether a function may start a thread or process that an object keeps."""
    body = scope.node.body if isinstance(scope.node, nodes.FunctionDef) else None
    return not isinstance(body, DeferredBlock) or body.mentions(START)
