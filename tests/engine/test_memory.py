"""The memory of a check beside Python's own parser: a few bytes for each character of a text in any style."""

from __future__ import annotations

import ast
import tracemalloc
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from isolint.config import Config
from isolint.model import Checked
from isolint.project import check_text

if TYPE_CHECKING:
    from collections.abc import Callable

SIZE = 400_000
MOST = 7
"""Bytes for each character: the file, its text, copies to search in, a string while it is split into tokens, or short lines."""


def lines_of(line: str) -> str:
    return line * (SIZE // len(line))


TEXTS = {
    "one literal": f"x = '{'a' * SIZE}'\n",
    "a docstring": f'"""{lines_of("some words" + chr(10))}"""\n',
    "a docstring that suppresses": f'"""{lines_of("some words  # noqa: ISO102" + chr(10))}"""\n',
    "joined literals": f"x = ({lines_of('    ' + repr('words') + chr(10))})\n",
    "comments": lines_of("# some words\n"),
    "comments of which one speaks": f"{lines_of('# some words' + chr(10))}# isolint: skip\n",
    "empty lines": lines_of("\n"),
    "letters beyond ASCII": f"x = '{'ä' * SIZE}'\n",
}


def peak(work: Callable[[], object]) -> int:
    """Return the peak number of bytes allocated."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("kind", TEXTS)
def test_a_text_takes_little_more_than_its_tree(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = TEXTS[kind]

    def check(content: str) -> None:
        config = Config(Path.cwd(), core=("core",), select=("ALL",))
        run = check_text(content.encode(), "core.py", config)
        assert isinstance(run.outcomes[0], Checked)

    monkeypatch.chdir(tmp_path)
    (tmp_path / "core.py").write_text("")
    check("")  # imports the modules of a check
    assert peak(lambda: check(text)) - peak(lambda: ast.parse(text)) <= MOST * len(text)
