"""Backport of newer syntax: an older Python parses a newer module, line for line."""

from __future__ import annotations

import ast
import sys

import libcst as cst
import pytest

from isolint.syntax import parsing
from isolint.syntax.older import Reading, readable
from isolint.syntax.parsing import SyntaxProblem
from isolint.syntax.spans import Spans

STAR = "*" if sys.version_info >= (3, 11) else ""
TYPE = "type " if sys.version_info >= (3, 12) else ""
NEWER = {
    "except a, b:": ((3, 14), "try: x\n{}\n  y", "try: x\nexcept (a, b):\n  y"),
    "except a, b": ((3, 14), "try: x\n{}\\\n:\n  y", "try: x\nexcept (a, b)\\\n:\n  y"),
    "except* a, b:": ((3, 14), "try: x\n{}\n  y", f"try: x\nexcept{STAR} (a, b):\n  y"),
    "except* (a, b) as c:": ((3, 11), "try: x\n{}\n  y", "try: x\nexcept (a, b) as c:\n  y"),
    't"{a} b {c!r:>{d}}"': ((3, 14), "x = {}", "x = ((a), (c), (d),)"),
    't"a" f"{b}"': ((3, 14), "x = {}", "x = ((b),)"),
    't"a"': ((3, 14), "x = ({})", "x = (())"),
    't"""\n{a}\n{b}\n"""': ((3, 14), "x = {}", "x = ((\na), (\nb),)\n"),
    'f"{a["b"]} {c}"': ((3, 12), "x = {}", 'x = ((a["b"]), (c),)'),
    'f"{f"{a["b"]}"}"': ((3, 12), "x = {}", 'x = ((((a["b"]),)),)'),
    'f"{"\\n".join(a)!r}"': ((3, 12), "x = {}", 'x = (("\\n".join(a)),)'),
    'f"{\n a # b\n}"': ((3, 12), "x = {}", "x = ((\n a),\n\n)"),
    'f"{(a for a in b)}" "{"': ((3, 99), "x = {}", ""),
    'f"{(a for a in b["c"])}"': ((3, 12), "x = {}", 'x = ((a for a in b["c"]),)'),
    'f"{(yield b["c"])} "\n "d"': ((3, 12), "x = ({})", 'x = (((yield b["c"]),\n))'),
    "type a = b": ((3, 12), "{}\nc", "a = b\nc"),
    "type  a[b: c] = d": ((3, 12), "{}", "a = d"),
    "type a[b = c] = d": ((3, 13), "{}", f"{TYPE}a = d"),
    "def a[b: (c, d), *e, **f](g: b) -> f:": ((3, 12), "{}\n  h", "def a(g: b) -> f:\n  h"),
    "def a[\n  b, # c\n](d):": ((3, 12), "{}\n  e", "def a\\\n\\\n(d):\n  e"),
    "class a[b]:": ((3, 12), "{}\n  c", "class a:\n  c"),
    "class a[b = f'{c['d']}'](e):": ((3, 13), "{}\n  c", "class a(e):\n  c"),
    "a[*b, c]": ((3, 11), "{}", "a[b, c]"),
    "def a(*b: *c):": ((3, 11), "{}\n  d", "def a(*b: c):\n  d"),
}
ALL = sorted(NEWER)


def lines(tree: ast.Module) -> list[int]:
    return [node.lineno for node in ast.walk(tree) if isinstance(node, (ast.stmt, ast.Name))]


def read(source: str) -> ast.Module:
    cst.parse_module(source)
    reading = readable(parsing.Text(source))
    assert isinstance(reading, Reading), reading
    return reading.tree


@pytest.mark.parametrize("newer", ALL)
def test_newer_syntax_is_parsed_as_its_older_form(newer: str) -> None:
    since, around, older = NEWER[newer]
    source = around.replace("{}", newer)
    if sys.version_info >= since or not older:
        assert ast.dump(read(source)) == ast.dump(ast.parse(source))
    else:
        assert isinstance(parsing.quick_tree(parsing.Text(source)), SyntaxProblem)
        assert ast.dump(read(source)) == ast.dump(ast.parse(older))
        assert lines(read(source)) == lines(ast.parse(older))


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="libcst knows no syntax that this Python rejects")
def test_the_rest_stays_as_it_is() -> None:
    text = parsing.Text("# \u00e4 \r\nif a:\r\n\tb = '\u00e4'; type = c\rtry: d\nexcept e, f: g  # h\n")
    reading = readable(text)
    assert isinstance(reading, Reading)
    assert reading.text.lines == [
        "# \u00e4 ",
        "if a:",
        "\tb = '\u00e4'; type = c",
        "try: d",
        "except (e, f): g  # h",
        "",
    ]


@pytest.mark.parametrize("source", ["def f(:", "x = '\\xZZ'", "x = b'\u00e4'", "(" * 300 + ")" * 300])
def test_invalid_syntax_stays_a_problem(source: str) -> None:
    text = parsing.Text(source)
    assert readable(text) == parsing.quick_tree(text)
    assert isinstance(readable(text), SyntaxProblem)


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="libcst knows no syntax that this Python rejects")
def test_columns_are_those_of_the_text_as_it_was_given() -> None:
    text = parsing.Text('x = t"{a} b {c}"; y\ntry: d\nexcept ä, f: g; h\n')
    reading = readable(text)
    assert isinstance(reading, Reading)
    spans = Spans(text, reading)
    names = {node.id: node for node in ast.walk(reading.tree) if isinstance(node, ast.Name)}
    assert {name: spans.text(node) for name, node in names.items()} == {name: name for name in names}
    assert names.keys() == set("xacydäfgh")


def test_deep_code_is_read() -> None:
    source = "x = " + "+".join(["y"] * 500) + "\ntry: pass\nexcept A, B: pass\n"
    assert len(read(source).body) == 2
