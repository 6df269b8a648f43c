"""A session: everything that the files of one run share, and the file that is checked."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.program.import_chains import ImportChains
from isolint.program.program import Program
from isolint.semantics import catalogue as catalogues
from isolint.semantics.catalogue import Effect, Entry

if TYPE_CHECKING:
    import ast
    from collections.abc import Mapping
    from pathlib import PurePath

    from isolint.model import Role
    from isolint.program.program import World
    from isolint.rule import Options
    from isolint.semantics.catalogue import Catalogue
    from isolint.summary.model import ModuleSummary


@final
class Source(Struct, frozen=True):
    """One file to check. ``path`` is how it is named in diagnostics, ``module`` its dotted name.

    ``tree`` is the tree of the interpreter, where a host has parsed the file before.
    """

    path: PurePath
    module: str
    role: Role
    data: bytes
    tree: ast.Module | None = None

    @property
    def is_package(self) -> bool:
        """Whether it is an ``__init__``."""
        return self.path.stem == "__init__"

    @property
    def package(self) -> str:
        """The dotted package that relative imports start from."""
        return self.module if self.is_package else self.module.rpartition(".")[0]


@final
class Session:
    """The program around the files of one run. ``summaries`` are those of modules that are known already."""

    def __init__(
        self, options: Options, world: World, summaries: Mapping[str, ModuleSummary] | None = None
    ) -> None:
        self.options = options
        self.world = world
        self.program = Program(
            world,
            _catalogue(options),
            plan_modules=options.plan_modules,
            allowed=options.allowed,
            summaries=summaries,
        )
        self.chains = ImportChains(
            world,
            self.program.summaries,
            options.ignore_imports,
            type_checking=options.type_checking_imports,
        )


@lru_cache(maxsize=8)
def _catalogue(options: Options) -> Catalogue:
    own = (
        (options.interpreters, Effect.INTERPRETS),
        (options.drivers, Effect.DRIVES),
        (options.spawners, Effect.SPAWNS),
        (options.clients, Effect.CLIENT),
    )
    entries = [
        Entry(name, effect, is_class=effect is Effect.CLIENT, own=True)
        for names, effect in own
        for name in names
    ]
    return catalogues.load().extended(entries, options.aliases)
