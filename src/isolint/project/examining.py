"""From files to outcomes: the modules that matter are compiled, then the files are checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, final

from msgspec import Struct

from isolint.model import Crashed
from isolint.program.summaries import compile_module
from isolint.project.checking import Checker, Examined
from isolint.project.pool import Pool
from isolint.summary.reading import Compiled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
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

    Of the modules that ``known`` lacks, those that the files may ask for are compiled first.
    """
    effort, asking = means.effort, Checker(setup)
    wanted = [job.file.module for job in todo if asking.has_rules(job)]
    with effort.timed("compiling"):
        compiled = compile_around(wanted, setup.modules, known, means)
    effort.compiled += len(compiled.keys() - known.keys())
    effort.checked += len(todo)
    with effort.timed("checking"), Pool(Checker(setup, compiled), means.processes) as pool:
        examined = pool.map(Checker.check, todo, lost=_lost, on_done=_Progress(means, len(todo)).add)
    for one in examined:
        compiled |= {name: made for name, made in one.compiled.items() if not _has_bodies(compiled.get(name))}
    return dict(zip(todo, examined, strict=True)), compiled


def compile_around(
    wanted: Sequence[str], modules: Modules, known: Mapping[str, Compiled], means: Means
) -> dict[str, Compiled]:
    """Return the ``wanted`` modules compiled, with all that they import, directly or not."""
    compiled: dict[str, Compiled] = {}
    pending = dict.fromkeys(name for name in wanted if name in modules.files)
    progress = _Progress(means, len(pending))
    with Pool(modules, means.processes) as pool:
        while pending:
            fresh = [name for name in pending if name not in known]
            made = dict(
                zip(fresh, pool.map(_compile, fresh, lost=_unread, on_done=progress.add), strict=True)
            )
            compiled |= {name: made.get(name) or known[name] for name in pending}
            reached = (one for name in pending for one in _imported(name, compiled[name], modules))
            pending = dict.fromkeys(name for name in reached if name not in compiled)
            progress.total += len(pending)
    return compiled


def _compile(modules: Modules, name: str) -> Compiled:
    return compile_module(name, modules)


def _unread(_name: str) -> Compiled:
    return Compiled()


def _imported(importer: str, compiled: Compiled, modules: Modules) -> Iterator[str]:
    """Yield the modules that the names of imports are or are in, the packages around them included."""
    for name in compiled.imports:
        module = modules.absolute(name, importer)
        while module:
            if module in modules.files:
                yield module
            module = module.rpartition(".")[0]


@final
class _Progress:
    def __init__(self, means: Means, total: int) -> None:
        self._tell = means.on_progress
        self._done = 0
        self.total = total

    def add(self, more: int) -> None:
        """Tell that ``more`` are done."""
        self._done += more
        self._tell(self._done, self.total)


def _has_bodies(made: Compiled | None) -> bool:
    return made is not None and bool(made.bodies)


def _lost(job: Job) -> Examined:
    return Examined(Crashed(job.file.shown, "the process that checked this file died"))
