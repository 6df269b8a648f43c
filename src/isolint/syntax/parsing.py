"""From bytes to a tree, without trusting them: bad, hostile and merely newer code all get an answer."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from libcst import Module

_NESTING_LIMIT = 1500
"""Deeper than people write, shallow enough for libcst, whose time grows with the square of it."""
_UNTESTED_NESTING_LIMIT = 600
"""The same for code that the interpreter's own parser has not accepted."""

# Strings are unrolled loops: a repeated alternation takes 130 bytes of memory for each character.
_NESTING_TOKEN = re.compile(
    r"""(?P<skip>\#[^\r\n]*|\\\r?\n|\\\r"""
    r"""|'{3}[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'{3}|"{3}[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"{3}"""
    r"""|'[^'\\\r\n]*(?:\\.[^'\\\r\n]*)*'|"[^"\\\r\n]*(?:\\.[^"\\\r\n]*)*")"""
    r"""|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<reset>,|[\r\n]|;)"""
    r"""|(?P<nest>\*\*|[-+~*/%@&|^.]|\b(?:not|await|lambda|if|else|and|or)\b)""",
    re.DOTALL,
)

_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
_NO_STATEMENT = frozenset(
    {tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING, tokenize.ENDMARKER}
)


@final
class SyntaxProblem(Struct, frozen=True):
    """Why the text is not Python: one sentence, 1-based line and column; the text of the line where it is known here only."""

    message: str
    line: int = 1
    column: int = 1
    snippet: str = ""


@final
class Text:
    """Decoded source."""

    def __init__(self, content: str) -> None:
        self.content = content

    @cached_property
    def lines(self) -> Sequence[str]:
        """The lines, without their ends, broken only where Python breaks them.

        Most files have no findings and are never asked for them; they can take several times the memory of the text.
        """
        # Most texts have one kind of line end, and to split at a string takes a fifth of the time.
        content = self.content
        return re.split(r"\r\n?|\n", content) if "\r" in content else content.split("\n")

    @property
    def line_end(self) -> str:
        """The line end of the first line, which is that of most texts throughout."""
        found = re.search(r"\r\n?|\n", self.content)
        return found.group() if found is not None else "\n"


def decode(data: bytes) -> Text | SyntaxProblem:
    """Decode source bytes as Python does: byte order mark, coding cookie, else UTF-8."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        content = data.decode(encoding)
    except UnicodeDecodeError as error:
        if error.encoding != "utf-8" or not _is_python(data):
            return _undecodable(error)
        content = data.decode("utf-8", "replace")
    except (SyntaxError, LookupError, UnicodeError) as error:
        problem = _not_utf8(data)
        if problem is None or not _is_python(data):
            return problem or SyntaxProblem(f"cannot decode the file: {error}")
        content = data.decode("utf-8", "replace")
    if "\0" in content:
        return _problem_at("source code cannot contain null bytes", content, content.index("\0"))
    return Text(content.removeprefix("\ufeff"))


def _is_python(data: bytes) -> bool:
    """Whether Python takes the bytes as they are: it looks into the encoding of comments no more than it has to."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(data)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


def _not_utf8(data: bytes) -> SyntaxProblem | None:
    """Return where a file without a usable coding cookie stops being UTF-8, None where it does not."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _undecodable(error)
    return None


def _undecodable(error: UnicodeDecodeError) -> SyntaxProblem:
    before, after = error.object[: error.start], error.object[error.start :]
    readable_part = before.decode(error.encoding, "replace")
    message = (
        f"the file is not {error.encoding.upper()} (byte {error.object[error.start]:#04x}): "
        "save it as UTF-8, or declare its encoding in the first line"
    )
    content = readable_part + after.decode(error.encoding, "replace")
    return _problem_at(message, content, len(readable_part))


def _problem_at(message: str, content: str, offset: int) -> SyntaxProblem:
    before = Text(content[:offset].removeprefix("\ufeff")).lines
    line = Text(content.removeprefix("\ufeff")).lines[len(before) - 1]
    return SyntaxProblem(message, len(before), len(before[-1]) + 1, line)


def quick_tree(text: Text) -> ast.Module | SyntaxProblem:
    """Parse with the interpreter's own parser, some eighteen times faster than libcst.

    A problem may only mean that the code is for a newer Python than the one that runs.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text.content)
        except SyntaxError as error:
            return SyntaxProblem(error.msg, error.lineno or 1, max(error.offset or 1, 1))
        except (RecursionError, MemoryError):
            return SyntaxProblem("nested too deeply: Python itself cannot parse it")
        except ValueError as error:
            return SyntaxProblem(str(error))


def parse(text: Text, *, known_good: bool) -> Module | SyntaxProblem:
    """Parse with libcst. ``known_good`` says that :func:`quick_tree` has accepted the text.

    Code that the running interpreter rejects may be for a newer one, which libcst knows; but libcst
    takes minutes over deeply nested code and overflows the stack of the process, so the depth is bounded
    first.
    """
    import libcst

    limit = _NESTING_LIMIT if known_good else _UNTESTED_NESTING_LIMIT
    if _nesting(text.content) > limit:
        return SyntaxProblem(f"an expression nests or chains more than {limit} deep")
    try:
        return libcst.parse_module(without_form_feeds(text.content)[0])
    except libcst.ParserSyntaxError as error:
        message = error.message.replace("parser error: ", "")
        return SyntaxProblem(message, max(error.raw_line, 1), max(error.raw_column + 1, 1))
    except RecursionError:
        return SyntaxProblem("nested too deeply for the parser")
    except UnicodeError as error:  # half a character, as the coding `unicode_escape` makes them
        return SyntaxProblem(str(error))


def without_form_feeds(content: str) -> tuple[str, dict[int, int]]:
    """Return the text without the indentation before a form feed, and the removed indentation by line.

    To Python the indentation begins anew behind a form feed. LibCST takes all of it, and drops the form feed.
    """
    if "\f" not in content:
        return content, {}
    lines = _LINE.findall(content)
    gone: dict[int, int] = {}
    with suppress(tokenize.TokenError, SyntaxError):  # a newer Python's syntax: LibCST may know it
        begins = True
        for token in tokenize.generate_tokens(io.StringIO(content, newline=None).readline):
            line = token.start[0]
            if begins and token.type not in _NO_STATEMENT and (count := _to_form_feed(lines[line - 1])):
                lines[line - 1] = lines[line - 1][count:]
                gone[line] = count
            begins = token.type in {tokenize.NEWLINE, *_NO_STATEMENT}
    return "".join(lines), gone


def _to_form_feed(line: str) -> int:
    """Return how many characters there are up to the last form feed of the indentation."""
    return line[: len(line) - len(line.lstrip(" \t\f"))].rfind("\f") + 1


def _nesting(content: str) -> int:
    """Return an upper bound of how deep expressions nest, from tokens alone.

    A chain nests too: each of the brackets in `a[0][0]` holds all that stands before it.
    """
    deepest = 0
    total = 0
    levels = [0]
    for match in _NESTING_TOKEN.finditer(content):
        kind = match.lastgroup
        if kind == "open":
            levels.append(0)
            total += 1
        elif kind == "close" and len(levels) > 1:
            total -= levels.pop()
            levels[-1] += 1
        elif kind == "nest":
            levels[-1] += 1
            total += 1
        elif kind == "reset" and (len(levels) == 1 or match.group() == ","):
            total -= levels[-1]
            levels[-1] = 0
        deepest = max(deepest, total)
    return deepest
