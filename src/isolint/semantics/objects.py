"""Of which known classes a project can have objects, told from the words and imports of its modules."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, final

from isolint.semantics.imports import CALLS

if TYPE_CHECKING:
    from isolint.semantics.catalogue import Catalogue
    from isolint.semantics.index import ModuleIndex
    from isolint.semantics.watch import Watched


@final
class ObjectSources:
    """Finds out once for all modules. What it asks of each is not noted: the answer is a topic of its own."""

    def __init__(self, index: ModuleIndex, catalogue: Catalogue, finder: Watched) -> None:
        self._index = index
        self._catalogue = catalogue
        self._finder = finder
        self._importing: dict[str, frozenset[str]] = {}

    @cached_property
    def words(self) -> frozenset[str]:
        """The words that are looked for in every module."""
        pairs = frozenset[tuple[str, str]]().union(*self._catalogue.members().values())
        ways = (way for package, _ in pairs for way in self._catalogue.ways_to(package))
        return frozenset(name for _, name in pairs).union(ways, CALLS)

    @cached_property
    def members(self) -> frozenset[str]:
        """The known methods with an effect that some object of the project may have."""
        with self._finder.unnoted():
            return frozenset(
                member
                for member, pairs in self._catalogue.members().items()
                if any(map(self._is_made, pairs))
            )

    def _is_made(self, source: tuple[str, str]) -> bool:
        """Whether some module may come by a class, or a function that gives one, of a package."""
        package, name = source
        importing = self._modules_importing(package)
        spelling = self._modules_with(name) if importing else frozenset[str]()
        return not importing.isdisjoint(spelling) or any(map(self._comes_by_it_elsewhere, sorted(spelling)))

    def _modules_importing(self, package: str) -> frozenset[str]:
        """Return the modules that import something of a package under a name by which it is known."""
        if package not in self._importing:
            speaking = frozenset[str]().union(*map(self._modules_with, self._catalogue.ways_to(package)))
            is_own = self._index.split(package) is not None
            found = speaking if is_own else (m for m in speaking if self._imports(m, package))
            self._importing[package] = frozenset(found)
        return self._importing[package]

    @cached_property
    def _modules_by_word(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for module in self._finder.modules():
            for word in self._index.words_of(module):
                found.setdefault(word, set()).add(module)
        return found

    def _modules_with(self, word: str) -> frozenset[str]:
        return frozenset(self._modules_by_word.get(word, ()))

    def _imports(self, module: str, package: str) -> bool:
        names = (self._catalogue.canonical(one.name) for one in self._index.imports_of(module))
        named = any(name.partition(".")[0] == package for name in names)
        return named or not self._index.words_of(module).isdisjoint(CALLS)

    def _comes_by_it_elsewhere(self, module: str) -> bool:
        """Whether a module may have known names from others of the project, whatever they are called there."""
        names = {one.name for one in self._index.imports_of(module)}
        return any(self._index.leads_out(name) or self._index.gives_known_names(name) for name in names)
