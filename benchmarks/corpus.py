"""Check isolint on packages from PyPI: fetch them, run over them, sample the findings.

Every package is pinned in ``corpus.toml`` and declared core as a whole, so that each rule gets all the
real code there is. Nothing of a package is ever run: only wheels are fetched, and only their Python
sources are unpacked.
"""

from __future__ import annotations

import hashlib
import json
import random
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click
import tomli

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

HERE = Path(__file__).parent
PINS = HERE / "corpus.toml"
CORPUS = HERE / ".corpus"
SUFFIXES = (".py", ".pyi")
CONTEXT = 6
WIDTH = 160

# The package's own tests and its folders named "build" are checked like the rest of it.
CONFIG = """\
src = ["."]
core = ["{package}"]
tests = []
exclude = []
respect-gitignore = false
"""


@dataclass(frozen=True)
class Pin:
    """One distribution of the corpus; ``package`` is the top-level import package that is checked."""

    name: str
    version: str
    package: str
    sha256: str
    more: bool = False

    @property
    def folder(self) -> str:
        """The name of its folder in the corpus: another version is another folder."""
        return f"{self.name}-{self.version}"


@dataclass(frozen=True, order=True)
class Found:
    """One record of isolint's JSON; ``path`` is relative to the corpus, the rows start at 1."""

    code: str
    path: str
    row: int
    column: int
    end_row: int
    message: str
    resolved: str

    @property
    def package(self) -> str:
        """The folder of its package in the corpus."""
        return self.path.partition("/")[0]


@dataclass(frozen=True)
class Run:
    """One package checked; ``seconds`` is wall-clock time."""

    pin: Pin
    files: int
    lines: int
    seconds: float
    found: tuple[Found, ...]
    exit_code: int
    stderr: str


def read_pins() -> dict[str, Pin]:
    """Read ``corpus.toml``, in its order."""
    table = tomli.loads(PINS.read_text(encoding="utf-8"))
    return {name: Pin(name, **entry) for name, entry in table.items()}


def download(pin: Pin, into: Path) -> Path:
    """Fetch the wheel of ``pin``; the same file on every machine and under every Python."""
    target = ["--platform", "manylinux2014_x86_64", "--platform", "manylinux_2_28_x86_64"]
    target += ["--implementation", "cp", "--python-version", "3.13"]
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    result = subprocess.run([*pip, *target, "--dest", str(into), f"{pin.name}=={pin.version}"], check=False)
    if result.returncode:
        raise click.ClickException(f"pip could not download {pin.name} {pin.version}: see its message above")
    (wheel,) = into.glob("*.whl")
    return wheel


def verify(pin: Pin, wheel: Path) -> None:
    """Refuse a wheel that is not the pinned one."""
    found = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if found != pin.sha256:
        raise click.ClickException(f"{wheel.name}: sha256 is {found}, {PINS.name} says {pin.sha256}")


def unpack(pin: Pin, wheel: Path, into: Path) -> None:
    """Write the Python sources of the package; ``ZipFile.extract`` keeps every member below ``into``."""
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.startswith(f"{pin.package}/") and name.endswith(SUFFIXES):
                archive.extract(name, into)
    (into / "isolint.toml").write_text(CONFIG.format(package=pin.package), encoding="utf-8")


def fetch_one(pin: Pin, corpus: Path) -> None:
    """Put the sources at ``corpus/<name>-<version>``, complete or not at all."""
    corpus.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=corpus, prefix=".fetch-") as scratch:
        wheel = download(pin, Path(scratch))
        verify(pin, wheel)
        sources = Path(scratch, "sources")
        sources.mkdir()
        unpack(pin, wheel, sources)
        sources.replace(corpus / pin.folder)


def source_size(folder: Path) -> tuple[int, int]:
    """Return the number of Python files and of their lines."""
    files = [path for path in folder.rglob("*") if path.suffix in SUFFIXES and path.is_file()]
    return len(files), sum(len(path.read_bytes().splitlines()) for path in files)


def check(pin: Pin, corpus: Path) -> Run:
    """Run isolint over one package in a process of its own."""
    folder = corpus / pin.folder
    if not folder.is_dir():
        raise click.ClickException(f"{folder} is missing: run `{Path(__file__).name} fetch {pin.name}` first")
    click.echo(f"checking {pin.name} ...", err=True)
    options = ["--config", "isolint.toml", "--output-format", "json", pin.package]
    command = [sys.executable, "-m", "isolint", "check", *options]
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=False)
    seconds = time.perf_counter() - start
    try:
        records = json.loads(done.stdout)
    except ValueError:
        raise click.ClickException(f"{pin.name}: isolint gave no JSON:\n{done.stderr}") from None
    found = tuple(parse_record(record, folder, corpus) for record in records)
    return Run(pin, *source_size(folder), seconds, found, done.returncode, done.stderr)


def parse_record(record: dict[str, Any], folder: Path, corpus: Path) -> Found:
    """Read one record; a file that could not be checked has no code, its name stands in."""
    return Found(
        code=record["code"] or record["name"],
        path=(folder / record["filename"]).relative_to(corpus).as_posix(),
        row=record["location"]["row"],
        column=record["location"]["column"],
        end_row=record["end_location"]["row"],
        message=record["message"],
        resolved=record["resolved"] or "",
    )


def as_markdown(runs: Sequence[Run]) -> Iterator[str]:
    """Lay the runs out as a table with a column for each rule that found something.

    ISO900 counts the files that do not parse, ``crashed`` those that could not be checked.
    """
    codes = sorted({"ISO900", "crashed"} | {one.code for run in runs for one in run.found})
    head = ["package", "version", "files", "lines", "seconds", *codes]
    yield f"| {' | '.join(head)} |"
    yield f"|---|---|{'---:|' * (len(head) - 2)}"
    for run in runs:
        yield row(run.pin.name, run.pin.version, [run], codes)
    yield row("all", "", runs, codes)


def row(name: str, version: str, runs: Sequence[Run], codes: Sequence[str]) -> str:
    """Sum the runs up in one row of the table."""
    counts = Counter(one.code for run in runs for one in run.found)
    files, lines = sum(run.files for run in runs), sum(run.lines for run in runs)
    seconds = f"{sum(run.seconds for run in runs):.2f}"
    cells = [name, version, f"{files:,}", f"{lines:,}", seconds, *(f"{counts[code]:,}" for code in codes)]
    return f"| {' | '.join(cells)} |"


def stratified(found: Iterable[Found], size: int, seed: int) -> list[Found]:
    """Draw ``size`` findings: the rules take turns, and within a rule the packages.

    A rare rule and a small package are thus read as well as the frequent and the large. The draw depends
    on the findings and the seed only, not on the order in which the findings came.
    """
    strata: dict[str, dict[str, list[Found]]] = defaultdict(lambda: defaultdict(list))
    for one in sorted(found):
        strata[one.code][one.package].append(one)
    for packages in strata.values():
        for group in packages.values():
            random.Random(seed).shuffle(group)  # noqa: S311 - to be repeatable is the point
    by_rule = [take_turns(packages.values()) for packages in strata.values()]
    return sorted(take_turns(by_rule)[:size])


def take_turns(groups: Iterable[Iterable[Found]]) -> list[Found]:
    """Return the first of each group, then the second of each, and so on."""
    return [one for turn in zip_longest(*groups) for one in turn if one]


def excerpt(found: Found, corpus: Path) -> Iterator[str]:
    """Show a finding with the lines around it; the lines of its span are marked."""
    yield f"{found.code} {found.path}:{found.row}:{found.column}"
    yield f"{found.message} [{found.resolved or 'nothing resolved'}]"
    lines = (corpus / found.path).read_text(encoding="utf-8", errors="replace").split("\n")
    first, last = max(1, found.row - CONTEXT), min(len(lines), found.end_row + CONTEXT)
    for number in range(first, last + 1):
        mark = ">" if found.row <= number <= found.end_row else " "
        yield f"{mark}{number:6} | {lines[number - 1][:WIDTH]}"


def chosen(_context: click.Context, _parameter: click.Parameter, names: tuple[str, ...]) -> list[Pin]:
    """Turn the names on the command line into pins."""
    pins = read_pins()
    if "all" in names:
        return list(pins.values())
    return [pins[name] for name in dict.fromkeys(names)] or [pin for pin in pins.values() if not pin.more]


packages_argument = click.argument(
    "pins", metavar="[PACKAGE | all]...", nargs=-1, type=click.Choice([*read_pins(), "all"]), callback=chosen
)


@click.group()
@click.option(
    "--corpus",
    type=click.Path(file_okay=False, resolve_path=True, path_type=Path),
    default=CORPUS,
    show_default="benchmarks/.corpus",
    help="Where the sources are kept.",
)
@click.pass_context
def main(context: click.Context, corpus: Path) -> None:
    """Check isolint on real packages from PyPI.

    A PACKAGE is a name in corpus.toml; without one, those that are not marked `more` are taken.
    """
    context.obj = corpus


@main.command()
@packages_argument
@click.pass_obj
def fetch(corpus: Path, pins: list[Pin]) -> None:
    """Download, verify and unpack the missing packages."""
    for pin in pins:
        if not (corpus / pin.folder).is_dir():
            click.echo(f"{pin.name} {pin.version} ...", err=True)
            fetch_one(pin, corpus)
    click.echo(f"{len(pins)} packages in {corpus}", err=True)


@main.command()
@packages_argument
@click.pass_obj
def run(corpus: Path, pins: list[Pin]) -> None:
    """Check each package and print a Markdown table."""
    runs = [check(pin, corpus) for pin in pins]
    click.echo("\n".join(as_markdown(runs)))
    for failed in (one for one in runs if one.exit_code not in {0, 1}):
        click.echo(f"\n{failed.pin.name}: exit {failed.exit_code}\n{failed.stderr}", err=True)


@main.command()
@click.argument("size", metavar="N", type=click.IntRange(min=1))
@packages_argument
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed draws the same findings.")
@click.option("--output-file", type=click.File("w", encoding="utf-8", atomic=True), default="-")
@click.pass_obj
def sample(corpus: Path, size: int, pins: list[Pin], seed: int, output_file: TextIO) -> None:
    """Write N findings with the code around them, to be read one by one."""
    found = [one for pin in pins for one in check(pin, corpus).found]
    drawn = stratified(found, size, seed)
    totals, shares = (Counter(one.code for one in group) for group in (found, drawn))
    summary = ", ".join(f"{code} {shares[code]} of {totals[code]}" for code in sorted(totals))
    click.echo(f"{len(drawn)} of {len(found)} findings, seed {seed}: {summary}", output_file)
    for number, one in enumerate(drawn, 1):
        click.echo("\n".join([f"\n[{number}/{len(drawn)}]", *excerpt(one, corpus)]), output_file)


if __name__ == "__main__":
    main()
