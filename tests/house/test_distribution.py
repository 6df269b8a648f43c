"""Complete distributions: each wheel is built from its sdist, installed in an empty environment and used."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

import asyncplan
import isolint

ROOT = Path(__file__).parents[2]
VERSIONS = {"isolint": isolint.__version__, "asyncplan": asyncplan.__version__}
NOT_IN_THE_PACKAGE = {
    "asyncplan/pyproject.toml",
    "asyncplan/README.md",
    "asyncplan/LICENSE",
    "asyncplan/CHANGELOG.md",
}
each_project = pytest.mark.parametrize("project", VERSIONS)


def sources(project: str) -> list[str]:
    files = (path for path in (ROOT / "src" / project).rglob("*") if path.is_file())
    names = (path.relative_to(ROOT / "src").as_posix() for path in files if "__pycache__" not in path.parts)
    return sorted(set(names) - NOT_IN_THE_PACKAGE)


@dataclass(frozen=True)
class Built:
    """The folder with both distributions."""

    folder: Path

    def wheel(self, project: str) -> Path:
        return self.folder / f"{project}-{VERSIONS[project]}-py3-none-any.whl"

    def sdist(self, project: str) -> Path:
        return self.folder / f"{project}-{VERSIONS[project]}.tar.gz"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Build from a copy: nothing is left behind in the repository."""
    folder = tmp_path_factory.mktemp("distribution")
    ignore = shutil.ignore_patterns(".*", "__pycache__", "build", "dist")
    shutil.copytree(ROOT, folder / "copy", ignore=ignore)
    for root in (".", "src/asyncplan"):
        command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder / "dist"), root]
        done = subprocess.run(command, cwd=folder / "copy", capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    return Built(folder / "dist")


@each_project
def test_the_wheel_holds_every_source_of_the_project_and_no_other(built: Built, project: str) -> None:
    with zipfile.ZipFile(built.wheel(project)) as wheel:
        held = sorted(name for name in wheel.namelist() if ".dist-info/" not in name)
    assert held == sources(project)


def test_the_sources_are_all_there() -> None:
    assert {"isolint/py.typed", "isolint/catalogue/asyncio.toml"} <= set(sources("isolint"))
    assert {"asyncplan/py.typed", "asyncplan/stream/__init__.py"} <= set(sources("asyncplan"))


def test_the_wheel_plugs_in(built: Built) -> None:
    with zipfile.ZipFile(built.wheel("isolint")) as wheel:
        text = wheel.read(f"isolint-{isolint.__version__}.dist-info/entry_points.txt").decode()
    entry_points = configparser.ConfigParser()
    entry_points.optionxform = str  # type: ignore[assignment, method-assign]
    entry_points.read_string(text)
    assert dict(entry_points["flake8.extension"]) == {"ISO": "isolint.flake8:Plugin"}
    assert dict(entry_points["console_scripts"]) == {"isolint": "isolint.cli:main"}


@each_project
def test_the_sdist_holds_what_a_reader_needs(built: Built, project: str) -> None:
    with tarfile.open(built.sdist(project)) as sdist:
        held = {name.partition("/")[2] for name in sdist.getnames()}
    assert {"README.md", "LICENSE", "pyproject.toml"} <= held
    prefix = "src/" if project == "isolint" else ""
    assert {prefix + name.removeprefix("asyncplan/") for name in sources(project)} <= held


def test_only_the_strategies_bring_a_dependency(built: Built) -> None:
    with zipfile.ZipFile(built.wheel("asyncplan")) as wheel:
        metadata = wheel.read(f"asyncplan-{asyncplan.__version__}.dist-info/METADATA").decode()
    required = [line for line in metadata.splitlines() if line.startswith("Requires-Dist")]
    assert required == ["Requires-Dist: hypothesis>=6.100; extra == 'testing'"]


@dataclass(frozen=True)
class Environment:
    """A virtual environment that holds only the distributions installed into it."""

    folder: Path

    def install(self, distribution: Path) -> None:
        """Install without an index: dependencies and build backends are those of this environment."""
        pip = [sys.executable, "-m", "pip", "--python", str(self.python), "install", "--quiet", "--no-index"]
        options = ["--no-deps", "--no-build-isolation", "--disable-pip-version-check"]
        self._run([*pip, *options, str(distribution)], borrowed=True)

    def run(self, *command: str, borrowed: bool = False) -> str:
        """Run a command of the environment; `borrowed` lends it the libraries of this one, but no editable."""
        return self._run([str(self.python.with_name(command[0])), *command[1:]], borrowed=borrowed)

    @property
    def python(self) -> Path:
        return self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    def _run(self, command: list[str], *, borrowed: bool) -> str:
        outside = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        path = {"PYTHONPATH": sysconfig.get_path("purelib")} if borrowed else {}
        done = subprocess.run(
            command, env=outside | path, cwd=self.folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture
def empty(tmp_path: Path) -> Environment:
    venv.create(tmp_path / "empty", with_pip=False)
    return Environment(tmp_path / "empty")


PROGRAM = """
from asyncplan import Ok, Steps, async_do, async_gather, async_pure, stream
from asyncplan.shell import run
from asyncplan.testing import run_virtual

@async_do
def total(numbers: list[int]) -> Steps[int]:
    return sum((yield from async_gather([async_pure(n) for n in numbers])))

assert run(total([1, 2])) == run_virtual(total([1, 2])) == Ok(3)
assert run(stream.collect(stream.from_items([1, 2]))) == Ok([1, 2])
try:
    from asyncplan.testing import plans
except ImportError as error:
    assert "asyncplan[testing]" in str(error)
import importlib.util
assert importlib.util.find_spec("isolint") is None
import asyncplan
print(asyncplan.__file__)
"""


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_asyncplan_works_in_an_empty_environment(built: Built, empty: Environment, kind: str) -> None:
    empty.install(built.wheel("asyncplan") if kind == "wheel" else built.sdist("asyncplan"))
    assert str(empty.folder) in empty.run("python", "-c", PROGRAM)


CORE = """
import asyncio
from asyncplan import async_pure

def load():
    return asyncio.run(async_pure(1)())
"""


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_isolint_works_in_an_empty_environment(built: Built, empty: Environment, kind: str) -> None:
    empty.install(built.wheel("isolint") if kind == "wheel" else built.sdist("isolint"))
    project = empty.folder / "project"
    project.mkdir()
    (project / "isolint.toml").write_text('core = ["app"]\n', "utf-8")
    (project / "app.py").write_text(CORE, "utf-8")
    assert isolint.__version__ in empty.run("isolint", "--version", borrowed=True)
    found = empty.run("isolint", "check", "--exit-zero", str(project), borrowed=True)
    assert "ISO102" in found
    code = "import importlib.util, isolint; print(isolint.__file__, importlib.util.find_spec('asyncplan'))"
    where = empty.run("python", "-c", code, borrowed=True)
    assert str(empty.folder) in where
    assert where.strip().endswith("None")
