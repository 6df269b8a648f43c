"""``extend``: a configuration that begins with the keys of another file.

A key of the own file replaces that of the extended one. Patterns with a ``/`` there start at its folder; for a folder
below it they are cut to the part that concerns that folder.
"""

from __future__ import annotations

import os
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, TypeAlias

from isolint.config.patterns import ANY_NUMBER

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Table: TypeAlias = "dict[str, Any]"

_ROLES = ("core", "runtime", "shell", "tests")
_EXCLUDES = ("exclude", "extend-exclude")
"""Keys whose entries are paths where there is a ``/`` in them."""


def extended(base: Mapping[str, Any], own: Mapping[str, Any], base_folder: Path, folder: Path) -> Table:
    """Return the table of a file in ``folder`` that extends that of one in ``base_folder``."""
    below = folder.relative_to(base_folder).parts if folder.is_relative_to(base_folder) else ()
    moved = {key: _moved(key, value, below, base_folder, folder) for key, value in base.items()}
    # Patterns for other folders only are not inherited.
    inherited = {key: value for key, value in moved.items() if value or not base[key]}
    return {**inherited, **own}


def _moved(key: str, value: Any, below: tuple[str, ...], base_folder: Path, folder: Path) -> Any:
    if key == "src":
        return [_path(text, base_folder, folder) for text in value]
    if key == "baseline" and value:
        return _path(value, base_folder, folder)
    if key in _ROLES:
        return [moved for text in value if (moved := _glob(text, below, "./"))]
    if key in _EXCLUDES:
        return [moved for text in value if (moved := _glob(text, below, "/"))]
    if key == "per-file-ignores":
        return {moved: codes for text, codes in value.items() if (moved := _file_glob(text, below))}
    return value


def _path(text: str, base_folder: Path, folder: Path) -> str:
    return os.path.relpath(base_folder / text, folder).replace(os.sep, "/")


def _file_glob(text: str, below: tuple[str, ...]) -> str:
    inverted = "!" if text.startswith("!") else ""
    moved = _glob(text.removeprefix("!"), below, "./")
    return f"{inverted}{moved}" if moved else ""


def _glob(text: str, below: tuple[str, ...], here: str) -> str:
    """Return a glob from a folder above as one from here, ``""`` where it concerns nothing here.

    ``here`` begins one that would be read as a name without a ``/``.
    """
    if "/" not in text.rstrip("/") or not below:
        return text
    parts = [part for part in text.lstrip("/").split("/") if part != "."]
    for name in below:
        if not parts:
            return ANY_NUMBER  # all of a folder around this one
        if parts[0] == ANY_NUMBER:
            return "/".join(parts)
        if not fnmatchcase(name, parts[0]):
            return ""
        parts.pop(0)
    moved = "/".join(parts)
    return (moved if "/" in moved.rstrip("/") else f"{here}{moved}") if moved else ANY_NUMBER
