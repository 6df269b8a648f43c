"""Which files cannot have a finding, so that they need not be parsed with libcst.

Parsing is most of the time of a run, and few files speak of event loops, clients or plans at all. A no
must be certain: tests hold the findings with and without the gate against each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from isolint.rule import EVERY_FILE
from isolint.semantics.glimpse import BY_NAME, Observer
from isolint.semantics.imports import as_written
from isolint.semantics.reach import imports_first_party, reaches_known_names, reaches_plans

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Iterable, Sequence

    from isolint.rule import GateInput, Rule
    from isolint.semantics.glimpse import Glimpse
    from isolint.semantics.imports import Seen
    from isolint.semantics.index import ModuleIndex
    from isolint.syntax.parsing import Text


@final
class Gate:
    """The gate of one run for any of ``rules``."""

    def __init__(self, rules: Iterable[Rule], given: GateInput, index: ModuleIndex) -> None:
        self._given = given
        self._index = index
        self._words = {rule.code: _Words(rule.words(given)) for rule in rules}
        vocabulary = index.vocabulary.union({BY_NAME}, *(words.all for words in self._words.values()))
        looks = {
            rule.code: (self._words[rule.code].stand_in, rule.look) for rule in rules if rule.look is not None
        }
        self._observer = Observer(vocabulary, given.catalogue.members(), looks)

    def glimpse(self, text: Text, tree: ast.Module, package: str, seen: Seen = as_written) -> Glimpse:
        """Return what there is to see of a file; relative imports start from ``package``."""
        return self._observer.glimpse(text, tree, package, seen)

    def admitted(
        self, rules: Sequence[Rule], module: str, glimpse: Glimpse, text: Callable[[], str]
    ) -> Sequence[Rule]:
        """Return those of ``rules`` that may find something in this file; that all others do not is certain.

        ``text`` gives the text again where the glimpse does not tell. What drives elsewhere is asked by the rules about
        the whole project alone: what such a rule may find comes under no other name than its own look allows.
        """
        about_plans = [rule for rule in rules if rule.about_plans]
        others = [rule for rule in rules if not (rule.about_plans or rule.about_project)]
        # Rules about plans ask what every call gives: not where nothing can be a plan.
        meets_plans = any(self._rule_may_fire(rule, module, glimpse) for rule in about_plans) or (
            bool(about_plans) and reaches_plans(glimpse, self._index)
        )
        # By its own words a rule is found alone; what comes under other names may be any rule's.
        if others and not self._may_meet_others(module, glimpse, text):
            others = [rule for rule in others if self._rule_may_fire(rule, module, glimpse)]
        about_project = [r for r in rules if r.about_project and self._rule_may_fire(r, module, glimpse)]
        return [*others, *about_project, *(about_plans if meets_plans else [])]

    def telling_words(self, rules: Iterable[Rule]) -> frozenset[str]:
        """Return words of which one stands in every body in which ``rules`` find something by its own words."""
        return frozenset[str]().union(*(self._words[rule.code].first for rule in rules))

    def _rule_may_fire(self, rule: Rule, module: str, glimpse: Glimpse) -> bool:
        if not self._words[rule.code].stand_in(glimpse.words):
            return False
        if rule.look is not None and rule.code not in glimpse.sights:
            return False
        return rule.meets is None or rule.meets(module, glimpse, self._given)

    def _may_meet_others(self, module: str, glimpse: Glimpse, text: Callable[[], str]) -> bool:
        """Whether the module may use something known that its words do not tell."""
        return (
            self._imports_own_library(module, glimpse)
            or self._may_meet_objects(glimpse)
            or reaches_known_names(glimpse, self._index, text)
        )

    def _imports_own_library(self, module: str, glimpse: Glimpse) -> bool:
        """Whether a module of a library imports known names of it: relative imports do not spell them out."""
        catalogue = self._given.catalogue
        return catalogue.is_library(module) and any(
            catalogue.is_known(catalogue.canonical(name)) for name in glimpse.imports
        )

    def _may_meet_objects(self, glimpse: Glimpse) -> bool:
        """Whether the file uses a known method, on an object that may come from elsewhere in the project."""
        used = bool(glimpse.members) and not glimpse.members.isdisjoint(self._index.possible_members())
        return used and imports_first_party(glimpse, self._index)


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

    @property
    def all(self) -> frozenset[str]:
        """Every word that matters."""
        return self._alone.union(self._together, *self._together.values())

    @property
    def first(self) -> frozenset[str]:
        """The words that stand alone, and the first of each group."""
        return self._alone.union(self._together)

    def stand_in(self, words: frozenset[str]) -> bool:
        """Whether one of them is among ``words``."""
        return (
            EVERY_FILE in self._alone
            or not self._alone.isdisjoint(words)
            or any(not self._together[word].isdisjoint(words) for word in words & self._together.keys())
        )
