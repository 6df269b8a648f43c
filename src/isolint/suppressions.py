"""Comments that say a finding is accepted: flake8's ``noqa`` and isolint's own."""

from __future__ import annotations

import io
import re
import tokenize
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, final

if TYPE_CHECKING:
    from collections.abc import Sequence

# The grammar of flake8: a separator between codes is any run of commas and white space, codes count
# letter by letter, and whatever follows `flake8: noqa` skips the file all the same.
_NOQA = re.compile(r"# noqa(?::[\s]?(?P<codes>(?:[A-Z]+[0-9]+(?:[,\s]+)?)+))?", re.IGNORECASE)
_NOQA_FILE = re.compile(r"\s*# flake8[:=]\s*noqa", re.IGNORECASE)
_IGNORE = re.compile(r"#\s*isolint:\s*ignore(?:\[(?P<codes>[^\]]*)\])?\s*(?:--.*|#.*)?$")
_SKIP_FILE = re.compile(r"^[ \t]*#\s*isolint:\s*skip-file\b", re.MULTILINE)


@final
class Suppress(Enum):
    """Which suppression comments count.

    ``OWN`` is for a host that reads ``noqa`` itself.
    """

    ALL = "all"
    OWN = "own"
    NONE = "none"


def skips_file(content: str) -> bool:
    """Whether a comment line of its own says ``# isolint: skip-file``."""
    return "isolint" in content and _SKIP_FILE.search(content) is not None


@final
@dataclass(frozen=True, slots=True)
class Suppressions:
    """The suppression comments of one file. Lines count from 1."""

    lines: Sequence[str]
    mode: Suppress
    ranges: dict[int, tuple[int, int]]
    whole_file: bool

    def line_for(self, line: int) -> int:
        """Return the line on which a comment for ``line`` has to stand."""
        return self.ranges.get(line, (line, line))[1]

    def cover(self, code: str, line: int) -> bool:
        """Whether a finding of ``code`` at ``line`` is accepted."""
        if self.mode is Suppress.NONE:
            return False
        first, last = self.ranges.get(line, (line, line))
        text = "\n".join(self.lines[first - 1 : last])
        own = _IGNORE.search(self.lines[last - 1]) if last <= len(self.lines) else None
        if own is not None and _names(own["codes"], code):
            return True
        if self.mode is Suppress.OWN:
            return False
        noqa = _NOQA.search(text)
        return self.whole_file or (noqa is not None and _names(noqa["codes"], code))


def _names(codes: str | None, code: str) -> bool:
    if codes is None:
        return True
    named = [part for part in re.split(r"[,\s]+", codes) if part]
    return code.startswith(tuple(named)) if named else False


def read(content: str, lines: Sequence[str], mode: Suppress) -> Suppressions:
    """Read the comments of a file that has findings."""
    whole_file = mode is Suppress.ALL and any(_NOQA_FILE.match(line) for line in lines)
    return Suppressions(lines, mode, _joined_lines(content), whole_file)


def _joined_lines(content: str) -> dict[int, tuple[int, int]]:
    """Map each line to the first and last of the lines it is one with.

    As in flake8, a string over several lines and a backslash join lines; brackets do not.
    """
    ranges: dict[int, tuple[int, int]] = {}
    first = last = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(content).readline):
            if token.type in (tokenize.ENDMARKER, tokenize.DEDENT):
                continue
            first = min(first, token.start[0]) if first else token.start[0]
            last = max(last, token.end[0])
            if token.type in (tokenize.NL, tokenize.NEWLINE):
                ranges.update((line, (first, last)) for line in range(first, last + 1) if first != last)
                first = last = 0
    except (tokenize.TokenError, SyntaxError):
        return {}
    return ranges
