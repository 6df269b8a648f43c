"""The ways through the body of a loop: what is in force in the next round, and behind the loop."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from isolint.semantics.flow import MOST, merged

if TYPE_CHECKING:
    from collections.abc import Mapping

    from isolint.semantics.flow import Branch, Flow
    from isolint.semantics.scopes import Binding


@final
class Ways:
    """Notes where the body, which is walked from now on, ends a round and where it leaves the loop."""

    def __init__(self, flow: Flow[Binding]) -> None:
        self._flow = flow
        self._mark = flow.mark()
        self.rounds: list[Branch[Binding]] = []
        self.breaks: list[Branch[Binding]] = []
        self.jumps: list[Branch[Binding]] = []
        """All that was noted, in order; a ``finally`` on the way may change them."""

    def end_round(self) -> None:
        """Note a ``continue``."""
        self._note(self.rounds)

    def leave(self) -> None:
        """Note a ``break``."""
        self._note(self.breaks)

    def _note(self, ways: list[Branch[Binding]]) -> None:
        if self._flow.alive and len(ways) < MOST:
            ways.append(self._flow.since(self._mark))
            self.jumps.append(ways[-1])

    def close(self, start: int, order: int) -> Mapping[str, tuple[Binding, ...]]:
        """Come to the end of the body; return what rounds leave to the next of the names that they change.

        What was bound before ``start``, where the loop begins, has come through the round unchanged.
        """
        self._note(self.rounds)
        self._flow.take_back(self._mark, order)
        names = dict.fromkeys(name for way in self.rounds for name in way.changes)
        back = {name: merged(*(way.changes.get(name, ()) for way in self.rounds)) for name in names}
        for way in self.breaks:
            for name, more in back.items():
                found = way.changes.get(name, self._flow.now(name))
                if not found or any(binding.order < start for binding in found):
                    way.changes[name] = merged(found, more)
        return back
