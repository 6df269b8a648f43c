"""The role of each file: by the comment in it, else by the patterns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.config import ConfigProblems, Problem, line_in
from isolint.config.problems import displayed
from isolint.config.roles import HEAD_BYTES, Conflict, RoleDecision, RoleTable, commented_role, role_comment
from isolint.project.sources.ignoring import excluded
from isolint.project.sources.reading import beginning

if TYPE_CHECKING:
    from collections.abc import Container, Iterable
    from pathlib import Path

    from isolint.config import Config
    from isolint.config.roles import Entry
    from isolint.project.names.naming import SourceFile


def assign(
    config: Config, table: RoleTable, files: Iterable[SourceFile], checked: Container[SourceFile]
) -> tuple[dict[SourceFile, RoleDecision], list[Problem]]:
    """Return the role of each file, and a problem for each that cannot have one.

    Two patterns that are at odds give one problem, however many modules they both fit. A wrong comment
    is no problem in a file that is neither among ``checked`` nor ever would be.
    """
    decisions: dict[SourceFile, RoleDecision] = {}
    problems: list[Problem] = []
    conflicts: dict[tuple[Entry, Entry], Conflict] = {}
    for file in files:
        found = _decide(table, file, _head(file.path))
        if isinstance(found, RoleDecision):
            decisions[file] = found
        elif isinstance(found, Conflict):
            conflicts.setdefault(found.entries, found)
        elif file in checked or not excluded(file.path, config.root, config.excludes):
            problems.append(found)
    return decisions, problems + [_conflict(config, conflict) for conflict in conflicts.values()]


def decide(config: Config, table: RoleTable, file: SourceFile, data: bytes) -> RoleDecision:
    """Return the role of a file with this content; raise ConfigProblems where it cannot have one."""
    found = _decide(table, file, data)
    if isinstance(found, RoleDecision):
        return found
    raise ConfigProblems([_conflict(config, found) if isinstance(found, Conflict) else found])


def _decide(table: RoleTable, file: SourceFile, data: bytes) -> RoleDecision | Conflict | Problem:
    comment = role_comment(data)
    if comment is None:
        return table.decide(file.spellings, file.relative)
    try:
        return commented_role(*comment)
    except ValueError as error:
        return Problem(file.shown, comment[0], str(error))


def _conflict(config: Config, conflict: Conflict) -> Problem:
    placed = sorted((line_in(config, entry.key), str(entry)) for entry in conflict.entries)
    (first_line, first), (line, second) = placed
    message = (
        f"`{first}` (line {first_line}) and `{second}` fit {conflict.module} equally well: "
        "make the one that is to win name more of it"
    )
    return Problem(displayed(config.source or config.root), line, message)


def _head(path: Path) -> bytes:
    try:
        return beginning(path, HEAD_BYTES)
    except OSError:
        return b""  # checking the file reports that it cannot be read
