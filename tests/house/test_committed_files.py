"""Committed files hold no paths of the machine they were written on."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = sorted(path.parent for path in (ROOT / "src").glob("*/__init__.py"))
# Examples in the documentation may show these placeholders of a home folder.
_HOMES = re.compile(rb"(?<![\w.])(?:/(?:home|Users)/(?!dev/)\w+|/[r]oot/|[A-Z]:\\\\?Users\\)")


def committed() -> list[Path]:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout.decode().split("\0")
    return [path for name in names if name and (path := ROOT / name).is_file()]


def places_in(data: bytes) -> list[bytes]:
    """Return the paths in ``data`` that exist on one machine only."""
    here = {str(ROOT).encode(), str(Path.home()).encode()} - {b"/"}
    return [place for place in here if place + b"/" in data] + _HOMES.findall(data)


def test_no_path_of_a_developers_machine() -> None:
    files = committed()
    assert ROOT / "pyproject.toml" in files
    assert {str(path): found for path in files if (found := places_in(path.read_bytes()))} == {}


@pytest.mark.parametrize(
    "text",
    [f"{ROOT}/src", "see {}home/ada/x", '"{}Users/ada"', "{}root/x", r"C:{}Users\ada", r'"C:\{}Users\\ada"'],
)
def test_paths_of_a_machine_are_detected(text: str) -> None:
    separator = "\\" if "C:" in text else "/"
    assert places_in(text.format(separator).encode())


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_types_are_shipped(package: Path) -> None:
    assert (package / "py.typed").is_file()


def test_the_packages_are_asyncplan_and_isolint() -> None:
    assert [package.name for package in PACKAGES] == ["asyncplan", "isolint"]
