"""Memoised evaluation of equations that may refer to each other in circles.

A circle, such as two functions that return each other's results, is a strongly connected component of equations.
Its members start empty and are evaluated again until none of them grows; then every one is kept. So no answer
depends on which of them was asked first, and none is worked out twice afterwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar, final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

T = TypeVar("T")

MOST_ROUNDS = 20
"""Evaluations of one circle. Values grow in far fewer, since containers nest to a bounded depth only."""


@final
class _Frame(Struct, Generic[T], eq=False):
    """An equation under evaluation: ``lowest`` is the depth of the outermost open equation that it depends on."""

    lowest: int
    value: T
    depth: int
    round: int = 0
    is_asked_again: bool = False


class _Provisional(NamedTuple):
    """The value of a member of an open circle, good for one round of the ``frame`` that the circle begins at."""

    value: object
    frame: _Frame[object]
    round: int


@final
class FixedPoint(Generic[T]):
    """Solves equations. ``merge`` joins two values and must be monotone; ``bottom`` is the least value; none is None.

    ``known`` are the values worked out so far.
    """

    def __init__(self, bottom: T, merge: Callable[[T, T], T]) -> None:
        self._bottom = bottom
        self._merge = merge
        self.known: dict[Hashable, T] = {}
        self._open: dict[Hashable, _Frame[T]] = {}
        self._stack: list[_Frame[T]] = []
        self._provisional: dict[Hashable, _Provisional] = {}

    def solve(self, key: Hashable, evaluate: Callable[[], T]) -> T:
        """Return the value of ``key``; ``evaluate`` works it out from the values of other keys."""
        settled = self.known.get(key)
        if settled is not None:
            return settled
        frame = self._open.get(key)
        if frame is not None:
            frame.is_asked_again = True
            self._depend(frame.depth)
            return frame.value
        before = self._provisional.pop(key, None)
        if before is None:
            return self._evaluate(key, evaluate, self._bottom)
        start = before.frame
        value: T = before.value  # type: ignore[assignment]
        if (
            start.depth < len(self._stack)
            and self._stack[start.depth] is start
            and start.round == before.round
        ):
            self._provisional[key] = before
            self._depend(start.depth)
            return value
        return self._evaluate(key, evaluate, value)

    def _depend(self, depth: int) -> None:
        if self._stack:
            top = self._stack[-1]
            top.lowest = min(top.lowest, depth)

    def _evaluate(self, key: Hashable, evaluate: Callable[[], T], value: T) -> T:
        depth = len(self._stack)
        frame = self._open[key] = _Frame(depth, value, depth)
        self._stack.append(frame)
        members = len(self._provisional)
        try:
            while True:
                frame.round += 1
                found = self._merge(frame.value, evaluate())
                is_settled = not frame.is_asked_again or found == frame.value or frame.round == MOST_ROUNDS
                if frame.lowest < depth or is_settled:
                    break
                frame.value = found
        finally:
            self._stack.pop()
            del self._open[key]
        if frame.lowest < depth:  # a member of a circle that begins further out
            start = self._stack[frame.lowest]
            self._provisional[key] = _Provisional(found, start, start.round)  # type: ignore[arg-type]
            self._depend(frame.lowest)
            return found
        self.known[key] = found
        while len(self._provisional) > members:
            member, provisional = self._provisional.popitem()
            self.known[member] = provisional.value  # type: ignore[assignment]
        return found
