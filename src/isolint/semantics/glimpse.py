"""What is seen of a module before it is bound: enough to say which rules cannot apply to it.

Plain data, small and the same for the same text, so that it can be sent between processes and kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias, final

from isolint.semantics.exports import Exports, exports
from isolint.semantics.imports import as_written
from isolint.syntax.blocks import statements
from isolint.syntax.outline import outline
from isolint.syntax.words import words_in

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from isolint.semantics.imports import Seen
    from isolint.syntax.outline import Outline
    from isolint.syntax.parsing import Text

BY_NAME = "getattr"
"""Reads an attribute by its name as a string."""


@final
@dataclass(frozen=True, slots=True)
class Glimpse:
    """What stands in one text.

    ``words`` are the identifiers of the vocabulary in it, also in strings and comments; ``members`` those
    known methods that are read from some object, or may be by ``getattr``; ``sights`` the codes of the rules whose look at the tree
    saw something. ``outline`` saves time where the module is looked into; nothing follows from it, and one
    that is recalled has none.
    """

    words: frozenset[str]
    members: frozenset[str]
    sights: frozenset[str]
    exports: Exports
    outline: Outline | None = field(default=None, compare=False)

    @property
    def imports(self) -> Sequence[str]:
        """The dotted name of everything the module imports; the module itself for a star."""
        return self.exports.imports


@final
class View:
    """The interpreter's own tree of a module and its text, for rules to look at."""

    def __init__(self, tree: ast.Module, text: str) -> None:
        self.tree = tree
        self.text = text

    @cached_property
    def statements(self) -> Sequence[ast.AST]:
        """All statements, however deep, with the handlers and cases around some."""
        return statements(self.tree)


Look: TypeAlias = "Callable[[View], bool]"


@final
class Observer:
    """Takes glimpses. Each of ``looks``, by the code of its rule, is asked where the words allow it to."""

    def __init__(
        self,
        vocabulary: frozenset[str],
        members: Iterable[str],
        looks: Mapping[str, tuple[Callable[[frozenset[str]], bool], Look]],
    ) -> None:
        self._members = frozenset(members)
        self._vocabulary = vocabulary | self._members
        self._looks = looks
        listed = "|".join(map(re.escape, sorted(self._members)))
        self._use = re.compile(rf"\.\s*({listed})\b")
        self._quoted = re.compile(rf"""["']({listed})["']""")

    def glimpse(self, text: Text, tree: ast.Module, package: str, seen: Seen = as_written) -> Glimpse:
        """Return what is seen of ``text``, of which ``tree`` is the tree; relative imports start from ``package``."""
        content = text.content
        words = self._vocabulary & words_in(content)
        used = set[str]() if words.isdisjoint(self._members) else self._used(content, words)
        view = View(tree, content)
        sights = (code for code, (allow, look) in self._looks.items() if allow(words) and look(view))
        offered = exports(tree, package, view.statements, seen, text=content)
        return Glimpse(words, frozenset(used), frozenset(sights), offered, outline(tree, text))

    def _used(self, text: str, words: frozenset[str]) -> set[str]:
        found = set(self._use.findall(text))
        # `getattr` reads an attribute whose name stands in quotes somewhere in the module.
        return found.union(self._quoted.findall(text)) if BY_NAME in words else found
