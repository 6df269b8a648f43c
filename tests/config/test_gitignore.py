from __future__ import annotations

import time

import pytest

from isolint.config.gitignore import matcher, pattern_error
from isolint.config.model import DEFAULT_EXCLUDE


@pytest.mark.parametrize(
    ("lines", "path", "verdict"),
    [
        (["build"], "build/", True),
        (["build"], "a/build/x.py", True),
        (["build"], "a/builds.py", None),
        (["build", "*_pb2.py"], "build/", True),
        (["*_pb2.py"], "a/x_pb2.py", True),
        (["/gen"], "gen/", True),
        (["/gen"], "a/gen/", None),
        (["gen/"], "gen.py", None),
        (["*.py", "!keep.py"], "keep.py", False),
        (["!", "\\", "*.py"], "x.py", True),
        (["*.[z-a]", "*.py"], "x.py", True),
        (["*.[z-a]"], "x.q", None),
        ([], "x.py", None),
    ],
)
def test_verdict(lines: list[str], path: str, verdict: bool | None) -> None:  # noqa: FBT001
    assert matcher(lines).verdict(path) is verdict


@pytest.mark.parametrize("pattern", [*DEFAULT_EXCLUDE, "a/b", "*.py", "**/x/**", "!x", "a b", "/x/"])
def test_good_pattern(pattern: str) -> None:
    assert pattern_error(pattern) == ""


@pytest.mark.parametrize("pattern", ["", "#", "!", "\\", "/", "*a" * 4, "*/" * 9, "*.[z-a]"])
def test_bad_pattern(pattern: str) -> None:
    assert pattern_error(pattern)


def test_a_hostile_pattern_does_not_hang() -> None:
    started = time.perf_counter()
    matcher(["*a" * 30 + "b", "**/a/" * 30 + "b"]).verdict("a" * 255 + "/a" * 100)
    assert time.perf_counter() - started < 1
