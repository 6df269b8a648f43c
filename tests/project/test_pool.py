from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from isolint.config import load
from isolint.model import Checked
from isolint.project import check_paths, pool
from isolint.project.pool import CAN_FORK, Pool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


JOBS = [*range(40)]

forks = pytest.mark.skipif(not CAN_FORK, reason="only on Linux is a fork safe")


@dataclass
class State:
    """A worker's state, which records its process and its jobs."""

    home: int = field(default_factory=os.getpid)
    seen: list[int] = field(default_factory=list[int])

    def square(self, job: int) -> tuple[int, int]:
        self.seen.append(job)
        return job * job, os.getpid()

    def die_elsewhere(self, job: int) -> int:
        if os.getpid() != self.home and job % 15 == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return job

    def fail(self, job: int) -> int:
        if job == 30:
            raise LookupError(job)
        return job

    def unsendable(self, job: int) -> Callable[[], int]:
        return lambda: job

    def seen_here(self, _job: int) -> list[int]:
        return self.seen


@pytest.fixture(params=["fork", "spawn"])
def started(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Start workers by fork and by spawn, before the first job."""
    request.getfixturevalue("at_once")
    if request.param == "spawn":
        monkeypatch.setattr(pool, "CAN_FORK", False)
        if not pool.can_spawn_now():
            pytest.skip("Python 3.10 has no safe path to spawn with")
    elif not CAN_FORK:
        pytest.skip("only on Linux is a fork safe")


def ended(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.usefixtures("started")
@pytest.mark.parametrize(("processes", "used"), [(2, 2), (3, 3)])
def test_results_come_in_order_from_several_workers_which_end(processes: int, used: int) -> None:
    done: list[int] = []
    with Pool(State(), processes) as workers:
        found = [workers.map(State.square, JOBS, on_done=done.append) for _ in range(2)]
    for each in found:
        assert [square for square, _ in each] == [job * job for job in JOBS]
    others = {process for each in found for _, process in each}
    assert len(others) == used
    assert sum(done) == 2 * len(JOBS)
    assert all(map(ended, others))


def test_few_jobs_run_in_this_process() -> None:
    with Pool(State(), 8) as workers:
        assert {process for _, process in workers.map(State.square, JOBS)} == {os.getpid()}


@forks
@pytest.mark.usefixtures("at_once")
def test_the_pool_has_no_more_workers_than_jobs() -> None:
    with Pool(State(), 64) as workers:
        workers.map(State.square, JOBS[:3])
        assert len(multiprocessing.active_children()) == 3


@pytest.mark.usefixtures("started")
def test_a_job_that_kills_its_worker_takes_no_other_along() -> None:
    def lost(job: int) -> int:
        return -job

    done: list[int] = []
    deadly = {job for job in JOBS if job % 15 == 2}
    with Pool(State(), 2) as workers:
        found = workers.map(State.die_elsewhere, JOBS, lost=lost, on_done=done.append)
    assert found == [-job if job in deadly else job for job in JOBS]
    assert sum(done) == len(JOBS)


@forks
@pytest.mark.usefixtures("at_once")
def test_a_lost_job_runs_in_this_process() -> None:
    with Pool(State(), 2) as workers:
        for _ in range(2):
            assert workers.map(State.die_elsewhere, JOBS) == JOBS


@forks
@pytest.mark.usefixtures("at_once")
def test_an_error_is_raised_here_wherever_it_happens() -> None:
    with Pool(State(), 2) as workers, pytest.raises(LookupError, match="30"):
        workers.map(State.fail, JOBS)


@forks
@pytest.mark.usefixtures("at_once")
def test_unpicklable_results_are_computed_in_this_process() -> None:
    with Pool(State(), 2) as workers:
        assert [found() for found in workers.map(State.unsendable, JOBS)] == JOBS


@forks
@pytest.mark.usefixtures("at_once")
def test_neighbours_go_to_the_same_worker_again() -> None:
    with Pool(State(), 2) as workers:
        first, again = (dict(zip(JOBS, workers.map(State.square, JOBS), strict=True)) for _ in range(2))
        assert first[0][1] == first[1][1] == again[0][1] == again[1][1]
        assert len({tuple(seen) for seen in workers.map(State.seen_here, JOBS)}) == 2


@forks
@pytest.mark.usefixtures("at_once")
def test_heavy_jobs_come_first_and_their_results_in_order() -> None:
    with Pool(State(), 2) as workers:
        done = workers.map(State.square, JOBS, weight=lambda job: job % 10)
        assert [square for square, _ in done] == [job * job for job in JOBS]
        for seen in workers.map(State.seen_here, JOBS):
            assert seen[0] % 10 == 9


@forks
@pytest.mark.usefixtures("at_once")
def test_jobs_run_in_this_process_if_none_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left(*_: Any) -> None:
        raise BlockingIOError("no more processes")

    monkeypatch.setattr("multiprocessing.process.BaseProcess.start", none_left)
    with Pool(State(), 8) as workers:
        assert {process for _, process in workers.map(State.square, JOBS)} == {os.getpid()}


@forks
@pytest.mark.usefixtures("at_once")
def test_the_same_drives_are_found_by_any_number_of_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "isolint.toml").write_text('core = ["app.core"]\n')
    app = tmp_path / "app"
    app.mkdir()
    (app / "m00.py").write_text("import asyncio\n\ndef go(work):\n    return asyncio.run(work)\n")
    for number in range(1, 12):
        (app / f"m{number:02}.py").write_text(
            f"from app.m{number - 1:02} import go as before\n\ndef go(work):\n    return before(work)\n"
        )
    uses = "\n".join(f"from app.m{n:02} import go as go{n}\nx{n} = go{n}(None)" for n in range(12))
    (app / "core.py").write_text(uses)
    config = load(tmp_path)
    runs = [check_paths([tmp_path], config, jobs=jobs) for jobs in (1, 2, 3)]
    found = [o.diagnostics for o in runs[0].outcomes if isinstance(o, Checked)]
    assert sum(map(len, found)) == 12
    assert runs[0].outcomes == runs[1].outcomes == runs[2].outcomes


SLOW = """\
import os, sys, time
from isolint.cli.endings import end_on_signals
from isolint.project import pool

def wait(_state, _job):
    os.write(1, b"at it\\n")  # in one go: two workers share the pipe
    time.sleep(600)

def compute(_state, _job):
    os.write(1, b"at it\\n")
    sum(range(10 ** 15))  # one call of native code, which no other thread of Python interrupts

if __name__ == "__main__":
    pool.CAN_FORK = sys.argv[1] == "fork"
    pool.is_worth_processes = lambda *_: True
    end_on_signals()
    with pool.Pool(None, 2) as workers:
        workers.map(globals()[sys.argv[2]], [0] * 8, lost=sys.exit)
"""


@pytest.fixture
def slow(tmp_path: Path, start: str, work: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run both workers of a pool, in a folder with a module named as one of Python's."""
    (tmp_path / "slow.py").write_text(SLOW)
    folder = tmp_path / "checked"
    folder.mkdir()
    (folder / "multiprocessing.py").write_text("open('was run', 'w').close()\n")
    process = subprocess.Popen(
        [sys.executable, str(tmp_path / "slow.py"), start, work],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        cwd=folder,
    )
    try:
        assert process.stdout is not None
        assert [process.stdout.readline() for _ in range(2)] == [b"at it\n"] * 2
        yield process
        assert not (folder / "was run").exists()
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


STARTS = [
    pytest.param("fork", marks=forks),
    pytest.param("spawn", marks=pytest.mark.skipif(not pool.can_spawn_now(), reason="no safe path")),
]


@pytest.mark.usefixtures("interruptible")
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals between processes")
@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("work", ["wait"])
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"])
def test_workers_end_with_a_run_that_is_told_to_end(slow: subprocess.Popen[bytes], name: str) -> None:
    number = signal.Signals[name]
    slow.send_signal(number)
    # Returns only when the workers, which hold the same pipes, have ended too.
    _, errors = slow.communicate(timeout=20)
    assert slow.returncode == (-number if name == "SIGKILL" else 128 + number)
    assert errors == b""


@pytest.mark.usefixtures("interruptible")
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no groups of processes")
@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("work", ["wait"])
def test_ctrl_c_in_a_terminal_ends_all_of_them_quietly(slow: subprocess.Popen[bytes]) -> None:
    os.killpg(slow.pid, signal.SIGINT)
    _, errors = slow.communicate(timeout=20)
    assert (slow.returncode, errors) == (130, b"")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a worker ends after the call that it is in")
@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("work", ["compute"])
def test_on_linux_workers_end_within_native_code(slow: subprocess.Popen[bytes]) -> None:
    slow.kill()
    slow.communicate(timeout=20)
