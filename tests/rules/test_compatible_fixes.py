"""Fixes applied in one turn: of overlapping ones the first in the text."""

from __future__ import annotations

import pytest

from isolint.fixes import compatible
from isolint.model import Edit, Fix, Safety, Span


def edit(line: int, start: int, end: int, content: str = "x") -> Edit:
    return Edit(Span(line, start, line, end), content)


def fix(name: str, *edits: Edit, relies_on: tuple[Span, ...] = ()) -> Fix:
    return Fix(name, Safety.SAFE, edits, relies_on=relies_on)


def names(*fixes: Fix) -> list[str]:
    return [one.message for one in compatible(fixes)]


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (edit(1, 7, 9), ["a", "b"]),
        (edit(1, 5, 9), ["a"]),  # touches the end
        (edit(1, 3, 4), ["a"]),  # inside
        (edit(1, 1, 2), ["b"]),  # touches the start, and comes first
        (edit(2, 1, 1), ["a", "b"]),
    ],
)
def test_the_first_of_overlapping_fixes_is_applied(second: Edit, expected: list[str]) -> None:
    assert names(fix("a", edit(1, 2, 5)), fix("b", second)) == expected
    assert names(fix("b", second), fix("a", edit(1, 2, 5))) == expected


def test_a_fix_holds_the_code_between_its_edits() -> None:
    wide = fix("wide", edit(1, 1, 2), edit(9, 1, 2))
    assert names(wide, fix("inner", edit(5, 1, 2)), fix("behind", edit(9, 3, 4))) == ["wide", "behind"]


def test_a_fix_may_say_which_code_it_holds() -> None:
    apart = fix("apart", edit(1, 1, 2), edit(9, 1, 2), relies_on=(Span(3, 1, 4, 1),))
    inside, between = fix("inside", edit(3, 5, 6)), fix("between", edit(5, 1, 2))
    assert names(apart, inside, between) == ["apart", "between"]
    assert names(fix("first", edit(1, 1, 2)), apart, between) == ["first", "between"]


def test_lines_inserted_at_one_place_follow_each_other() -> None:
    def inserted(name: str, content: str) -> Fix:
        return fix(name, edit(3, 1, 1, content))

    assert names(inserted("a", "a\n"), inserted("b", "b\n"), inserted("c", "c\r\n")) == ["a", "b", "c"]
    assert names(inserted("a", "a\n"), inserted("b", "b"), inserted("c", "c\n")) == ["b"]
    assert names(fix("b", edit(3, 1, 4)), inserted("a", "a\n"), fix("c", edit(2, 3, 4))) == ["c", "a"]


def test_the_same_fix_is_applied_once() -> None:
    assert names(fix("a", edit(1, 1, 2)), fix("a", edit(1, 1, 2))) == ["a"]


def test_many_fixes_one_inside_the_other() -> None:
    nested = [fix(str(depth), edit(1, depth, 1_000 - depth)) for depth in range(1, 400)]
    assert names(*reversed(nested)) == ["1"]
