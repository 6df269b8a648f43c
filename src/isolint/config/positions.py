"""Lines of keys and array entries in a TOML document, which no TOML reader of Python gives."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias, final

import tomli

if TYPE_CHECKING:
    from collections.abc import Iterator

KeyPath: TypeAlias = "tuple[str | int, ...]"
"""The path to a value: keys of tables, indices of arrays."""

_TOKEN = re.compile(
    r'"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"[^"\\\n]*(?:\\.[^"\\\n]*)*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|[\[\]{},=.\n]"
    r"|[^\s\[\]{},=.\"'\#]+",
    re.DOTALL,
)


def lines_of(text: str) -> dict[KeyPath, int]:
    """Return the line, from 1, of each key, table header and array entry of a *valid* TOML document."""
    return _Scanner(text).document()


@final
class _Scanner:
    """Walks over the tokens of a document that a real parser has already accepted."""

    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._next = 0
        self._lines: dict[KeyPath, int] = {}

    def document(self) -> dict[KeyPath, int]:
        table: KeyPath = ()
        while self._peek():
            if self._peek() == "\n":
                self._take()
            elif self._peek() == "[":
                table = self._header()
            else:
                self._pair(table)
        return self._lines

    def _header(self) -> KeyPath:
        while self._peek() == "[":
            self._take()
        path = self._key(())
        while self._peek() == "]":
            self._take()
        return path

    def _pair(self, table: KeyPath) -> None:
        path = self._key(table)
        self._take()  # the equals sign
        self._value(path)

    def _key(self, path: KeyPath) -> KeyPath:
        """Read a dotted key; each of its parts is a table of its own."""
        while True:
            token, line = self._take()
            path = (*path, _plain(token))
            self._lines.setdefault(path, line)
            if self._peek() != ".":
                return path
            self._take()

    def _value(self, path: KeyPath) -> None:
        opening = self._peek()
        if opening in {"[", "{"}:
            self._take()
            self._entries(path, "]" if opening == "[" else "}")
            return
        while self._peek() not in {"", "\n", ",", "]", "}"}:
            self._take()

    def _entries(self, path: KeyPath, closing: str) -> None:
        index = 0
        while (token := self._peek()) != closing:
            if token in {"\n", ","}:
                self._take()
            elif closing == "}":
                self._pair(path)
            else:
                entry = (*path, index)
                self._lines[entry] = self._tokens[self._next][1]
                self._value(entry)
                index += 1
        self._take()

    def _peek(self) -> str:
        return self._tokens[self._next][0]

    def _take(self) -> tuple[str, int]:
        token = self._tokens[self._next]
        self._next += 1
        return token


def _tokens(text: str) -> list[tuple[str, int]]:
    """Return each token with its line, comments left out; an empty token ends the list."""

    def found() -> Iterator[tuple[str, int]]:
        line = 1
        for match in _TOKEN.finditer(text):
            token = match.group()
            if not token.startswith("#"):
                yield token, line
            line += token.count("\n")
        yield "", line

    return list(found())


def _plain(key: str) -> str:
    if key[0] in "\"'":
        return str(tomli.loads(f"key = {key}")["key"])
    return key
