"""Finds what drives outside the core: everything, or, where that is too much, what the core uses of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from isolint.semantics.drives.backwards import Backwards
from isolint.semantics.drives.drivers_in import DriversIn
from isolint.semantics.drives.imports import ImportGraph
from isolint.semantics.drives.model import DriveTable, Recalled
from isolint.semantics.drives.onwards import Onwards
from isolint.semantics.drives.seeds import Seeds
from isolint.semantics.drives.team import alone
from isolint.semantics.drives.uses_in import UsesIn
from isolint.semantics.imports import imports
from isolint.syntax.older import readable
from isolint.syntax.parsing import SyntaxProblem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from isolint.semantics.drives.ground import Ground
    from isolint.semantics.drives.model import Summary
    from isolint.semantics.drives.team import Gather
    from isolint.semantics.imports import Imported


def search(ground: Ground, recalled: Recalled, gather: Gather = alone) -> tuple[DriveTable, Recalled]:
    """Return what drives, and what the next search need not look for again, as it need not what is ``recalled``.

    Both ways find the same chains for what the core uses. Modules are read by the teams that ``gather`` makes.
    """
    core = ground.core()
    ground = replace(ground, own=frozenset(module.partition(".")[0] for module in core))
    if not core or not any(map(ground.concerns, ground.world.modules())):
        return DriveTable(), Recalled()
    instead = ground.instead
    graph = ImportGraph(ground.index, {instead.module: _imported(ground)} if instead.module else {})
    reachable = graph.reachable(core)
    seeds = Seeds(ground.catalogue, ground.index, sorted(reachable))
    drivers = tuple(sorted(seeds.names))
    concerned = filter(ground.concerns, sorted(reachable))
    driving = [module for module in concerned if seeds.stand_in(module, ground.index.text(module))]
    nothing: Mapping[str, Summary] = {}
    known = recalled.summaries if recalled.drivers == drivers else nothing
    reader = DriversIn(ground, seeds.names)
    with gather(reader) as team:
        backwards = Backwards(ground, reader, team, graph, reachable, known)
        table = backwards.table(driving)
    if table is not None:
        return table, Recalled(drivers, backwards.summaries)
    known = nothing if recalled.drivers else recalled.summaries
    with gather(UsesIn(ground)) as readers:
        onwards = Onwards(ground, readers, graph.reaching(driving, reachable), known)
        return onwards.table(), Recalled((), onwards.summaries)


def _imported(ground: Ground) -> Iterable[Imported]:
    text, package = ground.source(ground.instead.module)
    if text is None:
        return ()
    tree, text = readable(text)
    if isinstance(tree, SyntaxProblem):
        return ()
    seen = ground.index.seen_from(ground.instead.module)
    return imports(tree, package, seen=seen, text=text.content)
