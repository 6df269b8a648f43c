"""mypy --strict and pyright agree with `inferred.py`, and object to exactly the marked lines of `rejected.py`."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def mypy(file: Path) -> set[int]:
    """Give the lines of `file` to which mypy objects."""
    output = output_of(
        "mypy", "--strict", "--no-error-summary", "--hide-error-context", "--cache-dir", os.devnull, str(file)
    )
    found = re.findall(r"^(.+?):(\d+): error:", output, re.MULTILINE)
    assert all(Path(ROOT, name) == file for name, _ in found), output
    return {int(line) for _, line in found}


def pyright(file: Path) -> set[int]:
    """Give the lines of `file` to which pyright objects."""
    output = output_of("pyright", "--outputjson", "--pythonpath", sys.executable, str(file))
    report = json.loads(output)
    assert report["summary"]["filesAnalyzed"] == 1, output
    errors = [found for found in report["generalDiagnostics"] if found["severity"] == "error"]
    assert all(Path(found["file"]) == file for found in errors), output
    return {found["range"]["start"]["line"] + 1 for found in errors}


def output_of(checker: str, *arguments: str) -> str:
    """Run a checker; it exits with 0 or 1, or else it broke."""
    command = [sys.executable, "-m", checker, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode in {0, 1}, done.stdout + done.stderr
    return done.stdout


each_checker = pytest.mark.parametrize("checker", [mypy, pyright])


@each_checker
def test_types_are_inferred(checker: Callable[[Path], set[int]]) -> None:
    assert checker(HERE / "inferred.py") == set()


@each_checker
def test_wrong_programs_are_rejected(checker: Callable[[Path], set[int]], tmp_path: Path) -> None:
    text = (HERE / "rejected.py").read_text("utf-8")
    copy = tmp_path / "rejected.py"  # checkers exclude the original
    copy.write_text(text, "utf-8")
    marked = {number for number, line in enumerate(text.splitlines(), start=1) if line.endswith("# wrong")}
    assert checker(copy) == marked
