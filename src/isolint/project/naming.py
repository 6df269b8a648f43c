"""Names of modules from the paths of their files, without importing anything."""

from __future__ import annotations

import glob
import os
from pathlib import Path, PurePath, PurePosixPath
from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.config import ConfigProblems, Problem, line_in
from isolint.config.model import DEFAULT_SRC
from isolint.config.problems import absolute, displayed

if TYPE_CHECKING:
    from isolint.config import Config


@final
class SourceFile(Struct, frozen=True):
    """A file and the names it goes by.

    ``path`` is absolute, ``shown`` is for people, ``relative`` starts at the root of the project (it is
    absolute for a file outside), ``module`` is the dotted name.
    """

    path: Path
    shown: PurePath
    relative: PurePosixPath
    module: str

    def __hash__(self) -> int:
        # Files are keys all along a run, and of four fields it takes long to make a hash.
        return hash(self.path)


@final
class Layout:
    """Where the modules of a project lie: its root and its source roots, the longest first."""

    def __init__(self, config: Config) -> None:
        self.sources = tuple(sorted(_source_roots(config), key=lambda root: (-len(root.parts), root)))
        self.root = config.root
        self._root = _Folder(config.root)
        self._working = _Folder(Path.cwd())
        self._sources = tuple(map(_Folder, self.sources))

    def file(self, path: Path, shown: PurePath | None = None) -> SourceFile:
        """Return the file at an absolute path, which need not exist, with its names."""
        text = str(path)
        shown = shown or PurePath(self._working.below(text) or text)
        relative = PurePosixPath(
            (self._root.below(text) or self._root.really_below(path) or text).replace(os.sep, "/")
        )
        return SourceFile(path, shown, relative, self.names(path)[0])

    def names(self, path: Path) -> list[str]:
        """Return the module names a file can be imported by; the first, from the longest root, is its own."""
        text = str(path)
        below = [relative for source in self._sources if (relative := source.below(text))]
        below = below or [relative for source in self._sources if (relative := source.really_below(path))]
        return list(map(dotted, below or [str(path.relative_to(_outermost_package(path)))]))


@final
class _Folder:
    """A folder that paths are cut off from as text: pathlib takes ten times as long, for every file there is."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._prefix = str(path).rstrip(os.sep) + os.sep

    def below(self, path: str) -> str:
        """Return what follows this folder in an absolute path, ``""`` where the path is elsewhere."""
        return path[len(self._prefix) :] if path.startswith(self._prefix) else ""

    def really_below(self, path: Path) -> str:
        """Return the same for the folder's and the file's real places, whatever links lead there."""
        real = _Folder(Path(os.path.realpath(self._path)))
        return real.below(os.path.join(os.path.realpath(path.parent), path.name))  # noqa: PTH118


def dotted(relative: str) -> str:
    """Return the module name for a path below a source root: ``a/b.py`` and ``a/b/__init__.py`` are a.b."""
    *packages, file = relative.split(os.sep)  # noqa: PTH206 - as text, for speed
    stem = file.rpartition(".")[0] or file
    return ".".join(packages if stem == "__init__" and packages else [*packages, stem])


def _source_roots(config: Config) -> set[Path]:
    roots: set[Path] = set()
    missing: list[Problem] = []
    for index, text in enumerate(config.src):
        found = [path for path in _matching(config.root, text) if path.is_dir()]
        roots.update(found)
        if not found and config.src != DEFAULT_SRC:
            message = f'`src`: "{text}" is no folder'
            missing.append(
                Problem(displayed(config.source or config.root), line_in(config, ("src", index)), message)
            )
    if missing:
        raise ConfigProblems(missing)
    return roots


def _matching(root: Path, text: str) -> list[Path]:
    """Return what a ``src`` entry stands for: a path, or with wildcards any number of them."""
    if glob.has_magic(text):
        return [absolute(root / found) for found in glob.glob(text, root_dir=root)]  # noqa: PTH207 - takes `..`
    return [absolute(root / text)]


def _outermost_package(path: Path) -> Path:
    """Return the folder that the packages around a file start from."""
    folder = path.parent
    while (folder / "__init__.py").is_file() and folder != folder.parent:
        folder = folder.parent
    return folder
