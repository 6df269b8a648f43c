"""Findings on the example projects: none on the good ones, each rule on the bad one."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TypeAlias

import pytest

from isolint.rules import all_rules

APPS = Path(__file__).parents[2] / "fixtures" / "apps"
MARKER = re.compile(r"# expect: (ISO\d{3}(?:, ISO\d{3})*)$")
CODES = {rule.code for rule in all_rules() if not rule.strict} - {"ISO902"}  # every module has a role

Place: TypeAlias = tuple[str, int, str]


def check(app: str) -> tuple[int, set[Place]]:
    """Run isolint in the project's folder, and return its exit code and (file, line, code) of each finding."""
    root = APPS / app
    command = [sys.executable, "-m", "isolint", "check", "--output-format", "json"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    found = json.loads(done.stdout)
    return done.returncode, {
        ((root / one["filename"]).relative_to(root).as_posix(), one["location"]["row"], one["code"])
        for one in found
    }


def expected(app: str) -> set[Place]:
    root = APPS / app
    return {
        (path.relative_to(root).as_posix(), number, code)
        for path in root.rglob("*.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        for marker in MARKER.findall(line)
        for code in marker.split(", ")
    }


@pytest.mark.parametrize("app", ["user_service", "rag"])
def test_good_projects_are_clean(app: str) -> None:
    assert check(app) == (0, set())


def test_the_bad_project_has_the_marked_findings() -> None:
    assert check("before") == (1, expected("before"))


def test_the_bad_project_shows_every_rule() -> None:
    assert {code for _, _, code in expected("before")} == CODES
