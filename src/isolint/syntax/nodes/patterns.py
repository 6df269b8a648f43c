"""The patterns of ``match``."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from isolint.syntax.nodes.base import Node

if TYPE_CHECKING:
    from collections.abc import Sequence

    from isolint.syntax.nodes.base import BaseExpression
    from isolint.syntax.nodes.expressions import Name


class MatchPattern(Node):
    """What a value is held against."""


@final
class MatchValue(MatchPattern):
    """A literal or a dotted name."""

    value: BaseExpression


@final
class MatchSingleton(MatchPattern):
    """``None``, ``True`` or ``False``."""

    value: Name


@final
class MatchStar(Node):
    """``*name``, in a sequence."""

    name: Name | None = None


@final
class MatchSequenceElement(Node):
    """One element of a sequence, or an argument by its place."""

    value: MatchPattern


class MatchSequence(MatchPattern):
    """Elements, in brackets or not."""

    patterns: Sequence[MatchSequenceElement | MatchStar]


@final
class MatchList(MatchSequence):
    """``[a, *b]``, or any sequence where nobody can tell."""


@final
class MatchTuple(MatchSequence):
    """``a, *b``."""


@final
class MatchMappingElement(Node):
    """``key: pattern``."""

    key: BaseExpression
    pattern: MatchPattern


@final
class MatchMapping(MatchPattern):
    """``{elements, **rest}``."""

    elements: Sequence[MatchMappingElement]
    rest: Name | None = None


@final
class MatchKeywordElement(Node):
    """``key=pattern``."""

    key: Name
    pattern: MatchPattern


@final
class MatchClass(MatchPattern):
    """``cls(patterns, kwds)``."""

    cls: BaseExpression
    patterns: Sequence[MatchSequenceElement]
    kwds: Sequence[MatchKeywordElement]


@final
class MatchAs(MatchPattern):
    """``pattern as name``, a bare ``name``, or ``_``."""

    pattern: MatchPattern | None = None
    name: Name | None = None


@final
class MatchOrElement(Node):
    """One of several."""

    pattern: MatchPattern


@final
class MatchOr(MatchPattern):
    """``a | b``."""

    patterns: Sequence[MatchOrElement]
