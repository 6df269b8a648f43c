"""Who imports whom in a project, read from the text: a superset, at a tenth of the price of a tree."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, final

from isolint.semantics.exports import absolute

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from isolint.semantics.index import ModuleIndex

_GAP = r"(?:[ \t\f]|\\\r?\n)"
_IMPORT = re.compile(
    rf"(?:^|[;:]){_GAP}*(?:lazy{_GAP}+)?"
    rf"(?:from{_GAP}*(?P<module>\.[\s.\\]*[\w.]*|[\w.]+){_GAP}*import\b{_GAP}*"
    r"(?P<names>\((?:[^)#]|#[^\n]*)*|(?:[^\n;#\\]|\\\r?\n)*)"
    rf"|import{_GAP}+(?P<modules>(?:[^\n;#\\]|\\\r?\n)*))",
    re.MULTILINE,
)
_BY_CALL = re.compile(r"(?:import_module|__import__)\(\s*['\"](?P<name>[\w.]+)")
_COMMENT = re.compile(r"#[^\n]*")
_NAME = re.compile(r"[\w.]+")


@final
class ImportGraph:
    """The imports between first-party modules, read as far as somebody asks."""

    def __init__(self, index: ModuleIndex) -> None:
        self._index = index
        self._imports: dict[str, frozenset[str]] = {}

    def imports(self, module: str) -> frozenset[str]:
        """Return the first-party modules that ``module`` imports anywhere."""
        if module not in self._imports:
            text, package = self._index.source(module)
            places = (self._index.split(name) for name in imported_names(text, package))
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


def imported_names(text: str, package: str) -> Iterator[str]:
    """Yield the dotted names that the text imports, and some more that only look like it."""
    for match in _IMPORT.finditer(text):
        if match["module"] is not None:
            yield from _from(match["module"], match["names"], package)
        else:
            yield from _plain(match["modules"])
    for match in _BY_CALL.finditer(text):
        yield match["name"]


def _from(written: str, names: str, package: str) -> Iterator[str]:
    compact = re.sub(r"[\s\\]", "", written)
    stripped = compact.lstrip(".")
    module = absolute(stripped, len(compact) - len(stripped), package)
    yield from (f"{module}.{name}" for name in _names(names))
    if "*" in names:
        yield module


def _plain(modules: str) -> Iterator[str]:
    for name in _names(modules):
        # `import a.b` binds `a`, through which everything in between can be reached.
        while name:
            yield name
            name = name.rpartition(".")[0]


def _names(listed: str) -> Iterator[str]:
    for item in _COMMENT.sub("", listed).replace("\\", " ").split(","):
        match = _NAME.search(item)
        if match is not None:
            yield match.group()
