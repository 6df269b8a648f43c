from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from isolint.report.view import View, columns, visible
from tests.report.samples import VIEW


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("plain ünï 日本", "plain ünï 日本"),
        ("\x1b[31mred", "␛[31mred"),
        ("a\rb\nc\0", "a␍b␊c␀"),
        ("\x7f\x9b31m", "␡\ufffd31m"),
        ("ab\u202ecd\u2066", "ab\ufffdcd\ufffd"),
    ],
)
def test_nothing_can_steer_a_terminal(given: str, shown: str) -> None:
    assert visible(given) == shown


@pytest.mark.parametrize(
    ("text", "width"), [("abc", 3), ("日本", 4), ("e\u0301", 1), ("", 0), ("é", 1), ("🙂", 2)]
)
def test_columns(text: str, width: int) -> None:
    assert columns(text) == width


@pytest.mark.parametrize(
    ("path", "short"),
    [
        ("/home/dev/shop/app/a.py", "app/a.py"),
        ("/home/dev/shopping/a.py", "/home/dev/shopping/a.py"),
        ("app/a.py", "app/a.py"),
        ("-", "-"),
        ("app/\x1b]0;x\x07.py", "app/␛]0;x␇.py"),
    ],
)
def test_paths_are_shown_from_the_working_directory(path: str, short: str) -> None:
    assert VIEW.short(PurePosixPath(path)) == short


@pytest.mark.parametrize("path", ["b\x1b.py", "../a/b\x1b.py", "/a/b\x1b.py"])
def test_full_paths_are_absolute_and_keep_their_characters(path: str) -> None:
    assert View(PurePosixPath("/a")).full(PurePosixPath(path)) == "/a/b\x1b.py"
