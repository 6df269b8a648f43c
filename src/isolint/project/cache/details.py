"""The second, larger file of the cache: what each outcome depends on, and what else was found out on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, final

from msgspec import Struct
from msgspec.structs import replace

from isolint.model import FromZero  # noqa: TC001  # what is read from a cache is held against annotations
from isolint.semantics.drives.model import Recalled, Summary
from isolint.semantics.exports import Exports
from isolint.semantics.glimpse import Glimpse
from isolint.semantics.watch import is_topic

if TYPE_CHECKING:
    from collections.abc import Iterable

    from isolint.project.cache.numbering import Numbering
    from isolint.project.checking import Checker

Seen: TypeAlias = tuple[frozenset[str], frozenset[str], frozenset[str], Exports]
"""A glimpse: its words, members, sights and exports."""


@final
class Details(Struct, frozen=True):
    """What goes with the outcomes of the snapshot that was ``taken`` then.

    The names of ``asked``, by the path of a file, and of ``consulted``, by module, are numbers in ``names``.
    ``world`` has a digest of what the project as a whole said on each topic among them.
    """

    taken: int
    names: tuple[str, ...]
    asked: dict[str, tuple[FromZero, ...]]
    glimpses: dict[str, Seen]
    words: dict[str, frozenset[str]]
    drivers: tuple[str, ...]
    summaries: dict[str, Summary]
    consulted: dict[str, tuple[FromZero, ...]]
    world: dict[str, str]

    def is_sound(self) -> bool:
        """Whether it says all that it speaks of: who wrote it is not known."""
        listed = (*self.asked.values(), *self.consulted.values())
        most = max(map(max, filter(None, listed)), default=-1)
        told = all(name in self.world for name in self.names if is_topic(name))
        return most < len(self.names) and told and self.summaries.keys() == self.consulted.keys()

    def glimpsed(self, changed: frozenset[str]) -> dict[str, Glimpse]:
        """Return what was seen of the modules that have not ``changed``."""
        return {module: Glimpse(*seen) for module, seen in self.glimpses.items() if module not in changed}

    def drives(self, changed: frozenset[str]) -> Recalled:
        """Return what still holds of what drives: the modules, and what was asked about them, have not ``changed``."""
        told = {
            module: replace(summary, consulted=frozenset(map(self.names.__getitem__, self.consulted[module])))
            for module, summary in self.summaries.items()
        }
        return Recalled(self.drivers, told).holding(changed)


def details(taken: int, asked: dict[str, tuple[int, ...]], numbering: Numbering, checker: Checker) -> Details:
    """Return what ``checker`` knows, for outcomes that depend on what was ``asked``, by path, in numbers."""
    used = frozenset[int]().union(*asked.values())
    # First, since what drives may have to be found out for that, and is written down with the rest.
    world = _told(used, numbering, checker)
    recalled = checker.drives
    consulted = {m: numbering.numbers(one.consulted) for m, one in sorted(recalled.summaries.items())}
    used_there = frozenset[int]().union(*consulted.values())
    return Details(
        taken=taken,
        names=numbering.only(used | used_there),
        asked=asked,
        glimpses={module: _seen(glimpse) for module, glimpse in checker.glimpses.items()},
        words=checker.words,
        drivers=recalled.drivers,
        summaries={m: replace(one, consulted=frozenset()) for m, one in recalled.summaries.items()},
        consulted=consulted,
        world=world | _told(used_there - used, numbering, checker),
    )


def _told(numbers: Iterable[int], numbering: Numbering, checker: Checker) -> dict[str, str]:
    """Return a digest of what the project as a whole says on each topic among the names with these numbers."""
    topics = sorted(filter(is_topic, map(numbering.__getitem__, numbers)))
    return {topic: checker.digest_of(topic) for topic in topics}


def _seen(glimpse: Glimpse) -> Seen:
    return glimpse.words, glimpse.members, glimpse.sights, glimpse.exports
