"""A session: everything that the files of one run share, and the file that is checked."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint import catalogue as catalogues
from isolint import effects
from isolint.catalogue import Effect, Entry
from isolint.evidence import Evidence
from isolint.program.import_chains import ImportChains
from isolint.program.program import Program
from isolint.summary.reading import digest_of
from isolint.syntax.relative_imports import package_of

if TYPE_CHECKING:
    import ast
    from collections.abc import Mapping
    from pathlib import PurePath

    from isolint.catalogue import Catalogue
    from isolint.model import Role
    from isolint.program.summaries import World
    from isolint.rule import Options
    from isolint.summary.reading import Compiled


@final
class Source(Struct, frozen=True):
    """One file to check. ``path`` is how it is named in diagnostics, ``module`` its dotted name.

    ``tree`` is the tree of the interpreter, where a host has parsed the file before. ``known_rules`` are the codes and
    names of all rules, ``unasked`` the codes of those that are on by default and not asked here.
    """

    path: PurePath
    module: str
    role: Role
    data: bytes
    tree: ast.Module | None = None
    known_rules: frozenset[str] = frozenset()
    unasked: frozenset[str] = frozenset()

    @property
    def is_package(self) -> bool:
        """Whether it is an ``__init__``."""
        return self.path.stem == "__init__"

    @property
    def package(self) -> str:
        """The dotted package that relative imports start from."""
        return package_of(self.module, is_package=self.is_package)


@final
class Session:
    """The program around the files of one run. ``known`` are modules that were compiled before."""

    def __init__(self, options: Options, world: World, known: Mapping[str, Compiled] | None = None) -> None:
        self.options = options
        self.world = world
        self.program = Program(
            world,
            _catalogue(options),
            plan_modules=options.plan_modules,
            allowed=options.allowed,
            known=known,
            effects=effects.done_by,
        )
        self.chains = ImportChains(
            world,
            self.program.summaries,
            options.ignore_imports,
            type_checking=options.type_checking_imports,
        )
        self.evidence = Evidence(self.program, world, self.chains, options.forbidden)

    def has(self, module: str, digest: str) -> bool:
        """Whether ``module`` has been compiled, from bytes with this digest."""
        known = self.program.summaries.known.get(module)
        return known is not None and bool(known.encoded) and known.digest == digest

    def with_module(self, module: str, compiled: Compiled) -> Session:
        """Return a session in which ``module`` is as ``compiled``, in place of the content of its file."""
        known = self.program.summaries.known
        if module not in known and self._is_saved(module, compiled.digest):
            known[module] = compiled
            return self
        return Session(self.options, self.world, {**known, module: compiled})

    def _is_saved(self, module: str, digest: str) -> bool:
        """Whether the file of a module, if there is any, has the bytes with this digest."""
        file = self.world.find(module)
        data = file.read() if file is not None else None
        return data is None or digest_of(data) == digest

    def news(self) -> tuple[tuple[tuple[str, str], ...], dict[str, Compiled]]:
        """Return which modules were found to depend on which, and which were compiled, since this was asked last."""
        return self.program.summaries.news()


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
    return catalogues.load().extended([*options.known, *entries], options.aliases)
