"""In the sources of a library of the catalogue, its own classes are no foreign clients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest

from isolint.config import load
from isolint.model import Checked
from isolint.project import check_paths

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Lines(Protocol):
    """Check the modules of a package, all core, and return the codes and lines of the findings."""

    def __call__(self, package: str, modules: Mapping[str, str]) -> list[tuple[str, int]]: ...


SOURCE = """\
import httpx

from .connector import TCPConnector


class Traced(TCPConnector): ...


def make(connector: TCPConnector | None = None):
    return connector or TCPConnector()


def compare():
    return httpx.Client()
"""
NEIGHBOUR = """\
from google.cloud import firestore

from google.adk.sessions import Client


def make(client: firestore.AsyncClient | None = None):
    return client or firestore.AsyncClient(), Client()
"""


@pytest.fixture
def lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lines:
    monkeypatch.chdir(tmp_path)

    def found(package: str, modules: Mapping[str, str]) -> list[tuple[str, int]]:
        for name, source in {"__init__": "", **modules}.items():
            file = tmp_path / package / f"{name}.py"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(source)
        core = package.replace("/", ".")
        (tmp_path / "isolint.toml").write_text(f'core = ["{core}"]\nextend-select = ["ISO304"]\n')
        outcomes = check_paths([tmp_path], load(tmp_path)).outcomes
        checked = [outcome for outcome in outcomes if isinstance(outcome, Checked)]
        assert len(checked) == len(outcomes)
        return [(d.code, d.span.line) for outcome in checked for d in outcome.diagnostics]

    return found


@pytest.mark.parametrize("package", ["aiohttp", "app/aiohttp"])
def test_only_the_clients_of_others_are_reported(lines: Lines, package: str) -> None:
    found = lines(package, {"client": SOURCE, "connector": "class TCPConnector: ...\n"})
    assert found == [("ISO301", 14)]


def test_a_neighbour_in_the_same_namespace_is_another_library(lines: Lines) -> None:
    found = lines("google/adk", {"memory": NEIGHBOUR, "sessions": "class Client: ...\n"})
    assert found == [("ISO304", 6), ("ISO301", 7)]
