"""The parts of `make catalogue`: the list of libraries is complete, and the reader finds names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from isolint import catalogue
from tests.catalogue.libraries import problems
from tests.catalogue.names import NOT_SHOWN, PINS, library_names
from tests.catalogue.reading import Existence, Library

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "lib/__init__.py": """\
from ._core import Client as Client, make
from .others import *
from somewhere import foreign
try:
    from .fast import connect
except ImportError:
    from .slow import connect
Alias = Client
NUMBER = 1
""",
    "lib/_core.py": """\
from .base import Base

def make(): ...

class Client(Base["Client"]):
    limit = 3
    def __init__(self):
        self.session = None
    if True:
        def get(self): ...
""",
    "lib/base.py": "class Base:\n    def close(self): ...\n",
    "lib/slow.py": "def connect(): ...\n",
    "lib/others.py": "class Other: ...\n",
    "lib/lazy.py": "_names = ['late']\ndef __getattr__(name): ...\n",
    "lib/circle.py": "from .circle import again\n",
    "lib/stubbed.pyi": "def fast() -> None: ...\n",
    "lib/built.cpython-313-x86_64-linux-gnu.so": "",
}


@pytest.fixture
def library(tmp_path: Path) -> Library:
    for name, source in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(source, encoding="utf-8")
    return Library(tmp_path)


@pytest.mark.parametrize(
    "name",
    """lib lib.Client lib.Client.get lib.Client.close lib.Client.limit lib.Client.session lib.Alias.get
    lib.Other lib.connect lib.make lib.NUMBER lib.lazy.late lib.stubbed.fast lib._core.Client""".split(),
)
def test_existing_names_are_found(library: Library, name: str) -> None:
    assert library.existence(name) is Existence.EXISTS


@pytest.mark.parametrize(
    "name", "lib.Missing lib.Client.post lib.lazy.other lib.circle.again lib.Other.get lib.nothing.x".split()
)
def test_absent_names_are_missed(library: Library, name: str) -> None:
    assert library.existence(name) is Existence.ABSENT


@pytest.mark.parametrize("name", "elsewhere.run lib.foreign lib.built.run lib.NUMBER.real".split())
def test_names_outside_the_sources_are_unsure(library: Library, name: str) -> None:
    assert library.existence(name) is Existence.UNSURE


def test_every_absent_name_is_a_problem(library: Library) -> None:
    """None of the real names is in this library."""
    assert {line.partition(":")[0] for line in problems(library)} == {*library_names()} - {*NOT_SHOWN}


def test_a_name_not_shown_is_in_the_catalogue() -> None:
    assert {*NOT_SHOWN} <= {*library_names()}


def test_every_name_is_the_one_it_is_looked_up_by() -> None:
    """An entry for a moved package must not hide entries under the package's own name."""
    known = catalogue.load()
    assert [e.name for e in known.entries() if known.canonical(e.name) != e.name] == []


def test_every_pin_is_a_version() -> None:
    assert all(version[:1].isdigit() for version in PINS.values())
