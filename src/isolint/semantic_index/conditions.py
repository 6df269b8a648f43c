"""Conditions known by their form alone: for type checkers, for the main program, always true."""

from __future__ import annotations

import ast
from typing import NamedTuple, final

from isolint.syntax.ast_names import last_name

_EXPECTING_RAISES = frozenset({"raises", "assertRaises", "assertRaisesRegex"})


def typing_only(test: ast.expr) -> tuple[bool, bool]:
    """Return whether the first and the other branch of a test are seen by type checkers only.

    The first is where the test holds under ``TYPE_CHECKING`` alone: ``TYPE_CHECKING and x`` does, ``or`` does not.
    """
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        body, orelse = typing_only(test.operand)
        return orelse, body
    if isinstance(test, ast.BoolOp):
        told = [typing_only(value) for value in test.values]
        if isinstance(test.op, ast.And):
            return any(body for body, _ in told), False
        return False, any(orelse for _, orelse in told)
    return last_name(test) == "TYPE_CHECKING", False


def is_main_guard(test: ast.expr) -> bool:
    """Whether a condition is ``__name__ == "__main__"``, either way round."""
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.ops[0], ast.Eq):
        return False
    sides = (test.left, test.comparators[0])
    is_main = any(isinstance(side, ast.Constant) and side.value == "__main__" for side in sides)
    return is_main and any(last_name(side) == "__name__" for side in sides)


def is_always_true(test: ast.expr) -> bool:
    """Whether a loop with this condition ends by a jump only, and a branch is always taken."""
    return isinstance(test, ast.Constant) and test.value in (True, 1)


def is_always_false(test: ast.expr) -> bool:
    """Whether a branch with this condition is never taken: ``if False and more:``."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return any(map(is_always_false, test.values))
    return isinstance(test, ast.Constant) and not test.value


def is_exit(statement: ast.expr) -> bool:
    """Whether an expression statement ends the program: ``sys.exit()``."""
    callee = statement.func if isinstance(statement, ast.Call) else None
    owner = callee.value if isinstance(callee, ast.Attribute) and callee.attr in ("exit", "_exit") else None
    return isinstance(owner, ast.Name) and owner.id in ("sys", "os")


def matches_all(case: ast.match_case) -> bool:
    """Whether a case takes every value that none before it has taken."""
    return isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None and case.guard is None


def expects_raise(statement: ast.With | ast.AsyncWith) -> bool:
    """Whether a test expects an exception of the body: ``with pytest.raises(...)``."""
    callees = (item.context_expr.func for item in statement.items if isinstance(item.context_expr, ast.Call))
    return any(last_name(callee) in _EXPECTING_RAISES for callee in callees)


@final
class Condition(NamedTuple):
    """A name with the truth that it must have for code to be reached; ``by_none`` where it is only compared with None."""

    name: ast.Name
    truth: bool
    by_none: bool = False


def guard(test: ast.expr, *, holds: bool) -> tuple[Condition, ...]:
    """Return the conditions on names under which ``test`` comes out as ``holds``."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return guard(test.operand, holds=not holds)
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) is holds:
        return tuple(part for value in test.values for part in guard(value, holds=holds))
    if isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and len(test.ops) == 1:
        against, operator = test.comparators[0], test.ops[0]
        if (
            isinstance(against, ast.Constant)
            and against.value is None
            and isinstance(operator, (ast.Is, ast.IsNot))
        ):
            return (Condition(test.left, isinstance(operator, ast.IsNot) is holds, by_none=True),)
    return (Condition(test, holds),) if isinstance(test, ast.Name) else ()
