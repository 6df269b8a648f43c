"""Callbacks given to methods of others: their names tell those that register from those that may call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.drives.conftest import Drive

REGISTERED = {
    "on": 'work.on("closed", f)',
    "once": 'work.once("closed", f)',
    "off": 'work.off("closed", f)',
    "remove_listener": "work.remove_listener(f)",
    "remove_event_handler": 'work.remove_event_handler("closed", f)',
    "unregister": "work.unregister(f)",
    "add_route": 'work.add_route("/", f)',
    "add_api_route": 'work.add_api_route("/", f)',
    "add_middleware": "work.add_middleware(f)",
    "add_command": "work.add_command(f)",
    "addEventListener": 'work.addEventListener("closed", f)',
    "set_defaults": "work.set_defaults(func=f)",
    "put": "work.put(f)",
    "put_nowait": "work.put_nowait((1, f))",
    "a namespace": "SimpleNamespace(run=f)",
    "weakref.finalize": "weakref.finalize(work, f)",
    "a weak method": "weakref.WeakMethod(f)",
    "a dict": "dict(run=f)",
}
CALLED = {
    "call": "work.call(f)",
    "emit": 'work.emit("closed", f)',
    "an exit stack": "contextlib.ExitStack().callback(f)",
    "bind": "work.bind(f)",
    "address": "work.address_handler(f)",
    "a dict whose value is called": 'dict(run=f)["run"]()',
    "a namespace whose attribute is called": "SimpleNamespace(run=f).run()",
    "a dict with a name": 'table = dict(run=f)\n    table["run"]()',
    "a namespace with a name": "space = SimpleNamespace(run=f)\n    space.run()",
    "onward": "work.onward(f)",
}
REGISTERS = """
import asyncio
import contextlib
import weakref
from types import SimpleNamespace


def f(*given):
    asyncio.run(given)


def takes(work):
    {}
"""


@pytest.mark.parametrize("call", REGISTERED.values(), ids=REGISTERED)
def test_registered(drive: Drive, call: str) -> None:
    assert drive("from app.names import takes\ndef g(o):\n    takes(o)\n", names=REGISTERS.format(call)) == []


@pytest.mark.parametrize("call", CALLED.values(), ids=CALLED)
def test_called_by_what_it_is_given_to(drive: Drive, call: str) -> None:
    found = drive("from app.names import takes\ndef g(o):\n    takes(o)\n", names=REGISTERS.format(call))
    assert [d.code for d in found] == ["ISO112"]
