"""What drives outside the core, worked out when somebody first asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from msgspec.structs import replace

from isolint.semantics.drives.ground import Ground
from isolint.semantics.drives.model import NOTHING, DriveTable, Looked, Recalled
from isolint.semantics.drives.spelling import Spelling, spelled
from isolint.semantics.drives.team import alone
from isolint.semantics.watch import DRIVES
from isolint.syntax.deep import with_deep_stack
from isolint.syntax.words import words_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from isolint.semantics.catalogue import Catalogue
    from isolint.semantics.drives.team import Gather
    from isolint.semantics.index import ModuleIndex
    from isolint.semantics.watch import Watched


@final
class Drives:
    """Answers what drives outside the core; worked out when first asked for, once.

    ``looked_at`` is the module under check, and for ``one_text`` the only one that ever asks; ``recalled`` is what a
    search before has found and still holds, and after this one what it found.
    """

    def __init__(
        self,
        world: Watched,
        index: ModuleIndex,
        catalogue: Catalogue,
        *,
        allowed: tuple[str, ...] = (),
        plan_modules: tuple[str, ...] = (),
        table: DriveTable | None = None,
        gather: Gather = alone,
        one_text: bool = False,
    ) -> None:
        self.looked_at = NOTHING
        self._one_text = one_text
        self._gather = gather
        self.known = table
        self.recalled = Recalled()
        self._apart: tuple[Looked, DriveTable] | None = None
        self._ground = Ground(world, index, catalogue, Spelling(index.text), allowed, plan_modules)
        self._index = index
        self._world = world

    @property
    def table(self) -> DriveTable:
        """All that drives and that the core uses, the module under check as it is looked at, as plain data."""
        self.prepare()
        self._world.asked.add(DRIVES)
        if self._apart is not None and self._apart[0] is self.looked_at:
            return self._apart[1]
        assert self.known is not None  # noqa: S101  # prepared
        return self.known

    def prepare(self) -> None:
        """Work the table out. To be called before anything is bound that has to stay."""
        if self.known is None:
            asking = self.looked_at.module if self._one_text else ""
            self.known, self.recalled = self._searched(replace(self._ground, asking=asking))
        told = not self.known.of_core or (self._apart is not None and self._apart[0] is self.looked_at)
        if not told and self._differs():
            ground = replace(self._ground, instead=self.looked_at)
            self._apart = self.looked_at, self._searched(ground)[0]

    def _differs(self) -> bool:
        """Whether the module under check is another than the one that its name stands for."""
        if not self.looked_at.module:
            return False
        with self._world.unnoted():
            text, _ = self._index.source(self.looked_at.module)
        return text is None or text.content != self.looked_at.text

    def _searched(self, ground: Ground) -> tuple[DriveTable, Recalled]:
        # Most runs know what drives, or ask for nothing that may.
        from isolint.semantics.drives.search import search

        with self._world.unnoted():
            try:
                return search(ground, self.recalled, self._gather)
            except RecursionError:
                return with_deep_stack(lambda: search(ground, self.recalled))

    def about(self) -> Iterator[str]:
        """Yield what an answer about a core module may depend on."""
        self.prepare()
        table = self.known or DriveTable()
        yield from (f"{place} {chain}" for place, chain in table.chains.items())
        yield repr([sorted(words) for words in (table.words.names, table.words.members, table.words.givers)])
        yield repr(sorted(table.reaching))

    def may_be_spelled(self, module: str) -> bool:
        """Whether a word stands in a module by which something that drives is used."""
        words = self.table.words
        if self.looked_at.module != module:
            return bool(self._ground.spelling.found(module, words))
        text = self.looked_at.text
        return bool(spelled(text, words_in(text), words))

    def leads_to(self, module: str) -> bool:
        """Whether something that drives can be reached through a module of this dotted name."""
        return self._world.find_offer(module) is not None and self.may_be_reached([module])

    def may_be_reached(self, imported: Iterable[str]) -> bool:
        """Whether something that drives can be reached through one of these dotted names."""
        table = self.table
        for name in imported if table.chains else ():
            place = self._index.split(name)
            if place is not None and place[0] in table.reaching:
                return True
        return False
