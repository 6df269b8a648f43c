"""Helpers with signatures wider than their values, wrappers applied by hand, generic functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.drives.conftest import Drive

HELPERS = """
import asyncio
import functools
from functools import singledispatch, singledispatchmethod
from typing import Any, Callable, ParamSpec, Protocol, TypedDict, TypeVar, cast

P = ParamSpec("P")
R = TypeVar("R")
F = TypeVar("F", bound=Callable[..., Any])


def to_sync(function: Callable[P, Any]) -> Callable[P, Any]:
    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs):
        return asyncio.run(function(*args, **kwargs))

    return wrapper


def to_sync_cast(function: F) -> F:
    def wrapper(*args):
        return asyncio.run(function(*args))

    return cast(F, wrapper)


def actor(function: Callable[..., Any], **options: Any) -> Any:
    return function


def async_actor(function: Callable[..., Any] | None = None, **options: Any) -> Any:
    if function is None:
        return lambda given: async_actor(given, **options)
    return actor(to_sync(function), **options)


def noted(function: F) -> F:
    NOTED.append(function)
    return function


def traced(function: Callable[P, R]) -> Callable[P, R]:
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        return function(*args, **kwargs)

    return wrapper


NOTED = []


class Driver:
    def __init__(self, function):
        self.function = function

    def __call__(self, *args):
        return asyncio.run(self.function(*args))


class Pool:
    def __init__(self, size):
        self.size = size

    def __call__(self, work):
        return asyncio.run(work)


def make_runner(debug) -> Callable[..., Any]:
    def run(work):
        return asyncio.run(work)

    return run


class Store(Protocol):
    def save(self, row): ...


class Web:
    def save(self, row):
        return asyncio.run(row)


class Memory:
    def save(self, row):
        return row


def build() -> Store:
    return Web()


def build_in_memory() -> Store:
    return Memory()


@singledispatch
def handle(event):
    return event


@handle.register
def _(event: int):
    return asyncio.run(asyncio.sleep(event))


@singledispatch
def show(event):
    return event


@show.register(int)
def show_int(event):
    return str(event)


@singledispatch
def send(event):
    return event


def send_now(event):
    return asyncio.run(event)


send.register(float, send_now)


class Bus:
    @singledispatchmethod
    def post(self, event):
        return event

    @post.register
    def _(self, event: int):
        return asyncio.run(asyncio.sleep(event))


class Table:
    def register(self, function):
        return function


table = Table()


def open_table(name):
    return name


@table.register
def closes(name):
    return asyncio.run(name)


TOOLS = {"run": to_sync, "show": print}
"""

DRIVES = {
    "decorator declared as callable": "from app.loops import to_sync\n@to_sync  # !\nasync def f(w):\n    return w",
    "decorator through cast": "from app.loops import to_sync_cast\n@to_sync_cast  # !\nasync def f(w):\n    return w",
    "decorator that gives on": "from app.loops import async_actor\n@async_actor  # !\nasync def f(w):\n    return w",
    "decorator that gives on, called": "from app.loops import async_actor\n@async_actor(a=1)  # !\nasync def f(w):\n    return w",
    "under another decorator": "import dramatiq\nfrom app.loops import to_sync\n@dramatiq.actor\n@to_sync  # !\nasync def f(w):\n    return w",
    "by hand": "from app.loops import to_sync\nasync def f(w):\n    return w\ng = to_sync(f)  # !",
    "by hand in a class": "from app.loops import to_sync\nasync def f(w):\n    return w\nclass C:\n    g = to_sync(f)  # !",
    "by hand and given away": "from app.loops import to_sync\nasync def f(w):\n    return w\ndef g(register):\n    register(to_sync(f))  # !",
    "by hand around a lambda": "from app.loops import to_sync\ndef g(register, w):\n    register(to_sync(lambda: w))  # !",
    "by hand and returned": "from app.loops import to_sync\ndef g(f):\n    async def h(w):\n        return f(w)\n    return to_sync(h)  # !",
    "by hand and called": "from app.loops import to_sync\nasync def f(w):\n    return w\ndef g(w):\n    return to_sync(f)(w)  # !",
    "by the object of a class": "from app.loops import Driver\nasync def f(w):\n    return w\ndef g(w):\n    return Driver(f)(w)  # !",
    "behind a protocol": "from app.loops import build\ndef f(row):\n    return build().save(row)  # !",
    "generic function": "from app.loops import handle\ndef f(e):\n    return handle(e)  # !",
    "generic function registered by a call": "from app.loops import send\ndef f(e):\n    return send(e)  # !",
    "generic method": "from app.loops import Bus\ndef f(bus: Bus, e):\n    return bus.post(e)  # !",
}

SILENT = {
    "decorator that notes": "from app.loops import noted\n@noted\nasync def f(w):\n    return w",
    "decorator that traces": "from app.loops import traced\n@traced\nasync def f(w):\n    return w",
    "traced by hand": "from app.loops import traced\nasync def f(w):\n    return w\ng = traced(f)",
    "kept object of a class": "from app.loops import Driver\ndef f(w, g):\n    return Driver(lambda: g(w))",
    "made of no function": "from app.loops import Pool, make_runner\ndef f():\n    return Pool(3), make_runner(True)",
    "behind a protocol": "from app.loops import build_in_memory\ndef f(row):\n    return build_in_memory().save(row)",
    "the protocol alone": "from app.loops import Store\ndef f(store: Store, row):\n    return store.save(row)",
    "generic function": "from app.loops import show\ndef f(e):\n    return show(e)",
    "registered elsewhere": "from app.loops import open_table\ndef f(e):\n    return open_table(e)",
}

IN_TABLES = """
from app.loops import Driver, make_runner, to_sync
from app import loops

run = make_runner(True)
WAYS = {"run": run, "show": print}  # !


def f(w, name):
    WAYS["run"](w)
    WAYS.get(name)(w)
    for way in (print, run):  # !
        way(w)
    for way in WAYS.values():
        way(w)
    both = {**WAYS, "other": print}
    return both["run"](w)  # !
"""


@pytest.mark.parametrize("source", DRIVES.values(), ids=DRIVES)
def test_reported(drive: Drive, source: str) -> None:
    found = drive(source, loops=HELPERS)
    expected = [number for number, line in enumerate(source.splitlines(), 1) if "# !" in line]
    assert [(d.code, d.span.line) for d in found] == [("ISO112", line) for line in expected]


@pytest.mark.parametrize("source", SILENT.values(), ids=SILENT)
def test_silent(drive: Drive, source: str) -> None:
    assert drive(source, loops=HELPERS) == []


def test_a_table_of_the_module_is_reported_where_it_names_the_function(drive: Drive) -> None:
    source = IN_TABLES.lstrip("\n")
    expected = [number for number, line in enumerate(source.splitlines(), 1) if "# !" in line]
    assert [d.span.line for d in drive(source, loops=HELPERS) if d.code == "ISO112"] == expected
