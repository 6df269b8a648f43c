"""Worker processes for the work of a run.

    with Pool(program, processes) as pool:
        found = pool.map(check, files)

calls ``check(program, file)`` for each file and returns the results in the order of the files, from any
process. The arguments:

* the *state*, here ``program``: read-only and as large as need be. A forked worker inherits it, a spawned one
  gets it pickled, once. Additions of a worker to its copy (a cache) stay there until the pool is closed, and
  jobs that stand side by side mostly go to one worker. None is a state, too: ``Pool(None, n).map(summarize, files)``.
* the *function*: of a module or of a class, since it is sent by name. ``partial`` of one will do.
* the *jobs* and their results: picklable, and small beside the work.

Every pool begins in this process, and starts workers when the pace so far shows that they pay. An exception of
the function is raised here. A worker that dies costs its own job only. Workers end with the pool, and with this
process however that ends: a run that is killed leaves none behind.

Where a fork is safe (Linux, while this process has a single thread) workers are forked, elsewhere spawned, with a
safe path: a ``multiprocessing.py`` in the working directory is not imported. Where Python has no safe path (3.10)
there are no spawned workers.
"""

from __future__ import annotations

import gc
import itertools
import os
import signal
import sys
import threading
import time
from collections import deque
from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Any, Generic, TypeVar, final

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from multiprocessing.connection import Connection

J = TypeVar("J")
R = TypeVar("R")
S = TypeVar("S")

CAN_FORK = sys.platform == "linux"
"""Whether the system forks safely; macOS does not, Windows not at all."""
_START_SECONDS = 0.1 if CAN_FORK else 0.5
"""The time that workers take to start; a shorter run has none."""
_CHUNKS = 8
"""Chunks for each worker, so that none waits long for the last of another."""
_LARGEST_CHUNK = 16
_NEW_OBJECTS = 1_000_000
_SAFE_PATH = "PYTHONSAFEPATH"
_PR_SET_PDEATHSIG = 1


def collect_rarely() -> None:
    """Make the garbage collector of this process look at new objects rarely, and at old ones never.

    For processes that check and end: nearly all of their objects are kept, or freed without the collector.
    """
    gc.set_threshold(_NEW_OBJECTS, 1000, 1000)


def _ignore(_more: int) -> None:
    """Be told of progress that is not shown."""


def _alike(_job: object) -> int:
    """Weigh jobs alike."""
    return 0


def is_worth_processes(elapsed: float, done: int, total: int) -> bool:
    """Judge by the pace so far whether the rest takes longer here than workers take to start."""
    return elapsed > _START_SECONDS and elapsed / max(done, 1) * (total - done) > 2 * _START_SECONDS


def can_fork_now() -> bool:
    """Return whether a fork is safe now: no other thread can hold a lock."""
    return CAN_FORK and threading.active_count() == 1


def can_spawn_now() -> bool:
    """Return whether a new interpreter can be kept from importing modules of the working directory."""
    by_environment = sys.version_info >= (3, 11) and not sys.flags.ignore_environment
    return bool(sys.flags.isolated) or by_environment


@final
class Pool(Generic[S]):
    """Up to ``processes`` workers, each with a copy of ``state``: see the module's docstring."""

    def __init__(self, state: S, processes: int) -> None:
        self._state = state
        self._processes = processes
        self._workers: list[_Worker] = []

    def __enter__(self) -> Pool[S]:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.end()
        self._workers.clear()

    def map(
        self,
        function: Callable[[S, J], R],
        jobs: Sequence[J],
        *,
        weight: Callable[[J], int] = _alike,
        lost: Callable[[J], R] | None = None,
        on_done: Callable[[int], object] = _ignore,
    ) -> list[R]:
        """Return ``function(state, job)`` for each job, in order; ``on_done`` is told how many more are done.

        A worker does the jobs of the greatest ``weight`` first, while it holds little else. A job whose worker dies, and
        dies again at this job alone, gets ``lost(job)``; without ``lost`` it is done in this process.
        """
        results: list[R] = []
        started = time.monotonic()
        for job in jobs:
            elapsed, done = time.monotonic() - started, len(results)
            if self._has_workers(elapsed, done, len(jobs)):
                work = _Work(function, self._state, jobs[done:], weight, lost, on_done)
                return results + work.shared(self._workers)
            results.append(function(self._state, job))
            on_done(1)
        return results

    def _has_workers(self, elapsed: float, done: int, total: int) -> bool:
        if not self._workers and self._processes > 1 and is_worth_processes(elapsed, done, total):
            self._start(min(self._processes, total - done))
            if not self._workers:
                self._processes = 1
        return bool(self._workers)

    def _start(self, number: int) -> None:
        from multiprocessing import current_process

        if current_process().daemon or not (
            can_fork_now() or can_spawn_now()
        ):  # a worker has none of its own
            return
        with suppress(OSError):  # a limit of processes or of memory: there are as many as there can be
            for _ in range(number):
                self._workers.append(_Worker(self._state))


@final
class _Work(Generic[S, J, R]):
    """The jobs of one call of ``Pool.map`` that are left to workers."""

    def __init__(
        self,
        function: Callable[[S, J], R],
        state: S,
        jobs: Sequence[J],
        weight: Callable[[J], int],
        lost: Callable[[J], R] | None,
        on_done: Callable[[int], object],
    ) -> None:
        self._function = function
        self._state = state
        self._jobs = jobs
        self._weight = weight
        self._lost = lost
        self._on_done = on_done

    def shared(self, workers: list[_Worker]) -> list[R]:
        """Return the results, in the order of the jobs; a worker that dies is replaced."""
        from multiprocessing.connection import wait

        shares = _Shares([*map(self._weight, self._jobs)], len(workers))
        found: dict[int, R] = {}
        busy: dict[object, tuple[int, list[int]]] = {}
        idle: list[int] = [*range(len(workers))]
        while True:
            for place in idle:
                if taken := shares.take(place):
                    workers[place].ask(self._function, [self._jobs[number] for number in taken])
                    busy[workers[place].line] = place, taken
            if not busy:
                return [found[number] for number in range(len(self._jobs))]
            idle.clear()
            for line in wait([workers[place].line for place, _ in busy.values()]):
                place, taken = busy.pop(line)
                found.update(zip(taken, self._answer(workers, place, taken), strict=True))
                self._on_done(len(taken))
                idle.append(place)

    def _answer(self, workers: list[_Worker], place: int, taken: Sequence[int]) -> Sequence[R]:
        jobs = [self._jobs[number] for number in taken]
        try:
            answer = workers[place].answer()
        except EOFError:
            workers[place] = _Worker(self._state)
            return [self._alone(workers, place, job) for job in jobs]
        return self._unless_failed(answer, jobs)

    def _alone(self, workers: list[_Worker], place: int, job: J) -> R:
        """Do a job that may have killed the worker which had it."""
        workers[place].ask(self._function, [job])
        try:
            answer = workers[place].answer()
        except EOFError:
            workers[place] = _Worker(self._state)
            return self._lost(job) if self._lost is not None else self._function(self._state, job)
        return self._unless_failed(answer, [job])[0]

    def _unless_failed(self, answer: Sequence[R] | None, jobs: Sequence[J]) -> Sequence[R]:
        # A job that failed there fails here for the same reason, where its error can be reported, or it does not.
        return answer if answer is not None else [self._function(self._state, job) for job in jobs]


@final
class _Shares:
    """The places of jobs of these ``weights``, dealt out to workers; one without any left takes from the one with most.

    Each worker has neighbours, the same each time: files of one folder use the same modules.
    """

    def __init__(self, weights: Sequence[int], workers: int) -> None:
        total = len(weights)
        self._chunk = max(1, min(_LARGEST_CHUNK, total // (workers * _CHUNKS)))
        ends = [total * number // workers for number in range(workers + 1)]
        shares = (range(start, end) for start, end in itertools.pairwise(ends))
        self._left = [deque(sorted(share, key=lambda place: -weights[place])) for share in shares]

    def take(self, worker: int) -> list[int]:
        """Return the next job of a worker; nothing where all is taken."""
        own = self._left[worker]
        if own:
            return [own.popleft() for _ in range(min(self._chunk, len(own)))]
        most = max(self._left, key=len)
        return [most.pop() for _ in range(min(self._chunk, len(most)))]


@final
class _Worker:
    """Another process with a copy of ``state``, at the other end of a ``line``. Raises OSError where there can be none."""

    def __init__(self, state: object) -> None:
        from multiprocessing import Pipe, get_context

        forks = can_fork_now()
        self.line, line = Pipe()
        with line:
            context = get_context("fork") if forks else get_context("spawn")
            self._process = context.Process(target=_serve, args=(line, state), daemon=True)
            with nullcontext() if forks else _safe_path():
                self._process.start()

    def ask(self, function: Callable[..., object], jobs: Sequence[object]) -> None:
        """Give it jobs, of which it is to answer with the results."""
        with suppress(OSError):  # it died, and does not answer
            self.line.send((function, jobs))

    def answer(self) -> Sequence[Any] | None:
        """Return the results, None where a job has failed; end it and raise EOFError where it died."""
        try:
            found: Sequence[Any] | None = self.line.recv()
        except (EOFError, OSError) as error:
            self.end()
            raise EOFError from error
        return found

    def end(self) -> None:
        """End it at once: it has nothing to lose."""
        self.line.close()
        self._process.kill()
        self._process.join()


@contextmanager
def _safe_path() -> Generator[None]:
    """Let new interpreters import nothing from the working directory; the path of this one is handed to them later."""
    before = os.environ.get(_SAFE_PATH)
    os.environ[_SAFE_PATH] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[_SAFE_PATH]
        else:
            os.environ[_SAFE_PATH] = before


def _serve(line: Connection, state: object) -> None:
    """Be a worker, as long as there is a parent."""
    _end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent gets it as well, and ends its workers
    for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        if callable(signal.getsignal(number)):  # the parent's way to end; a signal it ignores is ignored here
            signal.signal(number, signal.SIG_DFL)
    collect_rarely()
    with suppress(EOFError, OSError):
        while True:
            function, jobs = line.recv()
            _send(line, _results(state, function, jobs))


def _results(state: S, function: Callable[[S, J], R], jobs: Sequence[J]) -> list[R] | None:
    try:
        return [function(state, job) for job in jobs]
    except Exception:  # noqa: BLE001  # it is done again where its error can be reported
        return None


def _send(line: Connection, results: list[object] | None) -> None:
    try:
        line.send(results)
    except OSError:
        raise
    except Exception:  # noqa: BLE001  # the parent repeats a job whose result cannot be sent
        line.send(None)


def _end_with_parent() -> None:
    """Have this process end when its parent does, however that ends."""
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is None:
        return
    if sys.platform == "linux":
        # At once, also within one long call of native code; where it cannot be had the thread is enough for the rest.
        with suppress(ImportError, OSError, AttributeError):
            import ctypes

            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
