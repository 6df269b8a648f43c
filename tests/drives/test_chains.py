"""Chains of findings: functions, methods, decorators and all other ways to reach a driver."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.drives.conftest import chain

if TYPE_CHECKING:
    from tests.drives.conftest import Drive

LOOPS = """
import asyncio


def run_sync(work):
    return asyncio.run(work)
"""


def test_a_chain_of_one(drive: Drive) -> None:
    (found,) = drive("from app.loops import run_sync\n\ndef f(w):\n    return run_sync(w)\n", loops=LOOPS)
    assert found.code == "ISO112"
    assert (found.span.line, found.span.column) == (4, 12)
    assert "app.loops.run_sync (app/loops.py:4) -> asyncio.run (app/loops.py:5)" in chain(found)


@pytest.mark.parametrize("length", range(2, 6))
def test_a_chain_of_many(drive: Drive, length: int) -> None:
    modules = {"step1": LOOPS}
    for n in range(2, length + 1):
        modules[f"step{n}"] = (
            f"from .step{n - 1} import run_sync as inner\n\ndef run_sync(w):\n    return inner(w)\n"
        )
    (found,) = drive(
        f"from app import step{length}\n\ndef f(w):\n    return step{length}.run_sync(w)\n", **modules
    )
    steps = chain(found).split(" -> ")
    assert len(steps) == length + 1
    assert steps[0] == f"app.step{length}.run_sync (app/step{length}.py:3)"
    assert steps[1] == f"app.step{length - 1}.run_sync (app/step{length}.py:4)"
    assert steps[-1] == "asyncio.run (app/step1.py:5)"


@pytest.mark.parametrize(
    "names",
    [
        "from app.loops import run_sync as go\n",
        "from app.loops import (\n    run_sync as go,\n)\n",
        "from app.loops import (  # (both)\n    run_sync,\n)\ngo = run_sync\n",
        "from app.loops import run_sync; go = run_sync\n",
        "from app.loops import (run_sync); go = run_sync\n",
        "from app.loops import \\\n    run_sync as go\n",
        "from app.loops import run_sync\n\nclass Port:\n    go = staticmethod(run_sync)\n\ngo = Port.go\n",
        "import app.loops as loops\n\ngo = loops.run_sync\n",
        "from app.loops import run_sync\n\ndef given():\n    return run_sync\n\ngo = given()\n",
    ],
)
def test_a_name_that_a_third_module_gives(drive: Drive, names: str) -> None:
    (found,) = drive("from app.names import go\n\ndef f(w):\n    return go(w)\n", loops=LOOPS, names=names)
    assert "asyncio.run (app/loops.py:5)" in chain(found)


def test_a_name_that_is_imported_and_called_is_no_other_name(drive: Drive) -> None:
    middle = "from app.loops import (\n    run_sync,\n)\n\ndef middle(w):\n    return run_sync(w)\n"
    (found,) = drive(
        "from app.names import middle\n\ndef f(w):\n    return middle(w)\n", loops=LOOPS, names=middle
    )
    assert chain(found).count(" -> ") == 2


FORMS = {
    "function": ("def go(w):\n    return {inner}\n", "{step}.go(w)"),
    "coroutine function": ("async def go(w):\n    return {inner}\n", "{step}.go(w)"),
    "method": ("class Worker:\n    def go(self, w):\n        return {inner}\n", "{step}.Worker().go(w)"),
    "class method": (
        "class Worker:\n    @classmethod\n    def go(cls, w):\n        return {inner}\n",
        "{step}.Worker.go(w)",
    ),
    "inherited method": (
        "class Base:\n    def go(self, w):\n        return {inner}\n\nclass Worker(Base):\n    pass\n",
        "{step}.Worker().go(w)",
    ),
    "property": (
        """
class Worker:
    def __init__(self, w):
        self.w = w

    @property
    def go(self):
        w = self.w
        return {inner}
""",
        "{step}.Worker(w).go",
    ),
    "construction": ("class Eager:\n    def __init__(self, w):\n        {inner}\n", "{step}.Eager(w)"),
    "decorator": (
        """
import functools

def sync(function):
    @functools.wraps(function)
    def wrapper(w):
        function(w)
        return {inner}

    return wrapper

@sync
def go(w):
    return w
""",
        "{step}.go(w)",
    ),
    "partial": (
        "from functools import partial\n\ndef _go(n, w):\n    return {inner}\n\ngo = partial(_go, 1)\n",
        "{step}.go(w)",
    ),
}


@pytest.mark.parametrize("is_reexported", [False, True], ids=["", "re-exported"])
@pytest.mark.parametrize("length", range(1, 6))
@pytest.mark.parametrize(("source", "use"), FORMS.values(), ids=FORMS)
def test_a_chain_through_every_form(
    drive: Drive, source: str, use: str, length: int, *, is_reexported: bool
) -> None:
    modules: dict[str, str] = {}
    inner = "asyncio.run(w)"
    for n in range(1, length + 1):
        imported = "import asyncio\n" if n == 1 else f"from app import {inner.partition('.')[0]}\n"
        modules[f"step{n}"] = imported + source.format(inner=inner)
        used = f"step{n}"
        if is_reexported:
            used = f"names{n}"
            modules[used] = f"from app.step{n} import *\n"
        inner = use.format(step=used)
    core = f"from app import {inner.partition('.')[0]}\n\ndef f(w):\n    return {inner}\n"
    (found,) = drive(core, **modules)
    assert (found.code, found.span.line) == ("ISO112", 4)
    steps = chain(found).split(" -> ")
    assert len(steps) > length
    assert steps[-1].startswith("asyncio.run (app/step1.py:")
    for step in steps:
        assert _stands_there(step, modules), step


def _stands_there(step: str, modules: dict[str, str]) -> bool:
    """Whether the line of a step contains its last name, or that of the class."""
    name, _, place = step.removesuffix(")").partition(" (app/")
    file, _, line = place.partition(".py:")
    written = modules[file].splitlines()[int(line) - 1]
    return any(part in written for part in name.split(".")[-2:])


DECORATORS = """
from app.loops import run_sync


def decorator(f):
    return run_sync(f)


def later(f):
    return run_sync(f)


def register(f):
    return later(f)


def maker(f):
    register(f)
    return decorator
"""


def test_a_decorator_is_named_before_what_it_gives(drive: Drive) -> None:
    core = "from app.decorators import maker\n\n@maker\ndef f(w):\n    return w\n"
    (found,) = drive(core, loops=LOOPS, decorators=DECORATORS)
    assert found.message.startswith(
        "`app.decorators.decorator` (reached as `maker`) drives work, and is applied as a decorator"
    )


DECORATED = """
import asyncio


def timed(f):
    async def wrapper(*args):
        asyncio.create_task(f(*args))
    return wrapper


class Client:
    @timed
    async def post(self, url):
        return url

    @property
    @timed
    async def token(self):
        return 1
"""
USES_DECORATED = """
from app.loops import Client, timed


@timed
async def own(client: Client):
    return await client.post("here"), client.token


async def calls_own(client):
    await own(client)
"""


def test_a_decorated_function_is_named_before_the_wrapper_around_it(drive: Drive) -> None:
    found = drive(USES_DECORATED, loops=DECORATED)
    driver = "asyncio.create_task (app/loops.py:6)"
    assert [(one.span.line, chain(one).removesuffix(f" -> {driver}")) for one in found] == [
        (4, "app.loops.timed.wrapper (app/loops.py:5)"),
        (6, "app.loops.Client.post (app/loops.py:12) -> app.loops.timed.wrapper (app/loops.py:11)"),
        (6, "app.loops.Client.token (app/loops.py:17) -> app.loops.timed.wrapper (app/loops.py:16)"),
    ]


@pytest.mark.parametrize(("port", "lines"), [("Client.post", [4, 6]), ("Client", [4]), ("timed", [])])
def test_a_port_may_be_decorated(drive: Drive, port: str, lines: list[int]) -> None:
    found = drive(USES_DECORATED, loops=DECORATED, config=f'allowed = ["app.loops.{port}"]\n')
    assert [one.span.line for one in found] == lines


def test_the_name_of_an_overloaded_function(drive: Drive) -> None:
    helpers = """
    import asyncio
    from typing import overload


    @overload
    def create(work: int) -> int: ...


    @overload
    def create(work: str) -> str: ...


    def create(work):
        return asyncio.run(work)


    def later(work):
        return create(work)
    """
    (found,) = drive("from app.helpers import later\n\nlater(1)\n", helpers=helpers)
    assert [step.name for step in found.chain] == ["app.helpers.later", "app.helpers.create", "asyncio.run"]
