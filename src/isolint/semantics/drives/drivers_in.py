"""What single modules have to say where a search begins at the drivers."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from msgspec.structs import replace

from isolint.semantics.drives.model import Summary, Words
from isolint.semantics.drives.words import Flow, flows_in, renamed

if TYPE_CHECKING:
    from isolint.semantics.drives.bodies import Bodies
    from isolint.semantics.drives.ground import Ground
    from isolint.semantics.module import ModuleSemantics


@final
class DriversIn:
    """Reads modules: ``drivers`` are the names of foreign drivers, ``words`` those of what drives in the project."""

    def __init__(self, ground: Ground, drivers: frozenset[str]) -> None:
        self._ground = ground
        self._drivers = drivers
        self._spelling = ground.spelling
        self._flows: dict[str, tuple[Flow, ...]] = {}

    def has_news(self, module: str, given: tuple[Words, frozenset[str]]) -> bool:
        """Whether words stand in a module that were not ``sought`` before."""
        words, sought = given
        return not self._spelling.found(module, words) <= sought

    def summary(self, module: str, given: tuple[Words, frozenset[str] | None]) -> Summary:
        """Look into those functions of a module that spell words not ``sought`` before; at first also the drivers."""
        from isolint.semantics.drives.bodies import SpellingBodies
        from isolint.semantics.drives.summaries import Sought

        words, before = given
        found = self._spelling.found(module, words)

        def bodies(semantics: ModuleSemantics) -> Bodies:
            if before is None:
                return SpellingBodies(semantics.recorder, self._drivers, words)
            return SpellingBodies(semantics.recorder, frozenset(), words.only(found - before))

        sought = Sought(self._ground.concerns, self._drivers, words.all)
        return replace(self._ground.look_into(module, bodies, sought), sought=found)

    def other_names(self, module: str, given: tuple[Words, Words, frozenset[str]]) -> Words:
        """Return the names that a module gives to what drives, if words stand in it that are ``fresh`` among them."""
        words, fresh, local = given
        if fresh is not words and not self._spelling.found(module, fresh):
            return Words()
        here = self._spelling.found(module, words)
        if not local and not (here and self._spelling.may_rename(module, here, words)):
            return Words()
        return renamed(self._flows_in(module), words, local)

    def _flows_in(self, module: str) -> tuple[Flow, ...]:
        if module not in self._flows:
            tree = self._ground.index.quick_tree(module)
            self._flows[module] = tuple(flows_in(tree)) if tree is not None else ()
        return self._flows[module]
