"""Malformed suppressions, and the spelling proposed for each."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isolint.malformed import Malformed, malformed
from isolint.rules import titles
from isolint.suppressions import speaking_tokens

KNOWN = frozenset(name for title in titles() for name in title)


def faults(text: str) -> list[Malformed]:
    return list(malformed(speaking_tokens(text) or (), KNOWN))


@pytest.mark.parametrize(
    ("comment", "right"),
    [
        ("# isolint: ignre[ISO102]", "# isolint: ignore[ISO102]"),
        ("# isolint: ignore(ISO102, ISO1)", "# isolint: ignore[ISO102, ISO1]"),
        ("# isolint: ignore ISO102 -- a script", "# isolint: ignore[ISO102] -- a script"),
        ("# isolint: ignores", "# isolint: ignore"),
        ("# isolint:ignore: ISO102", "# isolint: ignore[ISO102]"),
        ("#isolint ignore[ISO102]", "# isolint: ignore[ISO102]"),
        ("# ISOLINT: ignore[ISO102]", "# isolint: ignore[ISO102]"),
        ("# isolint: ignore[ISO102", "# isolint: ignore[ISO102]"),
        ("# isolint: ignore[event_loop_run]", "# isolint: ignore[event-loop-run]"),
        ("# isolint: ignore[ISO1O2]", ""),
        ("# isolint: ignore[iso102]", "# isolint: ignore[ISO102]"),
        ("# isolint: allow(ISO112)", "# isolint: allow[ISO112]"),
        ("# isolint: skip_file", "# isolint: skip-file"),
        ("# isolint: skip", "# isolint: skip-file"),
        ("# isolint: roll=core", "# isolint: role=core"),
        ("# isolint: role core", "# isolint: role=core"),
        ("# isolint:", ""),
        ("# noqa: iso999", ""),
    ],
)  # fmt: skip
@pytest.mark.parametrize("before", ["", "# type: ignore  "])
def test_proposed_spellings(comment: str, right: str, before: str) -> None:
    found = faults(f"{before}{comment}\n")
    assert [(one.column, one.end, one.right) for one in found] == [
        (len(before) + 1, len(before + comment) + 1, right)
    ]
    assert not right or not faults(f"{right}\n")


@pytest.mark.parametrize(
    "text",
    [
        "# isolint: ignore", "# isolint: ignore -- reason", "x = 1  # isolint: ignore[event-loop-run, ISO2]",
        "# isolint: skip-file", "# isolint: skip-file because it is generated", "# isolint: role=core",
        "# isolint: role: shell", "def f():  # isolint: allow[ISO112] -- a port\n    ...",
        "# isolint keeps the core pure", "# isolint ignores tests", "# see isolint.toml", "# noqa", "# noqa: E501",
        '"# isolint: ignre"', "# isolint: ignore[ISO102] # and why", "# noqa: ISO102,E501",
    ],
)  # fmt: skip
def test_valid_comments(text: str) -> None:
    assert not faults(f"{text}\n")


@given(st.text("# isolnt:gre[]()=,-ISO102\n", max_size=60))
def test_a_right_form_is_right(text: str) -> None:
    for found in faults(f"# isolint: {text}\n"):
        if found.right and found.line == 1:
            again = [one.message for one in faults(f"{found.right}\n")]
            assert not again
