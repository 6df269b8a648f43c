"""From files to what became of them: a first look at all, then a closer one at those that need it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, TypeVar, final

from msgspec import Struct
from msgspec.structs import replace

from isolint.model import Crashed
from isolint.project.checking import Admitted, Checker, Examined
from isolint.project.pool import Pool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from isolint.engine import Surveyed
    from isolint.project.checking import Job, Judged
    from isolint.project.effort import Effort

R = TypeVar("R")
S = TypeVar("S")
OnProgress: TypeAlias = "Callable[[int, int], None]"


@final
class Means(Struct, frozen=True):
    """With what a run is done: how many processes, and the folder of the cache, if there is to be one."""

    processes: int
    cache: Path | None
    on_progress: OnProgress
    effort: Effort


@final
class Checking(Struct, frozen=True):
    """Checks each file by those rules only that are admitted for it."""

    checker: Checker
    admitted: Mapping[Job, Admitted]

    def check(self, job: Job) -> Examined:
        """Check one file."""
        return self.checker.check(job, self.admitted.get(job))


def examine(todo: Sequence[Job], checker: Checker, means: Means) -> dict[Job, Examined]:
    """Take a first look at all files, and a closer one where, by all that was seen, there may be findings."""
    effort = means.effort
    with effort.timed("looking"):
        looked = _each(Checker.survey, checker, todo, means, _lost_in_survey)
        surveys = dict(zip(todo, looked, strict=True))
    with effort.timed("judging"):
        judged, ahead = _judged(surveys, checker, means)
    results = {job: result for job, result in judged.items() if isinstance(result, Examined)}
    pending = [job for job in todo if job not in results]
    effort.surveyed += len(todo)
    effort.bound += len(pending)
    admitted = {job: result for job, result in judged.items() if isinstance(result, Admitted)}
    results |= ahead
    rest = [job for job in pending if job not in ahead]
    with effort.timed("checking"):
        state = Checking(checker, admitted)
        checked = _each(Checking.check, state, rest, means, _lost_in_check, done=len(ahead))
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
    with Pool(Checking(checker, admitted), processes - 1) as pool:
        done_by_now = pool.begin(Checking.check, [*admitted])
        judged = {job: checker.judge_in_project(job, surveys[job], alone[job]) for job in surveys}
        done = done_by_now()
    return judged, dict(that_hold(done, alone, judged))


def that_hold(
    done: Mapping[Job, Examined], before: Mapping[Job, Judged], judged: Mapping[Job, Judged]
) -> Iterator[tuple[Job, Examined]]:
    """Yield what was found of files of which no further rule has turned out to be admitted."""
    for job, examined in done.items():
        first, last = before[job], judged[job]
        if isinstance(first, Admitted) and isinstance(last, Admitted) and first.codes == last.codes:
            yield job, replace(examined, asked=examined.asked | last.asked)


def _each(
    function: Callable[[S, Job], R],
    state: S,
    jobs: Sequence[Job],
    means: Means,
    lost: Callable[[Job], R],
    done: int = 0,
) -> list[R]:
    """Return the results for all jobs; as many others as are ``done`` count as progress."""
    total = done + len(jobs)

    def on_done(more: int) -> None:
        nonlocal done
        done += more
        means.on_progress(done, total)

    if done:
        on_done(0)
    with Pool(state, means.processes) as pool:
        return pool.map(function, jobs, lost=lost, on_done=on_done)


def _lost_in_survey(job: Job) -> Surveyed:
    from isolint import engine

    return engine.Surveyed(None, _killed(job))


def _lost_in_check(job: Job) -> Examined:
    return Examined(_killed(job), frozenset())


def _killed(job: Job) -> Crashed:
    return Crashed(job.file.shown, "the process that checked this file died")
