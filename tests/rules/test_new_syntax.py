"""Newer syntax, which fixtures cannot hold: flake8 checks them too, and parses only its own Python's syntax."""

from __future__ import annotations

from isolint.rules import all_rules
from tests.rules.test_catalogue_of_rules import codes_in

TYPE_STATEMENT = """\
from asyncplan import AsyncPlan

type Sending = AsyncPlan[str]


def send() -> Sending: ...


send()
"""


def test_an_alias_by_a_type_statement_is_the_type_of_plans() -> None:
    assert codes_in(TYPE_STATEMENT, [rule for rule in all_rules() if not rule.strict]) == ["ISO401"]


LAZY_IMPORTS = """\
lazy import asyncio
lazy from asyncio import create_task as spawn


def drive(work):
    asyncio.run(work)
    spawn(work)
"""


def test_a_lazy_import_binds_as_any_other() -> None:
    codes = codes_in(LAZY_IMPORTS, [rule for rule in all_rules() if not rule.strict])
    assert sorted(codes) == ["ISO102", "ISO103"]
