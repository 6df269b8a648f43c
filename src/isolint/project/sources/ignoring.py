"""The paths that discovery leaves out: the excludes of the configuration and those that git ignores."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, final

from msgspec import Struct
from msgspec.structs import replace

from isolint.config.gitignore import Matcher, matcher

if TYPE_CHECKING:
    from collections.abc import Sequence

GITIGNORE = ".gitignore"


@final
class _Scoped(Struct, frozen=True):
    """Patterns and the folder that they are relative to."""

    folder: str
    patterns: Matcher

    def verdict(self, path: str, *, is_folder: bool) -> bool | None:
        below = path[len(self.folder) :].replace(os.sep, "/").lstrip("/")
        return self.patterns.verdict(f"{below}/" if is_folder else below) if below else None


@final
class Ignoring(Struct, frozen=True):
    """Everything that decides about the entries of one folder: excludes, and ``.gitignore``s from the top."""

    excludes: _Scoped
    gitignores: tuple[_Scoped, ...]
    respects_git: bool

    def leaves_out(self, path: str, *, is_folder: bool) -> bool:
        """Return whether an entry, absolute, is left out; the folders around it have been judged before."""
        if self.excludes.verdict(path, is_folder=is_folder):
            return True
        verdicts = (scoped.verdict(path, is_folder=is_folder) for scoped in reversed(self.gitignores))
        return bool(next((verdict for verdict in verdicts if verdict is not None), False))

    def with_excludes(self, folder: str, exclude: Sequence[str]) -> Ignoring:
        """Return the filter for the entries of a folder that has excludes of its own."""
        return replace(self, excludes=_Scoped(folder, matcher(exclude)))

    def inside(self, folder: str, *, has_gitignore: bool) -> Ignoring:
        """Return the filter for the entries of ``folder``."""
        if not (has_gitignore and self.respects_git):
            return self
        return replace(self, gitignores=(*self.gitignores, _gitignore(Path(folder))))


def excluded(path: Path, root: Path, exclude: Sequence[str]) -> bool:
    """Return whether the patterns leave out a path, or a folder around it below ``root``."""
    if not path.is_relative_to(root):
        return False
    return bool(_Scoped(str(root), matcher(exclude)).verdict(str(path), is_folder=path.is_dir()))


def starting_at(start: Path, root: Path, exclude: Sequence[str], *, respects_git: bool) -> Ignoring:
    """Return the filter for ``start``, a folder that was asked for.

    A pattern that would leave out the folder itself does not count: it has been asked for.
    """
    scope = root if start.is_relative_to(root) else start
    counting = [pattern for pattern in exclude if not excluded(start, scope, [pattern])]
    excludes = _Scoped(str(scope), matcher(counting))
    ignoring = Ignoring(excludes, (), respects_git)
    if not respects_git:
        return ignoring
    above = tuple(map(_gitignore, _within_repository(start)))
    around = replace(ignoring, gitignores=above)
    return ignoring if around.leaves_out(str(start), is_folder=True) else around


def _within_repository(start: Path) -> list[Path]:
    """Return the folders above ``start`` in its repository, outermost first; none without a repository."""
    line = (start, *start.parents)
    depth = next((n for n, folder in enumerate(line) if (folder / ".git").exists()), 0)
    return list(reversed(line[1 : depth + 1]))


def _gitignore(folder: Path) -> _Scoped:
    file = folder / GITIGNORE
    try:
        text = file.read_text("utf-8", "surrogateescape") if file.is_file() else ""
    except OSError:
        text = ""
    lines = [line for line in text.split("\n") if line.strip() and not line.startswith("#")]
    return _Scoped(str(folder), matcher(lines))
