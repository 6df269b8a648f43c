"""Runs that are killed at random moments: ``make kill``.

    python -m tests.kill --seed 7 --count 200

After any signal at any moment nothing is left: no process, no half-written file, no wrong answer in the cache.
A run that finished in time is as good as one that was killed. ``--count`` runs that check are killed, and as many that mend
files by ``--fix``, after which each file holds its old content or its new one.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

FIXTURES = Path(__file__).parents[2] / "fixtures/rules"
SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGKILL)
MOST_SECONDS = 30
"""Seconds from the signal to the end of the run, on a busy machine."""
COMPARED_EVERY = 10
PROCESSES = 3
FINISHED = (0, 1)
FIXABLE = """\
from asyncplan import AsyncPlan, async_lift


def load(user_id: str, users) -> AsyncPlan[str]:
    return async_lift(users.get(user_id))
"""
FIXED = FIXABLE.replace("users.get(", "lambda: users.get(")


def project(folder: Path, modules: int) -> None:
    """Write a project that keeps several workers busy for a while, made of the fixtures."""
    (folder / "isolint.toml").write_text('core = ["app"]\nshell = ["shop"]\n')
    shutil.copytree(FIXTURES / "shop", folder / "shop")
    texts = [path.read_bytes() for path in sorted(FIXTURES.glob("ISO*/bad*.py"))]
    (folder / "app").mkdir()
    for number in range(modules):
        (folder / f"app/m{number:04}.py").write_bytes(texts[number % len(texts)])


def started(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a run, as a session of its own, with SIGINT as in a terminal."""
    command = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); import isolint.cli; isolint.cli.main()"
    return subprocess.Popen(
        [sys.executable, "-c", command, "check", "-q", "--jobs", str(PROCESSES), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        start_new_session=True,
    )


def answer(folder: Path, *arguments: str) -> tuple[int, bytes]:
    """Return the exit code and the output of a run that is left alone."""
    process = started(folder, "--output-format", "concise", *arguments)
    out, _ = process.communicate()
    return process.returncode, out


def killed(folder: Path, number: signal.Signals, moment: float, *arguments: str) -> Iterator[str]:
    """Kill a run after ``moment`` seconds, and yield the faults of its end."""
    process = started(folder, *arguments)
    time.sleep(moment)
    process.send_signal(number)
    try:
        _, errors = process.communicate(timeout=MOST_SECONDS)  # returns once no process holds the pipes
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        yield "a process goes on"
        return
    if process.returncode not in (*FINISHED, -number, 128 + number):
        yield f"exit code {process.returncode}"
    if b", in main" in errors:  # before that the interpreter itself is still starting
        yield f"said: {errors.decode(errors='replace')}"
    if number != signal.SIGKILL and (left := _half_written(folder)):
        yield f"left behind: {left}"


def _half_written(folder: Path) -> list[str]:
    """Return the names of the files that were being written, in the cache and beside sources."""
    return [path.name for pattern in ("writing-*", ".*.tmp") for path in folder.rglob(pattern)]


@click.command(help=__doc__)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--count", type=int, default=200, show_default=True, help="How many runs of each kind.")
@click.option("--seconds", type=int, default=600, show_default=True, help="How long at most, for each kind.")
@click.option("--modules", type=int, default=150, show_default=True, help="Modules of the project.")
def main(seed: int, count: int, seconds: int, modules: int) -> None:
    """Kill runs, one after the other."""
    chance = random.Random(seed)  # noqa: S311
    failed = 0
    for kill in (kill_checks, kill_fixes):
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as name:
            done, faults = kill(Path(name), chance, count, seconds, modules)
        for fault in faults:
            click.echo(f"--seed {seed}: {kill.__name__}, {fault}")
        failed += len(faults)
        took = time.monotonic() - began
        click.echo(f"{kill.__name__}: {done} runs killed by seed {seed}, {len(faults)} faults, {took:.0f} s")
    sys.exit(bool(failed))


def kill_checks(
    folder: Path, chance: random.Random, count: int, seconds: int, modules: int
) -> tuple[int, list[str]]:
    """Kill runs that check; return their number and the faults."""
    project(folder, modules)
    began = time.monotonic()
    expected = answer(folder, "--no-cache")
    took = time.monotonic() - began
    faults: list[str] = []
    done = 0
    while done < count and time.monotonic() - began < seconds:
        number, moment = chance.choice(SIGNALS), chance.uniform(0, took)
        faults += [_told(done, number, moment, fault) for fault in killed(folder, number, moment)]
        done += 1
        if done % COMPARED_EVERY == 0 or done == count:
            if answer(folder) != expected:
                faults.append(f"after {done} runs the cache gives another answer")
            shutil.rmtree(folder / ".isolint_cache", ignore_errors=True)
    return done, faults


def kill_fixes(
    folder: Path, chance: random.Random, count: int, seconds: int, modules: int
) -> tuple[int, list[str]]:
    """Kill runs that mend files; return their number and the faults."""
    (folder / "isolint.toml").write_text('core = ["app"]\n')
    (folder / "app").mkdir()
    files = [folder / f"app/m{number:04}.py" for number in range(modules)]
    began = time.monotonic()
    moments = None
    faults: list[str] = []
    done = 0
    while done < count and time.monotonic() - began < seconds:
        for file in files:
            file.write_text(FIXABLE)
        moments = moments or _writing(folder)
        for file in files:
            file.write_text(FIXABLE)
        number, moment = chance.choice(SIGNALS), chance.uniform(*moments)
        faults += [_told(done, number, moment, fault) for fault in killed(folder, number, moment, "--fix")]
        broken = [file.name for file in files if file.read_text() not in (FIXABLE, FIXED)]
        faults += [_told(done, number, moment, f"half a file: {broken}")] if broken else []
        for left in folder.rglob(".*.tmp"):
            left.unlink()  # SIGKILL lets no process put it away
        done += 1
    return done, faults


def _writing(folder: Path) -> tuple[float, float]:
    """Return the times at which a run begins to write the files of the project, and ends."""
    began = time.monotonic()
    process = started(folder, "--fix")
    begun = 0.0
    while process.poll() is None:
        if not begun and any(file.read_text() == FIXED for file in folder.rglob("*.py")):
            begun = time.monotonic() - began
        time.sleep(0.02)
    process.communicate()
    assert begun, "a run that is left alone mends the files"
    return begun * 0.9, time.monotonic() - began


def _told(done: int, number: signal.Signals, moment: float, fault: str) -> str:
    return f"run {done}, {number.name} after {moment:.2f} s: {fault}"


if __name__ == "__main__":
    main()
