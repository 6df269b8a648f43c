"""One run over files or over one text: everything an adapter calls."""

from __future__ import annotations

import dataclasses
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, final

from msgspec import Struct
from msgspec.structs import replace

from isolint.config.problems import displayed
from isolint.model import Checked, Suppress
from isolint.project.advice.unread import unread_warnings
from isolint.project.cache import Cache
from isolint.project.checking import Checker, Job, Setup
from isolint.project.effort import Effort
from isolint.project.examining import Means, examine
from isolint.project.names.root_lines import root_names
from isolint.project.sources.discovery import discover
from isolint.project.sources.ignoring import excluded
from isolint.project.workspace import Workspace

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Mapping, Sequence

    from isolint.baseline import PaidDebt
    from isolint.config import Config
    from isolint.config.roles import RoleDecision
    from isolint.model import Outcome
    from isolint.project.examining import OnProgress
    from isolint.project.sources.configurations import Listed
    from isolint.summary.reading import Compiled


@final
class Debt(Struct, frozen=True):
    """An entry of the baseline ``of`` that accepts more findings than there are."""

    of: PurePath
    entry: PaidDebt


@final
@dataclasses.dataclass(frozen=True, slots=True)
class Run:
    """The result of a run: outcomes sorted by path, remarks for the user, the number of files found.

    ``warnings`` say why findings may be missing, though every file was checked.

    ``listed`` are the entries of the folders that were read. ``known`` are the names of all modules of the project,
    ``checked`` those whose findings are known now. ``baselines`` are the files of accepted
    findings, ``paid`` entries of them whose findings are gone.
    """

    outcomes: tuple[Outcome, ...]
    notes: tuple[str, ...]
    files: int
    effort: Effort = dataclasses.field(default_factory=Effort, compare=False, repr=False)
    listed: tuple[Listed, ...] = dataclasses.field(default=(), compare=False, repr=False)
    warnings: tuple[str, ...] = ()
    roots: tuple[str, ...] = dataclasses.field(default=(), compare=False)
    configs: tuple[Config, ...] = dataclasses.field(default=(), compare=False, repr=False)
    known: frozenset[str] = dataclasses.field(default=frozenset(), compare=False, repr=False)
    checked: frozenset[str] = dataclasses.field(default=frozenset(), compare=False, repr=False)
    baselines: tuple[PurePath, ...] = ()
    paid: tuple[Debt, ...] = ()


@final
class ModuleRole(Struct, frozen=True):
    """The role of a file, and its reason."""

    path: PurePath
    module: str
    root: str
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

    ``cache`` is the folder that keeps results for the next run; without one nothing is kept.
    ``on_progress`` is told how many files of how many are done. Raises ProjectError and ConfigProblems
    where the run cannot take place.
    """
    effort = Effort()
    with effort.timed("finding files"):
        found = discover(paths, config, force_exclude=force_exclude)
        workspace = Workspace(config, found.files)
        workspace.require_core()
    todo = [Job(file, workspace.decisions[file].role) for file in workspace.checked]
    outcomes = _by_settings(todo, workspace, suppress, Means(jobs, cache, on_progress or _silent, effort))
    ordered = sorted((*outcomes, *found.unreadable), key=lambda outcome: outcome.path.parts)
    notes = workspace.notes if found.files else (*workspace.notes, "no Python files found")
    listed = (found.listed, workspace.listed)
    known, done = _modules(workspace, todo, outcomes)
    unread = unread_warnings(workspace.modules, {file.module for file in workspace.checked})
    return Run(
        tuple(ordered),
        notes,
        len(found.files),
        effort,
        listed,
        known=known,
        checked=done,
        warnings=(*workspace.warnings, *unread),
        roots=root_names(workspace.layout),
        configs=workspace.configs.all,
    )


def check_text(
    data: bytes,
    filename: str | PurePath,
    config: Config,
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
    if force_exclude and excluded(path, workspace.config.root, workspace.config.excludes):
        return Run((), workspace.notes, 0, warnings=workspace.warnings)
    job = job_of_text(data, filename, workspace)
    outcome = (checker or text_checker(workspace, Suppress.ALL)).check_bytes(job, data, tree=tree)
    known, checked = _modules(workspace, [job], [outcome])
    return Run(
        (outcome,),
        workspace.notes,
        1,
        known=known,
        checked=checked,
        warnings=workspace.warnings,
        configs=workspace.configs.all,
    )


def _modules(
    workspace: Workspace, jobs: Sequence[Job], outcomes: Sequence[Outcome]
) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names of all modules, and of those whose findings are known."""
    done = zip(jobs, outcomes, strict=True)
    checked = frozenset(job.file.module for job, outcome in done if isinstance(outcome, Checked))
    return frozenset(file.module for file in workspace.decisions), checked


def job_of_text(data: bytes, filename: str | PurePath, workspace: Workspace) -> Job:
    """Return the job of checking a text as the content of ``filename``, which need not exist."""
    file = workspace.layout.file(Path(Path.cwd(), filename), PurePath(filename))
    return Job(file, workspace.decide(file, data).role)


def text_checker(workspace: Workspace, suppress: Suppress) -> Checker:
    """Return a checker of many texts of one project: it keeps the facts it reads of the other modules."""
    return Checker(Setup(workspace.config, workspace.modules, suppress))


def recalling_checker(
    workspace: Workspace,
    suppress: Suppress,
    *,
    cache: Path | None,
    config: Config | None = None,
) -> Checker:
    """Return a checker of a single text of a project, which uses the results that an earlier run kept in the folder ``cache``.

    ``config`` is the one in force for the text, by default the one of the workspace.
    """
    setup = Setup(config or workspace.config, workspace.modules, suppress)
    known: Mapping[str, Compiled] = Cache(cache, setup).recall_modules() if cache is not None else {}
    return Checker(setup, known)


def roles(paths: Iterable[Path], config: Config) -> tuple[ModuleRole, ...]:
    """Return the role of each Python file among and below ``paths``, sorted by path."""
    workspace = Workspace(config, discover(paths, config).files)
    layout = workspace.layout
    return tuple(
        ModuleRole(file.shown, file.module, layout.shown_root(file), workspace.decisions[file])
        for file in workspace.checked
    )


def files(paths: Iterable[Path], config: Config, *, force_exclude: bool = False) -> tuple[PurePath, ...]:
    """Return the paths that a run would check, as they are shown, sorted."""
    return tuple(map(displayed, discover(paths, config, force_exclude=force_exclude).files))


def _by_settings(
    todo: Sequence[Job], workspace: Workspace, suppress: Suppress, means: Means
) -> list[Outcome]:
    """Return an outcome for each job, by the rules and options in force for its file."""
    by_file = {job.file: job for job in todo}
    done: dict[Job, Outcome] = {}
    for config, files in workspace.by_settings(by_file):
        jobs = [by_file[file] for file in files]
        before, rest = len(done), len(todo) - len(jobs)

        def on_progress(finished: int, total: int, before: int = before, rest: int = rest) -> None:
            means.on_progress(before + finished, rest + total)

        setup = Setup(config, workspace.modules, suppress)
        done |= zip(jobs, _outcomes(jobs, setup, replace(means, on_progress=on_progress)), strict=True)
    return [done[job] for job in todo]


def _outcomes(todo: Sequence[Job], setup: Setup, means: Means) -> list[Outcome]:
    """Return an outcome for each job: recalled from the cache or worked out anew."""
    effort = means.effort
    cache = Cache(means.cache, setup) if means.cache is not None else None
    known: dict[Job, Outcome] = {}
    compiled: Mapping[str, Compiled] = {}
    if cache is not None:
        with effort.timed("reading the cache"):
            known, compiled = cache.recall(todo)
    rest = [job for job in todo if job not in known]
    effort.recalled += len(known)
    examined, used = examine(rest, setup, compiled, means) if rest else ({}, {})
    if cache is not None and rest:
        with effort.timed("writing the cache"):
            cache.keep(examined, used)
    return [known[job] if job in known else examined[job].outcome for job in todo]


def _silent(_done: int, _total: int) -> None:
    pass
