"""mypy --strict and pyright agree with `inferred.py`, and object to exactly the marked lines of `rejected.py`."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
REJECTED = HERE / "rejected.py"


def mypy(file: Path) -> set[int]:
    """Give the lines of `file` to which mypy objects."""
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--no-error-summary",
        "--hide-error-context",
        str(file),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode in {0, 1}, done.stdout + done.stderr
    found = re.findall(r"^(.+?):(\d+): error:", done.stdout, re.MULTILINE)
    assert all(Path(ROOT, name) == file for name, _ in found), done.stdout
    return {int(line) for _, line in found}


def pyright(file: Path) -> set[int]:
    """Give the lines of `file` to which pyright objects."""
    command = [sys.executable, "-m", "pyright", "--outputjson", str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    diagnostics = json.loads(done.stdout)["generalDiagnostics"]
    assert all(Path(found["file"]) == file for found in diagnostics), diagnostics
    return {found["range"]["start"]["line"] + 1 for found in diagnostics if found["severity"] == "error"}


each_checker = pytest.mark.parametrize("checker", [mypy, pyright])


@each_checker
def test_types_are_inferred(checker: object) -> None:
    assert checker(HERE / "inferred.py") == set()  # type: ignore[operator]


@each_checker
def test_wrong_programs_are_rejected(checker: object) -> None:
    lines = REJECTED.read_text("utf-8").splitlines()
    marked = {number for number, line in enumerate(lines, start=1) if line.endswith("# wrong")}
    assert checker(REJECTED) == marked  # type: ignore[operator]
