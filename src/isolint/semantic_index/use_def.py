"""The reaching definitions of one scope while its text is walked, with branches, joins and loops.

``state`` maps a name to the bindings in force. A branch is walked in place and then taken back through an undo log,
so the cost of a branch is that of its changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, final

from msgspec import Struct

from isolint.semantic_index.scopes import MOST_BINDINGS, Binding, Loop, NarrowedBinding, merged, widened

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from isolint.semantic_index.scopes import Read

Bindings: TypeAlias = "tuple[Binding, ...]"


@final
class Branch(Struct, frozen=True):
    """The changes made on one way through the code; ``alive`` says that its end is reached."""

    changes: dict[str, Bindings]
    alive: bool


@final
class UseDef:
    """The state of one scope. ``alive`` is false behind ``return``, ``raise``, ``break`` and ``continue``."""

    __slots__ = ("_undo", "alive", "state")

    def __init__(self) -> None:
        self.alive = True
        self.state: dict[str, Bindings] = {}
        self._undo: list[tuple[str, Bindings]] = []

    def now(self, name: str) -> Bindings:
        """Return the bindings in force for ``name``."""
        return self.state.get(name, ())

    def set(self, name: str, bindings: Bindings) -> None:
        """Let ``bindings`` be in force for ``name`` from here on."""
        self._undo.append((name, self.state.get(name, ())))
        self.state[name] = bindings

    def mark(self) -> int:
        """Return the point that :meth:`take_back` goes back to."""
        return len(self._undo)

    def take_back(self, mark: int) -> Branch:
        """Undo all changes since ``mark`` and return them as a branch."""
        branch = Branch(self._changes(mark), self.alive)
        for name, before in reversed(self._undo[mark:]):
            self.state[name] = before
        del self._undo[mark:]
        self.alive = True
        return branch

    def before(self, mark: int) -> dict[str, Bindings]:
        """Return the bindings that were in force at ``mark`` of the names changed since."""
        return dict(reversed(self._undo[mark:]))

    def since(self, mark: int) -> Branch:
        """Return the changes since ``mark`` as a branch that goes on somewhere else, as ``continue`` does."""
        return Branch(self._changes(mark), alive=True)

    def _changes(self, mark: int) -> dict[str, Bindings]:
        return {name: self.state.get(name, ()) for name, _ in self._undo[mark:]}

    def join(self, branches: list[Branch]) -> None:
        """Go on behind ``branches``: each binding left by a way that arrives here is in force."""
        live = [branch for branch in branches if branch.alive] or branches
        for name in dict.fromkeys(name for branch in live for name in branch.changes):
            before = self.now(name)
            ways = [branch.changes.get(name, before) for branch in live]
            self.set(name, merged(*ways) if len(ways) == 1 else _joined(ways))
        self.alive = any(branch.alive for branch in branches)


@final
class LoopFlow:
    """The ways through the body of a loop: to its next round, and out of it.

    ``jumps`` holds every ``break`` and ``continue`` noted, in order: a ``finally`` on the way may change them.
    ``reads`` are the look-ups in the body, which may see bindings of the last round, ``attribute_reads`` those of
    narrowed attributes, by their dotted name.
    """

    def __init__(self, start: int, outer: LoopFlow | None, use_def: UseDef) -> None:
        self.outer = outer
        self.loop: Loop = Loop(start, outer.loop if outer is not None else None)
        self._use_def = use_def
        self._mark = use_def.mark()
        self.rounds: list[Branch] = []
        self.breaks: list[Branch] = []
        self.jumps: list[Branch] = []
        self.reads: dict[str, list[Read]] = {}
        self.attribute_reads: dict[str, list[ast.Attribute]] = {}

    def end_round(self) -> None:
        """Note a ``continue``, or the end of the body."""
        self._note(self.rounds)

    def leave(self) -> None:
        """Note a ``break``."""
        self._note(self.breaks)

    def _note(self, ways: list[Branch]) -> None:
        if self._use_def.alive and len(ways) < MOST_BINDINGS:
            ways.append(self._use_def.since(self._mark))
            self.jumps.append(ways[-1])

    def close(self) -> None:
        """Come to the end of the body, and let its reads see the bindings of the round before."""
        self._note(self.rounds)
        self._use_def.take_back(self._mark)
        names = dict.fromkeys(name for way in self.rounds for name in way.changes)
        for name in names:
            back = merged(*(way.changes.get(name, ()) for way in self.rounds))
            for read in self.reads.get(name, ()):
                if self._from_before(read.bindings):
                    read.bindings = merged(read.bindings, widened(back))
            for way in self.breaks:
                found = way.changes.get(name, self._use_def.now(name))
                if self._from_before(found):
                    way.changes[name] = merged(found, back)

    def widened(self) -> Iterator[ast.Attribute]:
        """Yield the reads of attributes that a round before may have bound anew, narrowed or not."""
        for name, nodes in self.attribute_reads.items():
            if any(way.changes.get(name) == () for way in self.rounds):
                yield from nodes

    def _from_before(self, bindings: Bindings) -> bool:
        """Whether any of ``bindings`` was made before the loop: no round has surely bound the name anew."""
        made = bindings if len(bindings) == 1 else widened(bindings)
        return not made or any(binding.order < self.loop.start for binding in made)


def _joined(ways: list[Bindings]) -> Bindings:
    """Return the bindings in force behind several ways, without narrowings of values that come by another way, too.

    Behind ``if isinstance(x, Path): x = str(x)`` the first value of ``x`` is no path: only the way past the branch
    brings it. Behind a test without a rebinding nothing is known.
    """
    if all(type(binding) is not NarrowedBinding for way in ways for binding in way):
        return merged(*ways)
    plain = [widened(way) for way in ways]
    kept = [
        way if _comes_alone(way, [*plain[:number], *plain[number + 1 :]]) else plain[number]
        for number, way in enumerate(ways)
    ]
    return merged(*kept)


def _comes_alone(way: Bindings, others: list[Bindings]) -> bool:
    """Whether each narrowed value of a way is one that none of the ``others`` brings; an attribute's is not known."""
    narrowed = [binding for binding in way if isinstance(binding, NarrowedBinding)]
    elsewhere = {binding for other in others for binding in other}
    return all(binding.of and elsewhere.isdisjoint(binding.of) for binding in narrowed)
