"""Callbacks given to methods of others: their names tell those that register from those that may call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.drives.conftest import Drive

REGISTERED = {
    "on": 'work.on("closed", f)',
    "once": 'work.once("closed", f)',
    "off": 'work.off("closed", f)',
    "remove_listener": "work.remove_listener(f)",
    "remove_event_handler": 'work.remove_event_handler("closed", f)',
    "unregister": "work.unregister(f)",
    "add_route": 'work.add_route("/", f)',
    "add_api_route": 'work.add_api_route("/", f)',
    "add_middleware": "work.add_middleware(f)",
    "add_command": "work.add_command(f)",
    "addEventListener": 'work.addEventListener("closed", f)',
    "set_defaults": "work.set_defaults(func=f)",
    "put": "work.put(f)",
    "put_nowait": "work.put_nowait((1, f))",
    "a namespace": "SimpleNamespace(run=f)",
    "weakref.finalize": "weakref.finalize(work, f)",
    "a weak method": "weakref.WeakMethod(f)",
    "a dict": "dict(run=f)",
    "a done callback": "work.add_done_callback(f)",
    "an object as a done callback": "work.add_done_callback(Restart())",
    "a signal handler": "signal.signal(signal.SIGINT, f)",
    "a signal handler of the loop": "work.add_signal_handler(2, f)",
    "a dict updated by keyword": "work.update(run=f)",
    "a table updated by keyword": "table = {}\n    table.update(run=f)\n    return table",
    "a route": 'Route("/", f)',
    "routes of an application": 'Starlette(routes=[Route("/", f)])',
    "a route that is added": 'work.routes(Route("/", endpoint=f))',
    "an application that is set up": 'app = Starlette(routes=[Route("/", f)])\n    app.add_middleware(work)\n    app.mount("/", work)\n    return app',
    "an object in a list": "work.append(Server(f))",
    "an object that is read": "server = Server(f)\n    return server.port",
    "a class of a module": "textual.Button(on_press=f)",
    "a list added to": "work += [f]",
    "a list of another added to": "work.jobs += [f]",
    "a set joined with": "work |= {f}",
    "a list put together": "return work + [f]",
    "a list put together in place": "jobs = []\n    jobs += [f]\n    return jobs",
}
CALLED = {
    "call": "work.call(f)",
    "emit": 'work.emit("closed", f)',
    "an exit stack": "contextlib.ExitStack().callback(f)",
    "bind": "work.bind(f)",
    "address": "work.address_handler(f)",
    "a dict whose value is called": 'dict(run=f)["run"]()',
    "a namespace whose attribute is called": "SimpleNamespace(run=f).run()",
    "a dict with a name": 'table = dict(run=f)\n    table["run"]()',
    "a namespace with a name": "space = SimpleNamespace(run=f)\n    space.run()",
    "onward": "work.onward(f)",
    "an object that runs": "Server(f).serve()",
    "an object that the loop calls": "work.call_soon(Restart())",
    "an object that is called": "Server(f)()",
    "an object that is entered": "with Server(f):\n        pass",
    "an object that is gone through": "for one in Server(f):\n        pass",
    "an object that is held and runs": "jobs = [Server(f)]\n    jobs[0].serve()",
    "an object that runs, with a name": "server = Server(f)\n    server.serve()",
    "a table updated by keyword, whose value is called": 'table = {}\n    table.update(run=f)\n    table["run"]()',
    "a table updated by keyword, whose values are called": "table = dict()\n    table.update(run=f)\n    for one in table.values():\n        one()",
    "a list added to and gone through": "jobs = []\n    jobs += [f]\n    for one in jobs:\n        one()",
    "a list added to that was there": "jobs = [f]\n    jobs += work\n    for one in jobs:\n        one()",
    "a tuple added to": "jobs = ()\n    jobs += (f,)\n    for one in jobs:\n        one()",
    "a set joined with and gone through": "jobs = set()\n    jobs |= {f}\n    for one in jobs:\n        one()",
    "lists put together": "jobs = work + [f]\n    for one in jobs:\n        one()",
    "lists put together and gone through": "for one in [f] + work:\n        one()",
    "dicts put together": 'jobs = work | {"run": f}\n    jobs["run"]()',
}
REGISTERS = """
import asyncio
import contextlib
import signal
import weakref
from types import SimpleNamespace

import textual
from somewhere import Server
from starlette.applications import Starlette
from starlette.routing import Route


def f(*given):
    asyncio.run(given)


class Restart:
    def __call__(self, task):
        f(task)


def takes(work):
    {}
"""


@pytest.mark.parametrize("call", REGISTERED.values(), ids=REGISTERED)
def test_registered(drive: Drive, call: str) -> None:
    assert drive("from app.names import takes\ndef g(o):\n    takes(o)\n", names=REGISTERS.format(call)) == []


@pytest.mark.parametrize("call", CALLED.values(), ids=CALLED)
def test_called_by_what_it_is_given_to(drive: Drive, call: str) -> None:
    found = drive("from app.names import takes\ndef g(o):\n    takes(o)\n", names=REGISTERS.format(call))
    assert [d.code for d in found] == ["ISO112"]


IN_DISPLAYS = """
import asyncio


def f():
    asyncio.run(1)


def first_of(jobs):
    return jobs[0]


def fires(jobs):
    for job in jobs:
        job()


def adds(jobs, job):
    jobs.append(job)


def takes(work):
    {}
"""
TAKEN_OUT = {
    "appended": "jobs = []; jobs.append(f); jobs[0]()",
    "iterated": "jobs: list = []\n    jobs.append(f)\n    for job in jobs: job()",
    "a lambda": "jobs = []; jobs.append(lambda: f())\n    for job in jobs: job()",
    "beside others": "jobs = [work]; jobs.insert(0, f)\n    for job in jobs: job()",
    "extended by": "jobs = []; jobs.extend([f])\n    for job in jobs: job()",
    "extended by a name": "more = [f]; jobs = []; jobs.extend(more)\n    for job in jobs: job()",
    "each into another": "a = []; b = []; a.append(f); a.extend(b); b.extend(a); b[0]()",
    "an item": "jobs = {}; jobs['f'] = f; jobs['f']()",
    "an item by a name": "jobs = {}; jobs[work] = f; jobs.get(work)()",
    "a value": "jobs = {}; jobs['f'] = lambda: f()\n    for job in jobs.values(): job()",
    "an entry": "jobs = {}; jobs['f'] = lambda: f()\n    for name, job in jobs.items(): job()",
    "a copy": "jobs = []; jobs.append(f)\n    for job in jobs.copy(): job()",
    "in a set": "jobs = set(); jobs.add(f)\n    for job in jobs: job()",
    "passed on": "jobs = []; jobs.append(f); fires(jobs)",
    "by a helper": "jobs = []; adds(jobs, f); jobs[0]()",
    "returned by a helper": "jobs = []; jobs.append(f); first_of(jobs)()",
    "a pair": "jobs = []; jobs.append((work, f))\n    for each, job in jobs: job()",
    "popped": "jobs = []; jobs.append(f); jobs.pop()()",
}
LEFT_IN = {
    "appended": "jobs = []; jobs.append(f)",
    "returned": "jobs = []; jobs.append(f)\n    return jobs",
    "kept": "jobs = {}; jobs['f'] = f; work.jobs = jobs",
    "of a class": "class Jobs:\n        jobs = []\n        jobs.append(f)",
    "in a comprehension": "jobs = [[] for _ in work]; return [job.append(f) for job in jobs]",
    "counted": "jobs = []; jobs.append(f); return len(jobs)",
    "itself": "jobs = []; jobs.append(f); jobs.append(jobs)\n    for job in jobs: jobs.append(job)",
    "beside another": "jobs = []; others = [work]; jobs.append(f)\n    for job in others: job()",
}


@pytest.mark.parametrize("body", TAKEN_OUT.values(), ids=TAKEN_OUT)
def test_put_into_a_local_display_and_called(drive: Drive, body: str) -> None:
    found = drive("from app.names import takes\ndef g(o):\n    takes(o)\n", names=IN_DISPLAYS.format(body))
    assert [d.code for d in found] == ["ISO112"]


@pytest.mark.parametrize("body", LEFT_IN.values(), ids=LEFT_IN)
def test_put_into_a_local_display_and_left(drive: Drive, body: str) -> None:
    assert (
        drive("from app.names import takes\ndef g(o):\n    takes(o)\n", names=IN_DISPLAYS.format(body)) == []
    )
