"""A mapping that is bounded: the values used of late, where any can be made again."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Generic, TypeVar, final

if TYPE_CHECKING:
    from collections.abc import Hashable

K = TypeVar("K", bound="Hashable")
V = TypeVar("V")


@final
class Recent(Generic[K, V]):
    """Keeps at most ``most`` values; a full one forgets the older half of them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.held: dict[K, V] = {}

    def add(self, key: K, value: V) -> V:
        """Keep a value, and return it."""
        if len(self.held) >= self._most:
            for older in [*islice(self.held, self._most // 2)]:
                del self.held[older]
        self.held[key] = value
        return value
