"""Logical lines are computed only where a suppression may apply, with the same result as for the whole file."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from isolint import suppressions
from isolint.model import Suppress
from isolint.syntax.parsing import Text, decode

ROOT = Path(__file__).parents[2]
FORMS = '''\
x = """a
b"""; y = 1
f(
    1,
    """c
    d""", 2,
)
z = 1 + \\
    2 + \\
    3
s = 'e \\
f'
t = f"""{
    x
} and
{y}
"""
u = 1  # noqa
'''
BROKEN = "ISO900-unparsable"
FIXTURES = sorted((ROOT / "fixtures" / "rules").rglob("bad*.py"))
FILES = [*sorted((ROOT / "src").rglob("*.py")), *(path for path in FIXTURES if BROKEN not in path.parts)]


def same_for_each_line(content: str) -> None:
    """Only lines of code are tested: a line inside a string has no findings."""
    text = decode(content.encode())
    assert isinstance(text, Text)
    every = sorted({getattr(node, "lineno", 1) for node in ast.walk(ast.parse(content))})
    whole = suppressions.read(text, Suppress.ALL, every, ())
    for line in every:
        asked = suppressions.read(text, Suppress.ALL, [line], ())
        assert asked.line_for(line) == whole.line_for(line), line


def test_forms() -> None:
    same_for_each_line(FORMS)
    same_for_each_line(FORMS.replace('t = f"""', 't = """'))
    text = Text(FORMS)
    whole = suppressions.read(text, Suppress.ALL, range(1, len(text.lines)), ())
    assert [whole.line_for(line) for line in (1, 3, 5, 8, 11, 18)] == [2, 3, 6, 10, 12, 18]


@pytest.mark.parametrize("path", FILES[::7], ids=lambda path: path.name)
def test_real_files(path: Path) -> None:
    same_for_each_line(path.read_text(encoding="utf-8"))
