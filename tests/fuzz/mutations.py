"""Mutations of source text: random damage, and changes that editors and merges make."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

_COMMENTS = (
    "  # noqa: ISO102",
    "  # noqa: ISO102' so",
    "  # noqa: ISO202; see #12",
    "  # noqa: ISO102, E501 because  # type: ignore",
    "  # isolint: ignore[ISO102] -- why  # noqa: ISO103",
    "  # isolint: ignore[ISO101, ISO403]",
    "  # isolint: ignore",
    "  # type: ignore # noqa: ISO901 # more",
    "# noqa:ISO102,",
)
_TOKENS = (
    "await ", "async ", "lambda: ", "(", ")", "[", "]", "*", "**", ",", ":", ":=", ".", "=", "\\\n", "\n", "\t", "\f",
    " or ", " and ", " if x else ", "not ", "yield ", "return ", "é", "\U0001d4b3", "'", '"', '"""', "f'{", "}'", "0", "#",
)  # fmt: skip
_NAME = re.compile(r"\b[a-z_]+\b(?=\()")
_LEFT_OF_DOT = re.compile(r"\b[A-Za-z_]+(?=\.)")


def mutated(text: str, random: Random, times: int) -> str:
    """Return the text after some changes."""
    for _ in range(times):
        text = random.choice(_MUTATIONS)(text, random)
    return text


def _comment(text: str, random: Random) -> str:
    lines = text.split("\n")
    lines[random.randrange(len(lines))] += random.choice(_COMMENTS)
    return "\n".join(lines)


def _form_feed(text: str, random: Random) -> str:
    lines = text.split("\n")
    at = random.randrange(len(lines))
    lines[at] = random.choice(("\f", " \f", "\f\f")) + lines[at]
    return "\n".join(lines)


def _line_ends(text: str, random: Random) -> str:
    return text.replace("\n", random.choice(("\r\n", "\r")))


def _one_line_end(text: str, random: Random) -> str:
    at = text.find("\n", random.randrange(len(text) + 1))
    return text if at < 0 else f"{text[:at]}\r{text[at + 1 :]}"


def _token(text: str, random: Random) -> str:
    at = random.randrange(len(text) + 1)
    return text[:at] + random.choice(_TOKENS) + text[at:]


def _cut(text: str, random: Random) -> str:
    start = random.randrange(len(text) + 1)
    return text[:start] + text[start + random.randrange(1, 30) :]


def _line_again(text: str, random: Random) -> str:
    lines = text.split("\n")
    lines.insert(random.randrange(len(lines)), random.choice(lines))
    return "\n".join(lines)


def _owner(text: str, random: Random) -> str:
    """Read an attribute of something longer than a name."""
    found = list(_LEFT_OF_DOT.finditer(text))
    if not found:
        return text
    name = random.choice(found)
    longer = random.choice(("({0} or x)", "({0} if x else y)", "(w := {0})", "(\n{0}\n)", "x[{0}]"))
    return text[: name.start()] + longer.format(name.group()) + text[name.end() :]


def _wrapped(text: str, random: Random) -> str:
    """Put a call into parentheses, or break it over lines."""
    found = list(_NAME.finditer(text))
    if not found:
        return text
    name = random.choice(found)
    return (
        f"{text[: name.end() + 1]}{random.choice((chr(10), ' # why' + chr(10), ' '))}{text[name.end() + 1 :]}"
    )


def _indented(text: str, _random: Random) -> str:
    return "if True:\n" + "".join(f"    {line}\n" for line in text.split("\n"))


_MUTATIONS = (
    _comment, _comment, _form_feed, _line_ends, _one_line_end, _token, _token, _cut, _line_again, _owner, _owner,
    _wrapped, _indented,
)  # fmt: skip
