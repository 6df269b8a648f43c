from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

import pytest

from isolint.engine import check
from isolint.model import Checked, Role
from isolint.rule import Example, Needs, Options
from isolint.rules import all_rules
from isolint.session import Session, Source
from isolint.summary.reading import compiled
from tests.rules.test_catalogue_of_rules import EXAMPLES, ExampleWorld

if TYPE_CHECKING:
    from isolint.rule import Rule
    from isolint.summary.reading import Compiled

PARSED = [example for example in EXAMPLES if example.values[0].code != "ISO900"]
NAME, PACKAGE = "app.domain.example", "app.domain"


def session_of(source: str, *, options: Options | None = None, **beside: str) -> Session:
    example = Example("", source, tuple((f"app.{name}", text) for name, text in beside.items()))
    known: dict[str, Compiled] = {NAME: compiled(source.encode(), PACKAGE)}
    known |= {name: compiled(text.encode(), "app") for name, text in example.beside}
    return Session(options or Options(), ExampleWorld(example), known)


def asked_for(source: str, *needs: Needs, options: Options | None = None, **beside: str) -> bool:
    rules = [rule for rule in all_rules() if rule.needs and rule.needs <= {*needs}]
    assert rules
    session = session_of(source, options=options, **beside)
    asked = session.gate.rules_for(NAME, session.program.summaries.known[NAME].digest, rules)
    assert len(asked) in (0, len(rules))
    return bool(asked)


def codes(session: Session, source: str) -> list[str]:
    file = Source(PurePath("app/domain/example.py"), NAME, Role.CORE, source.encode())
    outcome = check(file, all_rules(), session)
    assert isinstance(outcome, Checked), outcome
    return [one.code for one in outcome.diagnostics]


@pytest.mark.parametrize(("rule", "example", "kind"), PARSED)
def test_findings_are_the_same_with_a_stored_summary(rule: Rule, example: Example, kind: str) -> None:
    del rule, kind
    source, world = example.source, ExampleWorld(example)
    known = {NAME: compiled(source.encode(), PACKAGE)}
    stored = Session(Options(), world, known | {n: compiled(t.encode(), "app") for n, t in example.beside})
    assert codes(stored, source) == codes(Session(Options(), world), source)


@pytest.mark.parametrize(
    ("source", "needs", "expected"),
    [
        ("import asyncio\nasyncio.run(main())\n", Needs.KNOWN_NAMES, True),
        ("def f(loop: 'asyncio.AbstractEventLoop'): ...\nimport asyncio\n", Needs.KNOWN_NAMES, True),
        ("import json\njson.dumps(1)\n", Needs.KNOWN_NAMES, False),
        ("async def f(): ...\n", Needs.WAITING, True),
        ("asynchronous = sender = 1\n", Needs.WAITING, False),
        ("from asyncplan import AsyncPlan\n", Needs.PLANS, True),
        ("def run(make): return make.\uff41\uff53\uff59\uff4e\uff43_lift\n", Needs.PLANS, True),
        ("def async_documents(): ...\n", Needs.PLANS, False),
        ("open('settings').read()\n", Needs.EFFECTS_AT_IMPORT, True),
        ("def f(): open('settings').read()\n", Needs.EFFECTS_AT_IMPORT, False),
        ("async def f(): ...\ndef g(): f()\n", Needs.DROPPED_COROUTINES, True),
        ("async def f(): ...\ndef g(): return f()\n", Needs.DROPPED_COROUTINES, False),
    ],
)
def test_a_need_is_met_by_the_module(source: str, needs: Needs, expected: bool) -> None:
    assert asked_for(source, needs) is expected


def test_a_known_name_comes_through_another_module() -> None:
    source = "from app.loops import go\ngo(1)\n"
    assert asked_for(source, Needs.KNOWN_NAMES, loops="import asyncio\ngo = asyncio.run\n")
    assert not asked_for(source, Needs.KNOWN_NAMES, loops="def go(one): ...\n")


def test_plans_may_come_from_any_module() -> None:
    assert asked_for("x = 1\n", Needs.PLANS, effects="def async_lift(make): ...\n")
    assert asked_for("x = 1\n", Needs.PLANS, options=Options(plan_modules=("app.effects",)))
