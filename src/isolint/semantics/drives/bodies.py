"""Which functions of a module are to be looked into, by the words in their bodies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, final

from isolint.semantics.drives.spelling import spelled
from isolint.semantics.scopes import ImportBinding, ScopeKind, ValueBinding
from isolint.syntax import nodes
from isolint.syntax.names import last_name
from isolint.syntax.nodes import DeferredBlock
from isolint.syntax.words import words_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from isolint.semantics.drives.model import Words
    from isolint.semantics.recorder import Recorder
    from isolint.semantics.scopes import Binding, Scope

_AT_IMPORT = (ScopeKind.MODULE, ScopeKind.CLASS)
_SUPER = "super"
MOST_NAMES = 3
"""Names for names that are followed inside a module."""


class Bodies(Protocol):
    """The functions and classes of a module that are to be looked into; no others need be bound."""

    def wants(self, qualname: str) -> bool:
        """Whether what the function of that name uses is to be noted."""
        ...

    def matters(self, scope: Scope) -> bool:
        """Whether what stands in ``scope`` is to be looked at: also what runs at import is."""
        ...

    def scopes(self) -> Iterator[Scope]:
        """Yield all scopes that are to be looked at."""
        ...


@final
class SpellingBodies:
    """Binds those functions and classes of a module, and no others, that spell something that may drive.

    ``drivers`` are the names of foreign drivers, ``words`` those of what drives in the project.
    """

    def __init__(self, recorder: Recorder, drivers: frozenset[str], words: Words) -> None:
        self._recorder = recorder
        self._words = words
        self._drivers = drivers
        self._known: dict[Scope, bool] = {}
        told = drivers | words.all
        for _ in range(MOST_NAMES):
            before = self._drivers
            self._complete(ScopeKind.CLASS)
            at_import = (s for s in (recorder.root, *recorder.inner.values()) if s.kind in _AT_IMPORT)
            self._drivers = drivers | aliases(at_import, told)
            if self._drivers == before:
                break
        self._complete(ScopeKind.FUNCTION)

    def _complete(self, kind: ScopeKind) -> None:
        """Bind what is of this kind and matters, with what that brings to light."""
        self._known.clear()
        for scope in self._recorder.inner_as_bound():
            if scope.kind is kind and self.matters(scope):
                scope.complete()

    def wants(self, qualname: str) -> bool:
        """Whether what the function of that name uses is to be noted: all but the import of the module is."""
        return bool(qualname)

    def matters(self, scope: Scope) -> bool:
        """Whether what stands in ``scope`` is to be looked at: also what runs at import is."""
        known = self._known.get(scope)
        if known is None:
            outer = scope.parent is None or self.matters(scope.parent)
            body = scope.node.body if isinstance(scope.node, (nodes.FunctionDef, nodes.ClassDef)) else None
            known = outer and (
                not isinstance(body, DeferredBlock)
                or self._spells(body.text)
                or (_SUPER in body.text and self._derives(scope))
            )
            self._known[scope] = known
        return known

    def scopes(self) -> Iterator[Scope]:
        """Yield all scopes that are to be looked at."""
        yield from filter(self.matters, (self._recorder.root, *self._recorder.inner.values()))

    def _derives(self, scope: Scope) -> bool:
        """Whether a class, or that around a method, has a base in its head whose name is one of the words.

        What runs of the base, its constructor above all, may be called by no name but ``super``.
        """
        owner = scope if scope.kind is ScopeKind.CLASS else scope.parent
        bases = owner.node.bases if owner is not None and isinstance(owner.node, nodes.ClassDef) else ()
        spelled_there = (name for base in bases for name in spelled_in(base.value))
        return any(name in self._drivers or name in self._words.names for name in spelled_there)

    def _spells(self, text: str) -> bool:
        words = words_in(text)
        return (
            not text.isascii()  # names have several spellings
            or not words.isdisjoint(self._drivers)
            or bool(spelled(text, words, self._words))
        )


def aliases(scopes: Iterable[Scope], words: frozenset[str]) -> frozenset[str]:
    """Return the names that are given in ``scopes`` to what is called by one of ``words``."""
    stand_for = [(b.name, named) for scope in scopes for b in scope.log if (named := _stands_for(b))]
    found = frozenset[str]()
    for _ in range(MOST_NAMES):
        more = {name for name, named in stand_for if not words.isdisjoint(named)}
        if more <= found:
            break
        found |= more
        words |= found
    return found


def _stands_for(binding: Binding) -> list[str]:
    if isinstance(binding, ImportBinding):
        return [binding.origin.rpartition(".")[2]]
    if not isinstance(binding, ValueBinding) or binding.value is None:
        return []
    value = binding.value
    return [*spelled_in(value.func if isinstance(value, nodes.Call) else value), *spelled_in(value)]


def spelled_in(node: nodes.Node) -> Iterator[str]:
    """Yield the names in a chain of attributes, and the one in a ``getattr`` that stands for one."""
    if isinstance(node, nodes.Call):
        strings = (arg.value for arg in node.args if isinstance(arg.value, nodes.SimpleString))
        yield from (string.raw_value for string in strings)
        if last_name(node.func) == "partial":
            yield from (name for arg in node.args[:1] for name in spelled_in(arg.value))
    while isinstance(node, nodes.Attribute):
        yield node.attr.value
        node = node.value
    if isinstance(node, nodes.Name):
        yield node.value
