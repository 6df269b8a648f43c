"""Many files at once, in processes of their own; a file that kills its process takes no other along."""

from __future__ import annotations

import multiprocessing
import signal
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import TYPE_CHECKING

from isolint.model import Crashed
from isolint.project.checking import Checker, collect_rarely

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence
    from typing import TypeAlias

    from isolint.model import Outcome
    from isolint.project.checking import Job, Setup

_MOST_IN_CHUNK = 16
_CHUNKS_PER_PROCESS = 8

Chunk: TypeAlias = "Sequence[Job]"

_checker: Checker | None = None


def check_in_processes(
    jobs: Sequence[Job], setup: Setup, processes: int, on_done: Callable[[int], None]
) -> list[Outcome]:
    """Return an outcome for each job, in order. ``on_done`` is told how many more are done.

    When a process dies, the jobs that it may have been at are done again one at a time; the one that
    kills its process again comes back as Crashed.
    """
    chunks = _chunks(jobs, processes)
    outcomes: dict[int, list[Outcome]] = {}
    while len(outcomes) < len(chunks):
        pending = [index for index in range(len(chunks)) if index not in outcomes]
        for index, done in _until_broken(chunks, pending, setup, processes):
            outcomes[index] = done
            on_done(len(done))
        # A pool hands out chunks in order, and never more than these before the first is back.
        suspects = [index for index in pending if index not in outcomes][: 2 * processes + 1]
        for index in suspects:
            outcomes[index] = _one_by_one(chunks[index], setup)
            on_done(len(chunks[index]))
    return [outcome for index in range(len(chunks)) for outcome in outcomes[index]]


def _chunks(jobs: Sequence[Job], processes: int) -> list[Chunk]:
    size = max(1, min(_MOST_IN_CHUNK, len(jobs) // (processes * _CHUNKS_PER_PROCESS)))
    return [jobs[start : start + size] for start in range(0, len(jobs), size)]


def _until_broken(
    chunks: Sequence[Chunk], pending: Sequence[int], setup: Setup, processes: int
) -> Iterator[tuple[int, list[Outcome]]]:
    """Yield the outcomes of chunks as they come, up to the death of a process."""
    with _pool(setup, processes) as pool:
        try:
            futures = {pool.submit(_check_chunk, chunks[index]): index for index in pending}
            for future in as_completed(futures):
                if future.exception() is None or not isinstance(future.exception(), BrokenProcessPool):
                    yield futures[future], future.result()
        except BrokenProcessPool:
            return  # raised by submit; what was handed in before is done again


def _one_by_one(chunk: Chunk, setup: Setup) -> list[Outcome]:
    outcomes: list[Outcome] = []
    while len(outcomes) < len(chunk):
        with _pool(setup, 1) as pool:
            try:
                for job in chunk[len(outcomes) :]:
                    outcomes += pool.submit(_check_chunk, [job]).result()
            except BrokenProcessPool:
                culprit = chunk[len(outcomes)].file.shown
                outcomes.append(Crashed(culprit, "the process that checked this file died"))
    return outcomes


@contextmanager
def _pool(setup: Setup, processes: int) -> Generator[ProcessPoolExecutor]:
    """Open a pool; when it is left by an exception, such as Ctrl-C, its processes end at once."""
    others = set(multiprocessing.active_children())
    context = multiprocessing.get_context("spawn")  # the one way to start that is safe beside threads
    pool = ProcessPoolExecutor(processes, context, _prepare, (setup,))
    try:
        yield pool
    except BaseException:
        for process in set(multiprocessing.active_children()) - others:
            process.terminate()
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


def _prepare(setup: Setup) -> None:
    """Make a new worker ready: it builds its own rules, and dies of Ctrl-C without a traceback."""
    global _checker  # noqa: PLW0603 - the state of a worker process, which serves one run only
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    collect_rarely()
    _checker = Checker(setup)


def _check_chunk(chunk: Chunk) -> list[Outcome]:
    if _checker is None:
        raise RuntimeError("a chunk came before the worker was prepared")
    return [_checker.check(job) for job in chunk]
