"""From a starting folder to the one configuration of a run."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from msgspec.structs import replace

from isolint.config.document import OWN_NAME, SHARED_NAME, Document, find, in_folder, read
from isolint.config.extending import extended
from isolint.config.model import Config
from isolint.config.problems import ConfigProblems, Problem, absolute, displayed
from isolint.config.validation import problems
from isolint.rule import Options

if TYPE_CHECKING:
    from isolint.config.positions import KeyPath

_NAMES = (OWN_NAME, SHARED_NAME)
EXTEND = "extend"
ROOT_MARKS = (".git", "pyproject.toml", "setup.py", "setup.cfg")
"""Entries that mark the folder of a project without a configuration."""


def load(start: Path, *, explicit: Path | None = None, isolated: bool = False) -> Config:
    """Return the configuration for a run from the folder ``start``.

    ``explicit`` names the file to use, ``isolated`` says to use none; else it is looked for in ``start``
    and the folders above. Raises ConfigProblems with every problem of the file.
    """
    start = absolute(start)
    if explicit is not None:
        return _config(_named(absolute(explicit)))
    document = find(start) if not isolated else None
    if document is None:
        return Config(root=_likely_root(start), nested=not isolated)
    return replace(_config(document), nested=True, outermost=_outermost(document))


def of_folder(folder: Path) -> Config | None:
    """Return the configuration that a folder has itself; raise ConfigProblems where it cannot be used.

    A ``pyproject.toml`` in which nothing is called isolint is not parsed: a large tree has many.
    """
    document = in_folder(folder) if any(_may_be_ours(folder / name) for name in _NAMES) else None
    return replace(_config(document), nested=True) if document is not None else None


def _may_be_ours(path: Path) -> bool:
    try:
        return path.is_file() and (path.name == OWN_NAME or b"isolint" in path.read_bytes())
    except OSError:
        return False


def of_file(path: Path) -> Config:
    """Return the configuration in a file; raise ConfigProblems where it cannot be used."""
    return replace(_config(_named(path)), nested=True)


def _outermost(document: Document) -> Path | None:
    """Return the file of the outermost configuration around another one in its repository, if there is any."""
    found: Path | None = None
    folder = document.path.parent
    while not (folder / ".git").exists() and folder != folder.parent:
        folder = folder.parent
        around = in_folder(folder)
        found = around.path if around is not None else found
    return found


def line_in(config: Config, key: KeyPath) -> int:
    """Return the line of a key, or of an entry ``(key, index)``, in the file the configuration is from.

    0 where there is no file or it has changed. It is read again: only messages need lines.
    """
    if config.source is None:
        return 0
    try:
        about = config.source.stat()
        document = _read_again(config.source, about.st_mtime_ns, about.st_size)
    except (OSError, ConfigProblems):
        return 0
    return document.line(key) if document is not None else 0


@lru_cache(1)
def _read_again(path: Path, _modified: int, _size: int) -> Document | None:
    return read(path)  # once for all messages about it


def _likely_root(start: Path) -> Path:
    """Return the root of a project that says nothing of isolint, the same from wherever in it one looks."""
    for folder in (start, *start.parents):
        if any((folder / mark).exists() for mark in ROOT_MARKS):
            return folder
    here = Path.cwd()
    # Everything below the root is surveyed, so it must not be a whole home directory or disk.
    too_wide = {Path(here.anchor), Path(os.path.expanduser("~"))}  # noqa: PTH111 - expanduser() of a Path may raise
    return here if start.is_relative_to(here) and here not in too_wide else start


def _named(path: Path) -> Document:
    document = read(path)
    if document is None:
        message = f"this {SHARED_NAME} has no [tool.isolint] table"
        raise ConfigProblems([Problem(displayed(path), 0, message)])
    return document


def _config(document: Document) -> Config:
    """Return the configuration of a document; raise ConfigProblems with all that is wrong with it."""
    table, files = _with_extended(document, ())
    values = {key.replace("-", "_"): _frozen(value) for key, value in table.items() if key != EXTEND}
    of_options = set(Options.__struct_fields__)
    given = {name: values.pop(name) for name in of_options & values.keys()}
    options = Options(**given, strict_effects=bool(values.get("strict")))
    inherited = tuple(sorted(table.keys() - document.table.keys()))
    config = Config(
        root=document.path.parent,
        source=document.path,
        extended=files,
        inherited=inherited,
        options=options,
        **values,
    )
    return _with_plugins(config) if config.plugins else config


def _with_extended(document: Document, before: tuple[Path, ...]) -> tuple[dict[str, Any], tuple[Path, ...]]:
    """Return the keys of a document and of those it extends, and the files of these."""
    found = list(problems(document))
    if found:
        raise ConfigProblems(found)
    named = document.table.get(EXTEND)
    if named is None:
        return document.table, ()
    path = absolute(document.path.parent / os.path.expanduser(named))  # noqa: PTH111 - of a Path it may raise
    if path in (document.path, *before):
        message = f"`{EXTEND}`: the files extend each other in a circle"
        raise ConfigProblems([document.problem((EXTEND,), message)])
    if not path.is_file():
        message = (
            f'`{EXTEND}`: "{named}" is no file: name a pyproject.toml or isolint.toml, relative to this one'
        )
        raise ConfigProblems([document.problem((EXTEND,), message)])
    base, files = _with_extended(_named(path), (document.path, *before))
    return extended(base, document.table, path.parent, document.path.parent), (path, *files)


def _with_plugins(config: Config) -> Config:
    """Return the configuration with the catalogues of its plugins."""
    from isolint.plugins import load_all

    loaded = load_all(config.plugins)
    known = tuple(entry for plugin in loaded for entry in plugin.entries)
    moved = tuple(pair for plugin in loaded for pair in plugin.moved)
    options = replace(config.options, known=known, aliases=(*moved, *config.options.aliases))
    return replace(config, options=options, plugin_stamps=tuple(plugin.stamp for plugin in loaded))


def _frozen(value: Any) -> Any:
    """Return a value of TOML as tuples: an array of its items, a table of its pairs."""
    match value:
        case dict():
            pairs = cast("dict[str, Any]", value)
            return tuple((key, _frozen(item)) for key, item in pairs.items())
        case list():
            return tuple(cast("list[str]", value))
        case _:
            return value
