"""The corpus script: unpacking, refusals, counts and sampling. Nothing is downloaded here."""

from __future__ import annotations

import hashlib
import zipfile
from typing import TYPE_CHECKING

import click
import pytest

from benchmarks.corpus import Found, Pin, as_markdown, check, excerpt, read_pins, stratified, unpack, verify

if TYPE_CHECKING:
    from pathlib import Path

DEMO = Pin("demo-dist", "1.0", "demo", "")
MEMBERS = {
    "demo/__init__.py": "import asyncio\n\n\ndef start(main):\n    return asyncio.run(main())\n",
    "demo/test_demo.py": "import asyncio\n\nasyncio.run(None)\n",
    "demo/build/data.json": "{}",
    "demo/broken.py": "def (:\n",
    "demo/../../escaped.py": "",
    "other/__init__.py": "",
}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    wheel = tmp_path / "demo.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in MEMBERS.items():
            archive.writestr(name, text)
    corpus = tmp_path / "corpus"
    (corpus / DEMO.folder).mkdir(parents=True)
    unpack(DEMO, wheel, corpus / DEMO.folder)
    return corpus


def test_every_pin_is_complete() -> None:
    pins = read_pins().values()
    assert len(pins) >= 6
    assert all(len(pin.sha256) == 64 and pin.version and pin.package for pin in pins)


def test_only_the_sources_of_the_package_are_unpacked_and_none_escapes(corpus: Path, tmp_path: Path) -> None:
    folder = corpus / DEMO.folder
    unpacked = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert unpacked == {
        "isolint.toml",
        "demo/__init__.py",
        "demo/broken.py",
        "demo/escaped.py",
        "demo/test_demo.py",
    }
    assert {path.name for path in tmp_path.iterdir()} == {"demo.whl", "corpus"}


def test_another_wheel_is_refused(tmp_path: Path) -> None:
    wheel = tmp_path / "demo.whl"
    wheel.write_bytes(b"pinned")
    pin = Pin("demo-dist", "1.0", "demo", hashlib.sha256(b"pinned").hexdigest())
    verify(pin, wheel)
    wheel.write_bytes(b"swapped")
    with pytest.raises(click.ClickException, match="sha256"):
        verify(pin, wheel)


def test_the_whole_package_is_checked_as_core(corpus: Path) -> None:
    run = check(DEMO, corpus)
    places = {(one.code, one.path, one.row) for one in run.found}
    assert places == {
        ("ISO102", "demo-dist-1.0/demo/__init__.py", 5),
        ("ISO102", "demo-dist-1.0/demo/test_demo.py", 3),
        ("ISO900", "demo-dist-1.0/demo/broken.py", 1),
    }
    assert (run.files, run.lines, run.exit_code) == (4, 9, 1)
    head, _, row, total = as_markdown([run])
    assert head == "| package | version | files | lines | seconds | ISO102 | ISO900 | crashed |"
    assert row.startswith("| demo-dist | 1.0 | 4 | 9 |")
    assert row.endswith("| 2 | 1 | 0 |")
    assert total.endswith("| 2 | 1 | 0 |")


def test_a_package_that_was_not_fetched_is_named(tmp_path: Path) -> None:
    with pytest.raises(click.ClickException, match="fetch demo-dist"):
        check(DEMO, tmp_path)


def found(code: str, row: int, package: str = "large") -> Found:
    return Found(code, f"{package}/module.py", row, 1, row, "", "")


def test_a_sample_is_repeatable_and_shows_every_rule_and_package() -> None:
    every = [found("ISO102", row) for row in range(50)]
    every += [found("ISO102", 1, "small"), found("ISO103", 7), found("ISO301", 9)]
    drawn = stratified(every, 10, seed=1)
    assert drawn == stratified(reversed(every), 10, seed=1) != stratified(every, 10, seed=2)
    assert [one.code for one in drawn] == ["ISO102"] * 8 + ["ISO103", "ISO301"]
    assert found("ISO102", 1, "small") in drawn
    assert stratified(every, 1000, seed=1) == sorted(every)


def test_an_excerpt_shows_the_lines_around(corpus: Path) -> None:
    lines = list(
        excerpt(Found("ISO102", f"{DEMO.folder}/demo/__init__.py", 5, 12, 5, "runs", "asyncio.run"), corpus)
    )
    assert lines[:2] == ["ISO102 demo-dist-1.0/demo/__init__.py:5:12", "runs [asyncio.run]"]
    assert lines[2] == "      1 | import asyncio"
    assert lines[6] == ">     5 |     return asyncio.run(main())"
