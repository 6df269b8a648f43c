"""The configurations of a project: that of its top, and those that folders below have for themselves.

The nearest configuration around a file is the one in force for it, whole, as with ruff; ``extend`` says where one
begins with another. All of them belong to one project: imports are followed across their folders.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, final

from isolint.config import Config, ConfigProblems, overridden
from isolint.config.document import OWN_NAME, SHARED_NAME
from isolint.config.load import of_file, of_folder
from isolint.project.sources.ignoring import excluded
from isolint.rules import known_rules

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping, Sequence

    from isolint.config import Problem

_NAMES = frozenset((OWN_NAME, SHARED_NAME))

Listed: TypeAlias = "Mapping[str, Sequence[os.DirEntry[str]]]"
"""The entries of folders, by their absolute paths."""


def top_of(config: Config) -> Config:
    """Return the configuration of the whole project that one is part of: of its outermost folder.

    A folder that the outermost one excludes is no part of its project.
    """
    if config.outermost is None:
        return config
    top = of_file(config.outermost)
    return (
        config
        if excluded(config.root, top.root, top.excludes)
        else overridden(top, config.overlay, known_rules)
    )


def of_one_folder(folder: Path, names: Iterable[str], config: Config) -> Config | None:
    """Return the configuration of a folder that holds files of these names, if it is one inside the project of ``config``."""
    if not config.nested or folder == config.root or _NAMES.isdisjoint(names):
        return None
    found = of_folder(folder)
    return overridden(found, config.overlay, known_rules) if found is not None else None


def around(path: Path, config: Config) -> Config:
    """Return the configuration in force for a path in the project of ``config``."""
    folder = path if path.is_dir() else path.parent
    while config.nested and folder.is_relative_to(config.root) and folder != config.root:
        found = of_one_folder(folder, _NAMES, config)
        if found is not None:
            return found
        folder = folder.parent
    return config


@final
class Configurations:
    """The configurations of a project, the one of the ``top`` first; ``listed`` are the entries of its folders.

    Those in import roots outside the project belong to other projects.
    """

    def __init__(self, top: Config, listed: Listed) -> None:
        self.top = top
        nested: list[Config] = []
        problems: list[Problem] = []
        for folder, entries in sorted(listed.items()) if top.nested else ():
            has_one = not _NAMES.isdisjoint(entry.name for entry in entries)
            if not has_one or not Path(folder).is_relative_to(top.root):
                continue
            if excluded(Path(folder), top.root, top.excludes):
                continue
            try:
                found = of_one_folder(Path(folder), (entry.name for entry in entries), top)
            except ConfigProblems as error:
                problems += error.problems
                continue
            nested += [found] if found is not None else []
        if problems:
            raise ConfigProblems(problems)
        self.all = (top, *nested)
        self._by_folder = {str(config.root): config for config in self.all}

    def of(self, path: Path) -> Config:
        """Return the configuration in force for a file: that of the nearest folder around it."""
        if len(self.all) == 1:
            return self.top
        folder = path.parent
        pending: list[str] = []
        while (text := str(folder)) not in self._by_folder and folder != folder.parent:
            pending.append(text)
            folder = folder.parent
        found = self._by_folder.get(text, self.top)
        self._by_folder |= dict.fromkeys(pending, found)
        return found
