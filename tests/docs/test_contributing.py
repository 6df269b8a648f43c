"""The five steps to a new rule in CONTRIBUTING.md, followed literally in a copy of the repository."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from docs.examples import ROOT, copy_repository, environment, play

if TYPE_CHECKING:
    from pathlib import Path

STEPS = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copy")
    copy_repository(folder)
    play(STEPS, folder)
    return folder


def pytest_in(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "--quiet", "-p", "no:cacheprovider", *arguments]
    given = environment(folder)
    return subprocess.run(command, cwd=folder, env=given, capture_output=True, text=True, check=False)


def test_the_tests_take_the_new_rule_in(copy: Path) -> None:
    done = pytest_in(copy, "-rA", "tests/rules", "-k", "ISO199 or every or registry or unique")
    assert done.returncode == 0, done.stdout + done.stderr
    passed = {line.rpartition("::")[2] for line in done.stdout.splitlines() if line.startswith("PASSED")}
    assert {
        "test_a_rule_documents_itself[ISO199]",
        "test_an_example_shows_what_it_says[ISO199-bad-everything]",
        "test_exactly_the_marked_findings[ISO199-asyncio-star/bad]",
    } <= passed


def test_the_documentation_takes_the_new_rule_in(copy: Path) -> None:
    done = pytest_in(copy, "tests/docs/test_generated.py")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "| [ISO199](docs/rules/ISO199.md) | asyncio-star |" in (copy / "README.md").read_text(
        encoding="utf-8"
    )


def test_a_forgotten_fixture_is_noticed(copy: Path, tmp_path: Path) -> None:
    copy_repository(tmp_path)
    rule = "src/isolint/rules/iso199_asyncio_star.py"
    (tmp_path / rule).write_bytes((copy / rule).read_bytes())
    done = pytest_in(tmp_path, "tests/rules/test_fixtures.py", "-k", "every")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "ISO199" in done.stdout
