"""Does a task in other processes for as long as this one has something else to do.

What is done by then is a present, and what is not has to be done as if nobody had begun.
"""

from __future__ import annotations

import signal
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Generic, TypeVar, final

from isolint.project.checking import collect_rarely
from isolint.project.pace import can_fork_now

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    from isolint.project.checking import Job
    from isolint.project.tasks import Task

R = TypeVar("R")

_LEAST = 16
"""Jobs that are worth a process: it takes about as long as one of them to make it."""


@contextmanager
def checking_ahead(task: Task[R], jobs: Sequence[Job], processes: int) -> Generator[Ahead[R]]:
    """Begin with the jobs in up to ``processes`` less one; where there is nothing to gain, in none."""
    copies = min(processes - 1, len(jobs) // _LEAST) if can_fork_now() else 0
    ahead = Ahead(task, [jobs[number::copies] for number in range(copies)])
    try:
        yield ahead
    finally:
        ahead.end()


@final
class Ahead(Generic[R]):
    """Copies of this process, each of which does its share until somebody asks for what it has."""

    def __init__(self, task: Task[R], shares: Sequence[Sequence[Job]]) -> None:
        self._lines: list[Connection] = []
        self._processes: list[BaseProcess] = []
        for share in shares:
            self._begin(task, share)

    def _begin(self, task: Task[R], share: Sequence[Job]) -> None:
        # Imported here: a run that is quick alone does without.
        from multiprocessing import Pipe, get_context

        line, other = Pipe()
        self._lines.append(line)
        given = (task, share, other, [*self._lines])
        process = get_context("fork").Process(target=_serve, args=given, daemon=True)
        process.start()
        self._processes.append(process)
        other.close()

    def results(self) -> dict[Job, R]:
        """Return what is done, nothing of a copy that died; a job that one is at is waited for."""
        found: dict[Job, R] = {}
        for line in self._lines:
            with suppress(OSError):
                line.send(None)
        for line in self._lines:
            with suppress(OSError, EOFError):
                found |= line.recv()
        return found

    def end(self) -> None:
        """Let the copies go, whatever they are at."""
        for line, process in zip(self._lines, self._processes, strict=True):
            line.close()
            process.terminate()
            process.join()


def _serve(task: Task[R], share: Sequence[Job], line: Connection, ends: Sequence[Connection]) -> None:
    for end in ends:
        end.close()  # or this copy would never see that nobody is there
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who began this ends it
    collect_rarely()
    results: dict[Job, R] = {}
    for job in share:
        if line.poll():
            break
        results[job] = task.do(job)
    with suppress(EOFError, OSError):
        line.recv()
        line.send(results)
