"""Which words stand in which module, kept small: a project has many more places than words."""

from __future__ import annotations

import re
from array import array
from collections import defaultdict
from itertools import count
from typing import TYPE_CHECKING, final

from isolint.syntax.words import words_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from isolint.semantics.drives.model import Words

_MEMBER = re.compile(r"[.'\"](?:\s|\\\n)*([^\W\d]\w*)")
_NOT_CALLED = re.compile(r"\b(\w+)\b(?!\s*\()")
_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+[\w.]+[ \t]+)?import[ \t]+(?:\((?P<several>[^()]*)\)|(?P<rest>[^\n(]*)$)",
    re.MULTILINE,
)
_AS = re.compile(r"\bas\b|;")


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
        self._numbers: defaultdict[str, int] = defaultdict(count().__next__)
        self._numbered: list[tuple[Words, Mapping[int, str], Mapping[int, str]]] = []
        self._anywhere: dict[str, array[int]] = {}
        self._members: dict[str, array[int]] = {}
        self._not_called: dict[str, array[int]] = {}

    def found(self, module: str, words: Words) -> frozenset[str]:
        """Return those of ``words`` that stand in a module."""
        named, members = self._numbers_of(words)
        anywhere = self._in(self._anywhere, words_in, module)
        found = {named[number] for number in named.keys() & anywhere}
        maybe = {
            number: members[number] for number in members.keys() & anywhere if members[number] not in found
        }
        if maybe:
            found |= {
                maybe[number] for number in maybe.keys() & self._in(self._members, _MEMBER.findall, module)
            }
        return frozenset(found)

    def may_rename(self, module: str, found: frozenset[str], words: Words) -> bool:
        """Whether a module may give another name to one of the words ``found`` in it: not if all are but called.

        What calling a giver gives may get any name.
        """
        if not words.givers.isdisjoint(found):
            return True
        return bool(self._with_numbers(found).keys() & self._in(self._not_called, _not_called, module))

    def _numbers_of(self, words: Words) -> tuple[Mapping[int, str], Mapping[int, str]]:
        """Return the numbers of those that stand anywhere, and of attributes; the same are looked for in all modules."""
        for known, named, members in self._numbered:
            if known is words:
                return named, members
        named, members = self._with_numbers(words.names | words.givers), self._with_numbers(words.members)
        self._numbered = [*self._numbered[-1:], (words, named, members)]
        return named, members

    def _with_numbers(self, words: Iterable[str]) -> Mapping[int, str]:
        return {self._numbers[word]: word for word in words}

    def _in(
        self, known: dict[str, array[int]], find: Callable[[str], Iterable[str]], module: str
    ) -> array[int]:
        if module not in known:
            known[module] = array("l", map(self._numbers.__getitem__, set(find(self._read(module)))))
        return known[module]


def _not_called(text: str) -> list[str]:
    """Return the words that no call follows, but for those that are imported under their own name."""
    return _NOT_CALLED.findall(_IMPORT.sub(_under_other_names, text))


def _under_other_names(statement: re.Match[str]) -> str:
    return statement[0] if _AS.search(statement["several"] or statement["rest"] or "") else ""
