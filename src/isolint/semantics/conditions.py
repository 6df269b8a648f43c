"""What the head of a statement says by its form alone: that it always holds, or what its body is for."""

from __future__ import annotations

from isolint.syntax import nodes
from isolint.syntax.names import last_name

_EXPECTING_RAISES = frozenset({"raises", "assertRaises", "assertRaisesRegex"})


def seen_by_type_checkers_only(test: nodes.Node) -> tuple[bool, bool]:
    """Return whether a condition holds for type checkers only, and whether it fails for them only."""
    if isinstance(test, nodes.UnaryOperation) and isinstance(test.operator, nodes.Not):
        holds, fails = seen_by_type_checkers_only(test.expression)
        return fails, holds
    if isinstance(test, nodes.BooleanOperation):
        left, right = seen_by_type_checkers_only(test.left), seen_by_type_checkers_only(test.right)
        if isinstance(test.operator, nodes.And):
            return left[0] or right[0], left[1] and right[1]
        return left[0] and right[0], left[1] or right[1]
    return last_name(test) == "TYPE_CHECKING", False


def is_main_guard(test: nodes.Node) -> bool:
    """Whether a condition is ``__name__ == "__main__"``, either way round."""
    if not isinstance(test, nodes.Comparison) or len(test.comparisons) != 1:
        return False
    right = test.comparisons[0]
    sides = (test.left, right.comparator)
    texts = {
        last_name(side) or (side.value if isinstance(side, nodes.SimpleString) else "") for side in sides
    }
    return (
        isinstance(right.operator, nodes.Equal)
        and "__name__" in texts
        and bool(texts & {'"__main__"', "'__main__'"})
    )


def is_always_true(test: nodes.Node) -> bool:
    """Whether a loop with this condition ends by a jump only."""
    return (isinstance(test, nodes.Name) and test.value == "True") or (
        isinstance(test, nodes.Integer) and test.value == "1"
    )


def matches_all(case: nodes.MatchCase) -> bool:
    """Whether a case takes whatever none before it has taken."""
    return isinstance(case.pattern, nodes.MatchAs) and case.pattern.pattern is None and case.guard is None


def expects_raise(statement: nodes.With) -> bool:
    """Whether a test expects an exception of the body: ``with pytest.raises(...)``."""
    callees = (item.item.func for item in statement.items if isinstance(item.item, nodes.Call))
    return any(last_name(callee) in _EXPECTING_RAISES for callee in callees)
