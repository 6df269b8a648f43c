"""One run over files or over one text: everything an adapter calls."""

from __future__ import annotations

import dataclasses
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, TypeAlias, TypeVar, final

from msgspec import Struct, field

from isolint.config.problems import displayed
from isolint.model import Suppress
from isolint.project import rejections
from isolint.project.cache import Cache
from isolint.project.checking import Admitted, Checker, Checking, Examined, Job, Setup, Surveying
from isolint.project.discovery import discover
from isolint.project.errors import ProjectError
from isolint.project.ignoring import excluded
from isolint.project.pace import is_worth_processes
from isolint.project.workspace import Workspace

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Generator, Iterable, Sequence

    from isolint.config import Config
    from isolint.config.roles import RoleDecision
    from isolint.model import Outcome
    from isolint.project.checking import Task
    from isolint.project.discovery import Listed

R = TypeVar("R")
OnProgress: TypeAlias = "Callable[[int, int], None]"


@final
class Effort(Struct):
    """What a run had to do.

    Of the files, ``recalled`` were known from the cache and ``surveyed`` looked at; ``bound`` of these
    needed a closer look. ``seconds`` are wall-clock times by step.
    """

    recalled: int = 0
    surveyed: int = 0
    bound: int = 0
    seconds: dict[str, float] = field(default_factory=dict[str, float])

    @contextmanager
    def timed(self, step: str) -> Generator[None, None, None]:
        """Add the time of a ``with`` block to a step."""
        started = time.perf_counter()
        yield
        self.seconds[step] = self.seconds.get(step, 0.0) + time.perf_counter() - started


@final
@dataclasses.dataclass(frozen=True, slots=True)
class Run:
    """What became of a run: outcomes sorted by path, remarks for the user, the number of files found.

    ``listed`` is what was in the folders that were looked into.
    """

    outcomes: tuple[Outcome, ...]
    notes: tuple[str, ...]
    files: int
    effort: Effort = dataclasses.field(default_factory=Effort, compare=False, repr=False)
    listed: tuple[Listed, ...] = dataclasses.field(default=(), compare=False, repr=False)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Why findings may be missing, though every file was checked."""
        return rejections.warnings(self.outcomes)


@final
class ModuleRole(Struct, frozen=True):
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
    on_progress: OnProgress | None = None,
    cache: Path | None = None,
) -> Run:
    """Check the Python files among and below ``paths``, in up to ``jobs`` processes.

    ``cache`` is the folder that keeps what was found out for the next run; without one nothing is kept.
    ``on_progress`` is told how many files of how many are done. Raises ProjectError and ConfigProblems
    where the run cannot take place.
    """
    effort = Effort()
    with effort.timed("finding files"):
        found = discover(paths, config, force_exclude=force_exclude)
        workspace = Workspace(config, found.files)
        if not (found.files or workspace.decisions or config.core):
            raise ProjectError("no Python files found, so there is nothing to check")
        workspace.require_core()
    todo = [Job(file, workspace.decisions[file].role) for file in workspace.checked]
    setup = Setup(config, workspace.modules, suppress)
    outcomes = _outcomes(todo, setup, _Means(jobs, cache, on_progress or _silent, effort))
    ordered = sorted((*outcomes, *found.unreadable), key=lambda outcome: outcome.path.parts)
    notes = workspace.notes if found.files else (*workspace.notes, "no Python files found")
    return Run(tuple(ordered), notes, len(found.files), effort, (found.listed, workspace.listed))


def check_text(
    data: bytes,
    filename: str | PurePath,
    config: Config,
    suppress: Suppress = Suppress.ALL,
    *,
    force_exclude: bool = False,
    workspace: Workspace | None = None,
    checker: Checker | None = None,
    tree: ast.Module | None = None,
) -> Run:
    """Check one text as the content of ``filename``, which need not exist and is shown as it is given.

    A caller with many texts makes the ``workspace`` and its ``checker`` once, and gives the ``tree`` of a
    text where it has it. Raises as ``check_paths`` does.
    """
    workspace = workspace or Workspace(config)
    workspace.require_core()
    path = Path(Path.cwd(), filename)
    if force_exclude and excluded(path, config.root, config.excludes):
        return Run((), workspace.notes, 0)
    file = workspace.layout.file(path, PurePath(filename))
    job = Job(file, workspace.decide(file, data).role)
    outcome = (checker or text_checker(workspace, suppress)).check_bytes(job, data, tree=tree)
    return Run((outcome,), workspace.notes, 1)


def text_checker(workspace: Workspace, suppress: Suppress) -> Checker:
    """Return what checks many texts of one project: it keeps what it reads of the other modules."""
    return Checker(Setup(workspace.config, workspace.modules, suppress))


def roles(paths: Iterable[Path], config: Config) -> tuple[ModuleRole, ...]:
    """Return the role of each Python file among and below ``paths``, sorted by path."""
    workspace = Workspace(config, discover(paths, config).files)
    return tuple(ModuleRole(file.shown, file.module, workspace.decisions[file]) for file in workspace.checked)


def files(paths: Iterable[Path], config: Config, *, force_exclude: bool = False) -> tuple[PurePath, ...]:
    """Return the paths that a run would check, as they are shown, sorted."""
    return tuple(map(displayed, discover(paths, config, force_exclude=force_exclude).files))


@final
class _Means(Struct, frozen=True):
    """With what a run is done: how many processes, and the folder of the cache, if there is to be one."""

    processes: int
    cache: Path | None
    on_progress: OnProgress
    effort: Effort


def _outcomes(todo: Sequence[Job], setup: Setup, means: _Means) -> list[Outcome]:
    """Return an outcome for each job: recalled from the cache or worked out anew."""
    effort = means.effort
    cache = Cache(means.cache, setup) if means.cache is not None else None
    known: dict[Job, Outcome] = {}
    checker = Checker(setup, processes=means.processes)
    if cache is not None:
        with effort.timed("reading the cache"):
            known, checker = cache.recall(todo, partial(Checker, setup, processes=means.processes))
    rest = [job for job in todo if job not in known]
    effort.recalled = len(known)
    examined = _examined(rest, checker, means)
    if cache is not None and rest:
        with effort.timed("writing the cache"):
            cache.keep(examined, checker)
    return [known[job] if job in known else examined[job].outcome for job in todo]


def _examined(todo: Sequence[Job], checker: Checker, means: _Means) -> dict[Job, Examined]:
    """Take a first look at all files, and a closer one where, by all that was seen, there may be findings."""
    effort = means.effort
    with effort.timed("looking"):
        surveys = _each(Surveying(checker), todo, means)
    with effort.timed("judging"):
        for job, surveyed in zip(todo, surveys, strict=True):
            if surveyed.glimpse is not None:
                checker.learn(job, surveyed.glimpse)
        judged = {job: checker.judge(job, surveyed) for job, surveyed in zip(todo, surveys, strict=True)}
    results = {job: result for job, result in judged.items() if isinstance(result, Examined)}
    pending = [job for job in todo if job not in results]
    effort.surveyed, effort.bound = len(todo), len(pending)
    admitted = {job: result for job, result in judged.items() if isinstance(result, Admitted)}
    with effort.timed("checking"):
        checked = _each(Checking(checker, admitted), pending, means)
    return results | dict(zip(pending, checked, strict=True))


def _each(task: Task[R], jobs: Sequence[Job], means: _Means) -> list[R]:
    """Do the task in this process, and as soon as the rest turns out to be worth it in several."""
    results: list[R] = []
    started = time.monotonic()
    for job in jobs:
        elapsed = time.monotonic() - started
        if means.processes > 1 and is_worth_processes(elapsed, len(results), len(jobs)):
            return results + _in_processes(task, jobs, len(results), means)
        results.append(task.do(job))
        means.on_progress(len(results), len(jobs))
    return results


def _in_processes(task: Task[R], jobs: Sequence[Job], done: int, means: _Means) -> list[R]:
    # Imported here: multiprocessing costs time that a quick run does not have.
    from isolint.project.workers import do_in_processes

    finished = done

    def on_done(more: int) -> None:
        nonlocal finished
        finished += more
        means.on_progress(finished, len(jobs))

    return do_in_processes(task, jobs[done:], means.processes, on_done)


def _silent(_done: int, _total: int) -> None:
    pass
