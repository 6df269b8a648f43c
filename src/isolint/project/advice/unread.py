"""Modules that checked files import, directly or not, and that cannot be read: findings may be missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.project.import_graph import import_graph
from isolint.project.sources.reading import unreadable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from isolint.project.import_graph import ImportEdge
    from isolint.project.modules import Modules


def unread_warnings(modules: Modules, checked: Collection[str]) -> Iterator[str]:
    """Yield a warning for each module that cannot be read and that the ``checked`` modules lead to by imports.

    A checked module that cannot be read is no matter of a warning: the run fails for it.
    """
    others = ((name, path) for name, path in modules.files.items() if name not in checked)
    reasons = {name: reason for name, path in others if (reason := unreadable(path))}
    if not reasons:
        return
    for edge in _first_imports(modules, checked, reasons):
        imported, importer = modules.find(edge.imported), modules.find(edge.importer)
        if imported is not None and importer is not None:
            yield (
                f"{imported.place} cannot be read: {reasons[edge.imported]}. The content of `{edge.imported}` is not "
                f"known where it is imported ({importer.place}:{edge.line}), so findings may be missing"
            )


def _first_imports(modules: Modules, checked: Collection[str], wanted: Mapping[str, str]) -> list[ImportEdge]:
    """Return one import for each of the ``wanted`` modules that are reached from the ``checked`` ones."""
    reached = {name for name in checked if name in modules.files}
    found: dict[str, ImportEdge] = {}
    pending = set(reached)
    while pending:
        edges = import_graph(modules, pending).edges
        for edge in edges:
            if edge.imported in wanted:
                found.setdefault(edge.imported, edge)
        pending = {edge.imported for edge in edges} - reached - wanted.keys()
        reached |= pending
    return [found[name] for name in sorted(found)]
