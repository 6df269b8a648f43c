"""The cost of the result cache in other formats, on records of a real run.

    python -m benchmarks.corpus fetch dagster
    python -m benchmarks.cache_formats dagster [--times 4] [--output TABLE.md]

A run over the package writes the cache; its content is then stored and loaded in each format. Times are
milliseconds of CPU with the garbage collector off, the best of several turns:

- load: read and decode everything, as a warm run does with the outcomes;
- store: encode and write everything, to a temporary file that takes the place of the old one;
- change: load everything, change the record of one file, store;
- import: the time that the format's module adds to the start of a process.

Not every format could be taken. The cache may come with a repository, so its bytes are not to be trusted:
`pickle` executes code that it reads, and `marshal` may crash the interpreter over bytes made for it, and differs
from one version of Python to the next. Both are here to show the cost of safety. `sqlite3` keeps a row for
each file and need not be written as a whole; it takes such bytes with `PRAGMA trusted_schema=OFF` and a look
at the schema, and the time its `fsync` waits is not in the table.
"""

from __future__ import annotations

import copy
import gc
import hashlib
import json
import marshal
import pickle
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeAlias

import click
import msgspec

from benchmarks.corpus import CORPUS, Pin, read_pins

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Records: TypeAlias = dict[str, Any]
"""JSON by the path of a file."""


@dataclass(frozen=True)
class Format:
    """One way to keep records in a file; ``put`` changes one record of it."""

    name: str
    load: Callable[[Path], Records]
    store: Callable[[Path, Records], None]
    put: Callable[[Path, Records, str], None]
    module: str
    safe: bool


def whole_file(
    name: str, encode: Callable[[Records], bytes], decode: Callable[[bytes], Records], *, safe: bool = False
) -> Format:
    """Return a format of which each change writes everything; the file starts with its digest."""

    def load(path: Path) -> Records:
        digest, _, body = path.read_bytes().partition(b"\n")
        if digest != digest_of(body):
            raise ValueError("damaged")
        return decode(body)

    def store(path: Path, records: Records) -> None:
        body = encode(records)
        temporary = path.with_suffix(".writing")
        temporary.write_bytes(digest_of(body) + b"\n" + body)
        temporary.replace(path)

    def put(path: Path, records: Records, _changed: str) -> None:
        store(path, records)

    return Format(name, load, store, put, name, safe)


def digest_of(body: bytes) -> bytes:
    """Return the head of a file; the cache's own has a key, which costs nothing."""
    return hashlib.blake2b(body, digest_size=16).hexdigest().encode()


def as_json(records: Records) -> bytes:
    """Encode as the cache does."""
    return json.dumps(records, separators=(",", ":"), ensure_ascii=True).encode()


def load_rows(path: Path) -> Records:
    """Read a row for each file, which holds its record as JSON."""
    with closing(sqlite3.connect(path)) as database:
        return {name: json.loads(body) for name, body in database.execute("SELECT path, record FROM records")}


def store_rows(path: Path, records: Records) -> None:
    """Write a new database, which takes the place of the old one."""
    temporary = path.with_suffix(".writing")
    temporary.unlink(missing_ok=True)
    with closing(sqlite3.connect(temporary)) as database, database:
        database.execute("CREATE TABLE records (path TEXT PRIMARY KEY, record BLOB) WITHOUT ROWID")
        rows = ((name, as_json(record)) for name, record in sorted(records.items()))
        database.executemany("INSERT INTO records VALUES (?, ?)", rows)
    temporary.replace(path)


def put_row(path: Path, records: Records, changed: str) -> None:
    """Change one row in place."""
    with closing(sqlite3.connect(path)) as database, database:
        body = as_json(records[changed])
        database.execute("UPDATE records SET record = ? WHERE path = ?", (body, changed))


FORMATS = [
    whole_file("msgspec.json", msgspec.json.encode, msgspec.json.decode, safe=True),
    whole_file("msgspec.msgpack", msgspec.msgpack.encode, msgspec.msgpack.decode, safe=True),
    whole_file("json", as_json, json.loads, safe=True),
    whole_file("marshal", marshal.dumps, marshal.loads),
    whole_file("pickle", lambda records: pickle.dumps(records, pickle.HIGHEST_PROTOCOL), pickle.loads),
    Format("sqlite3", load_rows, store_rows, put_row, "sqlite3", safe=True),
]


def records_of(pin: Pin) -> tuple[Records, Records]:
    """Run isolint over a package; return the outcomes in its cache by file, and the links by module."""
    source = CORPUS / pin.folder
    if not source.is_dir():
        raise click.ClickException(
            f"{source} is missing: run `python -m benchmarks.corpus fetch {pin.name}` first"
        )
    with tempfile.TemporaryDirectory() as folder:
        check = [
            sys.executable,
            "-m",
            "isolint",
            "check",
            "--quiet",
            "--exit-zero",
            "--config",
            "isolint.toml",
        ]
        command = [*check, "--cache-dir", folder, pin.package]
        subprocess.run(command, cwd=source, check=True, stdout=subprocess.DEVNULL)
        (outcomes,), (links,) = (
            list(Path(folder).glob(f"*-{which}.json")) for which in ("outcomes", "links")
        )
        first, second = read_body(outcomes), read_body(links)
    files: dict[str, Any] = first["snapshot"]["files"]
    by_file = {path: [files.get(path), record] for path, record in first["kept"].items()}
    _, names, asked = second
    return by_file, dict(zip(names, asked, strict=False))


def read_body(path: Path) -> Any:
    """Return the content of a file of the cache."""
    return json.loads(path.read_bytes().partition(b"\n")[2])


def grown(records: Records, times: int) -> Records:
    """Return the records of a tree that has each file ``times`` times."""
    return {
        path if number == 0 else f"{path}-{number}": copy.deepcopy(record)
        for number in range(times)
        for path, record in records.items()
    }


def best(work: Callable[[], object], turns: int) -> float:
    """Return the least milliseconds of CPU that ``work`` takes."""
    found: list[float] = []
    gc.disable()
    for _ in range(turns):
        started = time.process_time()
        work()
        found.append(time.process_time() - started)
    gc.enable()
    return 1000 * min(found)


def import_cost(module: str, turns: int) -> float:
    """Return the milliseconds that importing a module takes, in a process with the imports of isolint."""
    code = f"import isolint.cli.app, time; s = time.process_time(); import {module}; print(time.process_time() - s)"
    runs = (
        subprocess.run([sys.executable, "-c", code], capture_output=True, check=True) for _ in range(turns)
    )
    return 1000 * min(float(run.stdout) for run in runs)


def row(one: Format, records: Records, turns: int) -> str:
    """Measure a format and sum it up."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "cache")
        store = best(lambda: one.store(path, records), turns)
        assert one.load(path) == records  # noqa: S101  # else the times mean nothing
        size = path.stat().st_size / 1024
        load = best(lambda: one.load(path), turns)
        middle = sorted(records)[len(records) // 2]

        def change() -> None:
            known = one.load(path)
            known[middle] = [*known[middle], "changed"]
            one.put(path, known, middle)

        changed = best(change, turns)
    cells = [
        f"{load:.1f}",
        f"{store:.1f}",
        f"{changed:.1f}",
        f"{import_cost(one.module, turns):.1f}",
        f"{size:,.0f}",
    ]
    return f"| {one.name} | {'yes' if one.safe else 'no'} | {' | '.join(cells)} |"


@click.command()
@click.argument("names", metavar="PACKAGE...", nargs=-1, required=True, type=click.Choice([*read_pins()]))
@click.option(
    "--times", type=click.IntRange(min=1), default=1, show_default=True, help="Have each record so often."
)
@click.option("--turns", type=click.IntRange(min=1), default=7, show_default=True)
@click.option("--output", type=click.File("w", encoding="utf-8", atomic=True), default="-")
def main(names: Sequence[str], times: int, turns: int, output: TextIO) -> None:
    """Measure and print Markdown tables."""
    pins = read_pins()
    for name in names:
        for kind, records in zip(("outcomes", "links"), records_of(pins[name]), strict=True):
            every = grown(records, times)
            click.echo(f"\n**{name}, {kind}**: {len(every):,} records\n", output)
            click.echo("| format | safe | load ms | store ms | change ms | import ms | KB |", output)
            click.echo("|---|---|---:|---:|---:|---:|---:|", output)
            for one in FORMATS:
                click.echo(row(one, every, turns), output)


if __name__ == "__main__":
    main()
