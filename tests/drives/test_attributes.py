"""Attributes whose reading or assignment drives: properties, their setters, ``__getattr__`` and ``__setattr__``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.drives.conftest import chain

if TYPE_CHECKING:
    from tests.drives.conftest import Drive

LOOPS = """
import asyncio


class Client:
    @property
    def url(self):
        return self._url

    @url.setter
    def url(self, value):
        asyncio.run(value)

    @property
    def plain(self):
        return self._plain

    @plain.setter
    def plain(self, value):
        self._plain = value


class Special(Client):
    @property
    def plain(self):
        return asyncio.run(self)


class Stores:
    def __setattr__(self, name, value):
        asyncio.run(value)


class StoresMost:
    def __setattr__(self, name, value):
        if name not in ("a", "b"):
            asyncio.run(value)

    @property
    def url(self):
        return 1


class StoresSome:
    def __setattr__(self, name, value):
        if name in SETTINGS and self.ready:
            asyncio.run(value)
        object.__setattr__(self, name, value)

    def change(self):
        self.other = 1


class Reads:
    def __getattr__(self, name):
        if name.startswith("_") or name == "url":
            raise AttributeError
        return asyncio.run(name)


class ReadsSome:
    def __getattr__(self, name):
        if name == "url":
            return asyncio.run(name)
        elif name in OTHERS or name == "other":
            return asyncio.run(name)
        raise AttributeError


def changes(clients, client: Client):
    client.url = "there"
"""
DRIVES = {
    "a setter": ("client: Client", "client.url = 1"),
    "a setter of a base": ("client: Special", "client.url = 1"),
    "a setter in an operation": ("client: Client", "client.url += 1"),
    "a setter among several targets": ("client: Client", "client.plain, client.url = 1, 2"),
    "a setter as a target of a loop": ("client: Client", "for client.url in []: pass"),
    "a setter as a target of with": ("client: Client, x", "with x as client.url: pass"),
    "every store": ("client: Stores", "client.x = 1"),
    "stores but some": ("client: StoresMost", "client.x = 1"),
    "a store beside a property": ("client: StoresMost", "client.url = 1"),
    "every read": ("client: Reads", "client.x"),
    "a store in a function": ("client: Client", "changes([], client)"),
}
SILENT = {
    "a plain setter": ("client: Client", "client.plain = 1"),
    "a getter only": ("client: Special", "client.plain = 1"),
    "stores of some attributes": ("client: StoresSome", "client.x = 1"),
    "stores of some attributes, by a method": ("client: StoresSome", "client.change()"),
    "reads of some attributes": ("client: ReadsSome", "client.x"),
    "reading what has a setter": ("client: Client", "client.url"),
}


def using(given: str, statement: str) -> str:
    """Return a core module with one function."""
    imports = (
        "from app.loops import Client, Reads, ReadsSome, Special, Stores, StoresMost, StoresSome, changes\n"
    )
    return f"{imports}\ndef f({given}):\n    {statement}\n"


@pytest.mark.parametrize(("given", "statement"), DRIVES.values(), ids=DRIVES)
def test_reported(drive: Drive, given: str, statement: str) -> None:
    (found,) = drive(using(given, statement), loops=LOOPS)
    assert (found.code, found.span.line) == ("ISO112", 4)


@pytest.mark.parametrize(("given", "statement"), SILENT.values(), ids=SILENT)
def test_silent(drive: Drive, given: str, statement: str) -> None:
    assert drive(using(given, statement), loops=LOOPS) == []


def test_the_setter_is_named(drive: Drive) -> None:
    (found,) = drive(using("client: Client", "changes([], client)"), loops=LOOPS)
    assert chain(found).split(" -> ")[1] == "app.loops.Client.url.setter (app/loops.py:70)"
    (found,) = drive(using("client: Client", "client.url = 1"), loops=LOOPS)
    assert found.message.startswith(
        "`app.loops.Client.url.setter` (reached as `client.url`) drives work, and is run by an assignment here"
    )
