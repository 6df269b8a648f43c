"""A check of every name in the catalogue against the sources of its library: ``make catalogue``.

Fetches the wheel of each pinned distribution without its dependencies, unpacks the sources, and reads
them; nothing is imported or run.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import click

from tests.catalogue.names import NOT_SHOWN, PINS, library_names
from tests.catalogue.reading import Existence, Library

CACHE = Path(__file__).parents[2] / ".catalogue_cache"
_SOURCES = (".py", ".pyi", ".so", ".pyd")
_PLATFORMS = {"winloop": ["win_amd64"]}
_LINUX = ["manylinux2014_x86_64", "manylinux_2_28_x86_64"]


def fetch(distribution: str, version: str, into: Path) -> None:
    """Unpack the sources of one wheel, once; a compiled module leaves an empty file with its name."""
    done = into / f".{distribution}-{version}"
    if done.exists():
        return
    click.echo(f"{distribution} {version} ...", err=True)
    with tempfile.TemporaryDirectory() as scratch:
        wheel = _download(distribution, version, scratch)
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                if name.endswith(_SOURCES) and ".dist-info/" not in name and ".data/" not in name:
                    archive.extract(name, into)
    done.touch()


def _download(distribution: str, version: str, into: str) -> Path:
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    platforms = [f"--platform={platform}" for platform in _PLATFORMS.get(distribution, _LINUX)]
    python = ["--implementation", "cp", "--python-version", "3.11"]
    command = [*pip, *platforms, *python, "--dest", into, f"{distribution}=={version}"]
    if subprocess.run(command, check=False).returncode:
        raise click.ClickException(f"pip could not download {distribution} {version}: see its message above")
    (wheel,) = Path(into).glob("*.whl")
    return wheel


def problems(library: Library) -> list[str]:
    """Return the disagreements with the sources, one line each."""
    found: list[str] = []
    for name in library_names():
        existence = library.existence(name)
        if existence is not Existence.EXISTS and name not in NOT_SHOWN:
            found.append(f"{name}: {existence.value} in the pinned version")
        elif existence is Existence.EXISTS and name in NOT_SHOWN:
            found.append(f"{name}: exists, so that it need not stand among those not shown")
    return found


@click.command()
def main() -> None:
    """Check the catalogue against the pinned libraries."""
    CACHE.mkdir(exist_ok=True)
    for distribution, version in PINS.items():
        fetch(distribution, version, CACHE)
    found = problems(Library(CACHE))
    for line in found:
        click.echo(line)
    names = len(library_names())
    click.echo(f"{names} names, {names - len(NOT_SHOWN)} found in {len(PINS)} libraries", err=True)
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
