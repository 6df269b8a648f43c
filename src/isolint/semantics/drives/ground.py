"""What every search for drivers stands on: the modules, how one is looked into, and who may drive."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from msgspec import Struct
from msgspec.structs import replace

from isolint.model import Role
from isolint.semantics.drives.model import NOTHING, Looked, Place, Summary
from isolint.syntax import parsing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from isolint.semantics.catalogue import Catalogue
    from isolint.semantics.drives.bodies import Bodies
    from isolint.semantics.drives.spelling import Spelling
    from isolint.semantics.drives.summaries import Sought
    from isolint.semantics.index import ModuleIndex
    from isolint.semantics.module import ModuleSemantics
    from isolint.semantics.watch import Watched

_NO_CHAINS = frozenset({Role.CORE, Role.RUNTIME, None})
"""The core is reported where it drives itself, and a runtime's business is to schedule."""


@final
class Ground(Struct, frozen=True):
    """A project to search. The text of ``instead`` counts instead of its file's; ``own`` are the core's packages.

    Where one module of the core alone is ``asking``, what the others use is nobody's question.
    """

    world: Watched
    index: ModuleIndex
    catalogue: Catalogue
    spelling: Spelling
    allowed: tuple[str, ...] = ()
    plan_modules: tuple[str, ...] = ()
    instead: Looked = NOTHING
    own: frozenset[str] = frozenset()
    asking: str = ""

    def core(self) -> frozenset[str]:
        """Return the modules of the core, with the one that is checked apart from its file."""
        core = {m for m in self.world.modules() if self.world.role_of(m) is Role.CORE}
        return frozenset(core | ({self.instead.module} if self.instead.module else set()))

    def concerns(self, module: str) -> bool:
        """Whether the functions of a module can be part of a chain.

        A library that the catalogue describes is known by its names, unless it is what is checked.
        """
        is_known = self.catalogue.is_library(module) and module.partition(".")[0] not in self.own
        return self.world.role_of(module) not in _NO_CHAINS and not is_known

    def source(self, module: str) -> tuple[parsing.Text | None, str]:
        """Return the text of a module that counts, and the package its relative imports start from."""
        if self.instead.module == module:
            return parsing.text_of(self.instead.text), self.instead.package
        return self.index.source(module)

    def look_into(
        self, module: str, bodies_of: Callable[[ModuleSemantics], Bodies], sought: Sought
    ) -> Summary:
        """Return what those bodies of a module use that ``bodies_of`` gives."""
        from isolint.semantics.drives.summaries import summarised
        from isolint.semantics.module import of_recorder

        self.index.bound.make_room()
        self.world.asked = set()
        recorder, tree = self.index.bound.recorder(module), self.index.bound.tree(module)
        summary = Summary(module, ())
        if recorder is not None and tree is not None:
            file = self.world.find(module)
            semantics = of_recorder(
                recorder,
                tree,
                module,
                is_package=file is not None and file.is_package,
                catalogue=self.catalogue,
                plan_modules=self.plan_modules,
                index=self.index,
            )
            summary = summarised(semantics, tree, self.index.text(module), bodies_of(semantics), sought)
            semantics.inference.dissolve()
        return replace(summary, consulted=frozenset(self.world.asked))

    def all_allowed(self, summaries: Iterable[Summary]) -> frozenset[Place]:
        """Return the definitions that may drive, by their comments or by the configuration."""
        by_comment = (Place(s.module, name) for s in summaries for name in s.allowed)
        homes = (home for name in self.allowed for home in self.index.homes(name))
        return frozenset((*by_comment, *(Place(*home) for home in homes if home[1])))
