"""The import graph of a whole tree, for pictures and proposals; rules ask only for the parts they need."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from msgspec import Struct, field

from isolint.config import Problem, line_in
from isolint.config.problems import displayed
from isolint.program import ignored_imports
from isolint.program.import_chains import ImportChains
from isolint.program.summaries import Summaries

if TYPE_CHECKING:
    from collections.abc import Iterable

    from isolint.config import Config
    from isolint.program.ignored_imports import IgnoredImport
    from isolint.project.modules import Modules


@final
class ImportEdge(Struct, frozen=True, order=True):
    """One import of one first-party module by another; ``line`` is in the importer and starts at 1."""

    importer: str
    imported: str
    line: int
    type_checking: bool


@final
class ImportGraph(Struct, frozen=True):
    """The imports of a tree. ``foreign`` has the top-level names of the imports of each module from elsewhere.

    ``unread`` are the modules that cannot be parsed, so that nothing is known of their imports.
    """

    edges: tuple[ImportEdge, ...]
    foreign: dict[str, frozenset[str]] = field(default_factory=dict[str, "frozenset[str]"])
    unread: tuple[str, ...] = ()


def import_graph(modules: Modules, wanted: Iterable[str]) -> ImportGraph:
    """Return the imports of the ``wanted`` modules."""
    summaries = Summaries(modules)
    edges: set[ImportEdge] = set()
    foreign: dict[str, frozenset[str]] = {}
    unread: list[str] = []
    for module in sorted(wanted):
        if not summaries.is_readable(module):
            unread.append(module)
            continue
        elsewhere: set[str] = set()
        for one in summaries.imports(module):
            name = modules.absolute(one.name, module)
            target = resolve(name, modules)
            if target is None:
                if not one.type_checking:
                    elsewhere.add(name.partition(".")[0])
            elif target != module:
                edges.add(ImportEdge(module, target, one.line, one.type_checking))
        foreign[module] = frozenset(elsewhere)
    return ImportGraph(tuple(sorted(edges)), foreign, tuple(unread))


def resolve(name: str, modules: Modules) -> str | None:
    """Return the longest first-party module that a dotted name starts with, None where there is none."""
    while name:
        if modules.find(name) is not None:
            return name
        name = name.rpartition(".")[0]
    return None


def unused_ignores(config: Config, modules: Modules) -> list[Problem]:
    """Return a problem for each entry of ``ignore-imports`` that fits no import of the tree."""
    summaries = Summaries(modules)
    return [
        Problem(
            displayed(config.source or config.root),
            line_in(config, ("ignore-imports", index)),
            f'`ignore-imports`: "{text}" matches no import',
        )
        for index, text in enumerate(config.options.ignore_imports)
        if not _is_used(ignored_imports.parse(text), modules, summaries)
    ]


def _is_used(ignored: IgnoredImport, modules: Modules, summaries: Summaries) -> bool:
    chains = ImportChains(modules, summaries)
    for importer in modules.modules():
        if ignored_imports.fits(ignored.importer, importer):
            if not summaries.is_readable(importer):
                return True  # there is no telling
            imports = summaries.imports(importer)
            targets = (chains.target(modules.absolute(one.name, importer)) for one in imports)
            if any(target is not None and ignored.covers(importer, target) for target in targets):
                return True
    return False
