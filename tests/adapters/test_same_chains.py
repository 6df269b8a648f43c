"""Chains of drives and imports, which need the whole project: the command line and flake8 report the same text."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

from tests.adapters.test_same_findings import by_command_line, by_flake8

if TYPE_CHECKING:
    from pathlib import Path

MODULES = {
    "isolint.toml": """
        core = ["app.core"]
        shell = ["app.shell"]
    """,
    "app/__init__.py": "",
    "app/shell.py": "def serve(): ...\n",
    "app/relay.py": "from app import shell\n\n\ndef relay():\n    return shell\n",
    "app/sync.py": """
        import asyncio


        def run_sync(work):
            return asyncio.run(work())
    """,
    "app/helpers.py": """
        import functools

        from app.sync import run_sync


        def fetch(work):
            return run_sync(work)


        def driven(function):
            @functools.wraps(function)
            def call(*args):
                return run_sync(function)

            return call


        class Client:
            def load(self, work):
                return fetch(work)

            @property
            def state(self):
                return run_sync(self.load)


        def innocent(work):
            return work
    """,
    "app/core/__init__.py": "",
    "app/core/calls.py": """
        from app.helpers import fetch, innocent


        def by_function(work):
            innocent(work)
            return fetch(work)
    """,
    "app/core/methods.py": """
        from app.helpers import Client


        def by_method(client: Client, work):
            return "é", client.load(work)


        def by_property(client: Client):
            return client.state
    """,
    "app/core/decorators.py": """
        from app.helpers import driven


        @driven
        async def by_decorator(): ...
    """,
    "app/core/imports.py": """
        from app.relay import relay
    """,
}
EXPECTED = {
    ("app/core/calls.py", 6, "ISO112"): "app.helpers.fetch (app/helpers.py:6)",
    ("app/core/methods.py", 5, "ISO112"): "app.helpers.Client.load (app/helpers.py:19)",
    ("app/core/methods.py", 9, "ISO112"): "app.helpers.Client.state (app/helpers.py:23)",
    ("app/core/decorators.py", 4, "ISO112"): "app.helpers.driven",
    ("app/core/imports.py", 1, "ISO111"): "app.relay",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in MODULES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
    return tmp_path


def test_chains(project: Path) -> None:
    found = by_flake8(project)
    assert {(path, row, code) for path, row, _, code, _ in found} == EXPECTED.keys()
    assert len(found) == len(EXPECTED)
    assert all(EXPECTED[path, row, code] in message for path, row, _, code, message in found)
    assert found == by_command_line(project)
