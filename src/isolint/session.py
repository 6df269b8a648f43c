"""What the files of one run share, and how a text that is not saved fits in."""

from __future__ import annotations

from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.gate import Gate
from isolint.rule import GateInput
from isolint.semantics import catalogue as catalogues
from isolint.semantics.catalogue import Effect, Entry
from isolint.semantics.drives.answers import Drives
from isolint.semantics.drives.team import alone
from isolint.semantics.import_chains import ImportChains
from isolint.semantics.index import ModuleIndex
from isolint.semantics.plans import names
from isolint.semantics.watch import MEMBERS, PLANS, TextModule, Unsaved, Watched, offer_of

if TYPE_CHECKING:
    import ast
    from collections.abc import Generator, Iterable
    from collections.abc import Set as AbstractSet
    from pathlib import PurePath

    from isolint.model import Role
    from isolint.rule import Options, Rule
    from isolint.semantics.catalogue import Catalogue
    from isolint.semantics.drives.model import DriveTable
    from isolint.semantics.drives.team import Gather
    from isolint.semantics.watch import FoundModule, World


@final
class Source(Struct, frozen=True):
    """One file to check. ``path`` is how it is named in diagnostics, ``module`` its dotted name.

    ``tree`` is what the interpreter has parsed, where a host has done so before. ``known_rules`` are the codes and
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


@final
class Session:
    """What the files of one run share: the catalogue, what was read of other modules, the gate.

    ``rules`` are all that are asked in the run. ``table`` says what drives outside the core, where that has
    been worked out already; if not, teams that ``gather`` makes do, for ``one_text`` no more than that needs.
    """

    def __init__(
        self,
        rules: Iterable[Rule],
        options: Options,
        world: World,
        table: DriveTable | None = None,
        gather: Gather = alone,
        *,
        one_text: bool = False,
    ) -> None:
        self.options = options
        self._rules = tuple(rules)
        self._around = world
        self._gather = gather
        self.world = Watched(world)
        self.catalogue = _catalogue(options)
        plan_words = names.words(self.catalogue, options.plan_modules)
        self.index = ModuleIndex(self.world, self.catalogue, plan_words)
        self.chains = ImportChains(
            self.world,
            self.index.imports_of,
            options.ignore_imports,
            type_checking=options.type_checking_imports,
        )
        self.drives = Drives(
            self.world,
            self.index,
            self.catalogue,
            allowed=options.allowed,
            plan_modules=options.plan_modules,
            table=table,
            gather=gather,
            one_text=one_text,
        )
        given = GateInput(self.catalogue, options, self.world, self.chains, self.drives)
        self.gate = Gate(self._rules, given, self.index)

    @contextmanager
    def seeing(self, source: Source) -> Generator[Session]:
        """Give a session for which the text of ``source`` is that of its module: another one if it is unsaved."""
        text = self._unsaved(source)
        if text is None:
            yield self
            return
        around = Unsaved(self._around, source.module, text, source.role)
        session = Session(self._rules, self.options, around, gather=self._gather, one_text=True)
        session.index.share(self.index, source.module)
        if self.drives.recalled.summaries:
            changed = self._changed_in(session, source.module)
            session.drives.recalled = self.drives.recalled.holding(changed)
        yield session
        if session.drives.recalled.summaries:
            changed = self._changed_in(session, source.module)
            self.drives.recalled = self.drives.recalled.with_more(session.drives.recalled.holding(changed))

    def _changed_in(self, other: Session, module: str) -> AbstractSet[str]:
        """Return all by which an answer may differ in a session in which one module has changed."""
        topics = {topic for topic in (MEMBERS, PLANS) if other.index.about(topic) != self.index.about(topic)}
        return {module, offer_of(module)} | topics

    def _unsaved(self, source: Source) -> TextModule | None:
        """Return a text that is not the one its module has."""
        found = self._around.find(source.module)
        if not source.module or (found is not None and not is_file_of(source, found)):
            return None  # a second file of that name, which nobody imports
        if found is not None and _same_text(found.read(), source.data):
            return None
        return TextModule(
            source.data, source.is_package, found.place if found is not None else str(source.path)
        )


def is_file_of(source: Source, module: FoundModule) -> bool:
    """Whether a text is that of the file which imports of its module mean, and not of a stub beside it."""
    return module.place.rpartition("/")[2] == source.path.name


def _same_text(saved: bytes | None, data: bytes) -> bool:
    """Whether they differ by their line ends at most: editors and hosts have ends of their own."""
    return saved is not None and (saved == data or saved.replace(b"\r\n", b"\n") == data)


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
