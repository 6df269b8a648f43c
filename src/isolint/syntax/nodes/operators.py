"""Operators. They have no parts, and no place of their own."""

from __future__ import annotations

from typing import final

from isolint.syntax.nodes.base import Node


class Operator(Node):
    """What stands between or before operands."""


@final
class Add(Operator):
    """``+``."""


@final
class Subtract(Operator):
    """``-``."""


@final
class Multiply(Operator):
    """``*``."""


@final
class MatrixMultiply(Operator):
    """``@``."""


@final
class Divide(Operator):
    """``/``."""


@final
class Modulo(Operator):
    """``%``."""


@final
class Power(Operator):
    """``**``."""


@final
class LeftShift(Operator):
    """``<<``."""


@final
class RightShift(Operator):
    """``>>``."""


@final
class BitOr(Operator):
    """``|``."""


@final
class BitXor(Operator):
    """``^``."""


@final
class BitAnd(Operator):
    """``&``."""


@final
class FloorDivide(Operator):
    """``//``."""


@final
class BitInvert(Operator):
    """``~`` before one operand."""


@final
class Not(Operator):
    """``not``."""


@final
class Plus(Operator):
    """``+`` before one operand."""


@final
class Minus(Operator):
    """``-`` before one operand."""


@final
class And(Operator):
    """``and``."""


@final
class Or(Operator):
    """``or``."""


@final
class Equal(Operator):
    """``==``."""


@final
class NotEqual(Operator):
    """``!=``."""


@final
class LessThan(Operator):
    """``<``."""


@final
class LessThanEqual(Operator):
    """``<=``."""


@final
class GreaterThan(Operator):
    """``>``."""


@final
class GreaterThanEqual(Operator):
    """``>=``."""


@final
class Is(Operator):
    """``is``."""


@final
class IsNot(Operator):
    """``is not``."""


@final
class In(Operator):
    """``in``."""


@final
class NotIn(Operator):
    """``not in``."""
