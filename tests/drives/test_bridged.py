"""Functions that a library makes of coroutine functions, to be called from synchronous code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.drives.conftest import chain

if TYPE_CHECKING:
    from tests.drives.conftest import Drive

BRIDGES = """
import asyncio

import jupyter_core.utils
from asgiref.sync import async_to_sync, sync_to_async
from jupyter_core.utils import run_sync
from prefect.utilities.asyncutils import sync_compatible


async def fetch(key):
    return key


def read(key):
    return key


fetched = async_to_sync(fetch)
fetched_here = jupyter_core.utils.run_sync(fetch)
read_later = sync_to_async(read)
answer = asyncio.run(fetch(1))


@async_to_sync
async def load(key):
    return key


@async_to_sync(force_new_loop=True)
async def load_apart(key):
    return key


@sync_to_async
def save(key):
    return key


class Manager:
    async def _start(self): ...

    def _stop(self): ...

    start = run_sync(_start)
    stop = sync_to_async(_stop)
    state = asyncio.run(fetch(1))
    resume = lambda self: asyncio.run(self._start())

    @sync_compatible
    async def restart(self):
        await self._start()


class Child(Manager):
    def use(self):
        return self.start()


def uses(manager: Manager):
    manager.start()
"""

DRIVES = {
    "variable": "from app.bridges import fetched\ndef f(k):\n    return fetched(k)  # !",
    "variable of a module": "from app import bridges\ndef f(k):\n    return bridges.fetched_here(k)  # !",
    "decorated": "from app.bridges import load\ndef f(k):\n    return load(k)  # !",
    "decorated with arguments": "from app.bridges import load_apart\ndef f(k):\n    return load_apart(k)  # !",
    "attribute of a class": "from app.bridges import Manager\ndef f(m: Manager):\n    m.start()  # !",
    "of an object made here": "from app.bridges import Manager\ndef f():\n    Manager().start()  # !",
    "inherited": "from app.bridges import Child\ndef f(c: Child):\n    c.start()  # !",
    "called by a method": "from app.bridges import Child\ndef f(c: Child):\n    c.use()  # !",
    "called by a function": "from app.bridges import uses\ndef f(m):\n    uses(m)  # !",
    "decorated method": "from app.bridges import Manager\ndef f(m: Manager):\n    m.restart()  # !",
    "handed on": "from app.bridges import Manager\ndef f(m: Manager, pool):\n    pool.submit(m.start)  # !",
    "lambda in a class": "from app.bridges import Manager\ndef f(m: Manager):\n    m.resume()  # !",
}
SILENT = {
    "the other way round": "from app.bridges import read_later\nasync def f(k):\n    return await read_later(k)",
    "decorated the other way round": "from app.bridges import save\nasync def f(k):\n    return await save(k)",
    "the coroutine function": "from app.bridges import fetch\nasync def f(k):\n    return await fetch(k)",
    "an attribute the other way round": "from app.bridges import Manager\nasync def f(m: Manager):\n    await m.stop()",
    "what was driven at import": "from app.bridges import Manager, answer\ndef f(m: Manager):\n    return answer.x(), m.state.x()",
    "what it is made of": "from app.bridges import Manager\nasync def f(m: Manager):\n    await m._start()",
    "read of it": "from app.bridges import Manager\ndef f(m: Manager):\n    return m.start.__doc__",
}


@pytest.mark.parametrize("source", DRIVES.values(), ids=DRIVES)
def test_reported(drive: Drive, source: str) -> None:
    found = drive(source, bridges=BRIDGES)
    expected = [number for number, line in enumerate(source.splitlines(), 1) if "# !" in line]
    assert [(d.code, d.span.line) for d in found] == [("ISO112", line) for line in expected]


@pytest.mark.parametrize("source", SILENT.values(), ids=SILENT)
def test_silent(drive: Drive, source: str) -> None:
    assert drive(source, bridges=BRIDGES) == []


def test_the_chain_names_the_library(drive: Drive) -> None:
    (found,) = drive(DRIVES["attribute of a class"], bridges=BRIDGES)
    assert "-> jupyter_core.utils.run_sync (app/bridges.py:43)" in chain(found)
