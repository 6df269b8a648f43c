"""Forms that fixtures cannot show, since flake8 checks those too, and it reads only what its Python reads."""

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
