"""Reachability in a graph that is found on the way: which goals each node leads to, kept between questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar, final

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

N = TypeVar("N")


@final
class Reachability(Generic[N]):
    """Tells which goals can be reached from a node; a set of goals is a number with a bit for each.

    ``onward`` gives the edges of a node: the next node, and whether it is a goal, from which nothing leads on.
    """

    def __init__(
        self, onward: Callable[[N], Iterable[tuple[N, bool]]], goal: Callable[[N], Hashable]
    ) -> None:
        self._onward = onward
        self._goal = goal
        self._bits: dict[Hashable, int] = {}
        self._goals: dict[N, int] = {}
        self._before: dict[N, list[N]] = {}

    def bit(self, goal: Hashable) -> int:
        """Return the set of one goal, empty for one that nothing leads to so far."""
        return self._bits.get(goal, 0)

    def of(self, node: N) -> int:
        """Return the goals that a node leads to, which has been explored."""
        return self._goals[node]

    def explore(self, starts: Iterable[N]) -> int:
        """Return the goals that any of ``starts`` leads to."""
        starts = [*starts]
        pending = [node for node in dict.fromkeys(starts) if node not in self._goals]
        self._goals |= dict.fromkeys(pending, 0)
        grown: list[N] = []
        for node in pending:
            for target, is_goal in self._onward(node):
                if is_goal:
                    self._goals[node] |= self._bits.setdefault(self._goal(target), 1 << len(self._bits))
                    continue
                self._before.setdefault(target, []).append(node)
                if target not in self._goals:
                    self._goals[target] = 0
                    pending.append(target)
                else:
                    self._goals[node] |= self._goals[target]
            if self._goals[node]:
                grown.append(node)
        self._spread(grown)
        found = 0
        for node in starts:
            found |= self._goals[node]
        return found

    def _spread(self, grown: list[N]) -> None:
        """Tell the nodes before those that lead to more goals now."""
        while grown:
            node = grown.pop()
            for before in self._before.get(node, ()):
                more = self._goals[before] | self._goals[node]
                if more != self._goals[before]:
                    self._goals[before] = more
                    grown.append(before)
