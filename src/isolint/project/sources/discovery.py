"""From the paths of a command to the files to check: each once, in a fixed order."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, final

from msgspec import Struct, field

from isolint.config.problems import absolute, displayed
from isolint.model import Crashed
from isolint.project.errors import ProjectError
from isolint.project.sources.configurations import around, of_one_folder, top_of
from isolint.project.sources.ignoring import GITIGNORE, Ignoring, excluded, starting_at
from isolint.project.sources.notebooks import SUFFIX
from isolint.project.sources.reading import beginning

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from isolint.config.model import Config
    from isolint.project.sources.configurations import Listed

_SUFFIXES = (".py", ".pyi")
_NAMED = (*_SUFFIXES, ".pyw", SUFFIX)
"""Suffixes of files that are checked when named."""
_LONGEST_FIRST_LINE = 200


@final
class Found(Struct, frozen=True):
    """Absolute paths of the files, sorted; the folders that could not be listed; the entries of all others."""

    files: tuple[Path, ...]
    unreadable: tuple[Crashed, ...]
    listed: Listed


def discover(paths: Iterable[Path], config: Config, *, force_exclude: bool = False) -> Found:
    """Return the Python files among ``paths`` and in the folders among them.

    A file that is named itself is taken even if it is excluded, unless ``force_exclude``. Symbolic links to folders
    are not followed, nor are two names of a file taken. Raises ProjectError where a path does not exist, where a file
    that is named is not Python, and where the paths hold none.
    """
    starts = [absolute(path) for path in paths]
    _must_exist(starts)
    config = top_of(config)
    if force_exclude:
        starts = [start for start in starts if not _is_excluded(start, config)]
    _must_be_python(starts)
    walk = _Walk(nesting=config)
    for start in starts:
        if start.is_dir():
            governing = around(start, config)
            excludes = starting_at(
                start, governing.root, governing.excludes, respects_git=config.respect_gitignore
            )
            walk.folder(start, excludes)
        else:
            walk.files.setdefault(os.path.realpath(start), str(start))
    found = walk.found()
    if starts and not (found.files or found.unreadable):
        named = ", ".join(str(displayed(start)) for start in starts)
        raise ProjectError(f"no Python files found in {named}, so there is nothing to check")
    return found


@final
class TooManyFolders(Exception):  # noqa: N818  # the caller names their origin
    """A walk met more folders than it was to."""


def python_files(
    folders: Sequence[Path], exclude: Sequence[str], *, respect_gitignore: bool, most: int
) -> Found:
    """Return the Python files in ``folders``; an unreadable folder is passed over.

    Raises TooManyFolders where those behind the first have more than ``most`` folders.
    """
    walk = _Walk()
    for folder in folders:
        walk.folder(folder, starting_at(folder, folder, exclude, respects_git=respect_gitignore))
        if walk.most is None:
            walk.most = len(walk.listed) + most
    return walk.found()


@final
class _Walk(Struct):
    """The files found so far. ``files`` has the path by the real path, so that none comes twice.

    Folders with a configuration of their own, inside the project of the one that is ``nesting``, have excludes of
    their own.
    """

    nesting: Config | None = None
    most: int | None = None
    files: dict[str, str] = field(default_factory=dict[str, str])
    links: list[str] = field(default_factory=list[str])
    unreadable: dict[str, Crashed] = field(default_factory=dict[str, Crashed])
    listed: dict[str, list[os.DirEntry[str]]] = field(default_factory=dict[str, "list[os.DirEntry[str]]"])

    def folder(self, start: Path, ignoring: Ignoring) -> None:
        """Take in the content of a folder and below. No recursion: a tree may be deeper than Python's stack."""
        prefix, real_prefix = str(start).rstrip(os.sep), os.path.realpath(start).rstrip(os.sep)
        pending = [(str(start), ignoring)]
        while pending:
            folder, outer = pending.pop()
            if self.most is not None and len(self.listed) >= self.most:
                raise TooManyFolders
            entries = self._entries(folder)
            here = outer.inside(folder, has_gitignore=any(entry.name == GITIGNORE for entry in entries))
            if self.nesting is not None:
                own = of_one_folder(Path(folder), (entry.name for entry in entries), self.nesting)
                here = here.with_excludes(folder, own.excludes) if own is not None else here
            for entry in entries:
                is_folder = entry.is_dir(follow_symlinks=False)
                if not (is_folder or entry.name.endswith(_SUFFIXES)):
                    continue
                if here.leaves_out(entry.path, is_folder=is_folder):
                    continue
                if is_folder:
                    pending.append((entry.path, here))
                elif entry.is_symlink():
                    self.links.append(entry.path)
                elif entry.is_file():
                    self.files.setdefault(real_prefix + entry.path[len(prefix) :], entry.path)

    def found(self) -> Found:
        for link in sorted(self.links):
            if Path(link).is_file():
                self.files.setdefault(os.path.realpath(link), link)
        files = sorted(map(Path, self.files.values()), key=lambda path: path.parts)
        return Found(tuple(files), tuple(self.unreadable.values()), self.listed)

    def _entries(self, folder: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(folder) as entries:
                listed = self.listed[folder] = list(entries)
        except OSError as error:
            message = f"the folder cannot be listed: {error.strerror or error}"
            self.unreadable[folder] = Crashed(displayed(Path(folder)), message)
            listed = self.listed[folder] = []
        return listed


def _must_exist(paths: Sequence[Path]) -> None:
    wrong = [f"{displayed(path)}: {error}" for path in paths if (error := _stat_error(path))]
    if wrong:
        raise ProjectError("\n".join(wrong))


def _is_excluded(path: Path, config: Config) -> bool:
    """Whether a path is left out by the configuration in force for it, or a folder around it by an outer one."""
    nearest = around(path, config)
    return excluded(path, nearest.root, nearest.excludes) or excluded(
        nearest.root, config.root, config.excludes
    )


def _must_be_python(paths: Sequence[Path]) -> None:
    """Refuse files that cannot be Python: that one of them passed would say nothing."""
    wrong = [displayed(path) for path in paths if not (path.is_dir() or _may_be_python(path))]
    if wrong:
        kinds = ", ".join(_NAMED)
        raise ProjectError(
            "\n".join(
                f"{path}: not a Python file ({kinds}, or one that begins with #! and python)"
                for path in wrong
            )
        )


def _may_be_python(path: Path) -> bool:
    if path.suffix in _NAMED or not path.suffix:
        return True
    try:
        first = beginning(path, _LONGEST_FIRST_LINE).partition(b"\n")[0]
    except OSError:
        return True  # that it cannot be read is told when it is checked
    return first.startswith(b"#!") and b"python" in first


def _stat_error(path: Path) -> str:
    try:
        path.stat()
    except FileNotFoundError:
        return "no such file or folder"
    except OSError as error:
        return error.strerror or str(error)
    return ""
