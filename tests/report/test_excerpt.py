from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isolint.model import Span
from isolint.report.excerpt import excerpt
from isolint.report.view import columns


def drawn(snippet: str, start: int, end: int, width: int = 120, *, lines: int = 1) -> tuple[str, str]:
    cut = excerpt(snippet, Span(1, start, lines, end), width)
    return cut.text, " " * cut.indent + "^" * cut.length


@pytest.mark.parametrize(
    ("snippet", "start", "end", "text", "underline"),
    [
        ("    run(x)", 5, 8, "    run(x)", "    ^^^"),
        ("\trun(x)", 2, 5, "    run(x)", "    ^^^"),
        ('f("日本", run)', 9, 12, 'f("日本", run)', "          ^^^"),
        ("x = 日本()", 5, 7, "x = 日本()", "    ^^^^"),
        ("run(x)   ", 1, 4, "run(x)", "^^^"),
        ("\x1b[2Jrun()", 5, 8, "␛[2Jrun()", "    ^^^"),
        ("def", 4, 4, "def", "   ^"),
        ("", 1, 1, "", "^"),
        ("short", 90, 95, "short", "     ^"),
    ],
)
def test_the_span_is_underlined(snippet: str, start: int, end: int, text: str, underline: str) -> None:
    assert drawn(snippet, start, end) == (text, underline)


def test_a_span_over_several_lines_is_underlined_to_the_end_of_its_first() -> None:
    assert drawn("run(  # open", 1, 2, lines=3) == ("run(  # open", "^^^^^^^^^^^^")


@pytest.mark.parametrize(
    ("start", "end", "text", "underline"),
    [
        (1, 3, "01234567890123...", "^^"),
        (51, 53, "...45678901234567...", "         ^^"),
        (99, 101, "...67890123456789", "               ^^"),
        (11, 91, "...01234567890123...", "   ^^^^^^^^^^^^^^"),
    ],
)
def test_a_long_line_is_cut_around_the_span(start: int, end: int, text: str, underline: str) -> None:
    assert drawn("0123456789" * 10, start, end, width=20) == (text, underline)


@given(st.text(st.sampled_from("ab\t日\u0301\x1b "), max_size=80), st.integers(1, 90), st.integers(0, 90))
def test_an_excerpt_always_fits_and_underlines_what_it_shows(snippet: str, start: int, extra: int) -> None:
    text, underline = drawn(snippet, start, start + extra, width=30)
    assert columns(text) <= 30
    assert len(underline) <= columns(text) + 1
    assert underline.endswith("^")
    assert "\x1b" not in text
