"""Driving functions that the core hands on: each use is reported once, where it stands, and under one code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.drives.conftest import Drive

LOOPS = """
import asyncio
from functools import partial


def run_sync(work):
    return asyncio.run(work)


run_debugging = partial(asyncio.run, debug=True)


class Crew:
    def kickoff(self, inputs=None):
        return asyncio.run(inputs)


class Program:
    def __call__(self, work):
        return asyncio.run(work)
"""
HANDS = """
def retrying(on):
    def decorate(function):
        def wrapper():
            on(function)
        return wrapper
    return decorate


def same(function):
    return function


def documentation(function):
    return function.__doc__


def keep(function):
    KEPT.append(function)
"""
DEFAULTS = """
from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Callable

from app.loops import Program, run_debugging, run_sync

if TYPE_CHECKING:
    from app.loops import Crew


def optional(crew: Crew | None = None):
    if crew:
        crew.kickoff(inputs=1)  # ISO112


def of_an_optional(work, crew: Crew | None = None):
    work(crew.kickoff)  # ISO112


def program(work, run: Program | None = None):
    run(work)  # ISO112


def made(work, run=Program()):
    run(work)  # ISO112


def member(work, crew=Program()):
    work(crew.__call__)  # ISO112


def function(work, run=run_sync):  # ISO112
    run(work)


def annotated(work, run: Callable = run_sync):  # ISO112
    work(run)


def wrapped(work, run=partial(run_sync, 1)):  # ISO112
    run(work)


def variable(work, run=run_debugging):  # ISO112
    run(work)


def late(work, run=None):
    if run is None:
        run = run_debugging  # ISO112
    run(work)  # ISO112
"""
HANDED_ON = """
from functools import partial, wraps
from inspect import signature

from app.hands import documentation, keep, retrying, same
from app.loops import run_sync

HOOK = partial(run_sync, 1)  # ISO112
HOOKS = [partial(run_sync, 1)]  # ISO112
HOOKS += [same(run_sync)]  # ISO112


@retrying(run_sync)  # ISO112
def retried():
    pass


@wraps(run_sync)
def documented(x):
    x(signature(run_sync), run_sync.__name__, documentation(run_sync), callable(run_sync))
    return documentation(run_sync)


class Registered(HOOK, hook=partial(run_sync, 1)):  # ISO112
    hook = same(run_sync)  # ISO112
    name = documentation(run_sync)


def steps(x):
    keep(run_sync)  # ISO112
    HOOKS[0] += same(run_sync)  # ISO112
    if same(run_sync):  # ISO112
        raise x(same(run_sync))  # ISO112
    assert same(run_sync) == 1, documentation(run_sync)  # ISO112
    return f"{same(run_sync)}"  # ISO112
"""
HELD = """
from app.loops import run_debugging


class Holding:
    run = run_debugging  # ISO112

    def __init__(self, run=run_debugging):  # ISO112
        self.kept = run

    def go(self):
        self.run(1)  # ISO112
        self.kept(1)  # ISO112


def one_of(x):
    for run in (run_debugging, x):  # ISO112
        run(1)


def by_key(x):
    table = {"run": run_debugging}  # ISO112
    table["run"](1)


def either(x):
    run = run_debugging if x else None  # ISO112
    x(run)  # ISO112
"""


@pytest.mark.parametrize("core", [DEFAULTS, HANDED_ON, HELD], ids=["defaults", "handed on", "held"])
def test_reported_once(drive: Drive, core: str) -> None:
    core = core.lstrip("\n")
    expected = [number for number, line in enumerate(core.splitlines(), 1) if line.endswith("# ISO112")]
    found = drive(core, loops=LOOPS, hands=HANDS)
    assert [(one.span.line, one.code) for one in found] == [(line, "ISO112") for line in expected]


def test_a_port_that_holds_a_driver_may_be_called_by_any_name(drive: Drive) -> None:
    assert drive(HELD, loops=LOOPS, config='allowed = ["app.loops.run_debugging"]\n') == []
