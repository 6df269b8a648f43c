"""The names of a changed module whose meaning has changed for its importers."""

from __future__ import annotations

import pytest

from isolint.program.interface import Differences, Interface
from isolint.summary.reading import Compiled, compiled

BEFORE = """\
from elsewhere import Base, connect

LIMIT = 3


class Client(Base):
    def __init__(self, url: str) -> None:
        self.url = url

    @property
    def session(self):
        return connect(self.url)


def load(url: str, *, retries=LIMIT):
    client = Client(url)
    return client.session


def loads(urls):
    found = []
    for url in urls:
        found = found + [load(url)]
    return found
"""
ANY = None


def changed_names(before: Compiled, now: Compiled, name: str, guessed: list[str]) -> frozenset[str] | None:
    was, is_now = (Interface(name, each, guessed=guessed) for each in (before, now))
    return Differences(was, is_now).names


def compiled_of(source: str) -> Compiled:
    made = compiled(source.encode(), "app")
    assert made.encoded
    return made


CHANGES: dict[str, tuple[str, str, frozenset[str] | None]] = {
    "a comment moves all lines": ("from elsewhere", "# why\nfrom elsewhere", frozenset()),
    "a new function": ("LIMIT = 3\n", "LIMIT = 3\n\n\ndef other(x):\n    return x\n", frozenset({"other"})),
    "a new import": ("LIMIT = 3\n", "import os\nLIMIT = 3\n", frozenset({"os"})),
    "something else is done": ("found = []\n", "found = []\n    print(urls)\n", frozenset()),
    "a local name": ("    client = Client(url)\n    return client.session", "    one = Client(url)\n    return one.session", frozenset({"load", "loads"})),
    "a result": ("return client.session", "return client", frozenset({"load", "loads"})),
    "a parameter": ("def load(url: str", "def load(url: str, again=False", frozenset({"load", "loads"})),
    "an annotation": ("def loads(urls)", "def loads(urls: list[str])", frozenset({"loads"})),
    "a base": ("Client(Base)", "Client", frozenset({"Client", "load", "loads"})),
    "a method": ("return connect(self.url)", "return self.url", frozenset({"Client", "load", "loads"})),
    "a decorator": ("    @property\n", "", frozenset({"Client", "load", "loads"})),
    "an attribute": ("self.url = url", "self.uri = url", frozenset({"Client", "load", "loads"})),
    "an origin": ("import Base, connect", "import Base, dial as connect", frozenset({"connect", "Client", "load", "loads"})),
    "a value": ("LIMIT = 3", "LIMIT = None", frozenset({"LIMIT", "load", "loads"})),
    "a star": ("LIMIT = 3", "from more import *\nLIMIT = 3", ANY),
    "names made on demand": ("LIMIT = 3", "def __getattr__(name): ...\nLIMIT = 3", ANY),
    "an allowance": ("def loads(urls):", "def loads(urls):  # isolint: allow[ISO112]", ANY),
    "a class that names are guessed by": ("LIMIT = 3", "class GameLoop: ...\nLIMIT = 3", ANY),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_changed_names_of_a_module(change: str) -> None:
    old, new, expected = CHANGES[change]
    assert BEFORE.count(old) == 1
    before, now = compiled_of(BEFORE), compiled_of(BEFORE.replace(old, new))
    found = changed_names(before, now, "app.clients", ["loop"])
    if expected is None or found is None:
        assert found is expected
    else:
        assert {name for name in found if not name.startswith("__")} == expected


def test_a_moved_function_means_the_same_whatever_stands_around_it() -> None:
    one = compiled_of(
        "def a(x):\n    return [x]\n\ndef b(y):\n    while y:\n        y = y or a(y)\n    return y\n"
    )
    other = compiled_of("z = 5\n\ndef b(y):\n    while y:\n        y = y or a(y)\n    return y\n\ndef a(x):\n    return [x]\n")  # fmt: skip
    assert changed_names(one, other, "app.m", []) == frozenset({"z"})


@pytest.mark.parametrize(
    "now",
    [
        "def __getattr__(name):\n    if name == 'stop':\n        return run\n",
        "def __getattr__(name):\n    if name == 'start':\n        return print\n",
        "def __getattr__(name):\n    return run\n",
    ],
)
def test_names_made_on_demand_in_another_way(now: str) -> None:
    head = "from asyncio import run\n\n"
    before = compiled_of(f"{head}def __getattr__(name):\n    if name == 'start':\n        return run\n")
    after = compiled_of(head + now)
    assert changed_names(before, after, "app.m", []) is None
