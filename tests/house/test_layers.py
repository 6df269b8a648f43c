"""The import contract of pyproject.toml holds, and a breach is detected."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    environment = {**os.environ, "PYTHONPATH": str(folder / "src"), "NO_COLOR": "1"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_the_contract_is_kept() -> None:
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("module", "line", "broken"),
    [
        ("isolint/model.py", "import isolint.engine", "isolint.model -> isolint.engine"),
        ("isolint/flake8.py", "import isolint.cli", "isolint.flake8 -> isolint.cli"),
        ("isolint/report/view.py", "import libcst", "isolint.report.view -> libcst"),
        (
            "isolint/project/effort.py",
            "if TYPE_CHECKING:\n    from isolint.project.run import Run",
            "No cycles are allowed in isolint.project.",
        ),
        ("asyncplan/plan.py", "import isolint", "asyncplan.plan -> isolint"),
        ("isolint/attic.py", "", "isolint.attic"),
    ],
)
def test_a_breach_is_noticed(copy: Path, module: str, line: str, broken: str) -> None:
    with (copy / "src" / module).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    done = lint_imports(copy)
    assert done.returncode == 1, done.stdout + done.stderr
    assert broken in " ".join(done.stdout.split())
