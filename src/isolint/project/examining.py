"""From files to outcomes: the modules that matter are compiled, then the files are checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, final

from msgspec import Struct

from isolint.model import Crashed, Role
from isolint.program.summaries import compile_module
from isolint.project.checking import Checker, Examined
from isolint.project.pool import Pool
from isolint.summary.reading import Compiled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from isolint.project.checking import Job, Setup
    from isolint.project.effort import Effort
    from isolint.project.modules import Modules

OnProgress: TypeAlias = "Callable[[int, int], None]"


@final
class Means(Struct, frozen=True):
    """The means of a run: the number of processes, and the folder of the cache, if there is to be one."""

    processes: int
    cache: Path | None
    on_progress: OnProgress
    effort: Effort


def examine(
    todo: Sequence[Job], setup: Setup, known: Mapping[str, Compiled], means: Means
) -> tuple[dict[Job, Examined], dict[str, Compiled]]:
    """Check files, and return their outcomes, and the compiled modules that this took, by name.

    The modules of the files are compiled first, in parallel; others that they turn out to depend on when they are asked for.
    """
    effort, asking, files = means.effort, Checker(setup), setup.modules.files
    wanted = dict.fromkeys(job.file.module for job in todo if asking.has_rules(job))
    with effort.timed("compiling"):
        fresh = [name for name in wanted if name in files and name not in known]
        progress = _Progress(means, len(fresh))
        with Pool(setup.modules, means.processes) as compilers:
            made = compilers.map(_compile, fresh, lost=_unread, on_done=progress.add)
    compiled = dict(known) | dict(zip(fresh, made, strict=True))

    def weight(job: Job) -> int:
        made = compiled.get(job.file.module)
        return len(made.encoded) if made is not None else 0

    effort.checked += len(todo)
    with effort.timed("checking"), Pool(Checker(setup, compiled), means.processes) as checkers:
        progress = _Progress(means, len(todo))
        examined = checkers.map(Checker.check, todo, weight=weight, lost=_lost, on_done=progress.add)
    for one in examined:
        compiled |= {name: made for name, made in one.compiled.items() if not _has_bodies(compiled.get(name))}
    effort.compiled += len(compiled.keys() - known.keys())
    return dict(zip(todo, examined, strict=True)), compiled


def _compile(modules: Modules, name: str) -> Compiled:
    """Compile a module, with the bodies of its functions where chains from the core may lead through it."""
    return compile_module(name, modules, bodies=modules.role_of(name) is Role.UNASSIGNED)


def _unread(_name: str) -> Compiled:
    return Compiled()


@final
class _Progress:
    def __init__(self, means: Means, total: int) -> None:
        self._tell = means.on_progress
        self._done = 0
        self._total = total

    def add(self, more: int) -> None:
        """Tell that ``more`` are done."""
        self._done += more
        self._tell(self._done, self._total)


def _has_bodies(made: Compiled | None) -> bool:
    return made is not None and bool(made.bodies)


def _lost(job: Job) -> Examined:
    return Examined(Crashed(job.file.shown, "the process that checked this file died"))
