"""The words of a text: what a look at them can rule out need not be parsed.

To split a text at all that is in no word takes a fourth of the time of a search with a regular expression.
"""

from __future__ import annotations

import re

_WORD = re.compile(r"\w+")
_WORDS_OF_ASCII = "".join(
    chr(code) if chr(code).isalnum() or chr(code) == "_" else " " for code in range(128)
)
_WORDS_OF_BYTES = _WORDS_OF_ASCII.encode().ljust(256)


def words_in(text: str) -> frozenset[str]:
    """Return the words of a text, also those in strings and comments."""
    return frozenset(text.translate(_WORDS_OF_ASCII).split() if text.isascii() else _WORD.findall(text))


def standing_in(data: bytes, words: frozenset[bytes]) -> frozenset[bytes]:
    """Return those of ``words``, all identifiers, that stand in a text; one with other than ASCII letters also inside others."""
    beyond = (word for word in words if not word.isascii() and word in data)
    return words.intersection(data.translate(_WORDS_OF_BYTES).split()).union(beyond)
