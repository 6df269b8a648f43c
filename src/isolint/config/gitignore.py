"""Patterns in the grammar of ``.gitignore``: the excludes of the configuration and the files of that name.

pathspec does the matching; it is imported only where a pattern is more than a plain name.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pathspec import GitIgnoreSpec

_PLAIN_NAME = re.compile(r"[\w.+@-]+(?<!\.)")
# A pattern becomes a regular expression that backtracks: n wildcards take time in the n-th power.
_MOST_WILDCARDS = 8
_MOST_IN_COMPONENT = 3


@final
class Matcher(Struct, frozen=True):
    """Some patterns, ready to use. Paths are relative to their folder, with ``/``; a folder's ends in one."""

    names: frozenset[str]
    spec: GitIgnoreSpec | None

    def verdict(self, path: str) -> bool | None:
        """Return True for a path to leave out, False for one taken back by ``!``, None for neither."""
        if self.spec is not None:
            return self.spec.check_file(path).include
        return True if not self.names.isdisjoint(path.split("/")) else None


def matcher(lines: Iterable[str]) -> Matcher:
    """Return the matcher for patterns in order; an unusable pattern is passed over, as by git."""
    lines = list(lines)
    if all(map(_PLAIN_NAME.fullmatch, lines)):
        return Matcher(frozenset(lines), None)
    return Matcher(frozenset(), _spec(line for line in lines if not pattern_error(line)))


def pattern_error(line: str) -> str:
    """Return the fault of one pattern, ``""`` for a good one."""
    if _PLAIN_NAME.fullmatch(line):
        return ""
    stars = [len(re.findall(r"\*+", part)) for part in line.split("/")]
    if sum(stars) > _MOST_WILDCARDS or max(stars) > _MOST_IN_COMPONENT:
        return f"more than {_MOST_IN_COMPONENT} wildcards between two `/` or {_MOST_WILDCARDS} in all"
    try:
        patterns = list(_spec([line]).patterns)
    except (ValueError, re.error):  # `[z-a]`, which git passes over
        return "not a pattern in the grammar of .gitignore"
    return "" if any(pattern.include is not None for pattern in patterns) else "it matches nothing"


def _spec(lines: Iterable[str]) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(lines)
