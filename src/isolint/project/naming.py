"""Names of modules from the paths of their files, without importing anything."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, final

from isolint.config import ConfigProblems, Problem, line_in
from isolint.config.problems import absolute, displayed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import PurePath

    from isolint.config import Config


@final
@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file and the names it goes by.

    ``path`` is absolute, ``shown`` is for people, ``relative`` starts at the root of the project (it is
    absolute for a file outside), ``module`` is the dotted name.
    """

    path: Path
    shown: PurePath
    relative: PurePosixPath
    module: str


@final
class Layout:
    """Where the modules of a project lie: its root and its source roots, the longest first."""

    def __init__(self, config: Config) -> None:
        self.root = config.root
        self.sources = tuple(sorted(_source_roots(config), key=lambda root: (-len(root.parts), root)))

    def file(self, path: Path, shown: PurePath | None = None) -> SourceFile:
        """Return the file at an absolute path, which need not exist, with its names."""
        relative = _below(path, self.root) or path
        names = list(self.names(path))
        return SourceFile(path, shown or displayed(path), PurePosixPath(relative.as_posix()), names[0])

    def names(self, path: Path) -> Iterator[str]:
        """Yield the module names a file can be imported by; the first, from the longest root, is its own."""
        below = [relative for root in self.sources if (relative := _below(path, root)) is not None]
        yield from map(dotted, below or [path.relative_to(_outermost_package(path))])


def dotted(relative: Path) -> str:
    """Return the module name for a path relative to a source root: ``a/b.py`` and ``a/b/__init__.py`` are a.b."""
    parts = (*relative.parts[:-1], relative.stem)
    is_package = parts[-1] == "__init__" and len(parts) > 1
    return ".".join(parts[:-1] if is_package else parts)


def _source_roots(config: Config) -> set[Path]:
    roots: set[Path] = set()
    missing: list[Problem] = []
    for index, text in enumerate(config.src):
        found = [path for path in _matching(config.root, text) if path.is_dir()]
        roots.update(found)
        if not found and config.src != type(config)(root=config.root).src:
            message = f'`src`: "{text}" is no folder'
            missing.append(
                Problem(displayed(config.source or config.root), line_in(config, ("src", index)), message)
            )
    if missing:
        raise ConfigProblems(missing)
    return roots


def _matching(root: Path, text: str) -> list[Path]:
    """Return what a ``src`` entry stands for: a path, or with wildcards any number of them."""
    if any(mark in text for mark in "*?["):
        return list(root.glob(text))
    return [absolute(root / text)]


def _below(path: Path, folder: Path) -> Path | None:
    """Return ``path`` relative to ``folder``, None outside it; a symbolic link above both is no matter."""
    if path.is_relative_to(folder):
        return path.relative_to(folder)
    real, real_folder = os.path.realpath(path.parent), os.path.realpath(folder)
    inside = Path(real).is_relative_to(real_folder)
    return Path(real).relative_to(real_folder) / path.name if inside else None


def _outermost_package(path: Path) -> Path:
    """Return the folder that the packages around a file start from."""
    folder = path.parent
    while (folder / "__init__.py").is_file() and folder != folder.parent:
        folder = folder.parent
    return folder
