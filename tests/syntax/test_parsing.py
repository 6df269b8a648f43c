# pyright: reportPrivateUsage=false

from __future__ import annotations

import re

import libcst
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isolint.syntax import parsing
from isolint.syntax.parsing import SyntaxProblem, Text


@pytest.mark.parametrize(
    ("data", "content"),
    [
        (b"x = 1\n", "x = 1\n"),
        (b"\xef\xbb\xbfx = 1\n", "x = 1\n"),
        ("# coding: latin-1\nx = 'é'\n".encode("latin-1"), "# coding: latin-1\nx = 'é'\n"),
        (
            "# vim: set fileencoding=cp1252 :\nx = '€'\n".encode("cp1252"),
            "# vim: set fileencoding=cp1252 :\nx = '€'\n",
        ),
        (b"", ""),
        (b"x = 1  # caf\xe9\n", "x = 1  # caf\ufffd\n"),  # Python takes it: it looks at no comment
    ],
)
def test_decodes_as_python_does(data: bytes, content: str) -> None:
    text = parsing.decode(data)
    assert isinstance(text, Text)
    assert text.content == content


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"x = '\xff'\n", "not UTF-8 (byte 0xff): save it as UTF-8, or declare its encoding"),
        (b"# coding: ascii\nx = '\xff'\n", "not ASCII (byte 0xff)"),
        (b"# coding: no-such-codec\n", "no-such-codec"),
        (b"\xef\xbb\xbf# coding: latin-1\n", "cannot decode"),
        (b"x = 1\0\n", "null bytes"),
    ],
)
def test_says_why_it_cannot_decode(data: bytes, message: str) -> None:
    problem = parsing.decode(data)
    assert isinstance(problem, SyntaxProblem)
    assert message in problem.message


@pytest.mark.parametrize(
    ("data", "line", "column", "snippet"),
    [
        (b"x = 'caf\xe9'\n", 1, 9, "x = 'caf\ufffd'"),
        (b"\xef\xbb\xbfx = 1\r\ny = '\xc3\xa9\xff'\r\n", 2, 7, "y = '\xe9\ufffd'"),
        (b"a\nb\nc\nd = '\xe9'\n", 4, 6, "d = '\ufffd'"),
        (b"a = 1\rb = \0\r", 2, 5, "b = \0"),
    ],
)
def test_says_where_it_cannot_decode(data: bytes, line: int, column: int, snippet: str) -> None:
    problem = parsing.decode(data)
    assert isinstance(problem, SyntaxProblem)
    assert (problem.line, problem.column, problem.snippet) == (line, column, snippet)


def test_lines_break_where_python_breaks_them() -> None:
    text = parsing.decode("a = 'x\x0cy\u2028z'\r\nb\rc\n".encode())
    assert isinstance(text, Text)
    assert text.lines == ["a = 'x\x0cy\u2028z'", "b", "c", ""]


def text_of(source: str) -> Text:
    text = parsing.decode(source.encode())
    assert isinstance(text, Text)
    return text


@pytest.mark.parametrize(
    "source",
    [
        "(" * 50_000 + ")" * 50_000,
        "not " * 100_000 + "a",
        "-" * 100_000 + "a",
        "a" + ".b" * 100_000,
        "a" + "[0]" * 8_000,
        "f" + "()" * 50_000,
        "lambda:" * 100_000 + "1",
        "a if b else " * 50_000 + "c",
        "a" + "**a" * 100_000,
        "x = [\n" + "[" * 90_000,
        "[" * 1500 + "]" * 1500 + "\nprint 1\n",
    ],
)
def test_hostile_nesting_is_a_problem_and_not_a_crash(source: str) -> None:
    text = text_of(source)
    known_good = not isinstance(parsing.quick_tree(text), SyntaxProblem)
    assert isinstance(parsing.parse(text, known_good=known_good), SyntaxProblem)


@pytest.mark.parametrize(
    "source",
    [
        "x = " + " + ".join(["a"] * 500) + "\n",
        "x = [" + ", ".join(["(1, 2, {'a': [3]})"] * 5000) + "]\n",
        "x = '''" + "(" * 5000 + "'''\n",
        "x = 1  # " + "(" * 5000 + "\n",
        "\n".join(f"x{i} = not a.b.c({i} + 1)" for i in range(3000)) + "\n",
    ],
)
def test_large_but_flat_code_is_not_held_to_be_nested(source: str) -> None:
    assert not isinstance(parsing.parse(text_of(source), known_good=False), SyntaxProblem)


def test_code_for_a_newer_python_is_read() -> None:
    if not hasattr(libcst, "LazyImport"):
        pytest.skip("this libcst knows no syntax newer than the running Python")
    text = text_of("lazy import json\n")
    assert isinstance(parsing.parse(text, known_good=False), libcst.Module)


def test_the_problem_has_a_place() -> None:
    problem = parsing.parse(text_of("x = 1\ny = (\n"), known_good=False)
    assert isinstance(problem, SyntaxProblem)
    assert problem.line >= 2


OLD_NESTING = parsing._NESTING_TOKEN.pattern.replace(
    parsing._NESTING_TOKEN.pattern.partition("|(?P<open>")[0],
    r"""(?P<skip>\#[^\r\n]*|\\\r?\n|\\\r|(?:'{3}(?:\\.|[^\\])*?'{3})|(?:"{3}(?:\\.|[^\\])*?"{3})"""
    r"""|'(?:\\.|[^'\\\r\n])*'|"(?:\\.|[^"\\\r\n])*")""",
)


@given(st.text(alphabet="'\"\\\r\n#a(x", max_size=40))
@settings(max_examples=200)
def test_strings_are_told_as_by_the_plain_pattern(text: str) -> None:
    """The plain pattern repeats an alternation, at 130 bytes for each character of a string."""
    plain = re.compile(OLD_NESTING, re.DOTALL)
    found, expected = ([m.span() for m in p.finditer(text)] for p in (parsing._NESTING_TOKEN, plain))
    assert found == expected


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_backslash_does_not_end_an_expression(line_end: str) -> None:
    source = "x = 1 " + f"\\{line_end} + 1 " * 3_000
    problem = parsing.parse(parsing.Text(source), known_good=True)
    assert isinstance(problem, SyntaxProblem)
    assert "deep" in problem.message
