"""The patterns of ``match``."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from isolint.syntax import nodes
from isolint.syntax.translation.expressions import Expressions

if TYPE_CHECKING:
    from isolint.syntax.nodes import Name, Node


class Patterns(Expressions):
    """Translates patterns besides expressions."""

    def _name_or_none(self, identifier: str | None) -> Name | None:
        return self.name(identifier) if identifier is not None else None

    def _on_MatchValue(self, given: ast.MatchValue) -> Node:
        return nodes.MatchValue(self.expression(given.value))

    def _on_MatchSingleton(self, given: ast.MatchSingleton) -> Node:
        return nodes.MatchSingleton(self.name(repr(given.value)))

    def _on_MatchSequence(self, given: ast.MatchSequence) -> Node:
        return nodes.MatchList([self._in_sequence(pattern) for pattern in given.patterns])

    def _in_sequence(self, given: ast.pattern) -> Any:
        made = self.expression(given)
        return made if isinstance(given, ast.MatchStar) else nodes.MatchSequenceElement(made)

    def _on_MatchStar(self, given: ast.MatchStar) -> Node:
        return nodes.MatchStar(self._name_or_none(given.name))

    def _on_MatchMapping(self, given: ast.MatchMapping) -> Node:
        pairs = zip(given.keys, given.patterns, strict=True)
        elements = [
            nodes.MatchMappingElement(self.expression(key), self.expression(value)) for key, value in pairs
        ]
        return nodes.MatchMapping(elements, self._name_or_none(given.rest))

    def _on_MatchClass(self, given: ast.MatchClass) -> Node:
        named = zip(given.kwd_attrs, given.kwd_patterns, strict=True)
        return nodes.MatchClass(
            self.expression(given.cls),
            [nodes.MatchSequenceElement(self.expression(pattern)) for pattern in given.patterns],
            [nodes.MatchKeywordElement(self.name(name), self.expression(pattern)) for name, pattern in named],
        )

    def _on_MatchAs(self, given: ast.MatchAs) -> Node:
        return nodes.MatchAs(self.optional(given.pattern), self._name_or_none(given.name))

    def _on_MatchOr(self, given: ast.MatchOr) -> Node:
        return nodes.MatchOr([nodes.MatchOrElement(self.expression(pattern)) for pattern in given.patterns])
