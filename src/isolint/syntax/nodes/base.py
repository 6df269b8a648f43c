"""What all nodes have in common, and the classes that others are told apart by."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence


class Node(Struct, eq=False, kw_only=True, gc=False):
    """A part of a program.

    ``place`` says where it stands (:mod:`isolint.syntax.places`), 0 where that is not known, and ``home`` are the lines
    of the text it stands in: they tell one text from another. Nodes are equal to themselves only, and hold no circles, so the
    garbage collector need not know of them.
    """

    place: int = 0
    home: Sequence[str] | None = None


class BaseExpression(Node):
    """Whatever has a value."""


class BaseSmallStatement(Node):
    """A statement that may share its line with others."""


class BaseCompoundStatement(Node):
    """A statement with statements in it."""


class BaseSuite(Node):
    """The statements behind a colon: each class has a ``body``, and its own way to it."""


@final
class OtherExpression(BaseExpression):
    """One of a kind that is newer than this: all that is known are its parts."""

    parts: Sequence[Node]


@final
class OtherStatement(BaseSmallStatement):
    """One of a kind that is newer than this."""

    parts: Sequence[Node]


@final
class Other(Node):
    """Anything else that is newer than this."""

    parts: Sequence[Node]
