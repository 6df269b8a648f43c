"""Many files at once, in processes of their own; a file that kills its process takes no other along."""

from __future__ import annotations

import multiprocessing
import signal
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from isolint.project.checking import collect_rarely
from isolint.project.pace import can_fork_now

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence
    from typing import TypeAlias

    from isolint.project.checking import Job
    from isolint.project.tasks import Task

_MOST_IN_CHUNK = 16
_CHUNKS_PER_PROCESS = 8

Chunk: TypeAlias = "Sequence[Job]"

R = TypeVar("R")

_task: Task[object] | None = None


def do_in_processes(
    task: Task[R], jobs: Sequence[Job], processes: int, on_done: Callable[[int], None]
) -> list[R]:
    """Return the result of the task for each job, in order. ``on_done`` is told how many more are done.

    When a process dies, the jobs that it may have been at are done again one at a time; the one that
    kills its process again gets the result for that.
    """
    chunks = _chunks(jobs, processes)
    results: dict[int, list[R]] = {}
    while len(results) < len(chunks):
        pending = [index for index in range(len(chunks)) if index not in results]
        for index, done in _until_broken(task, chunks, pending, processes):
            results[index] = done
            on_done(len(done))
        # A pool hands out chunks in order, and never more than these before the first is back.
        suspects = [index for index in pending if index not in results][: 2 * processes + 1]
        for index in suspects:
            results[index] = _one_by_one(task, chunks[index])
            on_done(len(chunks[index]))
    return [outcome for index in range(len(chunks)) for outcome in results[index]]


def _chunks(jobs: Sequence[Job], processes: int) -> list[Chunk]:
    size = max(1, min(_MOST_IN_CHUNK, len(jobs) // (processes * _CHUNKS_PER_PROCESS)))
    return [jobs[start : start + size] for start in range(0, len(jobs), size)]


def _until_broken(
    task: Task[R], chunks: Sequence[Chunk], pending: Sequence[int], processes: int
) -> Iterator[tuple[int, list[R]]]:
    """Yield the results of chunks as they come, up to the death of a process."""
    with _pool(task, processes) as pool:
        try:
            futures = {pool.submit(_do_chunk, chunks[index]): index for index in pending}
            for future in as_completed(futures):
                if future.exception() is None or not isinstance(future.exception(), BrokenProcessPool):
                    yield futures[future], future.result()
        except BrokenProcessPool:
            return  # raised by submit; what was handed in before is done again


def _one_by_one(task: Task[R], chunk: Chunk) -> list[R]:
    results: list[R] = []
    while len(results) < len(chunk):
        with _pool(task, 1) as pool:
            try:
                for job in chunk[len(results) :]:
                    results += pool.submit(_do_chunk, [job]).result()
            except BrokenProcessPool:
                results.append(task.killed_by(chunk[len(results)]))
    return results


@contextmanager
def _pool(task: Task[object], processes: int) -> Generator[ProcessPoolExecutor]:
    """Open a pool; when it is left by an exception, such as Ctrl-C, its processes end at once."""
    others = set(multiprocessing.active_children())
    # A copy of this process costs nothing, but is safe only where no thread can hold a lock.
    context = multiprocessing.get_context("fork" if can_fork_now() else "spawn")
    pool = ProcessPoolExecutor(processes, context, _prepare, (task,))
    try:
        yield pool
    except BaseException:
        for process in set(multiprocessing.active_children()) - others:
            process.terminate()
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


def _prepare(task: Task[object]) -> None:
    """Make a new worker ready: it has its own copy of the task, and dies of Ctrl-C without a traceback."""
    global _task  # noqa: PLW0603 - the state of a worker process, which serves one run only
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    collect_rarely()
    _task = task


def _do_chunk(chunk: Chunk) -> list[Any]:
    if _task is None:
        raise RuntimeError("a chunk came before the worker was prepared")
    return [_task.do(job) for job in chunk]
