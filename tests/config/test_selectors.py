from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from isolint.config import Config, enabled, ignored_for, overridden, selector_error
from isolint.config.model import Overlay
from isolint.model import Role
from isolint.rule import Rule
from isolint.rules import all_rules
from isolint.semantic_index.facts import Fact

ROOT = Path("/root")


def rule(code: str, name: str, *, strict: bool = False) -> Rule:
    return Rule(
        code=code,
        name=name,
        summary="",
        rationale="",
        roles=frozenset(Role),
        looks_at=(Fact,),
        check=lambda _fact, _context: iter(()),
        bad=(),
        good=(),
        strict=strict,
    )


RULES = (
    rule("ISO101", "one-oh-one"),
    rule("ISO102", "one-oh-two"),
    rule("ISO110", "one-ten"),
    rule("ISO201", "two"),
    rule("ISO206", "two-strict", strict=True),
    rule("ISO900", "unparsable"),
)
DEFAULT = "101 102 110 201"


def codes(config: Config) -> str:
    """Return the numbers of the enabled rules, except the one that is always on."""
    found = [rule.code.removeprefix("ISO") for rule in enabled(config, RULES)]
    assert found.pop() == "900"
    return " ".join(found)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, DEFAULT),
        ({"strict": True}, "101 102 110 201 206"),
        ({"select": ("ISO101",)}, "101"),
        ({"select": ("one-oh-one", "two")}, "101 201"),
        ({"select": ("ISO10",)}, "101 102"),
        ({"select": ("ISO",)}, "101 102 110 201 206"),
        ({"select": ("ALL",)}, "101 102 110 201 206"),
        ({"select": ("ISO900",)}, ""),
        ({"extend_select": ("ISO206",)}, "101 102 110 201 206"),
        ({"select": ("ISO101",), "extend_select": ("ISO2",)}, "101 201 206"),
        ({"ignore": ("ISO1",)}, "201"),
        ({"ignore": ("one-ten",)}, "101 102 201"),
        ({"ignore": ("ALL",)}, ""),
        ({"select": ("ISO1",), "ignore": ("ISO10",)}, "110"),
        ({"select": ("ISO1", "ISO101"), "ignore": ("ISO10",)}, "101 110"),
        ({"select": ("ISO101",), "ignore": ("ISO101",)}, ""),
        ({"select": ("ISO101",), "ignore": ("one-oh-one",)}, ""),
        ({"select": ("ALL",), "ignore": ("ALL",)}, ""),
        ({"select": ("ISO101",), "ignore": ("ISO1", "ALL")}, "101"),
        ({"select": ("ISO1",), "ignore": ("ISO",)}, "101 102 110"),
        ({"select": ("ISO1",), "strict": True}, "101 102 110"),
        ({"ignore": ("ISO1",), "extend_select": ("ISO101",)}, "101 201"),
    ],
)
def test_enabled(settings: dict[str, Any], expected: str) -> None:
    assert codes(Config(ROOT, **settings)) == expected


@pytest.mark.parametrize(
    ("settings", "arguments", "expected"),
    [
        ({}, {}, DEFAULT),
        ({"select": ("ISO1",), "ignore": ("ISO101",)}, {"select": ["ISO101"]}, "101"),
        ({"select": ("ISO1",)}, {"extend_select": ["ISO206"]}, "101 102 110 206"),
        ({"ignore": ("ISO101",)}, {"extend_select": ["ISO1"]}, DEFAULT),
        ({"select": ("ISO101",)}, {"ignore": ["ISO1"]}, ""),
        ({}, {"select": ["ISO1"], "ignore": ["ISO10"]}, "110"),
        ({}, {"select": ["ISO1"], "extend_select": ["ISO2"], "ignore": ["ISO206"]}, "101 102 110 201"),
        ({}, {"extend_select": ["ISO101"], "ignore": ["ISO1"]}, "101 201"),
        ({}, {"ignore": ["ALL"]}, ""),
        ({"strict": True}, {"ignore": ["two"]}, "101 102 110 206"),
    ],
)
def test_overridden_by_a_command_line(
    settings: dict[str, Any], arguments: dict[str, Any], expected: str
) -> None:
    overlay = Overlay(**{name: tuple(selectors) for name, selectors in arguments.items()})
    assert codes(overridden(Config(ROOT, **settings), overlay, lambda _plugins: RULES)) == expected


@pytest.mark.parametrize(
    ("glob", "path", "covered"),
    [
        ("app/old.py", "app/old.py", True),
        ("app/old.py", "src/app/old.py", False),
        ("old.py", "src/app/old.py", True),
        ("app", "app/a/b.py", True),
        ("app/**", "app/a/b.py", True),
        ("app/*.py", "app/a/b.py", False),
        ("**/*_gen.py", "a/b/x_gen.py", True),
        ("__init__.py", "a/__init__.py", True),
        ("!src/**", "app/x.py", True),
        ("!src/**", "src/x.py", False),
    ],
)
def test_per_file_ignores(glob: str, path: str, covered: bool) -> None:  # noqa: FBT001
    config = Config(ROOT, per_file_ignores=((glob, ("ISO10", "two")),))
    expected = {"ISO101", "ISO102", "ISO201"} if covered else set[str]()
    assert ignored_for(config, PurePosixPath(path), RULES) == expected


def test_per_file_ignores_add_up_and_leave_what_is_always_on() -> None:
    config = Config(ROOT, per_file_ignores=(("a.py", ("ISO101",)), ("*.py", ("ISO2", "ISO9"))))
    assert ignored_for(config, PurePosixPath("x/a.py"), RULES) == {"ISO101", "ISO201", "ISO206"}


@pytest.mark.parametrize("selector", ["ALL", "ISO", "ISO1", "ISO102", "event-loop-run"])
def test_selector_of_the_real_rules(selector: str) -> None:
    assert selector_error(selector, all_rules()) == ""


@pytest.mark.parametrize("selector", ["all", "I", "ISO9999", "ISO1x", "E501", "event_loop_run", ""])
def test_wrong_selector(selector: str) -> None:
    assert selector_error(selector, all_rules()).startswith(f"unknown rule `{selector}`")
