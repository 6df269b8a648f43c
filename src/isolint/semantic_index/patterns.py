"""The walk through the patterns of ``match`` statements: the captures that they bind, and the types that they test.

``case Runner() as runner`` binds the subject, and narrows it to ``Runner``; ``case [first, *rest]`` binds parts of it by place.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, final

from isolint.semantic_index.facts import Usage
from isolint.semantic_index.narrowing import Test, narrow
from isolint.semantic_index.scopes import CaptureBinding, OpaqueBinding, ValueBinding
from isolint.semantic_index.targets import places
from isolint.syntax.ast_names import dotted

if TYPE_CHECKING:
    from isolint.semantic_index.builder import IndexBuilder
    from isolint.semantic_index.expressions import ExpressionWalker


@final
class PatternWalker:
    """Walks patterns for an :class:`IndexBuilder`."""

    def __init__(self, builder: IndexBuilder, expressions: ExpressionWalker) -> None:
        self._builder = builder
        self._walk = expressions.walk

    def bind(self, pattern: ast.pattern, subject: ast.expr | None, path: tuple[int, ...] = ()) -> None:
        """Bind the captures of a pattern for the whole ``subject``, or its part at ``path``; None where that is not known."""
        captured = pattern.name if isinstance(pattern, (ast.MatchAs, ast.MatchStar)) else None
        if captured is not None:
            self._capture(captured, pattern, subject, path)
        inner = pattern.pattern if isinstance(pattern, ast.MatchAs) else pattern
        if inner is None:
            return
        if inner is not pattern:
            self.bind(inner, subject, path)
        elif isinstance(pattern, ast.MatchSequence):
            for part, place in places(pattern.patterns):
                self.bind(part, subject, (*path, place))
        elif isinstance(pattern, ast.MatchValue):
            self._walk(pattern.value, Usage.INSPECTED)
        else:
            self._parts(pattern, subject, path)
        if isinstance(inner, ast.MatchClass):
            names = ("" if path else dotted(subject), captured or "")
            narrow(self._builder, tuple(Test(name, inner.cls) for name in names if name))

    def _parts(self, pattern: ast.pattern, subject: ast.expr | None, path: tuple[int, ...]) -> None:
        if isinstance(pattern, ast.MatchClass):
            self._walk(pattern.cls, Usage.INSPECTED)
        is_whole = isinstance(pattern, ast.MatchOr)
        for child in ast.iter_child_nodes(pattern):
            if isinstance(child, ast.pattern):
                self.bind(child, subject if is_whole else None, path if is_whole else ())
        if isinstance(pattern, ast.MatchMapping) and pattern.rest is not None:
            builder = self._builder
            builder.bind(OpaqueBinding(pattern.rest, pattern, builder.scope, builder.tick()))

    def _capture(
        self, name: str, pattern: ast.pattern, subject: ast.expr | None, path: tuple[int, ...]
    ) -> None:
        builder = self._builder
        order = builder.tick()
        if path and subject is not None:
            builder.bind(ValueBinding(name, pattern, builder.scope, order, subject, None, path))
        else:
            builder.bind(CaptureBinding(name, pattern, builder.scope, order, subject))
