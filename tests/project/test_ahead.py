from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath
from typing import TYPE_CHECKING

import pytest

from isolint.config import load
from isolint.model import Checked, Role
from isolint.project import ahead, check_paths, examining, pace
from isolint.project.ahead import checking_ahead
from isolint.project.checking import Checker, Examined, Job, Judged
from isolint.project.naming import SourceFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from isolint.engine import Surveyed

pytestmark = pytest.mark.skipif(not pace.CAN_FORK, reason="processes are copied on Linux alone")

LEAST = 16


def job(number: int) -> Job:
    name = f"m{number:02}"
    path = f"{name}.py"
    return Job(SourceFile(Path("/", path), PurePath(path), PurePosixPath(path), name, (name,)), Role.CORE)


JOBS = [job(number) for number in range(2 * LEAST)]


@dataclass(frozen=True)
class Telling:
    """Says which process has done a job; one of them is ``deadly``, all take some ``seconds``."""

    home: int
    deadly: str = ""
    seconds: float = 0.0

    def do(self, job: Job) -> tuple[str, int]:
        assert os.getpid() != self.home
        if job.file.module == self.deadly:
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(self.seconds)
        return job.file.module, os.getpid()

    def killed_by(self, job: Job) -> tuple[str, int]:
        raise AssertionError(job)


def wait_for(processes: int) -> None:
    """Wait until that many copies have had the time for all of their jobs."""
    time.sleep(0.2 * processes)


@pytest.mark.parametrize(("processes", "copies"), [(1, 0), (2, 1), (3, 2), (8, 2)])
def test_each_job_is_done_once_somewhere_else(processes: int, copies: int) -> None:
    with checking_ahead(Telling(os.getpid()), JOBS, processes) as begun:
        wait_for(copies)
        done = begun.results()
    assert len({process for _, process in done.values()}) == copies
    assert {job: name for job, (name, _) in done.items()} == (
        {job: job.file.module for job in JOBS} if copies else {}
    )
    for _, process in done.values():
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


def test_few_jobs_are_not_worth_a_process() -> None:
    with checking_ahead(Telling(os.getpid()), JOBS[: LEAST - 1], 8) as begun:
        assert begun.results() == {}


def test_what_is_not_done_when_somebody_asks_is_left() -> None:
    with checking_ahead(Telling(os.getpid(), seconds=0.05), JOBS, 2) as begun:
        time.sleep(0.2)
        done = begun.results()
    assert [*done] == JOBS[: len(done)]
    assert 0 < len(done) < len(JOBS)


def test_of_a_copy_that_died_nothing_is_known() -> None:
    with checking_ahead(Telling(os.getpid(), deadly="m01"), JOBS, 3) as begun:
        wait_for(2)
        done = begun.results()
    assert [*done] == JOBS[::2]


def test_an_error_does_not_wait_for_the_copies() -> None:
    started = time.monotonic()
    with pytest.raises(LookupError), checking_ahead(Telling(os.getpid(), seconds=60), JOBS, 3):
        raise LookupError
    assert time.monotonic() - started < 30


def test_outcomes_are_the_same_whether_begun_ahead_or_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files that drive by themselves, through another module, both, and not at all."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "isolint.toml").write_text('core = ["app.core"]\n')
    core = tmp_path / "app/core"
    core.mkdir(parents=True)
    (tmp_path / "app/loops.py").write_text("import asyncio\n\ndef run_sync(w):\n    return asyncio.run(w)\n")
    kinds = (
        "import asyncio\n\ndef f(w):\n    return asyncio.run(w)\n",
        "from app.loops import run_sync\n\ndef f(w):\n    return run_sync(w)\n",
        "import asyncio\nfrom app.loops import run_sync\n\ndef f(w):\n    asyncio.run(w)\n    run_sync(w)\n",
        "def f(w):\n    return w\n",
    )
    for number in range(24):
        (core / f"m{number:02}.py").write_text(kinds[number % 4])
    used: list[int] = []
    hold = examining.that_hold

    def counted(
        done: Mapping[Job, Examined], *judged: Mapping[Job, Judged]
    ) -> Iterator[tuple[Job, Examined]]:
        used.append(len(done))
        return hold(done, *judged)

    def slowly(self: Checker, job: Job, surveyed: Surveyed, judged: Judged) -> Judged:
        time.sleep(0.02)  # so that the copy has the time for all of its jobs
        return judge(self, job, surveyed, judged)

    judge = Checker.judge_in_project
    monkeypatch.setattr(examining, "that_hold", counted)
    monkeypatch.setattr(Checker, "judge_in_project", slowly)
    monkeypatch.setattr(ahead, "_LEAST", 1)
    config, cache = load(tmp_path), tmp_path / "cache"
    alone, several = (check_paths([tmp_path], config, jobs=jobs) for jobs in (1, 2))
    assert alone.outcomes == several.outcomes
    assert used == [0, 18]  # those with the second kind are done again
    assert check_paths([tmp_path], config, jobs=2, cache=cache).outcomes == alone.outcomes
    (tmp_path / "app/loops.py").write_text("def run_sync(w):\n    return w\n")
    after = check_paths([tmp_path], config, jobs=2, cache=cache)
    assert after.outcomes == check_paths([tmp_path], config).outcomes
    found = [d.code for o in after.outcomes if isinstance(o, Checked) for d in o.diagnostics]
    assert found == ["ISO102"] * 12
