"""A team of readers in several processes: each has a share of the modules, and keeps what it read of them."""

from __future__ import annotations

import itertools
import time
from collections import deque
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar, final

from isolint.project.copies import Copy
from isolint.project.pace import can_fork_now, is_worth_processes

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence
    from multiprocessing.connection import Connection

    from isolint.semantics.drives.team import Gather, Team

A = TypeVar("A")
R = TypeVar("R")
W = TypeVar("W")

_CHUNKS = 8
"""How often each reader is given something in one go, so that none has to wait long for another."""


def in_processes(processes: int) -> Gather:
    """Return what makes teams of up to ``processes``, this process among them."""
    return partial(_gathered, processes=processes)


@contextmanager
def _gathered(reader: W, *, processes: int) -> Generator[Team[W]]:
    team = _Forked(reader, processes)
    try:
        yield team
    finally:
        team.dissolve()


@final
class _Forked(Generic[W]):
    """The reader alone, and as soon as there turns out to be enough to do, copies of it besides."""

    def __init__(self, reader: W, processes: int) -> None:
        self._reader = reader
        self._processes = processes
        self._others: list[Copy] = []

    def each(self, read: Callable[[W, str, A], R], given: Mapping[str, A]) -> dict[str, R]:
        """Return what is read of each module, in their order."""
        results: dict[str, R] = {}
        started = time.monotonic()
        for module, with_what in given.items():
            elapsed = time.monotonic() - started
            if self._others or self._may_start(elapsed, len(results), len(given)):
                break
            results[module] = read(self._reader, module, with_what)
        rest = {module: with_what for module, with_what in given.items() if module not in results}
        results |= self._shared(read, rest) if rest else {}
        return {module: results[module] for module in given}

    def _may_start(self, elapsed: float, done: int, total: int) -> bool:
        if self._processes > 1 and is_worth_processes(elapsed, done, total) and can_fork_now():
            for _ in range(self._processes - 1):
                self._others.append(Copy(_serve, (self._reader,), self._others))
        return bool(self._others)

    def _shared(self, read: Callable[[W, str, A], R], given: Mapping[str, A]) -> dict[str, R]:
        shares = _Shares([*given], len(self._others) + 1)
        results: dict[str, R] = {}
        busy: dict[Copy, Mapping[str, A]] = {}
        while True:
            for number, other in enumerate(self._others, 1):
                if other not in busy and (taken := shares.take(number)):
                    busy[other] = {module: given[module] for module in taken}
                    other.ask((read, busy[other]))
            own = shares.take(0)
            results |= _read(self._reader, read, {module: given[module] for module in own})
            if not own and not busy:
                return results
            for other in [other for other in busy if not own or other.line.poll()]:
                asked, answer = busy.pop(other), other.answer()
                # What another cannot do is done here: it fails here for the same reason, or it does not.
                results |= answer if answer is not None else _read(self._reader, read, asked)

    def dissolve(self) -> None:
        """End the other processes."""
        for other in self._others:
            other.end()


@final
class _Shares:
    """Modules for each of several readers; who is done with its own takes from who has most left.

    Neighbours are for one reader, the same each time: they use each other, and what it knows is of use again.
    """

    def __init__(self, modules: Sequence[str], readers: int) -> None:
        self._chunk = max(1, len(modules) // (readers * _CHUNKS))
        ends = [len(modules) * number // readers for number in range(readers + 1)]
        self._left = [deque(modules[start:end]) for start, end in itertools.pairwise(ends)]

    def take(self, reader: int) -> list[str]:
        """Return what a reader is to read next; nothing where all is taken."""
        own = self._left[reader]
        if own:
            return [own.popleft() for _ in range(min(self._chunk, len(own)))]
        most = max(self._left, key=len)
        return [most.pop() for _ in range(min(self._chunk, len(most)))]


def _serve(line: Connection, reader: object) -> None:
    """Answer questions until nobody is there to ask any."""
    while True:
        try:
            read, share = line.recv()
        except EOFError:
            return
        try:
            line.send(_read(reader, read, share))
        except Exception:  # noqa: BLE001  # it is done again where its error can be reported
            line.send(None)


def _read(reader: W, read: Callable[[W, str, A], R], share: Mapping[str, A]) -> dict[str, R]:
    return {module: read(reader, module, with_what) for module, with_what in share.items()}
