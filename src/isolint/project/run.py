"""One run over files or over one text: everything an adapter calls."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, TypeVar, final

from isolint.config.problems import displayed
from isolint.project.checking import CAN_FORK, Checker, Checking, Job, Setup, Surveying
from isolint.project.discovery import discover
from isolint.project.ignoring import excluded
from isolint.project.workspace import Workspace
from isolint.suppressions import Suppress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from isolint.config import Config
    from isolint.config.roles import RoleDecision
    from isolint.model import Outcome
    from isolint.project.checking import Task

R = TypeVar("R")

# Starting workers takes about this long, so a run that takes less does not start any.
_ALONE_SECONDS = 0.1 if CAN_FORK else 0.5


@final
@dataclass(frozen=True, slots=True)
class Run:
    """What became of a run: outcomes sorted by path, remarks for the user, the number of files found."""

    outcomes: tuple[Outcome, ...]
    notes: tuple[str, ...]
    files: int


@final
@dataclass(frozen=True, slots=True)
class ModuleRole:
    """Which role a file has, and why."""

    path: PurePath
    module: str
    decision: RoleDecision


def check_paths(
    paths: Iterable[Path],
    config: Config,
    *,
    jobs: int = 1,
    suppress: Suppress = Suppress.ALL,
    force_exclude: bool = False,
    on_progress: Callable[[int, int], None] | None = None,
) -> Run:
    """Check the Python files among and below ``paths``, in up to ``jobs`` processes.

    ``on_progress`` is told how many files of how many are done. Raises ProjectError and ConfigProblems
    where the run cannot take place.
    """
    found = discover(paths, config, force_exclude=force_exclude)
    workspace = Workspace(config, found.files)
    workspace.require_core()
    todo = [Job(file, workspace.decisions[file].role) for file in workspace.checked]
    setup = Setup(config, workspace.modules, suppress)
    outcomes = _outcomes(todo, setup, jobs, on_progress or _silent)
    ordered = sorted((*outcomes, *found.unreadable), key=lambda outcome: outcome.path.parts)
    notes = workspace.notes if found.files else (*workspace.notes, "no Python files found")
    return Run(tuple(ordered), notes, len(found.files))


def check_text(
    data: bytes,
    filename: str | PurePath,
    config: Config,
    suppress: Suppress = Suppress.ALL,
    *,
    force_exclude: bool = False,
    workspace: Workspace | None = None,
) -> Run:
    """Check one text as the content of ``filename``, which need not exist and is shown as it is given.

    A caller with many texts makes the ``workspace`` once. Raises as ``check_paths`` does.
    """
    workspace = workspace or Workspace(config)
    workspace.require_core()
    path = Path(Path.cwd(), filename)
    if force_exclude and excluded(path, config.root, config.excludes):
        return Run((), workspace.notes, 0)
    file = workspace.layout.file(path, PurePath(filename))
    job = Job(file, workspace.decide(file, data).role)
    outcome = Checker(Setup(config, workspace.modules, suppress)).check_bytes(job, data)
    return Run((outcome,), workspace.notes, 1)


def roles(paths: Iterable[Path], config: Config) -> tuple[ModuleRole, ...]:
    """Return the role of each Python file among and below ``paths``, sorted by path."""
    workspace = Workspace(config, discover(paths, config).files)
    return tuple(ModuleRole(file.shown, file.module, workspace.decisions[file]) for file in workspace.checked)


def files(paths: Iterable[Path], config: Config, *, force_exclude: bool = False) -> tuple[PurePath, ...]:
    """Return the paths that a run would check, as they are shown, sorted."""
    return tuple(map(displayed, discover(paths, config, force_exclude=force_exclude).files))


def _outcomes(
    todo: Sequence[Job], setup: Setup, processes: int, on_progress: Callable[[int, int], None]
) -> list[Outcome]:
    """Take a first look at all files, and a closer one where, by all that was seen, there may be findings."""
    checker = Checker(setup)
    surveys = _each(Surveying(checker), todo, processes, on_progress)
    for job, surveyed in zip(todo, surveys, strict=True):
        if surveyed.glimpse is not None:
            checker.learn(job, surveyed.glimpse)
    outcomes = [checker.outcome(job, surveyed) for job, surveyed in zip(todo, surveys, strict=True)]
    pending = [job for job, outcome in zip(todo, outcomes, strict=True) if outcome is None]
    checked = iter(_each(Checking(checker), pending, processes, on_progress))
    return [outcome if outcome is not None else next(checked) for outcome in outcomes]


def _each(
    task: Task[R], jobs: Sequence[Job], processes: int, on_progress: Callable[[int, int], None]
) -> list[R]:
    """Do the task in this process, and as soon as the rest turns out to be worth it in several."""
    results: list[R] = []
    started = time.monotonic()
    for job in jobs:
        elapsed = time.monotonic() - started
        if processes > 1 and is_worth_processes(elapsed, len(results), len(jobs)):
            return results + _in_processes(task, jobs, len(results), processes, on_progress)
        results.append(task.do(job))
        on_progress(len(results), len(jobs))
    return results


def is_worth_processes(elapsed: float, done: int, total: int) -> bool:
    """Judge by the pace so far: the rest alone would take longer than the start of workers."""
    return elapsed > _ALONE_SECONDS and elapsed / max(done, 1) * (total - done) > 2 * _ALONE_SECONDS


def _in_processes(
    task: Task[R],
    jobs: Sequence[Job],
    done: int,
    processes: int,
    on_progress: Callable[[int, int], None],
) -> list[R]:
    # Imported here: multiprocessing costs time that a quick run does not have.
    from isolint.project.workers import do_in_processes

    finished = done

    def on_done(more: int) -> None:
        nonlocal finished
        finished += more
        on_progress(finished, len(jobs))

    return do_in_processes(task, jobs[done:], processes, on_done)


def _silent(_done: int, _total: int) -> None:
    pass
