"""The words of a text: what a look at them can rule out need not be parsed.

To split a text at all that is in no word takes a fourth of the time of a search with a regular expression.
"""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"\w+")
_IN_WORDS = "".join(chr(code) if chr(code).isalnum() or chr(code) == "_" else " " for code in range(128))
_WORDS_OF_BYTES = _IN_WORDS.encode().ljust(256)


def words_in(text: str) -> frozenset[str]:
    """Return the words of a text, also those in strings and comments."""
    if not text.isascii():
        # An identifier has several spellings: full-width letters are read as plain ones.
        return frozenset(_WORD.findall(text)).union(_WORD.findall(unicodedata.normalize("NFKC", text)))
    # Bytes are translated in a fifth of the time that a string takes.
    return frozenset(text.encode().translate(_WORDS_OF_BYTES).decode().split())


def standing_in(data: bytes, words: frozenset[bytes]) -> frozenset[bytes]:
    """Return those of ``words``, all identifiers, that stand in a text; one with other than ASCII letters also inside others."""
    beyond = (word for word in words if not word.isascii() and word in data)
    return words.intersection(data.translate(_WORDS_OF_BYTES).split()).union(beyond)
