"""What is in force in one scope over the course of its text, with branches and joins.

Nothing is copied at a branch: each name keeps the history of what was in force and from when, so that
the state at any point of the text can be looked up later. The cost is that of the changes.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import chain, islice
from typing import TYPE_CHECKING, Generic, TypeVar, final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

B = TypeVar("B")

MOST = 64
"""Bindings of one name that are told apart; more only ever occur in generated or hostile code."""


def merged(*parts: Iterable[B]) -> tuple[B, ...]:
    """Return the distinct items of all parts in order, :data:`MOST` of them at most."""
    return tuple(islice(dict.fromkeys(chain.from_iterable(parts)), MOST))


@final
class Branch(Struct, Generic[B], frozen=True):
    """What one way through the code changed, and whether its end is reached."""

    changes: dict[str, tuple[B, ...]]
    alive: bool


@final
class Flow(Generic[B]):
    """The bindings in force by name. Positions (``order``) must not decrease from call to call.

    ``widen`` takes back what only one of several ways to a join knows of a name.
    """

    __slots__ = ("_history", "_undo", "_widen", "alive")

    def __init__(self, widen: Callable[[tuple[B, ...]], tuple[B, ...]]) -> None:
        self.alive = True
        self._widen = widen
        self._history: dict[str, tuple[list[int], list[tuple[B, ...]]]] = {}
        self._undo: list[tuple[str, tuple[B, ...]]] = []

    def now(self, name: str) -> tuple[B, ...]:
        """Return what is in force for ``name`` at the end of what was seen so far."""
        history = self._history.get(name)
        return history[1][-1] if history else ()

    def at(self, name: str, order: int) -> tuple[B, ...]:
        """Return what was in force for ``name`` at position ``order``."""
        history = self._history.get(name)
        if history is None:
            return ()
        index = bisect_right(history[0], order)
        return history[1][index - 1] if index else ()

    def set(self, name: str, bindings: tuple[B, ...], order: int) -> None:
        """Let ``bindings`` be in force for ``name`` from ``order`` on."""
        self._undo.append((name, self.now(name)))
        orders, values = self._history.setdefault(name, ([], []))
        orders.append(order)
        values.append(bindings)

    def mark(self) -> int:
        """Return the point to which :meth:`take_back` goes back."""
        return len(self._undo)

    def take_back(self, mark: int, order: int) -> Branch[B]:
        """Undo all changes since ``mark`` and return them as a branch."""
        undone = self._undo[mark:]
        changes = {name: self.now(name) for name, _ in undone}
        branch = Branch(changes, self.alive)
        original = dict(reversed(undone))
        for name, before in original.items():
            self.set(name, before, order)
        del self._undo[mark:]
        self.alive = True
        return branch

    def since(self, mark: int) -> Branch[B]:
        """Return the changes since ``mark`` as a branch that goes on from here to somewhere else."""
        return Branch({name: self.now(name) for name, _ in self._undo[mark:]}, alive=True)

    def join(self, branches: list[Branch[B]], order: int) -> None:
        """Go on behind ``branches``: what any way that arrives here left is in force."""
        live = [branch for branch in branches if branch.alive] or branches
        names = dict.fromkeys(name for branch in live for name in branch.changes)
        for name in names:
            before = self.now(name)
            after = merged(*(branch.changes.get(name, before) for branch in live))
            self.set(name, after if len(live) == 1 else self._widen(after), order)
        self.alive = any(branch.alive for branch in branches)
