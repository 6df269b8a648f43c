"""Helpers that step their argument by hand: they drive if it is a coroutine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.drives.conftest import chain

if TYPE_CHECKING:
    from tests.drives.conftest import Drive

STEPS = """
import threading


def drive(work):
    while True:
        try:
            work.send(None)
        except StopIteration as done:
            return done.value


def by_another_name(work):
    coroutine = work
    return coroutine.send(None)


def handed_on(other, work=None):
    return drive(work)


def in_a_lambda(work):
    return (lambda: work.send(None))()


def sends(channel, message):
    channel.send(message)


class Loop:
    def run(self, work):
        work.send(None)

    @staticmethod
    def run_at_once(work):
        work.send(None)
"""
CORE = """
from app import steps


async def load(user=1):
    return user


def numbers():
    yield 1


class Users:
    async def get(self):
        return 1


"""


@pytest.mark.parametrize(
    ("used", "expected"),
    [
        ("steps.drive(load())", "drive"),
        ("steps.drive(work=load())", "drive"),
        ("steps.drive(Users().get())", "drive"),
        ("steps.drive((lambda: load())())", "drive"),
        ("work = load()\nsteps.drive(work)", "drive"),
        ("steps.by_another_name(load())", "by_another_name"),
        ("steps.handed_on(1, load())", "handed_on"),
        ("steps.handed_on(1, work=load())", "handed_on"),
        ("steps.Loop().run(load())", "Loop.run"),
        ("steps.Loop.run_at_once(load())", "Loop.run_at_once"),
    ],
)
def test_a_coroutine_is_driven(drive: Drive, used: str, expected: str) -> None:
    (found,) = drive(CORE + used + "\n", steps=STEPS)
    assert found.code == "ISO112"
    assert chain(found).startswith(f"app.steps.{expected} (app/steps.py:")
    assert "coroutine.send" in chain(found)


@pytest.mark.parametrize(
    "used",
    [
        "steps.drive(numbers())",
        "steps.drive(load)",
        "steps.drive(Users())",
        "steps.handed_on(load())",
        "steps.handed_on(load(), numbers())",
        "steps.handed_on(1)",
        "steps.sends(load(), None)",
        "def later(work):\n    steps.drive(work)",
        "steps.Loop().run(numbers())",
        "handlers = [steps.drive]",
    ],
)
def test_nothing_else_is_driven(drive: Drive, used: str) -> None:
    assert drive(CORE + used + "\n", steps=STEPS) == []
