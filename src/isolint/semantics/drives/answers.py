"""What drives outside the core, worked out when somebody first asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from isolint.semantics.drives.model import Recalled
from isolint.semantics.drives.spelling import spelled, words_in
from isolint.semantics.watch import DRIVES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from isolint.semantics.catalogue import Catalogue
    from isolint.semantics.drives.model import DriveTable
    from isolint.semantics.index import ModuleIndex
    from isolint.semantics.watch import Watched


@final
class Drives:
    """Answers what drives outside the core; worked out when first asked for, once.

    ``looked_at`` is the module under check with its text, which may differ from its file; ``recalled`` is
    what a search before has found and still holds, and after this one what it found.
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
    ) -> None:
        self.looked_at: tuple[str, str] = ("", "")
        self.known = table
        self.recalled = Recalled()
        self._index = index
        self._world = world
        self._catalogue = catalogue
        self._allowed = allowed
        self._plan_modules = plan_modules

    @property
    def table(self) -> DriveTable:
        """Everything that drives, as plain data."""
        self.prepare()
        self._world.asked.add(DRIVES)
        assert self.known is not None  # noqa: S101  # prepared
        return self.known

    def prepare(self) -> None:
        """Work the table out. To be called before anything is bound that has to stay."""
        if self.known is None:
            # Most runs know what drives, or ask for nothing that may.
            from isolint.semantics.drives.search import Search

            before, self._world.asked = self._world.asked, set()
            search = Search(
                self._world, self._index, self._catalogue, self._allowed, self._plan_modules, self.recalled
            )
            self.known, self.recalled = search.table()
            self._world.asked = before

    def about(self) -> Iterator[str]:
        """Yield what an answer about a core module may depend on."""
        table = self.table
        yield from (f"{place} {chain}" for place, chain in table.chains.items())
        yield repr([sorted(words) for words in (table.words.names, table.words.members, table.words.givers)])
        yield repr(sorted(table.reaching))

    def may_be_used(self, module: str, imported: Iterable[str]) -> bool:
        """Whether a module with these imports, by their dotted names, may use something that drives."""
        if not self.may_be_reached(imported):
            return False
        text = self.looked_at[1] if self.looked_at[0] == module else self._index.text(module)
        return bool(spelled(text, words_in(text), self.table.words))

    def leads_to(self, module: str) -> bool:
        """Whether something that drives can be reached through a module of this dotted name."""
        return self._world.find(module) is not None and self.may_be_reached([module])

    def may_be_reached(self, imported: Iterable[str]) -> bool:
        """Whether something that drives can be reached through one of these dotted names."""
        reaching = self.table.reaching
        for name in imported if reaching else ():
            place = self._index.split(name)
            if place is not None and place[0] in reaching:
                return True
        return False
