"""Which bodies of functions can hold anything that rules look for: only those are bound with their module.

Most functions of a file speak neither of a library that matters nor of a name that stands for something
of it. A word decides, so that too many are bound rather than too few.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.semantics.facts import Import
from isolint.semantics.relevance import Relevance
from isolint.semantics.scopes import FunctionBinding, ScopeKind
from isolint.syntax.words import words_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from isolint.semantics.catalogue import Catalogue
    from isolint.semantics.index import ModuleIndex
    from isolint.semantics.recorder import Recorder
    from isolint.semantics.scopes import Binding, Scope


@final
class Sought(Struct, frozen=True):
    """What rules look for: one of ``words`` stands wherever it does not go by the name of something else.

    ``leads_on`` says of a dotted name that is imported whether it may be reached through that.
    """

    words: frozenset[str]
    leads_on: Callable[[str], bool]


@final
class Sieve:
    """Binds what has been put off of one module, as far as it may hold what is sought."""

    def __init__(self, recorder: Recorder, catalogue: Catalogue, index: ModuleIndex, sought: Sought) -> None:
        self._recorder = recorder
        self._catalogue = catalogue
        self._index = index
        self._telling = set(sought.words | index.possible_members())
        self._leads_on = sought.leads_on
        self._imports: dict[str, bool] = {}
        self._learned: set[str] = set()
        self._facts = 0
        self._words: dict[Scope, frozenset[str]] = {}

    def relevance(self) -> Relevance:
        """Bind the bodies in which a telling word stands, or a name that stands for what one tells of.

        The result judges the references in what is bound then.
        """
        if self._recorder.root.stars:
            self._recorder.complete()
            return Relevance(self._recorder, self._catalogue, self._index)
        self._bind_classes()
        while True:
            self._learn_imports()
            relevance = Relevance(self._recorder, self._catalogue, self._index, self)
            self._learn_names(relevance)
            if not self._bind_functions():
                return relevance

    def _bind_classes(self) -> None:
        for scope in self._recorder.deferred:  # which a class adds its methods to
            if scope.kind is ScopeKind.CLASS:
                scope.complete()

    def _bind_functions(self) -> bool:
        """Bind what tells something by now, and return whether there was any."""
        waiting = [scope for scope in self._recorder.deferred if scope.deferred is not None]
        told = [scope for scope in waiting if self._tells(scope)]
        for scope in told:
            scope.complete()
        return bool(told)

    def _tells(self, scope: Scope) -> bool:
        words = self._words.get(scope)
        if words is None:
            text = scope.deferred.block.text if scope.deferred is not None else ""
            # Names that are not ASCII have several spellings.
            words = words_in(text) if text.isascii() else frozenset(self._telling)
            self._words[scope] = words
        return not words.isdisjoint(self._telling)

    def _learn_imports(self) -> None:
        """Let the names tell under which imported modules hold what is known."""
        self._telling |= self._catalogue.near_members(self._recorder.libraries)
        facts = [fact for fact in self._recorder.facts[self._facts :] if isinstance(fact, Import)]
        self._facts = len(self._recorder.facts)
        imported = {f"{one.module}.{one.name}" if one.name else one.module for one in facts} - self._learned
        self._learned |= imported
        self._telling.update(*map(self._index.leaking_names, sorted(imported)))

    def _learn_names(self, relevance: Relevance) -> None:
        """Let names tell that stand for something telling, by all that is bound so far."""
        for binding in self._recorder.bound:
            name = binding.name.partition("[")[0]  # of an item, what holds it
            if name not in self._telling and self._stands_for_telling(binding, relevance):
                self._telling.add(name)

    def _stands_for_telling(self, binding: Binding, relevance: Relevance) -> bool:
        if isinstance(binding, FunctionBinding):
            return relevance.gives(binding)
        return relevance.bound(binding)

    def by_word(self, name: str) -> bool:
        """Whether an identifier tells of what is sought."""
        return name in self._telling

    def by_import(self, origin: str) -> bool:
        """Whether what is sought may be had by what is imported from a dotted name."""
        if origin not in self._imports:
            self._imports[origin] = self._may_matter(origin)
        return self._imports[origin]

    def _may_matter(self, origin: str) -> bool:
        name = self._catalogue.canonical(origin)
        package = name.partition(".")[0]
        if origin.rpartition(".")[2] in self._telling or self._leads_on(origin):
            return True
        # In a project that is itself a library, most of its own names are nobody else's business.
        if package in self._telling and (
            self._index.split(package) is None or self._catalogue.is_known(name)
        ):
            return True
        return self._index.is_known(origin) or self._index.gives_known_names(origin)
