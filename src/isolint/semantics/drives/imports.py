"""Who imports whom in a project."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from isolint.semantics.index import ModuleIndex


@final
class ImportGraph:
    """The imports between first-party modules, read as far as somebody asks."""

    def __init__(self, index: ModuleIndex) -> None:
        self._index = index
        self._imports: dict[str, frozenset[str]] = {}

    def imports(self, module: str) -> frozenset[str]:
        """Return the first-party modules that ``module`` imports anywhere."""
        if module not in self._imports:
            places = (self._index.split(one.name) for one in self._index.imports_of(module))
            self._imports[module] = frozenset(place[0] for place in places if place is not None)
        return self._imports[module]

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
