"""The cost of a process, and environments of their own for the programs that are compared."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

PEERS = Path(__file__).parent / ".peers"


@dataclass(frozen=True)
class Cost:
    """The cost of a process: seconds of wall-clock time, seconds of CPU with its children, peak megabytes.

    The peak is that of the largest process. ``finished`` is false where it was stopped at its time limit.
    """

    wall: float
    cpu: float
    peak: float
    finished: bool = True


def cost_of(command: Sequence[str], folder: Path, limit: float, stdin: Path | None = None) -> Cost:
    """Run ``command`` in ``folder`` for ``limit`` seconds at most; raises ClickException where it fails."""
    with Path(os.devnull if stdin is None else stdin).open("rb") as given:
        started = time.perf_counter()
        # A session of its own: at the limit its children have to go with it.
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=given,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    stopped = threading.Event()

    def stop() -> None:
        stopped.set()
        os.killpg(process.pid, signal.SIGKILL)

    timer = threading.Timer(limit, stop)
    timer.start()
    with process:
        assert process.stderr is not None  # noqa: S101  # asked for
        said = process.stderr.read()
        _, status, used = os.wait4(process.pid, 0)
        timer.cancel()
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode and not stopped.is_set():
        message = said.decode(errors="replace").strip()
        raise click.ClickException(f"{' '.join(command)}: exit {process.returncode}\n{message}")
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, not stopped.is_set())


@dataclass(frozen=True)
class Environment:
    """A virtual environment for one program. ``own`` is a folder to install anew for each use: it may have changed."""

    name: str
    requirements: tuple[str, ...]
    own: Path | None = None

    def program(self, name: str) -> str:
        """Return the path of a program, which is there once the environment is made."""
        return str(PEERS / self.name / "bin" / name)

    def make(self) -> None:
        """Make the environments that are missing."""
        folder = PEERS / self.name
        if not (folder / "complete").exists():
            venv.create(folder, with_pip=True, clear=True)
            self._install(*self.requirements)
            (folder / "complete").touch()
        if self.own is not None:
            self._install(str(self.own))

    def _install(self, *requirements: str) -> None:
        pip = [self.program("python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        subprocess.run([*pip, *requirements], check=True)
