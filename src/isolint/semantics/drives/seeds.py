"""In which modules something foreign can be driven at all, judged by their text and their imports."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, final

from isolint.semantics.catalogue import Effect
from isolint.semantics.usage import INTERPRETER, STEP
from isolint.syntax.words import words_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from isolint.semantics.catalogue import Catalogue
    from isolint.semantics.exports import Exports
    from isolint.semantics.index import ModuleIndex

DRIVING = (Effect.DRIVES, Effect.SPAWNS, Effect.INTERPRETS)
"""What ISO101, ISO102 and ISO103 report in the core."""
_STEPPED = re.compile(rf"\b{STEP}\s*\(\s*None\b")


@final
class Seeds:
    """Recognises modules that can hold a driver; one is spelled there by one of ``names``.

    A name of a library is reached through its package, or through one of ``modules`` that offers it,
    also under another name. Methods may be those of an object from elsewhere.
    """

    def __init__(self, catalogue: Catalogue, index: ModuleIndex, modules: Iterable[str]) -> None:
        groups = catalogue.words(*DRIVING, structured=False)
        alone = {group[0] for group in groups if len(group) == 1} | {INTERPRETER}
        roots = {group[0] for group in groups if len(group) > 1}
        lasts = {group[1] for group in groups if len(group) > 1}
        self._index = index
        self._offered = _offering(modules, index, roots, lasts)
        self._alone, self._roots, self._lasts = frozenset(alone), frozenset(roots), frozenset(lasts)
        self._calls = index.possible_members() & lasts - alone
        self._member = re.compile(rf"\.\s*(?:{_either(self._calls)})\b")
        self.names = frozenset(alone | lasts).union(*self._offered.values())

    def stand_in(self, module: str, text: str) -> bool:
        """Whether ``module``, which has this text, can hold a driver."""
        words = words_in(text)
        if not words.isdisjoint(self._alone) or (STEP in words and _STEPPED.search(text)):
            return True
        if not words.isdisjoint(self._calls) and self._member.search(text):
            return True
        is_named = not words.isdisjoint(self._roots) and not words.isdisjoint(self._lasts)
        return is_named or self._imports(module, words)

    def _imports(self, module: str, words: frozenset[str]) -> bool:
        for one in self._index.imports_of(module):
            around, _, name = one.name.rpartition(".")
            if name in self._offered.get(around, ()):
                return True
            if not words.isdisjoint(self._offered.get(one.name, ())):
                return True
        return False


def _offering(
    modules: Iterable[str], index: ModuleIndex, roots: set[str], lasts: set[str]
) -> Mapping[str, set[str]]:
    """Return the names under which each module offers a driver, or a library that has some."""
    known = {module: offered for module in modules if (offered := index.exports_of(module)) is not None}
    found: dict[str, set[str]] = {}
    changed = True
    while changed:
        changed = False
        for module, offered in known.items():
            names = _names(offered, found, roots, lasts) - found.get(module, set())
            if names:
                found.setdefault(module, set()).update(names)
                changed = True
    return found


def _names(offered: Exports, found: Mapping[str, set[str]], roots: set[str], lasts: set[str]) -> set[str]:
    names = {name for star in offered.stars for name in found.get(star, ())}
    names |= lasts if not roots.isdisjoint(offered.stars) else set()
    for name, origins in offered.origins.items():
        for origin in origins:
            around, _, last = origin.rpartition(".")
            foreign = origin.partition(".")[0] in roots and (last in lasts or not around)
            if foreign or last in found.get(around, ()):
                names.add(name)
    return names


def _either(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words)))
