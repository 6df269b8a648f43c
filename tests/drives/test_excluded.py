"""Negative narrowing: behind a failed `isinstance` test the object is not of that class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.drives.conftest import Drive

SERVERS = """
import asyncio


class Low:
    async def run(self):
        return self


class High:
    low: Low

    async def run(self):
        asyncio.run(self.low.run())


class Higher(High):
    pass
"""
CORE = """
from app.servers import High, Higher, Low


async def connect(server: {types}, other: High, at):
{body}


class Memory:
    def __init__(self, server: {types}):
        self._server = server

    async def connect(self, other: High, at):
{method}
"""
EXCLUDED = {
    "otherwise": """
        if isinstance(server, High):
            pass
        else:
            await server.run()
        """,
    "negated": """
        if not isinstance(server, High):
            await server.run()
        """,
    "early exit": """
        if isinstance(server, High):
            return
        await server.run()
        """,
    "in one branch": """
        if isinstance(server, High):
            actual = server.low
        else:
            actual = server

        async def run():
            await actual.run()
        """,
    "in an expression": """
        isinstance(server, High) or await server.run()
        """,
    "a class of several": """
        assert not isinstance(server, (str, High))
        await server.run()
        """,
    "one after the other": """
        if isinstance(server, (Low, High)):
            if isinstance(server, High):
                return
            if isinstance(server, str):
                return
            await server.run()
        """,
}
INCLUDED = {
    "behind": """
        if isinstance(server, High):
            pass
        await server.run()
        """,
    "another class": """
        if isinstance(server, Low):
            return
        await server.run()
        """,
    "a class derived from it": """
        if isinstance(server, Higher):
            return
        await server.run()
        """,
    "not for sure": """
        if isinstance(server, High) and at:
            return
        await server.run()
        """,
    "bound anew": """
        if isinstance(server, High):
            return
        server = other
        await server.run()
        """,
    "behind an expression": """
        isinstance(server, High) or print(server)
        await server.run()
        """,
}


def project(body: str, types: str) -> str:
    lines = [line.removeprefix("    ") for line in body.strip("\n").rstrip().split("\n")]
    method = [f"    {line}".replace("server", "self._server") for line in lines]
    return CORE.format(body="\n".join(lines), method="\n".join(method), types=types)


@pytest.mark.parametrize("types", ["Low | High", "Low | Higher"])
@pytest.mark.parametrize("body", EXCLUDED.values(), ids=EXCLUDED)
def test_excluded_classes_are_silent(drive: Drive, body: str, types: str) -> None:
    assert not drive(project(body, types), servers=SERVERS)


@pytest.mark.parametrize("body", INCLUDED.values(), ids=INCLUDED)
def test_included_classes_are_found(drive: Drive, body: str) -> None:
    found = drive(project(body, "Low | High"), servers=SERVERS)
    assert [each.code for each in found] == ["ISO112", "ISO112"]
