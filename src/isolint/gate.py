"""Which files cannot have a finding, so that they need not be parsed with libcst.

Parsing is most of the time of a run, and few files speak of event loops, clients or plans at all. A no
must be certain: tests hold the findings with and without the gate against each other.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, final

from isolint.semantics.reach import imports_first_party, reaches_known_names, reaches_plans

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Sequence

    from isolint.rule import GateInput, Rule
    from isolint.semantics.index import ModuleIndex


@final
class Gate:
    """The gate of one run. Patterns are made once for each rule."""

    def __init__(self, given: GateInput, index: ModuleIndex) -> None:
        self._given = given
        self._index = index
        self._words: dict[str, _Words] = {}
        self._any_member = _members(given.catalogue.members())
        self._possible_member: re.Pattern[str] | None = None

    def admitted(
        self, rules: Sequence[Rule], text: str, tree: ast.Module, module: str, package: str
    ) -> Sequence[Rule]:
        """Return those of ``rules`` that may find something in this file; that all others do not is certain."""
        if self._given.catalogue.is_library(module):
            return rules  # inside a library itself, relative imports lead to names that are not spelled out
        about_plans = [rule for rule in rules if rule.about_plans]
        others = [rule for rule in rules if not rule.about_plans]
        # Rules about plans ask what every call gives: not where nothing can be a plan.
        meets_plans = any(self._rule_may_fire(rule, text, tree, package) for rule in about_plans) or (
            bool(about_plans) and reaches_plans(tree, package, self._index)
        )
        may_fire = (
            any(self._rule_may_fire(rule, text, tree, package) for rule in others)
            or reaches_known_names(tree, package, self._index)
            or self._may_meet_objects(text, tree, package)
        )
        return [*(others if may_fire else []), *(about_plans if meets_plans else [])]

    def _rule_may_fire(self, rule: Rule, text: str, tree: ast.Module, package: str) -> bool:
        if rule.code not in self._words:
            self._words[rule.code] = _Words(rule.words(self._given))
        if not self._words[rule.code].stand_in(text):
            return False
        return rule.glance is None or rule.glance(tree, package, self._given)

    def _may_meet_objects(self, text: str, tree: ast.Module, package: str) -> bool:
        """Whether the file uses a known method, on an object that may come from elsewhere in the project."""
        if not self._any_member.search(text):
            return False
        if self._possible_member is None:
            self._possible_member = _members(self._index.possible_members())
        return bool(self._possible_member.search(text)) and imports_first_party(tree, package, self._index)


@final
class _Words:
    """The identifiers, and groups of them, of which one has to stand in a text."""

    def __init__(self, words: Iterable[str | tuple[str, ...]]) -> None:
        groups = sorted({(word,) if isinstance(word, str) else word for word in words})
        first: dict[str, list[str]] = {}
        for group in groups:
            first.setdefault(group[0], []).extend(group[1:2])
        alone = {group[0] for group in groups if len(group) == 1}
        self._any = _whole(first)
        self._with = {word: None if word in alone else _whole(others) for word, others in first.items()}

    def stand_in(self, text: str) -> bool:
        """Whether one of them does."""
        seen: set[str] = set()
        for match in self._any.finditer(text):
            word = match.group()
            if word not in seen:
                seen.add(word)
                others = self._with[word]
                if others is None or others.search(text):
                    return True
        return False


def _whole(words: Iterable[str]) -> re.Pattern[str]:
    listed = sorted(words)
    return re.compile(rf"\b(?:{_either(listed)})\b") if listed else re.compile(r"(?!)")


def _members(names: Iterable[str]) -> re.Pattern[str]:
    listed = sorted(names)
    return re.compile(rf"\.\s*(?:{_either(listed)})\b|\bgetattr\b") if listed else re.compile(r"(?!)")


def _either(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, words))
