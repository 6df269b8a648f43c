"""Names by numbers, which they keep from run to run: what has not changed is written down again as it was read."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

_FREE = ""


@final
class Numbering:
    """Gives numbers to names, and goes on from the ``names`` of another numbering, whose place is their number."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names = list(names)
        self._numbers = {name: number for number, name in enumerate(self._names) if name != _FREE}
        self._free = [number for number, name in enumerate(self._names) if name == _FREE]

    def numbers(self, names: AbstractSet[str]) -> tuple[int, ...]:
        """Return the numbers of ``names``, in order; a name that has none gets one."""
        for name in sorted(names - self._numbers.keys()):
            self._add(name)
        return tuple(sorted(map(self._numbers.__getitem__, names)))

    def _add(self, name: str) -> None:
        if self._free:
            number = self._free.pop()
            self._names[number] = name
        else:
            number = len(self._names)
            self._names.append(name)
        self._numbers[name] = number

    def known(self, names: AbstractSet[str]) -> frozenset[int]:
        """Return the numbers of those among ``names`` that have one."""
        return frozenset(self._numbers[name] for name in self._numbers.keys() & names)

    def only(self, used: AbstractSet[int]) -> tuple[str, ...]:
        """Return the names by their numbers, where those that are not ``used`` make room for others."""
        return tuple(name if number in used else _FREE for number, name in enumerate(self._names))

    def __getitem__(self, number: int) -> str:
        """Return the name that has a number."""
        return self._names[number]
