"""Writes down the answer to a command line, with the looks of all that it depends on, for :mod:`isolint.cli.replay`."""

from __future__ import annotations

import glob
import os
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import isolint
from isolint.cli import replay
from isolint.config.document import OWN_NAME, SHARED_NAME
from isolint.config.load import ROOT_MARKS
from isolint.config.problems import absolute
from isolint.project import baseline_file
from isolint.project.cache import FOLDER, Store
from isolint.project.sources.ignoring import GITIGNORE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from isolint.cli.replay import Answer
    from isolint.cli.request import Request
    from isolint.config import Config
    from isolint.project import Run
    from isolint.project.sources.configurations import Listed

_CLOCK_STEP = 2_000_000_000
"""Nanoseconds; no file system counts time in longer steps."""
_AROUND = (OWN_NAME, SHARED_NAME, GITIGNORE, *ROOT_MARKS, "__init__.py")
"""Files that count in the folders around the checked ones: configurations, marks of a project, and of a package."""


def record(
    arguments: Sequence[str], request: Request, config: Config, run: Run, answer: Answer, started: int
) -> None:
    """Keep an answer, if all its dependencies are known and have not changed since the run ``started``.

    A file that changed while the run went on, or within a step of the clock before, might have been read before the
    change; then nothing is kept.
    """
    folder = config.root / FOLDER
    if not _can_be_kept(request, config, run) or not Store(folder).is_ours():
        return
    paths = [
        *_looked_at(request, config, run),
        *_own_sources(dict.fromkeys(name for each in (config, *run.configs) for name in each.plugins)),
        *(f"{path}/" for path in chain(*run.listed)),
    ]
    try:
        seen, newest = replay.look(paths)
        looks = dict(zip(paths, seen, strict=True))
        same = all(map(partial(_is_as_it_was, looks), run.listed))
        if not same or newest > started - _CLOCK_STEP or "\n" in "".join(paths):
            return
        asked, body = replay.context(arguments), replay.put_together(paths, seen, answer)
        sealed = f"{replay.seal(str(folder), asked, body)}\n{body}"
    except OSError:
        return
    Store(folder).keep_answer(replay.name_of(asked), sealed.encode("utf-8", "surrogatepass"))


def _can_be_kept(request: Request, config: Config, run: Run) -> bool:
    """Whether the answer depends on folders and files of the project alone."""
    elsewhere = (
        request.changes
        or request.diff_from is not None
        or request.stdin is not None
        or any(output.file is not None for output in request.outputs)
        or request.verbose
    )
    places = [absolute(target) for target in request.targets]
    return (
        not (elsewhere or request.no_cache or request.cache_dir is not None)
        and Path.cwd().is_relative_to(config.root)
        and all(
            place.is_relative_to(config.root) and os.path.realpath(place) == str(place) for place in places
        )
        and not any(glob.has_magic(source) for each in (config, *run.configs) for source in each.src)
        and not any(entry.is_symlink() for entry in _counting(run.listed))
    )


def _is_as_it_was(looks: Mapping[str, str], listed: Listed) -> bool:
    """Whether the folders have the same entries still."""
    return all(
        set(map(_name, entries)) | {""} == _names(looks[f"{folder}/"]) for folder, entries in listed.items()
    )


def _name(entry: os.DirEntry[str]) -> str:
    if entry.is_dir(follow_symlinks=False):
        return f"{entry.name}/"
    return entry.name if replay.is_looked_at(entry.name) else ""


def _names(look: str) -> set[str]:
    """Return the names in the look of a folder, where times and a size follow those of files; and an empty one."""
    lines = look.split("\n")
    return {line if line.endswith("/") else line.rsplit(" ", 3)[0] for line in lines} | {""}


def _looked_at(request: Request, config: Config, run: Run) -> Iterator[str]:
    """Yield the files that a run asks for by name."""
    for target in request.targets:
        yield str(absolute(target))
    for each in dict.fromkeys((config, *run.configs)):
        yield from (str(absolute(each.root / source)) for source in each.src)
        yield from map(str, filter(None, (each.source, *each.extended)))
        if (accepted := baseline_file(each)) is not None:
            yield str(accepted)
    if request.baseline is not None:
        yield str(absolute(request.baseline))
    starts = (
        config.root,
        *map(absolute, (*request.targets, *(config.root / source for source in config.src))),
    )
    for folder in {folder for start in starts for folder in (start, *start.parents)}:
        yield from (str(folder / name) for name in _AROUND)


def _own_sources(plugins: Iterable[str]) -> Iterator[str]:
    """Yield the folders and files of isolint itself and of plugins: the output depends on their rules."""
    sources = [Path(isolint.__file__).parent]
    for name in plugins:
        from isolint.plugins import load  # few projects have any

        sources += load(name).sources
    for source in sources:
        if not source.is_dir():
            yield str(source)
        for folder, _, _ in os.walk(source):
            yield f"{folder}/"


def _counting(listed: Iterable[Listed]) -> Iterator[os.DirEntry[str]]:
    entries = chain.from_iterable(chain.from_iterable(each.values()) for each in listed)
    return (entry for entry in entries if replay.is_looked_at(entry.name))
