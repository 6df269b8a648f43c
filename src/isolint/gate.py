"""Which files cannot have a finding, so that they need not be parsed with libcst.

Parsing is most of the time of a run, and few files speak of event loops, clients or plans at all. A no
must be certain: tests hold the findings with and without the gate against each other.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, final

from isolint.semantics.reach import imports_first_party, reaches_known_names, reaches_plans

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from isolint.rule import GateInput, Rule
    from isolint.semantics.glimpse import Glimpse
    from isolint.semantics.index import ModuleIndex


@final
class Gate:
    """The gate of one run. Patterns are made once for each rule."""

    def __init__(self, given: GateInput, index: ModuleIndex) -> None:
        self._given = given
        self._index = index
        self._words: dict[str, _Words] = {}
        self._members: tuple[frozenset[str], re.Pattern[str]] | None = None

    def admitted(self, rules: Sequence[Rule], module: str, glimpse: Glimpse) -> Sequence[Rule]:
        """Return those of ``rules`` that may find something in this file; that all others do not is certain."""
        if self._given.catalogue.is_library(module):
            return rules  # inside a library itself, relative imports lead to names that are not spelled out
        about_plans = [rule for rule in rules if rule.about_plans]
        others = [rule for rule in rules if not rule.about_plans]
        # Rules about plans ask what every call gives: not where nothing can be a plan.
        meets_plans = any(self._rule_may_fire(rule, glimpse) for rule in about_plans) or (
            bool(about_plans) and reaches_plans(glimpse, self._index)
        )
        may_fire = bool(others) and (
            any(self._rule_may_fire(rule, glimpse) for rule in others)
            or self._may_meet_objects(glimpse)
            or reaches_known_names(glimpse, self._index)
        )
        return [*(others if may_fire else []), *(about_plans if meets_plans else [])]

    def _rule_may_fire(self, rule: Rule, glimpse: Glimpse) -> bool:
        if rule.code not in self._words:
            self._words[rule.code] = _Words(rule.words(self._given))
        if not self._words[rule.code].stand_in(glimpse):
            return False
        return rule.glance is None or rule.glance(glimpse, self._given)

    def _may_meet_objects(self, glimpse: Glimpse) -> bool:
        """Whether the file uses a known method, on an object that may come from elsewhere in the project."""
        if self._members is None:
            members = self._index.possible_members()
            self._members = members | {"getattr"}, _use_of(members)
        words, use = self._members
        if glimpse.words.isdisjoint(words) or not use.search(glimpse.text):
            return False
        return imports_first_party(glimpse, self._index)


@final
class _Words:
    """The identifiers, and groups of them, of which one has to stand in a text."""

    def __init__(self, words: Iterable[str | tuple[str, ...]]) -> None:
        groups = {(word,) if isinstance(word, str) else word for word in words}
        self._alone = frozenset(group[0] for group in groups if len(group) == 1)
        self._together: dict[str, set[str]] = {}
        for group in groups:
            if group[0] not in self._alone:
                self._together.setdefault(group[0], set()).update(group[1:2])

    def stand_in(self, glimpse: Glimpse) -> bool:
        """Whether one of them does."""
        words = glimpse.words
        return not self._alone.isdisjoint(words) or any(
            not self._together[word].isdisjoint(words) for word in words & self._together.keys()
        )


def _use_of(members: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"\.\s*(?:{'|'.join(map(re.escape, sorted(members)))})\b|\bgetattr\b")
