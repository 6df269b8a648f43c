"""Copies of this process, as it is with all it has loaded and learned, each at the other end of a line."""

from __future__ import annotations

import signal
from contextlib import suppress
from typing import TYPE_CHECKING, Any, final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.connection import Connection


@final
class Copy:
    """One that does ``work(line, *given)``, where ``line`` leads here; ``before`` are those that were made earlier.

    To be made only where this process can be copied: see :func:`isolint.project.pace.can_fork_now`.
    """

    def __init__(self, work: Callable[..., None], given: Sequence[object], before: Sequence[Copy]) -> None:
        # Imported here: a run that is quick alone does without.
        from multiprocessing import Pipe, get_context

        self.line, line = Pipe()
        # The copy has the ends of this process as well, and would never see that nobody is there.
        ends = [self.line, *(other.line for other in before)]
        context = get_context("fork")
        self._process = context.Process(target=_begin, args=(work, line, given, ends), daemon=True)
        self._process.start()
        line.close()

    def ask(self, question: object) -> None:
        """Send it something; one that died does not answer."""
        with suppress(OSError):
            self.line.send(question)

    def answer(self) -> Any:
        """Return what it sends, None where it cannot."""
        try:
            return self.line.recv()
        except (OSError, EOFError):
            return None

    def end(self) -> None:
        """Let it go, whatever it is at."""
        self.line.close()
        self._process.terminate()
        self._process.join()


def _begin(
    work: Callable[..., None], line: Connection, given: Sequence[object], ends: Sequence[Connection]
) -> None:
    for end in ends:
        end.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who made the copy ends it
    work(line, *given)
