"""In which files something foreign can be driven at all, judged by their text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, final

from isolint.semantics.catalogue import Effect
from isolint.semantics.usage import INTERPRETER, STEP

if TYPE_CHECKING:
    from collections.abc import Iterable

    from isolint.semantics.catalogue import Catalogue

DRIVING = (Effect.DRIVES, Effect.SPAWNS, Effect.INTERPRETS)
"""What ISO101, ISO102 and ISO103 report in the core."""
_NEVER = re.compile(r"(?!)")


@final
class Seeds:
    """Recognises texts that can hold a driver; one is spelled there by one of ``names``.

    Names of a library are reached through its package, or through another name for it that some module
    among ``texts`` makes; ``members`` are methods that objects from elsewhere may have.
    """

    def __init__(self, catalogue: Catalogue, members: frozenset[str], texts: Iterable[str]) -> None:
        groups = catalogue.words(*DRIVING, structured=False)
        alone = {group[0] for group in groups if len(group) == 1} | {INTERPRETER}
        roots = {group[0] for group in groups if len(group) > 1}
        lasts = {group[1] for group in groups if len(group) > 1}
        known = _either(roots | lasts)
        naming = re.compile(rf"\b(?:{known})\s+as\s+(\w+)|(\w+)\s*=\s*(?:{known})\b")
        root = re.compile(rf"\b(?:{_either(roots)})\b")
        others = {name for text in texts if root.search(text) for pair in naming.findall(text) for name in pair}
        others -= {""}
        self.names = alone | lasts | others
        self._alone = re.compile(rf"\b(?:{_either(alone)})\b|\b{STEP}\s*\(\s*None\b")
        self._root = re.compile(rf"\b(?:{_either(roots | others)})\b")
        self._last = re.compile(rf"\b(?:{_either(lasts | others)})\b")
        calls = members & lasts - alone
        self._member = re.compile(rf"\.\s*(?:{_either(calls)})\b") if calls else _NEVER

    def stand_in(self, text: str) -> bool:
        """Whether ``text`` can hold a driver."""
        if self._alone.search(text) or self._member.search(text):
            return True
        return bool(self._root.search(text) and self._last.search(text))


def _either(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words)))
