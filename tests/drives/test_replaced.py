"""Coroutine functions that the program replaces by synchronous ones: a call without `await` is no mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.drives.conftest import write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.drives.conftest import Drive

CORE = """
class Client:
    async def stop(self):
        return 1

    def close(self):
        self.stop()


def end(client: Client):
    client.stop()
"""
FRONT = """
import asyncio
import functools
import inspect

from app import core


def wrap(source, name):
    method = getattr(source, name)

    @functools.wraps(method)
    def wrapper(*args):
        return asyncio.get_event_loop().run_until_complete(method(*args))

    setattr(source, name, wrapper)


for name in dir(core.Client):
    if inspect.iscoroutinefunction(getattr(core.Client, name)):
        wrap(core.Client, name)
"""


def codes(found: list[object]) -> list[str]:
    return [code for one in found if (code := getattr(one, "code", "")) == "ISO414"]


def test_methods_that_a_synchronous_front_replaces(drive: Drive) -> None:
    assert codes([*drive(CORE, sync=FRONT)]) == []


@pytest.mark.parametrize(
    ("there", "instead"),
    [
        ("run_until_complete(method(*args))", "create_task(method(*args))"),
        ("setattr(source, name, wrapper)", 'setattr(source, "name", wrapper)'),
        ("setattr(source, name, wrapper)", "setattr(self, name, wrapper)"),
        ("iscoroutinefunction", "isfunction"),
    ],
    ids=["runs nothing", "one name", "an object of its own", "tells nothing apart"],
)
def test_modules_that_replace_nothing(drive: Drive, there: str, instead: str) -> None:
    assert there in FRONT
    assert codes([*drive(CORE, sync=FRONT.replace(there, instead))]) == ["ISO414", "ISO414"]


def test_replacements_by_another_package(drive: Drive, tmp_path: Path) -> None:
    write(tmp_path, {"__init__": "", "sync": FRONT}, "other")
    assert codes([*drive(CORE)]) == ["ISO414", "ISO414"]
