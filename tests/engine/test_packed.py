"""Packed rows and numbers are read as they were given."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isolint.program.recent import Recent
from isolint.summary.packed import PackedRows, Rows, numbers, packed

NUMBERS = st.integers(-(2**31), 2**31 - 1)
ROWS = st.lists(st.tuples(st.text()) | st.tuples(st.text(), NUMBERS) | st.tuples(NUMBERS, st.text(), NUMBERS))


@given(ROWS)
def test_rows(rows: list[tuple[str | int, ...]]) -> None:
    read: Rows[tuple[str | int, ...]] = Rows(PackedRows.of(rows))
    assert read.all() == rows
    assert [read[number] for number in range(len(read))] == rows


@given(st.lists(NUMBERS))
def test_numbers(many: list[int]) -> None:
    assert [*numbers(packed(many))] == many


@pytest.mark.parametrize("most", [2, 3, 8])
def test_a_bounded_mapping_forgets_the_oldest(most: int) -> None:
    recent: Recent[int, str] = Recent(most)
    for number in range(20):
        assert recent.add(number, str(number)) == str(number)
        assert len(recent.held) <= most
        assert recent.held[number] == str(number)
    assert [*recent.held] == sorted(recent.held)
