"""Who imports whom in a whole tree, for pictures and proposals; rules ask only for what they need."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, final

from msgspec import Struct, field

from isolint.config import Problem, line_in
from isolint.config.problems import displayed
from isolint.semantics import ignored_imports
from isolint.semantics.import_chains import ImportChains
from isolint.semantics.imports import Imported, imports
from isolint.semantics.watch import Watched
from isolint.syntax import parsing
from isolint.syntax.older import readable
from isolint.syntax.parsing import SyntaxProblem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from isolint.config import Config
    from isolint.project.modules import Modules
    from isolint.semantics.ignored_imports import IgnoredImport


@final
class ImportEdge(Struct, frozen=True, order=True):
    """One import of one first-party module by another; ``line`` is in the importer and starts at 1."""

    importer: str
    imported: str
    line: int
    type_checking: bool


@final
class ImportGraph(Struct, frozen=True):
    """The imports of a tree. ``foreign`` has the top-level names of what each module imports from elsewhere.

    ``unread`` are the modules that cannot be parsed, so that nothing is known of their imports.
    """

    edges: tuple[ImportEdge, ...]
    foreign: dict[str, frozenset[str]] = field(default_factory=dict[str, "frozenset[str]"])
    unread: tuple[str, ...] = ()


def import_graph(modules: Modules, wanted: Iterable[str] | None = None) -> ImportGraph:
    """Read the imports of the ``wanted`` modules, by default of all that have a file."""
    edges: set[ImportEdge] = set()
    foreign: dict[str, frozenset[str]] = {}
    unread: list[str] = []
    for module in sorted(modules.files if wanted is None else wanted):
        found = imports_of(module, modules)
        if found is None:
            unread.append(module)
            continue
        elsewhere: set[str] = set()
        for one in found:
            target = resolve(one.name, modules)
            if target is None:
                if not one.type_checking:
                    elsewhere.add(one.name.partition(".")[0])
            elif target != module:
                edges.add(ImportEdge(module, target, one.line, one.type_checking))
        foreign[module] = frozenset(elsewhere)
    return ImportGraph(tuple(sorted(edges)), foreign, tuple(unread))


def imports_of(module: str, modules: Modules) -> tuple[Imported, ...] | None:
    """Return what a module imports, None where its file cannot be read or parsed."""
    file = modules.find(module)
    data = file.read() if file is not None else None
    text = parsing.decode(data) if data is not None else None
    if file is None or text is None or isinstance(text, SyntaxProblem):
        return None
    tree, text = readable(text)
    if isinstance(tree, SyntaxProblem):
        return None
    package = module if file.is_package else module.rpartition(".")[0]
    seen = partial(modules.absolute, importer=module)
    return imports(tree, package, seen=seen, text=text.content)


def resolve(name: str, modules: Modules) -> str | None:
    """Return the longest first-party module that a dotted name starts with, None where there is none."""
    while name:
        if modules.find(name) is not None:
            return name
        name = name.rpartition(".")[0]
    return None


def unused_ignores(config: Config, modules: Modules) -> list[Problem]:
    """Return a problem for each entry of ``ignore-imports`` that fits no import of the tree."""
    return [
        Problem(
            displayed(config.source or config.root),
            line_in(config, ("ignore-imports", index)),
            f'`ignore-imports`: "{text}" matches no import',
        )
        for index, text in enumerate(config.options.ignore_imports)
        if not _is_used(ignored_imports.parse(text), modules)
    ]


def _is_used(ignored: IgnoredImport, modules: Modules) -> bool:
    chains = ImportChains(Watched(modules), lambda module: imports_of(module, modules) or ())
    for importer in modules.modules():
        if ignored_imports.fits(ignored.importer, importer):
            found = imports_of(importer, modules)
            targets = (chains.target(one.name) for one in found or ())
            if found is None or any(t is not None and ignored.covers(importer, t) for t in targets):
                return True  # or there is no telling
    return False
