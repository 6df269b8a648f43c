"""Consumers of values: the construct that takes the value of an expression, such as the call it is an argument of."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, final

from msgspec import Struct

if TYPE_CHECKING:
    import ast


@final
class ConsumedAs(Enum):
    """The part that a value plays in its consumer."""

    ARGUMENT = "argument"
    CALLEE = "callee"
    OWNER = "owner"
    """``v`` in ``v.name``."""
    CONTAINER = "container"
    """``v`` in ``v[key]``."""
    ALTERNATIVE = "alternative"
    """One of the values that the consumer may have: ``v`` in ``v or w`` and ``(x := v)``, elements by ``*v``."""
    ELEMENT = "element"
    AWAITED = "awaited"
    ITERABLE = "iterable"
    ENTERED = "entered"
    ASSIGNED = "assigned"
    JOINED = "joined"
    """A side of ``v + w`` or ``v | w``, or of ``v += w``: elements of either are elements of the result."""
    RETURNED = "returned"
    YIELDED = "yielded"


@final
class Consumer(Struct, frozen=True, eq=False, gc=False):
    """The consumer ``node`` of a value; ``slot`` is the position or keyword of an argument, -1 behind stars."""

    by: ConsumedAs
    node: ast.AST
    slot: int | str = -1
