"""Uses of a driver on a condition over a parameter: calls that do not meet it drive nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.drives.conftest import Drive

RUNNER = """
import asyncio


class Runner:
    @staticmethod
    def start(work, now=False, later=False):
        if now:
            asyncio.run(work)

    @classmethod
    def make(cls, work, now=False, later=False):
        if now:
            asyncio.run(work)

    def go(self, work, now=False, later=False):
        if now:
            asyncio.run(work)


def run(work, now=False, later=False):
    if now:
        asyncio.run(work)
"""
CALLEES = ["run", "Runner.start", "Runner().start", "Runner.make", "Runner().go"]


def codes(drive: Drive, call: str) -> list[str]:
    core = f"from app.runner import Runner, run\n\ndef load(work):\n    {call}\n"
    return [one.code for one in drive(core, runner=RUNNER)]


@pytest.mark.parametrize("callee", CALLEES)
@pytest.mark.parametrize(
    "given", ["work, True", "work, True, False", "work, now=True", "work=work, now=True"]
)
def test_a_condition_that_holds(drive: Drive, callee: str, given: str) -> None:
    assert codes(drive, f"{callee}({given})") == ["ISO112"]


@pytest.mark.parametrize("callee", CALLEES)
@pytest.mark.parametrize("given", ["work", "work, False", "work, False, True", "work, later=True", "True"])
def test_a_condition_that_does_not_hold(drive: Drive, callee: str, given: str) -> None:
    assert codes(drive, f"{callee}({given})") == []
