"""The second file of the cache: which module was found to depend on which."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.model import FromZero  # noqa: TC001  # msgspec evaluates the annotations of cached records

if TYPE_CHECKING:
    from collections.abc import Mapping


@final
class Links(Struct, frozen=True, array_like=True):
    """The dependencies of the outcomes of the snapshot that was ``taken`` then. Modules are numbers, places in ``names``."""

    taken: int
    names: tuple[str, ...]
    asked: tuple[tuple[FromZero, ...], ...]

    def is_sound(self) -> bool:
        """Whether it says all that it speaks of: who wrote it is not known."""
        most = max((number for numbers in self.asked for number in numbers), default=-1)
        return most < len(self.names) and len(self.asked) <= len(self.names)

    def by_name(self) -> dict[str, set[str]]:
        """Return the dependencies of each module, by their names."""
        return {
            self.names[number]: {self.names[one] for one in asked} for number, asked in enumerate(self.asked)
        }


def linked(taken: int, links: Mapping[str, set[str]]) -> Links:
    """Return links in the form in which they are kept."""
    others = {one for asked in links.values() for one in asked} - links.keys()
    names = (*sorted(links), *sorted(others))
    number = {name: place for place, name in enumerate(names)}
    asked = tuple(tuple(sorted(number[one] for one in links[name])) for name in sorted(links))
    return Links(taken, names, asked)
