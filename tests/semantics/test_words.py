"""The words of a text, found by splitting it, are those that a regular expression finds."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from isolint.syntax.words import standing_in

WORDS = ["asyncio", "run", "run_9", "AsyncPlan", "größe"]
ENCODED = frozenset(word.encode() for word in WORDS)
PIECES = st.sampled_from([*WORDS, "ß", "_", "9", ".", " ", "\n", "\0", "\x0b", "\\", "“", "\u00a0", "("])


@given(st.lists(PIECES).map("".join))
def test_words_are_found_as_by_a_regular_expression(text: str) -> None:
    found = standing_in(text.encode(), ENCODED)
    for word in WORDS:
        expected = re.search(rb"\b" + word.encode() + rb"\b", text.encode()) is not None
        if word.isascii():
            assert (word.encode() in found) == expected
        else:
            assert (word.encode() in found) >= expected
