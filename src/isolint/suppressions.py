"""Comments that say a finding is accepted: flake8's ``noqa`` and isolint's own."""

from __future__ import annotations

import re
import tokenize
from functools import partial
from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.model import Edit, Fix, Safety, Span, Suppress

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from tokenize import TokenInfo

    from isolint.syntax.parsing import Text

# The grammar of flake8: a separator between codes is any run of commas and white space, codes count
# letter by letter, and any text behind `flake8: noqa` skips the file all the same.
_NOQA = re.compile(r"# noqa(?::[\s]?(?P<codes>(?:[A-Z]+[0-9]+(?:[,\s]+)?)+))?", re.IGNORECASE)
_NOQA_FILE = re.compile(r"\s*# flake8[:=]\s*noqa", re.IGNORECASE)
_IGNORE = re.compile(r"#\s*isolint:\s*ignore(?:\[(?P<codes>[^\]]*)\])?\s*(?:--.*|#.*)?$")
_SKIP_FILE = re.compile(r"(?:\A|[\r\n])[ \t\f]*#[ \t]*isolint:[ \t]*skip-file\b")
_NEXT = re.compile(r"\s#\s*(?!\d)")
"""The start of another comment on the line; `#12` is no comment but an issue."""
_LINE = re.compile(r"([^\r\n]*)(\r\n?|\n)|([^\r\n]+)")
_SEPARATORS = " \t.,;:-"


_SPEAKING = re.compile(rb"isolint|noqa[^\r\n]*\biso[0-9]")
"""In lower case; as bytes, of which text in any script has few."""
_CODE = re.compile(r"[^,\s\[\]]+")
_FORMATTED_LINES = re.compile(r"\b(?:[fFtT][rR]?|[rR][fFtT])(?:\"\"\"|''')")
"""Strings over several lines that may hold code on any of them."""


ABOUT_COMMENTS = frozenset({"ISO901", "ISO903"})
"""Rules about suppression comments themselves."""


def skips_file(content: str, tokens: Iterable[TokenInfo] | None) -> bool:
    """Whether a comment line of its own says ``# isolint: skip-file``; a line of a string does not."""
    if tokens is None:
        return _SKIP_FILE.search(content) is not None
    return any(token.line.lstrip().startswith("#") and _SKIP_FILE.match(token.string) for token in tokens)


def speaking_tokens(content: str) -> list[TokenInfo] | None:
    """Return the comments that speak to isolint, or may; None where the running Python cannot split the text into tokens."""
    if not _speaks(content):
        return []  # to look for comments takes far longer
    comments = (token for token in _tokens(content) if token.type == tokenize.COMMENT)
    try:
        return [token for token in comments if _speaks(token.string)]
    except (tokenize.TokenError, SyntaxError):
        return None


def _speaks(text: str) -> bool:
    # To search in any case takes far longer, and to lower a text that is not ASCII 12 bytes for each character.
    return _SPEAKING.search(text.encode("utf-8", "surrogatepass").lower()) is not None


def _tokens(content: str) -> Iterator[TokenInfo]:
    """Yield the tokens of a text, line by line: ``StringIO`` would take four bytes for each character of it."""
    lines = (f"{line[1]}\n" if line[2] else line[3] for line in _LINE.finditer(content))
    return tokenize.generate_tokens(partial(next, lines, ""))


@final
class Suppressions(Struct, frozen=True):
    """The suppression comments of one file. Lines count from 1."""

    lines: Sequence[str]
    mode: Suppress
    ranges: dict[int, tuple[int, int]]
    whole_file: bool
    own: Mapping[int, str]
    """The comments of the lines that have one and speak of isolint."""

    def line_for(self, line: int) -> int:
        """Return the line on which a comment for ``line`` has to stand."""
        return self.ranges.get(line, (line, line))[1]

    def cover(self, code: str, name: str, line: int) -> bool:
        """Whether a finding of the rule ``code``, called ``name``, at ``line`` is accepted."""
        if self.mode is Suppress.NONE:
            return False
        first, last = self.ranges.get(line, (line, line))
        text = "\n".join(self.lines[first - 1 : last])
        own = _IGNORE.search(self.own.get(last, ""))
        if own is not None and (_names(own["codes"], code) or name in _CODE.findall(own["codes"] or "")):
            return True
        if self.mode is Suppress.OWN:
            return False
        noqa = _NOQA.search(text)
        return self.whole_file or (noqa is not None and _names(noqa["codes"], code))

    def covers(self, comment: Comment, line: int) -> bool:
        """Whether ``comment`` stands where it counts for ``line``."""
        first, last = self.ranges.get(line, (line, line))
        return comment.line == last if comment.is_own else first <= comment.line <= last


@final
class Comment(Struct, frozen=True):
    """A comment that accepts findings of isolint, by its place; lines and columns count from 1.

    ``codes`` are as written, empty for all rules. ``end`` is the column behind the comment; the text before and
    behind its codes is in ``head`` and ``tail``, the text behind it on the line in ``rest``.
    """

    line: int
    column: int
    end: int
    is_own: bool
    codes: tuple[str, ...]
    head: str = ""
    tail: str = ""
    rest: str = ""
    skipped: int = 0

    def without(self, unused: Sequence[str]) -> str:
        """Return the comment for the codes that are left; where none is, the text that makes the rest a comment."""
        left = [code for code in self.codes if code not in unused]
        if left:
            return f"{self.head}{', '.join(left)}{self.tail}"
        return "" if not self.rest or self.rest.startswith("#") else "# "

    @property
    def behind(self) -> int:
        """The column where the rest begins."""
        return self.end + self.skipped


def comments(tokens: Iterable[TokenInfo]) -> list[Comment]:
    """Return the comments that name isolint's rules, for any tool, in the order of the text."""
    return [comment for token in tokens for comment in _in_comment(token)]


def accepting(codes: Sequence[str], line: str, number: int, reason: str = "") -> Fix:
    """Return the comment that accepts ``codes`` on a line: one of its own, or more codes in the one there is."""
    own = _IGNORE.search(line)
    if own is not None and own["codes"] is not None:
        start, end = own.span("codes")
        named = [*_CODE.findall(own["codes"]), *codes]
        content = ", ".join(dict.fromkeys(named))
    else:
        start, end = len(line.rstrip()), len(line)
        content = f"{'  ' if start else ''}# isolint: ignore[{', '.join(codes)}]"
        content += f" -- {reason}" if reason else ""
    edit = Edit(Span(number, start + 1, number, end + 1), content)
    return Fix(f"Accept {', '.join(codes)}", Safety.SAFE, (edit,))


def _in_comment(token: TokenInfo) -> list[Comment]:
    line, start = token.start
    found: list[Comment] = []
    for pattern, is_own in ((_IGNORE, True), (_NOQA, False)):
        match = pattern.search(token.string)
        if match is None or (not is_own and match["codes"] is None) or match["codes"] == "":
            continue  # no comment, one that flake8 alone judges, or one that is malformed
        another = _NEXT.search(token.string, match.start() + 1)
        end = min(match.end(), another.start()) if another is not None else match.end()
        whole, inner = token.string[match.start() : end].rstrip(), (match["codes"] or "").rstrip()
        codes = tuple(_CODE.findall(inner))
        head, _, tail = whole.partition(inner) if inner else (whole, "", "")
        column = start + match.start() + 1
        behind = token.string[match.start() + len(whole) :]
        rest = behind.lstrip(_SEPARATORS)
        span = (column, column + len(whole))
        found.append(Comment(line, *span, is_own, codes, head, tail, rest, len(behind) - len(rest)))
    return found


def _names(codes: str | None, code: str) -> bool:
    if codes is None:
        return True
    named = [part for part in re.split(r"[,\s]+", codes) if part]
    return code.startswith(tuple(named)) if named else False


def read(
    text: Text, mode: Suppress, about: Collection[int], tokens: Iterable[TokenInfo] | None
) -> Suppressions:
    """Read the comments of a file that has findings, which begin on the lines ``about``; ask of no others.

    ``tokens`` are those of :func:`speaking_tokens`.
    """
    content, lines = text.content, text.lines
    whole_file = mode is Suppress.ALL and any(_NOQA_FILE.match(line) for line in lines)
    joined = any(_may_be_joined(lines, line) for line in set(about)) or _FORMATTED_LINES.search(content)
    ranges = _joined_lines(content, frozenset(about)) if joined else {}
    # Where tokens are not known, a line stands for the comment on it.
    own = enumerate(lines, 1) if tokens is None else ((token.start[0], token.string) for token in tokens)
    return Suppressions(
        lines, mode, ranges, whole_file, {line: one for line, one in own if "isolint:" in one}
    )


def _may_be_joined(lines: Sequence[str], line: int) -> bool:
    """Whether code on a line may be one with another line: to know takes going through the whole file."""
    own, before = lines[line - 1], lines[line - 2] if line > 1 else ""
    return own.endswith("\\") or before.endswith("\\") or '"""' in own or "'''" in own


def _joined_lines(content: str, about: frozenset[int]) -> dict[int, tuple[int, int]]:
    """Map each of the lines ``about`` to the first and last of the lines it is one with, unless that is itself alone.

    As in flake8, a string over several lines and a backslash join lines; brackets do not.
    """
    ranges: dict[int, tuple[int, int]] = {}
    first = last = 0
    until = max(about, default=0)
    try:
        for token in _tokens(content):
            if token.type in (tokenize.ENDMARKER, tokenize.DEDENT):
                continue
            if not first and token.start[0] > until:
                break
            first = min(first, token.start[0]) if first else token.start[0]
            last = max(last, token.end[0])
            if token.type in (tokenize.NL, tokenize.NEWLINE):
                if first != last:
                    joined = (line for line in range(first, last + 1) if line in about)
                    ranges.update(dict.fromkeys(joined, (first, last)))
                first = last = 0
    except (tokenize.TokenError, SyntaxError):
        return {}
    return ranges
