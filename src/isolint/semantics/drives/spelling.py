"""Which words stand in which module, kept small: a project has many more places than words."""

from __future__ import annotations

import re
from array import array
from typing import TYPE_CHECKING, final

from isolint.syntax.words import words_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from isolint.semantics.drives.model import Words

_MEMBER = re.compile(r"[.'\"](?:\s|\\\n)*([^\W\d]\w*)")
_NOT_CALLED = re.compile(r"\b(\w+)\b(?!\s*\()")


def spelled(text: str, anywhere: frozenset[str], words: Words) -> frozenset[str]:
    """Return those of ``words`` that stand in ``text``, all of whose words are ``anywhere``.

    Those of attributes have to follow a dot, or to stand in a string.
    """
    found = anywhere & (words.names | words.givers)
    maybe = anywhere & words.members - found
    return found.union(maybe.intersection(_MEMBER.findall(text))) if maybe else found


@final
class Spelling:
    """Answers the same of modules, whose text ``read`` gives, and reads each of them once for all words."""

    def __init__(self, read: Callable[[str], str]) -> None:
        self._read = read
        self._numbers: dict[str, int] = {}
        self._anywhere: dict[str, array[int]] = {}
        self._members: dict[str, array[int]] = {}
        self._not_called: dict[str, array[int]] = {}

    def found(self, module: str, words: Words) -> frozenset[str]:
        """Return those of ``words`` that stand in a module."""
        anywhere = self._in(self._anywhere, words_in, module)
        found = self._those(words.names | words.givers, anywhere)
        maybe = self._those(words.members - found, anywhere)
        return found | (
            self._those(maybe, self._in(self._members, _MEMBER.findall, module)) if maybe else maybe
        )

    def may_rename(self, module: str, found: frozenset[str], words: Words) -> bool:
        """Whether a module may give another name to one of the words ``found`` in it: not if all are but called."""
        if not found <= words.members:
            return True
        return bool(self._those(found, self._in(self._not_called, _NOT_CALLED.findall, module)))

    def _in(
        self, known: dict[str, array[int]], find: Callable[[str], Iterable[str]], module: str
    ) -> array[int]:
        if module not in known:
            numbers = self._numbers
            words = set(find(self._read(module)))
            known[module] = array("l", sorted(numbers.setdefault(word, len(numbers)) for word in words))
        return known[module]

    def _those(self, words: Iterable[str], present: array[int]) -> frozenset[str]:
        numbered = {self._numbers[word]: word for word in words if word in self._numbers}
        return frozenset(numbered[number] for number in set(numbered).intersection(present))
