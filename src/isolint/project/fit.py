"""Whether the patterns of the configuration fit the tree: one that matches nothing protects nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.config import Problem, line_in
from isolint.config.patterns import Form
from isolint.config.problems import displayed, nearest
from isolint.config.roles import Tier
from isolint.config.selectors import covers
from isolint.model import Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from isolint.config import Config
    from isolint.config.roles import Entry, RoleTable
    from isolint.project.naming import SourceFile


def unmatched(config: Config, table: RoleTable, files: Sequence[SourceFile]) -> list[Entry]:
    """Return the user's entries that fit none of the files. What is inherited is written for several projects."""
    names = {name for file in files for name in _dotted_names(file)}
    return [
        entry
        for entry in table.entries
        if entry.tier is Tier.USER
        and entry.role.value not in config.inherited
        and not _fits_any(entry, files, names)
    ]


def may_be_elsewhere(entry: Entry, files: Sequence[SourceFile]) -> bool:
    """Whether an unmatched entry is the plain name of a module that another distribution may bring."""
    if entry.role not in {Role.SHELL, Role.RUNTIME} or not entry.pattern.names_one_module:
        return False
    top = entry.pattern.parts[0]
    tops = {name.partition(".")[0] for file in files for name in file.spellings}
    return top not in tops and not nearest(top, tops)


def problem(entry: Entry, config: Config, files: Sequence[SourceFile]) -> Problem:
    """Return what to tell of an unmatched entry, with the nearest pattern that would fit."""
    form, text = entry.pattern.form, entry.pattern.text
    known = dict.fromkeys(spelling for file in files for spelling in _spellings(file, form))
    what = "module" if form is Form.DOTTED else "file"
    message = f'`{entry.role.value}`: "{text}" matches no {what}{nearest(text, known)}'
    return Problem(displayed(config.source or config.root), line_in(config, entry.key), message)


def idle_globs(config: Config, files: Sequence[SourceFile]) -> Iterator[Problem]:
    """Yield a problem for each key of ``per-file-ignores`` that covers no file."""
    for glob, _ in config.per_file_ignores if "per-file-ignores" not in config.inherited else ():
        plain = glob.removeprefix("!")
        if not any(covers(plain, file.relative) for file in files):
            known = dict.fromkeys(text for file in files for text in _spellings(file, Form.PATH))
            message = f'`per-file-ignores`: "{glob}" matches no file{nearest(plain, known)}'
            line = line_in(config, ("per-file-ignores", glob))
            yield Problem(displayed(config.source or config.root), line, message)


def note(entry: Entry) -> str:
    """Return what to tell of an entry that may be elsewhere."""
    return f"`{entry}` is not in this tree, so it is taken for an installed module"


def _fits_any(entry: Entry, files: Sequence[SourceFile], names: set[str]) -> bool:
    if entry.pattern.names_one_module:
        return entry.pattern.text in names
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
