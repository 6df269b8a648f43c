"""The boundary of a project: who imports whom, what breaks the isolation, and from where drives are reached."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.config.problems import nearest
from isolint.model import Checked, Crashed, Diagnostic, Role, Unparsable
from isolint.project.collapsing import collapsed
from isolint.project.discovery import discover
from isolint.project.errors import ProjectError
from isolint.project.evidence import DRIVES, prefixes
from isolint.project.import_graph import chains_in, import_graph
from isolint.project.run import check_paths
from isolint.project.workspace import Workspace
from isolint.report.boundary.model import ROLES, Boundary, Drives, Found, Imports, Package, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path, PurePath

    from isolint.config import Config
    from isolint.model import Outcome
    from isolint.project.collapsing import Groups
    from isolint.project.import_graph import ImportGraph
    from isolint.semantics.import_chains import Chain, ImportChains

_IMPORT_RULES = ("ISO110", "ISO111")
_INDIRECT_DRIVE = "ISO112"


@final
class IndirectDrive(Struct, frozen=True):
    """A finding of a core module that drives through others: where it stands, and the steps to what drives."""

    path: PurePath
    line: int
    column: int
    code: str
    message: str
    driver: str
    chain: tuple[Step, ...]


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
    indirect: Sequence[IndirectDrive] = (),
    cache: Path | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Mapped:
    """Check the files among and below ``paths``, and return who imports whom in them.

    ``depth`` and ``focus`` say what is drawn as one, see ``collapsed``; with a focus, only what has to do
    with it is drawn. ``indirect`` are drives through others with their chains; a finding of the run at the
    same place is not drawn besides. ``cache`` is that of the check. Raises as ``check_paths`` does, and ProjectError where nothing is in
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
    chains = chains_in(workspace.modules, config.options)
    drawing = _Drawing(collapsed(roles, depth, focus), graph, chains)
    told = {(drive.path, drive.line, drive.column, drive.code) for drive in indirect}
    for found in _diagnostics(run.outcomes):
        if (found.path, found.span.line, found.span.column, found.code) not in told:
            drawing.add(modules[found.path], found)
    for drive in indirect:
        seen = Found(drive.path, drive.line, drive.column, drive.code, drive.message, drive.chain)
        drawing.add_drive(modules[drive.path], drive.driver, seen)
    notes = list(run.notes)
    if graph.unread:
        notes.append(
            f"{len(graph.unread)} of the files cannot be parsed: what they import is not in the picture"
        )
    crashed = tuple(outcome for outcome in run.outcomes if isinstance(outcome, Crashed))
    return Mapped(drawing.boundary(focus), run.warnings, tuple(notes), crashed)


def _diagnostics(outcomes: Sequence[Outcome]) -> Iterator[Diagnostic]:
    for outcome in outcomes:
        if isinstance(outcome, Checked):
            yield from outcome.diagnostics
        elif isinstance(outcome, Unparsable):
            yield outcome.diagnostic


def _must_exist(focus: str, roles: Mapping[str, Role]) -> None:
    known = dict.fromkeys(name for module in roles for name in prefixes(module))
    if focus and focus not in known:
        raise ProjectError(f"no module is called `{focus}`{nearest(focus, known)}")


@final
class _Drawing:
    """A picture that findings are put into one by one."""

    def __init__(self, groups: Groups, graph: ImportGraph, chains: ImportChains) -> None:
        order = sorted(groups, key=lambda key: (ROLES.index(key[1]), key[0].split(".")))
        self._groups = {key: groups[key] for key in order}
        self._place = {module: place for place, key in enumerate(order) for module in groups[key]}
        self._chains = chains
        self._imported: dict[str, set[str]] = defaultdict(set)
        self._counts: dict[tuple[int, int], int] = defaultdict(int)
        self._inside: dict[int, list[Found]] = defaultdict(list)
        self._crossing: dict[tuple[int, int], list[Found]] = defaultdict(list)
        self._drives: dict[tuple[int, str], list[Found]] = defaultdict(list)
        for edge in graph.edges:
            self._imported[edge.importer].add(edge.imported)
            if edge.imported in self._place:
                self._counts[self._place[edge.importer], self._place[edge.imported]] += 1

    def add(self, module: str, diagnostic: Diagnostic) -> None:
        """Put a finding in where it belongs: to an import, to what drives, or into its package."""
        found = Found(
            diagnostic.path,
            diagnostic.span.line,
            diagnostic.span.column,
            diagnostic.code,
            diagnostic.message,
        )
        self._inside[self._place[module]].append(found)
        if diagnostic.code in (*DRIVES, _INDIRECT_DRIVE):
            self.add_drive(module, diagnostic.resolved or "await", found, count=False)
        elif diagnostic.code in _IMPORT_RULES:
            for importer, imported in self._links(module, diagnostic):
                self._crossing[importer, imported].append(found)

    def add_drive(self, module: str, driver: str, found: Found, *, count: bool = True) -> None:
        """Put in what a module drives; ``count`` says that the finding is not among the others."""
        self._drives[self._place[module], driver].append(found)
        if count:
            self._inside[self._place[module]].append(found)

    def _links(self, module: str, diagnostic: Diagnostic) -> Iterator[tuple[int, int]]:
        """Yield the edges that a finding about imports is about: one, or those of a chain."""
        pairs = [(module, diagnostic.resolved)]
        if diagnostic.code == "ISO111":
            chain = self._chain(module, diagnostic.resolved)
            pairs = (
                [(module, chain.start), *((link.importer, link.imported) for link in chain.links)]
                if chain
                else []
            )
        places = ((self._place.get(importer), self._place.get(imported)) for importer, imported in pairs)
        yield from dict.fromkeys(
            (importer, imported)
            for importer, imported in places
            if importer is not None and imported is not None and importer != imported
        )

    def _chain(self, module: str, shell: str) -> Chain | None:
        chains = self._chains.shortest(module, self._imported[module])
        return next((chain for chain in chains if chain.shell == shell), None)

    def boundary(self, focus: str) -> Boundary:
        """Return the picture; with a focus, of what is in it and of what has to do with that."""
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
