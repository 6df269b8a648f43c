"""In the sources of a library that the catalogue knows, its own classes are no foreign clients."""

from __future__ import annotations

from pathlib import PurePath

import pytest

from isolint.engine import check
from isolint.model import Checked, Role
from isolint.rule import Options
from isolint.rules import all_rules
from isolint.session import Session, Source
from tests.rules.test_catalogue_of_rules import ExampleWorld

SOURCE = """\
import httpx

from .connector import TCPConnector


class Traced(TCPConnector): ...


def make(connector: TCPConnector | None = None):
    return connector or TCPConnector()


def compare():
    return httpx.Client()
"""


@pytest.mark.parametrize(("module", "lines"), [("aiohttp.client", [14]), ("app.aiohttp", [14])])
def test_only_the_clients_of_others_are_reported(module: str, lines: list[int]) -> None:
    rules = [rule for rule in all_rules() if rule.code in ("ISO301", "ISO304")]
    source = Source(PurePath("client.py"), module, Role.CORE, SOURCE.encode())
    outcome = check(source, rules, Session(rules, Options(), ExampleWorld()))
    assert isinstance(outcome, Checked)
    assert [found.span.line for found in outcome.diagnostics] == lines
