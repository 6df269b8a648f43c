"""What is built holds what is needed: the wheel is built from the sdist, as an installer would."""

from __future__ import annotations

import configparser
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from isolint import __version__

ROOT = Path(__file__).parents[2]
SOURCES = sorted(
    path.relative_to(ROOT / "src").as_posix()
    for path in (ROOT / "src").rglob("*")
    if path.is_file() and "__pycache__" not in path.parts
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist and the wheel, built from a copy: nothing is left behind in the repository."""
    folder = tmp_path_factory.mktemp("distribution")
    ignore = shutil.ignore_patterns(".*", "__pycache__", "build", "dist")
    shutil.copytree(ROOT, folder / "copy", ignore=ignore)
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder / "dist")]
    done = subprocess.run(command, cwd=folder / "copy", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "dist"


def test_the_wheel_holds_every_source(built: Path) -> None:
    with zipfile.ZipFile(built / f"isolint-{__version__}-py3-none-any.whl") as wheel:
        held = sorted(name for name in wheel.namelist() if ".dist-info/" not in name)
    assert held == SOURCES


def test_the_sources_are_all_there() -> None:
    assert {"isolint/py.typed", "asyncplan/py.typed", "isolint/catalogue/asyncio.toml"} <= set(SOURCES)


def test_the_wheel_plugs_in(built: Path) -> None:
    with zipfile.ZipFile(built / f"isolint-{__version__}-py3-none-any.whl") as wheel:
        text = wheel.read(f"isolint-{__version__}.dist-info/entry_points.txt").decode()
    entry_points = configparser.ConfigParser()
    entry_points.optionxform = str  # type: ignore[assignment, method-assign]
    entry_points.read_string(text)
    assert dict(entry_points["flake8.extension"]) == {"ISO": "isolint.flake8:Plugin"}
    assert dict(entry_points["console_scripts"]) == {"isolint": "isolint.cli:main"}


def test_the_sdist_holds_what_a_reader_needs(built: Path) -> None:
    with tarfile.open(built / f"isolint-{__version__}.tar.gz") as sdist:
        held = {name.partition("/")[2] for name in sdist.getnames()}
    assert {"README.md", "LICENSE", "CHANGELOG.md", "pyproject.toml"} <= held
    assert {f"src/{name}" for name in SOURCES} <= held
