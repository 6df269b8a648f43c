"""Who imports whom in a project."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from isolint.semantics.imports import Imported
    from isolint.semantics.index import ModuleIndex


@final
class ImportGraph:
    """The imports between first-party modules, read as far as somebody asks.

    ``instead`` are the imports of modules whose text is another than their file's.
    """

    def __init__(self, index: ModuleIndex, instead: Mapping[str, Iterable[Imported]] | None = None) -> None:
        self._index = index
        self._imports = {module: self._places(imported) for module, imported in (instead or {}).items()}

    def imports(self, module: str) -> frozenset[str]:
        """Return the first-party modules that ``module`` imports anywhere."""
        if module not in self._imports:
            self._imports[module] = self._places(self._index.imports_of(module))
        return self._imports[module]

    def _places(self, imported: Iterable[Imported]) -> frozenset[str]:
        places = (self._index.split(one.name) for one in imported)
        return frozenset(place[0] for place in places if place is not None)

    def reachable(self, start: Iterable[str]) -> frozenset[str]:
        """Return the modules that ``start`` are and import, directly or not."""
        seen = set(start)
        pending = list(seen)
        while pending:
            onward = self.imports(pending.pop()) - seen
            seen |= onward
            pending += onward
        return frozenset(seen)

    def reaching(self, targets: Iterable[str], within: Iterable[str]) -> frozenset[str]:
        """Return those modules of ``within`` that are ``targets`` or import one, directly or not."""
        importers: dict[str, list[str]] = {}
        for module in within:
            for imported in self.imports(module):
                importers.setdefault(imported, []).append(module)
        seen = set(targets)
        pending = list(seen)
        while pending:
            for module in importers.get(pending.pop(), ()):
                if module not in seen:
                    seen.add(module)
                    pending.append(module)
        return frozenset(seen)
