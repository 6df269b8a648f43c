"""Whether the patterns of the configuration fit the tree: one that matches nothing protects nothing."""

from __future__ import annotations

from functools import partial
from itertools import islice
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, TypeAlias

from msgspec import structs

from isolint.config import Problem, line_in
from isolint.config.patterns import Form
from isolint.config.problems import displayed, nearest
from isolint.config.roles import Tier
from isolint.config.selectors import covers
from isolint.model import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from isolint.config import Config
    from isolint.config.roles import Entry, RoleTable
    from isolint.project.names.naming import SourceFile

Inner: TypeAlias = "Sequence[tuple[Config, Sequence[SourceFile]]]"
"""The other configurations of a project, each with the files that it is in force for."""
_MOST_TOLD = 100
"""Entries: for each a similar name is looked for among all modules."""


def unmatched(config: Config, table: RoleTable, files: Sequence[SourceFile]) -> list[Entry]:
    """Return the user's entries that fit none of the files. An inherited entry is written for several projects."""
    names = {name for file in files for name in _dotted_names(file)}
    return [
        entry
        for entry in table.entries
        if entry.tier is Tier.USER
        and entry.role.value not in config.inherited
        and not _fits_any(entry, files, names)
    ]


def elsewhere(unmatched: Iterable[Entry], files: Sequence[SourceFile]) -> list[Entry]:
    """Return the unmatched entries that are plain names of modules that another distribution may bring."""
    tops = {name.partition(".")[0] for file in files for name in file.spellings}
    return [
        entry
        for entry in unmatched
        if entry.role in {Role.SHELL, Role.RUNTIME}
        and entry.pattern.names_one_module
        and entry.pattern.parts[0] not in tops
        and not nearest(entry.pattern.parts[0], tops)
    ]


def problems(
    entries: Sequence[Entry], config: Config, files: Sequence[SourceFile], inner: Inner
) -> Iterator[Problem]:
    """Yield a problem for each unmatched entry; of very many only the number."""
    for entry in entries[:_MOST_TOLD]:
        one = _problem(entry, config, files, inner)
        if one is not None:
            yield one
    if rest := entries[_MOST_TOLD:]:
        message = f"`{rest[0].role.value}`: and {len(rest):,} entries more match nothing here"
        yield Problem(displayed(config.source or config.root), line_in(config, rest[0].key), message)


def _problem(entry: Entry, config: Config, files: Sequence[SourceFile], inner: Inner) -> Problem | None:
    """Return the message for an unmatched entry, with the nearest pattern that would fit.

    Nothing where it fits files of an ``inner`` configuration that begins with this one: it is written for those.
    """
    form, text = entry.pattern.form, entry.pattern.text
    what = "module" if form is Form.DOTTED else "file"
    governing = _governing(lambda file: _fits_any(entry, [file], {*_dotted_names(file)}), config, inner)
    if governing is not None and config.source in governing.extended:
        return None
    known = dict.fromkeys(spelling for file in files for spelling in _spellings(file, form))
    why = f" of its own: {_in_force(governing)}" if governing is not None else nearest(text, known)
    message = f'`{entry.role.value}`: "{text}" matches no {what}{why}'
    return Problem(displayed(config.source or config.root), line_in(config, entry.key), message)


def idle_globs(config: Config, files: Sequence[SourceFile], inner: Inner) -> Iterator[Problem]:
    """Yield a problem for each key of ``per-file-ignores`` that covers no file, but of very many for some only.

    Nothing where it covers files of an ``inner`` configuration that begins with this one.
    """
    given = config.per_file_ignores if "per-file-ignores" not in config.inherited else ()
    idle = (
        glob for glob, _ in given if not any(covers(glob.removeprefix("!"), file.relative) for file in files)
    )
    for glob in islice(idle, _MOST_TOLD):
        plain = glob.removeprefix("!")
        governing = _governing(partial(_is_covered, plain), config, inner)
        if governing is not None and config.source in governing.extended:
            continue
        known = dict.fromkeys(text for file in files for text in _spellings(file, Form.PATH))
        why = f" of its own: {_in_force(governing)}" if governing is not None else nearest(plain, known)
        line = line_in(config, ("per-file-ignores", glob))
        message = f'`per-file-ignores`: "{glob}" matches no file{why}'
        yield Problem(displayed(config.source or config.root), line, message)


def _governing(fits: Callable[[SourceFile], bool], config: Config, inner: Inner) -> Config | None:
    """Return the configuration in force for files that an entry of another one around them fits."""
    found: Config | None = None
    for governing, files in inner:
        for file in files if governing.root.is_relative_to(config.root) else ():
            inside = file.path.is_relative_to(config.root)
            relative = PurePosixPath(file.path.relative_to(config.root)) if inside else file.relative
            if fits(structs.replace(file, relative=relative)):
                if config.source in governing.extended:
                    return governing
                found = found or governing
                break
    return found


def _is_covered(glob: str, file: SourceFile) -> bool:
    return covers(glob, file.relative)


def _in_force(governing: Config) -> str:
    return (
        f"{displayed(governing.source or governing.root)} is in force there, and does not `extend` this file"
    )


def note(entry: Entry) -> str:
    """Return the message for an entry that may be elsewhere."""
    return f"`{entry}` is not in this tree, so it is taken for an installed module"


def _fits_any(entry: Entry, files: Sequence[SourceFile], names: set[str]) -> bool:
    if entry.pattern.names_one_module:
        return entry.pattern.dotted in names
    return any(entry.pattern.reach(file.spellings, file.relative) is not None for file in files)


def _dotted_names(file: SourceFile) -> Iterator[str]:
    """Yield the names of a module and of the packages around it, from each import root."""
    for name in file.spellings:
        parts = name.split(".")
        yield from (".".join(parts[:n]) for n in range(1, len(parts) + 1))


def _spellings(file: SourceFile, form: Form) -> Iterator[str]:
    """Yield the plainest patterns of a form that fit the file."""
    if form is Form.DOTTED:
        yield from _dotted_names(file)
    elif form is Form.FILE_NAME:
        yield file.relative.name
    else:
        yield str(file.relative)
        yield from (f"{folder}/**" for folder in file.relative.parents if folder.name)
