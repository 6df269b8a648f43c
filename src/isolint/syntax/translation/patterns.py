"""The patterns of ``match``."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import libcst as cst

from isolint.syntax.translation.blanks import maker
from isolint.syntax.translation.expressions import Expressions

if TYPE_CHECKING:
    from libcst import CSTNode

_value = maker(cst.MatchValue, "value")
_singleton = maker(cst.MatchSingleton, "value")
_sequence = maker(cst.MatchList, "patterns")
_sequence_element = maker(cst.MatchSequenceElement, "value")
_star = maker(cst.MatchStar, "name")
_mapping = maker(cst.MatchMapping, "elements rest")
_mapping_element = maker(cst.MatchMappingElement, "key pattern")
_class = maker(cst.MatchClass, "cls patterns kwds")
_keyword = maker(cst.MatchKeywordElement, "key pattern")
_as = maker(cst.MatchAs, "pattern name")
_or = maker(cst.MatchOr, "patterns")
_or_element = maker(cst.MatchOrElement, "pattern")


class Patterns(Expressions):
    """Translates patterns besides expressions."""

    def _name_or_none(self, identifier: str | None) -> CSTNode | None:
        return self.name(identifier) if identifier is not None else None

    def _on_MatchValue(self, given: ast.MatchValue) -> CSTNode:
        return _value(self.expression(given.value))

    def _on_MatchSingleton(self, given: ast.MatchSingleton) -> CSTNode:
        return _singleton(self.name(repr(given.value)))

    def _on_MatchSequence(self, given: ast.MatchSequence) -> CSTNode:
        return _sequence([self._in_sequence(pattern) for pattern in given.patterns])

    def _in_sequence(self, given: ast.pattern) -> CSTNode:
        made = self.expression(given)
        return made if isinstance(given, ast.MatchStar) else _sequence_element(made)

    def _on_MatchStar(self, given: ast.MatchStar) -> CSTNode:
        return _star(self._name_or_none(given.name))

    def _on_MatchMapping(self, given: ast.MatchMapping) -> CSTNode:
        pairs = zip(given.keys, given.patterns, strict=True)
        elements = [_mapping_element(self.expression(key), self.expression(value)) for key, value in pairs]
        return _mapping(elements, self._name_or_none(given.rest))

    def _on_MatchClass(self, given: ast.MatchClass) -> CSTNode:
        named = zip(given.kwd_attrs, given.kwd_patterns, strict=True)
        return _class(
            self.expression(given.cls),
            [_sequence_element(self.expression(pattern)) for pattern in given.patterns],
            [_keyword(self.name(name), self.expression(pattern)) for name, pattern in named],
        )

    def _on_MatchAs(self, given: ast.MatchAs) -> CSTNode:
        return _as(self.optional(given.pattern), self._name_or_none(given.name))

    def _on_MatchOr(self, given: ast.MatchOr) -> CSTNode:
        return _or([_or_element(self.expression(pattern)) for pattern in given.patterns])
