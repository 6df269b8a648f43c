"""Mutations of fixtures and of installed packages, checked one after the other: ``make fuzz``.

    python -m tests.fuzz --seed 7 --count 2000 [--package msgspec --package click]

The seed and the number of an input determine it, so every fault that is printed can be reproduced.
"""

from __future__ import annotations

import importlib.util
import random
import signal
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from isolint.config import load
from isolint.model import Role, Suppress
from isolint.project import Workspace, text_checker
from isolint.project.checking import Job
from tests.fuzz.checks import faults
from tests.fuzz.mutations import mutated

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from types import FrameType

    from isolint.project import Checker

FIXTURES = Path(__file__).parents[2] / "fixtures/rules"
MOST_SECONDS = 20
"""Seconds of CPU: other work on the machine causes no fault."""
MOST_BYTES = 40_000
MOST_MUTATIONS = 4
SEARCHING = ("ISO111", "ISO112")
"""Rules that search the whole tree for each text."""
ONE_OF = 10
"""The searching rules check one of so many inputs."""


def prepared(
    packages: Sequence[str] = (), ignore: tuple[str, ...] = ()
) -> tuple[list[tuple[Job, str]], Checker]:
    """Return the texts to mutate, and a checker of them with all rules, in the core."""
    config = load(FIXTURES, explicit=FIXTURES / "isolint.toml", isolated=False)
    config = replace(config, select=("ALL",), ignore=ignore)
    paths = [*sorted(FIXTURES.glob("ISO*/*.py")), *_in_packages(packages)]
    workspace = Workspace(config, paths)
    own = [(Job(file, workspace.decisions[file].role), file.path) for file in workspace.checked]
    jobs = [
        (job if path.is_relative_to(FIXTURES) else replace(job, role=Role.CORE), path) for job, path in own
    ]
    texts = [(job, path.read_bytes().decode("utf-8", "replace")) for job, path in jobs]
    return texts, text_checker(workspace, Suppress.ALL)


def _in_packages(names: Sequence[str]) -> Iterator[Path]:
    for name in names:
        found = importlib.util.find_spec(name)
        if found is None or found.origin is None:
            raise click.BadParameter(f"there is no package {name}")
        for path in sorted(Path(found.origin).parent.rglob("*.py")):
            if path.stat().st_size < MOST_BYTES:
                yield path


def text_of(texts: Sequence[tuple[Job, str]], seed: int, number: int) -> tuple[Job, bytes]:
    """Return an input by its number and the seed."""
    chance = random.Random(f"{seed} {number}")  # noqa: S311
    job, text = chance.choice(texts)
    return job, mutated(text, chance, chance.randint(1, MOST_MUTATIONS)).encode("utf-8", "replace")


@contextmanager
def limited(seconds: int) -> Generator[None]:
    """Raise TimeoutError after so many seconds of CPU, where the system has alarms."""

    def late(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError(f"took more than {seconds} s")

    if not hasattr(signal, "SIGPROF"):
        yield
        return
    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def wrong(job: Job, data: bytes, checker: Checker) -> list[str]:
    """Return the faults of one input."""
    try:
        with limited(MOST_SECONDS):
            return list(faults(job, data, checker))
    except Exception as error:  # noqa: BLE001  # any of them is a fault
        return [repr(error)]


@click.command(help=__doc__)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--count", type=int, default=1000, show_default=True, help="How many inputs.")
@click.option("--seconds", type=int, default=600, show_default=True, help="How long at most.")
@click.option("--package", multiple=True, help="Mutate the modules of this installed package as well.")
@click.option("--only", type=int, help="Check this one input, and print it.")
def main(seed: int, count: int, seconds: int, package: tuple[str, ...], only: int | None) -> None:
    """Check the inputs of a seed."""
    texts, most = prepared(package, SEARCHING)
    every = prepared(package)[1]
    started, failed, done = time.monotonic(), 0, 0
    for number in range(count) if only is None else [only]:
        if time.monotonic() - started > seconds:
            break
        job, data = text_of(texts, seed, number)
        if only is not None:
            click.echo(data)
        done += 1
        for fault in wrong(job, data, most if number % ONE_OF else every):
            failed += 1
            click.echo(f"--seed {seed} --only {number} ({job.file.shown}): {fault}")
    click.echo(f"{done} inputs of seed {seed}, {failed} faults, {time.monotonic() - started:.0f} s")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
