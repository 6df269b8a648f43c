"""From files to what became of them: a first look at all, then a closer one at those that need it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeAlias, TypeVar, final

from msgspec import Struct
from msgspec.structs import replace

from isolint.project.ahead import checking_ahead
from isolint.project.checking import Admitted, Examined
from isolint.project.pace import is_worth_processes
from isolint.project.tasks import Checking, Surveying

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from isolint.engine import Surveyed
    from isolint.project.checking import Checker, Job, Judged
    from isolint.project.effort import Effort
    from isolint.project.tasks import Task

R = TypeVar("R")
OnProgress: TypeAlias = "Callable[[int, int], None]"


@final
class Means(Struct, frozen=True):
    """With what a run is done: how many processes, and the folder of the cache, if there is to be one."""

    processes: int
    cache: Path | None
    on_progress: OnProgress
    effort: Effort


def examine(todo: Sequence[Job], checker: Checker, means: Means) -> dict[Job, Examined]:
    """Take a first look at all files, and a closer one where, by all that was seen, there may be findings."""
    effort = means.effort
    with effort.timed("looking"):
        surveys = dict(zip(todo, _each(Surveying(checker), todo, means), strict=True))
    with effort.timed("judging"):
        judged, ahead = _judged(surveys, checker, means)
    results = {job: result for job, result in judged.items() if isinstance(result, Examined)}
    pending = [job for job in todo if job not in results]
    effort.surveyed, effort.bound = len(todo), len(pending)
    admitted = {job: result for job, result in judged.items() if isinstance(result, Admitted)}
    results |= ahead
    rest = [job for job in pending if job not in ahead]
    with effort.timed("checking"):
        checked = _each(Checking(checker, admitted), rest, means, done=len(ahead))
    return results | dict(zip(rest, checked, strict=True))


def _judged(
    surveys: Mapping[Job, Surveyed], checker: Checker, means: Means
) -> tuple[Mapping[Job, Judged], dict[Job, Examined]]:
    """Judge all files by what was seen, and check some while what drives in the project is found out.

    Those are checked by the rules that do not ask for it, so this holds where those that do have nothing to say.
    """
    for job, surveyed in surveys.items():
        if surveyed.glimpse is not None:
            checker.learn(job, surveyed.glimpse)
    alone = {job: checker.judge(job, surveyed) for job, surveyed in surveys.items()}
    admitted = {job: result for job, result in alone.items() if isinstance(result, Admitted)}
    processes = means.processes if any(map(checker.asks_about_project, surveys)) else 1
    with checking_ahead(Checking(checker, admitted), [*admitted], processes) as ahead:
        judged = {job: checker.judge_in_project(job, surveys[job], alone[job]) for job in surveys}
        done = ahead.results()
    return judged, dict(that_hold(done, alone, judged))


def that_hold(
    done: Mapping[Job, Examined], before: Mapping[Job, Judged], judged: Mapping[Job, Judged]
) -> Iterator[tuple[Job, Examined]]:
    """Yield what was found of files of which no further rule has turned out to be admitted."""
    for job, examined in done.items():
        first, last = before[job], judged[job]
        if isinstance(first, Admitted) and isinstance(last, Admitted) and first.codes == last.codes:
            yield job, replace(examined, asked=examined.asked | last.asked)


def _each(task: Task[R], jobs: Sequence[Job], means: Means, done: int = 0) -> list[R]:
    """Do the task in this process, and as soon as the rest turns out to be worth it in several.

    As many others as are ``done`` count as progress.
    """
    results: list[R] = []
    total = done + len(jobs)
    started = time.monotonic()
    if done:
        means.on_progress(done, total)
    for job in jobs:
        elapsed = time.monotonic() - started
        if means.processes > 1 and is_worth_processes(elapsed, len(results), len(jobs)):
            return results + _in_processes(task, jobs[len(results) :], means, total)
        results.append(task.do(job))
        means.on_progress(done + len(results), total)
    return results


def _in_processes(task: Task[R], jobs: Sequence[Job], means: Means, total: int) -> list[R]:
    # Imported here: multiprocessing costs time that a quick run does not have.
    from isolint.project.workers import do_in_processes

    left = len(jobs)

    def on_done(more: int) -> None:
        nonlocal left
        left -= more
        means.on_progress(total - left, total)

    return do_in_processes(task, jobs, means.processes, on_done)
