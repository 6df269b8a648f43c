from __future__ import annotations

import json
from typing import Any

import pytest

from isolint.report import rule_page
from isolint.rules import all_rules

RULE = next(rule for rule in all_rules() if rule.code == "ISO102")


@pytest.mark.parametrize("word", ["ISO102", "iso102", "event-loop-run", "Event-Loop-Run"])
def test_a_rule_is_known_by_code_and_name(isolint: Any, word: str) -> None:
    answer = isolint("rule", word)
    assert (answer.code, answer.out, answer.err) == (0, rule_page.text(RULE), "")


def test_markdown(isolint: Any) -> None:
    assert isolint("rule", "ISO102", "--output-format", "markdown").out == rule_page.markdown(RULE)


def test_json(isolint: Any) -> None:
    assert json.loads(isolint("rule", "ISO102", "--output-format", "json").out) == rule_page.record(RULE)


def test_all_rules_in_each_format(isolint: Any) -> None:
    rules = all_rules()
    text, markdown, array = (
        isolint("rule", "--all", "--output-format", chosen).out for chosen in ("text", "markdown", "json")
    )
    assert all(rule_page.text(rule) in text for rule in rules)
    assert all(rule_page.markdown(rule) in markdown for rule in rules)
    assert json.loads(array) == [rule_page.record(rule) for rule in rules]
