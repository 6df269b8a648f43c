"""Does a task in other processes for as long as this one has something else to do.

What is done by then is a present, and what is not has to be done as if nobody had begun.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Generic, TypeVar, final

from isolint.project.checking import collect_rarely
from isolint.project.copies import Copy
from isolint.project.pace import can_fork_now

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from multiprocessing.connection import Connection

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
        self._copies: list[Copy] = []
        for share in shares:
            self._copies.append(Copy(_serve, (task, share), self._copies))

    def results(self) -> dict[Job, R]:
        """Return what is done, nothing of a copy that died; a job that one is at is waited for."""
        for copy in self._copies:
            copy.ask(None)
        found: dict[Job, R] = {}
        for copy in self._copies:
            found |= copy.answer() or {}
        return found

    def end(self) -> None:
        """Let the copies go, whatever they are at."""
        for copy in self._copies:
            copy.end()


def _serve(line: Connection, task: Task[R], share: Sequence[Job]) -> None:
    """Do what there is to do until somebody asks, or nobody is there who could."""
    collect_rarely()
    results: dict[Job, R] = {}
    for job in share:
        if line.poll():
            break
        results[job] = task.do(job)
    with suppress(EOFError, OSError):
        line.recv()
        line.send(results)
