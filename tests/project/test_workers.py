from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path, PosixPath, PurePath
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import force_setattr

from isolint.config import Config
from isolint.model import Checked, Crashed, Role, Suppress
from isolint.project import Workspace
from isolint.project.checking import Checker, Job, Setup
from isolint.project.tasks import Checking
from isolint.project.workers import do_in_processes

if TYPE_CHECKING:
    from tests.project.conftest import Grow


class DeadlyPath(PosixPath):
    """A file that kills the process which reads it, as a defect in native code does."""

    def read_bytes(self) -> bytes:
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError


def setup_and_jobs(root: Path, deadly: set[int], count: int) -> tuple[Setup, list[Job]]:
    workspace = Workspace(Config(root), sorted(root.glob("domain/*.py")))
    jobs = [Job(file, Role.CORE) for file in workspace.checked]
    assert len(jobs) == count
    for index in deadly:
        file = jobs[index].file
        force_setattr(file, "path", DeadlyPath(file.path))
    return Setup(workspace.config, workspace.modules, Suppress.ALL), jobs


@pytest.mark.parametrize(
    ("deadly", "count", "processes"),
    [({0}, 1, 1), ({17}, 40, 2), ({0, 1, 39}, 40, 2), (set[int](range(3)), 3, 1)],
)
def test_only_the_culprit_crashes(grow: Grow, deadly: set[int], count: int, processes: int) -> None:
    root = grow(*(f"domain/m{n:02}.py" for n in range(count)))
    setup, jobs = setup_and_jobs(root, deadly, count)
    done: list[int] = []
    results = do_in_processes(Checking(Checker(setup)), jobs, processes, done.append)
    outcomes = [result.outcome for result in results]
    assert [outcome.path for outcome in outcomes] == [PurePath(f"domain/m{n:02}.py") for n in range(count)]
    assert {index for index, outcome in enumerate(outcomes) if isinstance(outcome, Crashed)} == deadly
    assert sum(isinstance(outcome, Checked) for outcome in outcomes) == count - len(deadly)
    assert sum(done) == count


SLOW = """\
import os, time
from msgspec.structs import force_setattr
from pathlib import Path, PosixPath
from isolint.config import Config
from isolint.model import Role
from isolint.project import Workspace
from isolint.project.checking import Checker, Job, Setup
from isolint.project.tasks import Checking
from isolint.project.workers import do_in_processes
from isolint.model import Suppress

class SlowPath(PosixPath):
    def read_bytes(self):
        os.write(1, b"at it\\n")  # in one go: two workers share the pipe
        time.sleep(600)

if __name__ == "__main__":
    workspace = Workspace(Config(Path.cwd()), [Path.cwd() / "domain/x.py"])
    (file,) = workspace.checked
    force_setattr(file, "path", SlowPath(file.path))
    setup = Setup(workspace.config, workspace.modules, Suppress.ALL)
    do_in_processes(Checking(Checker(setup)), [Job(file, Role.CORE)] * 8, 2, lambda more: None)
"""


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("to_group", [False, True])
def test_ctrl_c_ends_at_once(grow: Grow, to_group: bool) -> None:  # noqa: FBT001
    root = grow("domain/x.py", texts={"slow.py": SLOW})
    command = [sys.executable, str(root / "slow.py")]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    try:
        assert process.stdout is not None
        # Both workers are at it: one that is still starting is Python's own, and says so.
        assert [process.stdout.readline() for _ in range(2)] == [b"at it\n"] * 2
        (os.killpg if to_group else os.kill)(process.pid, signal.SIGINT)
        # Returns only when the workers, which hold the same pipes, have ended too.
        _, errors = process.communicate(timeout=20)
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise
    assert process.returncode != 0
    assert errors.count(b"Traceback") == 1
    assert errors.endswith(b"KeyboardInterrupt\n")
