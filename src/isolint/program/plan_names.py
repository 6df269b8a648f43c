"""The names that plans are built with, from asyncplan or from a project's own runtime of the same shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from isolint.catalogue.combinators import (
    CONSTRUCTORS,
    PLAN_TYPES,
    REFERENCE_RUNTIME,
    STREAM_TYPES,
    STREAMS,
    TELLING,
)
from isolint.program.types import External, Instance
from isolint.summary.packed import Rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from isolint.program.module_table import ModuleTable
    from isolint.program.types import Types
    from isolint.summary.model import BindingRow, Imported, ModuleSummary, SymbolRow


@final
class PlanNames:
    """Tells which dotted names belong to a runtime of plans.

    ``own`` lists the project's runtime modules; where it is given, no others count but asyncplan.
    """

    def __init__(self, modules: ModuleTable, own: tuple[str, ...]) -> None:
        self._modules = modules
        self._own = own
        self._homes: dict[str, frozenset[str]] = {}

    def constructor(self, dotted: str, asking: str) -> str:
        """Return the constructor that ``dotted`` names in the module ``asking``, a key of ``CONSTRUCTORS``; or nothing."""
        home, _, name = dotted.rpartition(".")
        if home == STREAMS:
            name = f"stream.{name}"
        elif name in CONSTRUCTORS and self._is_class(home, asking):
            return ""
        return name if name in CONSTRUCTORS and self._is_runtime(home, name, asking) else ""

    def is_plan_type(self, dotted: str, asking: str) -> bool:
        """Whether ``dotted`` names the type of plans or of streams."""
        home, _, name = dotted.rpartition(".")
        return dotted in STREAM_TYPES or (name in PLAN_TYPES and self._is_runtime(home, name, asking))

    @staticmethod
    def is_own_plan_type(alias: str, stands_for: Types) -> bool:
        """Whether ``alias`` is how a project's own runtime spells it: ``AsyncPlan = Callable[[], ...]``."""
        classes = (one.of for one in stands_for if isinstance(one, Instance))
        is_callable = any(isinstance(of, External) and of.name.endswith(".Callable") for of in classes)
        return alias == "AsyncPlan" and is_callable

    def _is_class(self, home: str, asking: str) -> bool:
        """Whether a dotted name is that of a class of the project: its method is no constructor."""
        place = self._modules.split(home, asking)
        summary = self._modules.summary(place[0]) if place is not None and place[1] else None
        return summary is not None and place is not None and place[1] in summary.classes

    def _is_runtime(self, home: str, name: str, asking: str) -> bool:
        if not home or _inside(home, REFERENCE_RUNTIME):
            return bool(home)
        if self._own:
            return any(_inside(home, module) for module in self._own)
        return name in TELLING or home in self._telling_homes(asking)

    def _telling_homes(self, asking: str) -> frozenset[str]:
        """Return the modules from which ``asking`` takes a name that tells a runtime of plans."""
        if asking not in self._homes:
            summary = self._modules.summary(asking)
            imports = self._modules.imports(asking)
            self._homes[asking] = (
                telling_homes(asking, summary, imports) if summary is not None else frozenset()
            )
        return self._homes[asking]


def telling_homes(module: str, summary: ModuleSummary, imports: Iterable[Imported]) -> frozenset[str]:
    """Return the modules from which a module takes a name that tells a runtime of plans."""
    split = [one.name.rpartition(".") for one in imports]
    taken = {name for _, _, name in split}
    own = {module} if any(name in TELLING and name not in taken for name in summary.exports) else set[str]()
    return frozenset({home for home, _, name in split if name in TELLING} | own | _homes_read(summary))


def _homes_read(summary: ModuleSummary) -> frozenset[str]:
    """Return the imported modules of which a telling name is read: ``effects`` by ``effects.async_lift``."""
    homes: set[str] = set()
    if not any(name.encode() in summary.symbols.data for name in TELLING):
        return frozenset()
    rows: Rows[SymbolRow] = Rows(summary.symbols)
    bindings: Rows[BindingRow] = Rows(summary.bindings)
    for kind, *parts in rows.all():
        if kind == "attr" and parts[1] in TELLING:
            row = rows[int(parts[0])]
            if row[0] == "bound":
                row = rows[bindings[int(row[1])][1]]
            if row[0] == "import":
                homes.add(str(row[1]))
    return frozenset(homes)


def _inside(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")
