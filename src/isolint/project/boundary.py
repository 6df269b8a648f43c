"""The boundary of a project: its imports, the breaches of the isolation, and the packages that reach drivers."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.config.problems import nearest
from isolint.model import Crashed, Role
from isolint.project.collapsing import collapsed
from isolint.project.errors import ProjectError
from isolint.project.import_graph import import_graph
from isolint.project.proposals.package_facts import DRIVES, prefixes
from isolint.project.run import check_paths
from isolint.project.sources.discovery import discover
from isolint.project.workspace import Workspace
from isolint.report.boundary.model import ROLES, Boundary, Drives, Found, Imports, Package, Step
from isolint.report.tally import findings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from isolint.config import Config
    from isolint.model import Diagnostic
    from isolint.project.collapsing import Groups
    from isolint.project.import_graph import ImportGraph

_IMPORT_RULES = ("ISO110", "ISO111")
_INDIRECT_DRIVE = "ISO112"


@final
class Mapped(Struct, frozen=True):
    """The picture, warnings and remarks for the user, and the files that could not be checked."""

    boundary: Boundary
    warnings: tuple[str, ...]
    notes: tuple[str, ...]
    crashed: tuple[Crashed, ...]


def map_boundary(
    paths: Sequence[Path],
    config: Config,
    *,
    depth: int | None = None,
    focus: str = "",
    jobs: int = 1,
    cache: Path | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Mapped:
    """Check the files among and below ``paths``, and return their imports.

    ``depth`` and ``focus`` decide which modules are drawn as one, see ``collapsed``; with a focus, only it and its
    neighbours are drawn. ``cache`` is that of the check. Raises as ``check_paths`` does, and ProjectError where nothing is in
    the focus.
    """
    run = check_paths(paths, config, jobs=jobs, on_progress=on_progress, cache=cache)
    workspace = Workspace(config, discover(paths, config).files)
    roles = {file.module: workspace.decisions[file].role for file in workspace.checked}
    if not roles:
        raise ProjectError("no Python files found, so there is nothing to map")
    _must_exist(focus, roles)
    graph = import_graph(workspace.modules, roles)
    modules = {file.shown: file.module for file in workspace.checked}
    drawing = _Drawing(collapsed(roles, depth, focus), graph)
    for found in findings(run.outcomes):
        drawing.add(modules[found.path], found)
    notes = list(run.notes)
    if graph.unread:
        notes.append(
            f"{len(graph.unread)} of the files cannot be parsed: their imports are not in the picture"
        )
    crashed = tuple(outcome for outcome in run.outcomes if isinstance(outcome, Crashed))
    return Mapped(drawing.boundary(focus), run.warnings, tuple(notes), crashed)


def _must_exist(focus: str, roles: Mapping[str, Role]) -> None:
    known = dict.fromkeys(name for module in roles for name in prefixes(module))
    if focus and focus not in known:
        raise ProjectError(f"no module is called `{focus}`{nearest(focus, known)}")


@final
class _Drawing:
    """A picture that findings are put into one by one."""

    def __init__(self, groups: Groups, graph: ImportGraph) -> None:
        order = sorted(groups, key=lambda key: (ROLES.index(key[1]), key[0].split(".")))
        self._groups = {key: groups[key] for key in order}
        self._place = {module: place for place, key in enumerate(order) for module in groups[key]}
        self._counts: dict[tuple[int, int], int] = defaultdict(int)
        self._inside: dict[int, list[Found]] = defaultdict(list)
        self._crossing: dict[tuple[int, int], list[Found]] = defaultdict(list)
        self._drives: dict[tuple[int, str], list[Found]] = defaultdict(list)
        for edge in graph.edges:
            if edge.imported in self._place:
                self._counts[self._place[edge.importer], self._place[edge.imported]] += 1

    def add(self, module: str, diagnostic: Diagnostic) -> None:
        """Put a finding in where it belongs: to an import, to a driver, or into its package."""
        place, chain = (
            diagnostic.span,
            tuple(Step(each.name, f"{each.path}:{each.line}") for each in diagnostic.chain),
        )
        found = Found(diagnostic.path, place.line, place.column, diagnostic.code, diagnostic.message, chain)
        self._inside[self._place[module]].append(found)
        if diagnostic.code in (*DRIVES, _INDIRECT_DRIVE):
            self._drives[self._place[module], diagnostic.resolved or "await"].append(found)
        elif diagnostic.code in _IMPORT_RULES:
            for importer, imported in self._links(module, diagnostic):
                self._crossing[importer, imported].append(found)

    def _links(self, module: str, diagnostic: Diagnostic) -> Iterator[tuple[int, int]]:
        """Yield the edges that a finding about imports is about: one, or those of a chain."""
        names = [module, *(step.name for step in diagnostic.chain)]
        pairs = [*pairwise(names)] or [(module, diagnostic.resolved)]
        places = ((self._place.get(importer), self._place.get(imported)) for importer, imported in pairs)
        yield from dict.fromkeys(
            (importer, imported)
            for importer, imported in places
            if importer is not None and imported is not None and importer != imported
        )

    def boundary(self, focus: str) -> Boundary:
        """Return the picture; with a focus, of its content and its neighbours."""
        inside = self._in(focus) if focus else set(self._place.values())
        edges = [edge for edge in sorted({*self._counts, *self._crossing}) if self._is_about(edge, inside)]
        shown = sorted(inside.union(*edges))
        place = {old: new for new, old in enumerate(shown)}
        keys = list(self._groups)
        packages = tuple(
            Package(*keys[old], len(self._groups[keys[old]]), tuple(sorted(self._inside[old])))
            for old in shown
        )
        imports = tuple(
            Imports(
                place[importer],
                place[imported],
                self._counts.get((importer, imported), 0),
                tuple(sorted(self._crossing.get((importer, imported), ()))),
            )
            for importer, imported in edges
        )
        drives = tuple(
            Drives(place[old], driver, tuple(sorted(found)))
            for (old, driver), found in sorted(self._drives.items())
            if old in inside
        )
        return Boundary(packages, imports, drives)

    def _is_about(self, edge: tuple[int, int], inside: set[int]) -> bool:
        """Whether an import begins or ends inside, or is part of a chain that does."""
        if edge[0] == edge[1]:
            return False
        found = (
            {one for place in inside for one in self._inside[place]}
            if edge in self._crossing
            else set[Found]()
        )
        return not inside.isdisjoint(edge) or not found.isdisjoint(self._crossing[edge] if found else ())

    def _in(self, focus: str) -> set[int]:
        return {place for place, (name, _) in enumerate(self._groups) if f"{name}.".startswith(f"{focus}.")}
