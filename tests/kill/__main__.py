"""Runs that are killed at random moments: ``make kill``.

    python -m tests.kill --seed 7 --count 200

Whatever the signal and the moment, nothing stays behind: no process, no half-written file, no wrong answer in the cache.
A run that finished in time is as good as one that was killed.
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
"""To end in, once the signal is there: a busy machine takes its time."""
COMPARED_EVERY = 10
PROCESSES = 3
FINISHED = (0, 1)


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


def killed(folder: Path, number: signal.Signals, moment: float) -> Iterator[str]:
    """Kill a run after ``moment`` seconds, and yield what is wrong with how it ended."""
    process = started(folder)
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
    if number != signal.SIGKILL and (left := [path.name for path in folder.rglob("writing-*")]):
        yield f"left behind: {left}"


@click.command(help=__doc__)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--count", type=int, default=200, show_default=True, help="How many runs.")
@click.option("--seconds", type=int, default=600, show_default=True, help="How long at most.")
@click.option("--modules", type=int, default=150, show_default=True, help="Modules of the project.")
def main(seed: int, count: int, seconds: int, modules: int) -> None:
    """Kill runs, one after the other."""
    chance = random.Random(seed)  # noqa: S311
    failed = done = 0
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        project(folder, modules)
        expected = answer(folder, "--no-cache")
        took = time.monotonic() - began
        while done < count and time.monotonic() - began < seconds:
            number, moment = chance.choice(SIGNALS), chance.uniform(0, took)
            for fault in killed(folder, number, moment):
                failed += 1
                click.echo(f"--seed {seed}, run {done}, {number.name} after {moment:.2f} s: {fault}")
            done += 1
            if done % COMPARED_EVERY == 0:
                failed += _is_wrong(folder, expected, done)
                shutil.rmtree(folder / ".isolint_cache", ignore_errors=True)
        failed += _is_wrong(folder, expected, done)
    click.echo(f"{done} runs killed by seed {seed}, {failed} faults, {time.monotonic() - began:.0f} s")
    sys.exit(bool(failed))


def _is_wrong(folder: Path, expected: tuple[int, bytes], done: int) -> bool:
    """Whether the cache that killed runs have left gives another answer than there was without."""
    if answer(folder) == expected:
        return False
    click.echo(f"after {done} runs the cache gives another answer")
    return True


if __name__ == "__main__":
    main()
