"""Uses of a driver in a core module, in every form, and look-alikes without a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.drives.conftest import chain

if TYPE_CHECKING:
    from tests.drives.conftest import Drive

LOOPS = """
import asyncio
import contextlib
import functools
import typing
from inspect import signature as _signature

import foreign


def run_sync(work):
    return asyncio.run(work)


def in_one_branch(work, now):
    if now:
        return asyncio.run(work)
    return None


def only_described(work):
    return work()


def describe(work):
    return only_described(work)


async def gathers(works):
    return await asyncio.gather(*works)


async def in_a_group(works):
    async with asyncio.TaskGroup() as group:
        for work in works:
            group.create_task(work)


def sync_compatible(function):
    @functools.wraps(function)
    def wrapper(*args):
        return asyncio.run(function(*args))

    return wrapper


def with_options(*, debug=False):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args):
            return asyncio.run(function(*args), debug=debug)

        return wrapper

    return decorate


def optional(function=None, *, debug=False):
    if function is None:
        return functools.partial(optional, debug=debug)

    def wrapper(*args):
        return asyncio.run(function(*args))

    return functools.update_wrapper(wrapper, function)


def plain(function):
    @functools.wraps(function)
    def wrapper(*args):
        return function(*args)

    return wrapper


class Driving:
    def __init__(self, function):
        self.function = function

    def __call__(self, *args):
        return asyncio.run(self.function(*args))


class Applying:
    def __call__(self, function):
        asyncio.run(function())
        return function


apply_at_once = Applying()


@apply_at_once
async def applied_at_import():
    return 1


def applies_inside():
    @apply_at_once
    async def inner():
        return 1

    return 2


@sync_compatible
async def load(key):
    return key


@with_options(debug=True)
async def load_with(key):
    return key


@Driving
async def load_by_object(key):
    return key


@plain
async def load_plain(key):
    return key


def make_runner(debug):
    def runner(work):
        return asyncio.run(work, debug=debug)

    return runner


def make_lambda(debug):
    return lambda work: asyncio.run(work, debug=debug)


def hidden_in_a_thread(pool, work):
    pool.submit(run_sync, work)


def hidden_in_a_lambda(pool, work):
    pool.submit(lambda: run_sync(work))


class Lazy:
    def __init__(self, load):
        self._load = load

    @classmethod
    def of(cls, load, name=""):
        lazy = cls.__new__(cls)
        lazy._load = load
        return lazy

    @staticmethod
    def at_once(load, name=""):
        return load()


def keeps_what_drives(work):
    def load():
        return run_sync(work)

    return Lazy.of(load, name="x")


def keeps_by_construction(work):
    return Lazy(lambda: run_sync(work))


def runs_what_drives(work):
    def load():
        return run_sync(work)

    return Lazy.at_once(name="x", load=load)


def starts_later(work):
    def now():
        return run_sync(work)

    return now()


def keeps(work):
    def now():
        return run_sync(work)

    return now


def begins(work):
    yield run_sync(work)


class Holding:
    def __init__(self, events, name):
        self.events = foreign.checked(events)
        self.name = name


class Context(Holding):
    def __init__(self, work):
        super().__init__(begins(work), "context")


class Collecting:
    def __init__(self, work):
        events = begins(work)
        events = list(events)
        self.events = events


class Watching:
    def __init__(self, source):
        self.source = source

    def watch(self):
        return foreign.later(self.source.async_add_listener(self._changed, 1))

    def quit_on_signal(self, loop):
        loop.add_signal_handler(15, self._changed)

    def watch_values(self, param, names):
        param.watch(self._changed, names)

    def connect_signal(self, signal):
        signal.connect(functools.partial(self._changed, 1), weak=False)

    def change_with(self, model, name):
        model.on_change(name, self._changed)

    def app(self):
        return foreign.FastAPI(title="watching", lifespan=self._changed)

    def watch_begun(self, source):
        source.watch(begins(self.source))

    def watch_soon(self, loop):
        loop.call_soon(self._changed)

    def _changed(self):
        return run_sync(self.source)


execute = functools.partial(asyncio.run, debug=True)
execute_own = functools.partial(run_sync)


class Held:
    run = staticmethod(asyncio.run)
    own = staticmethod(run_sync)
    shown = staticmethod(print)
go = lambda work: asyncio.run(work)
made = make_runner(True)
again = run_sync


class Client:
    def __init__(self, url):
        self.url = url

    def fetch(self, key):
        return run_sync(self._fetch(key))

    async def _fetch(self, key):
        return key

    async def later(self, key):
        asyncio.create_task(self._fetch(key))

    @property
    def token(self):
        return run_sync(self._fetch("token"))

    @functools.cached_property
    def cached(self):
        return run_sync(self._fetch("token"))

    def keeps_token(self):
        return Lazy(self.token)

    def held_token(self):
        token = self.token
        return token

    @property
    def name(self):
        return self.url

    @name.setter
    def name(self, value):
        run_sync(self._fetch(value))

    @classmethod
    def connect(cls, url):
        return run_sync(cls(url)._fetch(url))

    @staticmethod
    def shut(work):
        return run_sync(work)

    def call(self):
        return self.fetch("x")


class Special(Client):
    pass


class Program:
    def __call__(self, key):
        return run_sync(key)


def get_program(name) -> Program:
    return Program()


def passes_program(work):
    program = get_program("x")
    return only_described(lambda: work(program))


def calls_program(work):
    program = get_program("x")
    return program(work)


class Eager:
    def __init__(self, work):
        run_sync(work)


class EagerChild(Eager):
    pass


class Entering:
    def __enter__(self):
        return run_sync(self)

    def __exit__(self, *args):
        return None


class EnteringChild(Entering):
    pass


class Leaving:
    async def __aenter__(self):
        return self

    async def __aexit__(self, *args):
        asyncio.create_task(args)

    def __enter__(self):
        return self

    def __exit__(self, *args):
        return None


class Keeper:
    def __init__(self):
        self.held = Entering()

    def use(self):
        with self.held:
            return 1

    def only_makes(self):
        return Entering()


@contextlib.contextmanager
def within(work):
    with Entering():
        yield work


shared = Client("here")


def get_client() -> Client:
    return Client("here")


def again_and_again(work, n):
    if n:
        return again_and_again(work, n - 1)
    return run_sync(work)


def ping(n):
    return pong(n - 1) if n else run_sync(n)


def pong(n):
    return ping(n)


def circle(n):
    return other_circle(n)


def other_circle(n):
    return circle(n)


if __name__ == "__main__":

    def guarded(work):
        return asyncio.run(work)


def main_only(work):
    return work


if __name__ == "__main__":
    asyncio.run(main_only(1))


def documented_as(original):
    def decorator(function):
        function.__doc__ = original.__doc__
        function.__signature__ = _signature(original)
        return function

    return decorator


def registered_as(original):
    setattr(registry, original.__name__, original)
    return lambda function: function


if typing.TYPE_CHECKING:
    ClientT = typing.TypeVar("ClientT", bound=Client)
else:
    ClientT = typing.TypeVar("ClientT", bound="Client")
"""

DRIVES = {
    "kept by what looks at it": "from app.loops import registered_as, run_sync\n@registered_as(run_sync)  # !\ndef f(w):\n    return w",
    "bound of a type variable in two branches": "from app.loops import ClientT\nasync def f(c: ClientT):\n    await c.fetch(1)  # !",
    "function": "import app.loops\ndef f(w):\n    return app.loops.run_sync(w)  # !",
    "from a package": "from app import loops\ndef f(w):\n    return loops.run_sync(w)  # !",
    "under another name": "from .loops import run_sync as go_on\ndef f(w):\n    return go_on(w)  # !",
    "star": "from app.loops import *\ndef f(w):\n    return run_sync(w)  # !",
    "inside a function": "def f(w):\n    from app.loops import run_sync\n    return run_sync(w)  # !",
    "passed on": "from app.loops import run_sync\ndef f(pool, w):\n    pool.submit(run_sync, w)  # !",
    "partial": "from functools import partial\nfrom app.loops import run_sync\ndef f(w):\n    return partial(run_sync, w)  # !",
    "assigned": "from app.loops import run_sync\nrun = run_sync  # !",
    "default": "from app.loops import run_sync\ndef f(w, run=run_sync):  # !\n    return run(w)",
    "returned": "from app.loops import run_sync\ndef f():\n    return run_sync  # !",
    "getattr": "from app import loops\ndef f(w):\n    return getattr(loops, 'run_sync')(w)  # !",
    "in one branch": "from app.loops import in_one_branch\ndef f(w):\n    return in_one_branch(w, True)  # !",
    "decorator": "from app.loops import sync_compatible\n@sync_compatible  # !\nasync def f(w):\n    return w",
    "decorator with options": "from app.loops import with_options\n@with_options(debug=True)  # !\nasync def f(w):\n    return w",
    "optional decorator": "from app.loops import optional\n@optional  # !\nasync def f(w):\n    return w",
    "optional decorator called": "from app.loops import optional\n@optional(debug=True)  # !\nasync def f(w):\n    return w",
    "decorator of a class": "from app.loops import Driving\n@Driving  # !\nasync def f(w):\n    return w",
    "decorator on a method": "from app.loops import sync_compatible\nclass C:\n    @sync_compatible  # !\n    async def f(self):\n        return 1",
    "decorated": "from app.loops import load\ndef f(w):\n    return load(w)  # !",
    "decorated with options": "from app.loops import load_with\ndef f(w):\n    return load_with(w)  # !",
    "decorated by an object": "from app.loops import load_by_object\ndef f(w):\n    return load_by_object(w)  # !",
    "decorating with an object inside": "from app.loops import applies_inside\ndef f():\n    return applies_inside()  # !",
    "result called": "from app.loops import make_runner\ndef f(w):\n    return make_runner(True)(w)  # !",
    "result called later": "from app.loops import make_runner\ndef f(w):\n    runner = make_runner(True)\n    return runner(w)  # !",
    "lambda called": "from app.loops import make_lambda\ndef f(w):\n    return make_lambda(True)(w)  # !",
    "by a pool": "from app.loops import hidden_in_a_thread\ndef f(p, w):\n    hidden_in_a_thread(p, w)  # !",
    "by a lambda": "from app.loops import hidden_in_a_lambda\ndef f(p, w):\n    hidden_in_a_lambda(p, w)  # !",
    "run by what it is given to": "from app.loops import runs_what_drives\ndef f(w):\n    return runs_what_drives(w)  # !",
    "inner function": "from app.loops import starts_later\ndef f(w):\n    return starts_later(w)  # !",
    "held partial": "from app.loops import execute\ndef f(w):\n    return execute(w)  # !",
    "held static driver": "from app.loops import Held\ndef f(w):\n    return Held.run(w)  # !",
    "held static function": "from app.loops import Held\ndef f(w):\n    return Held.own(w)  # !",
    "held partial of own": "from app.loops import execute_own\ndef f(w):\n    return execute_own(w)  # !",
    "held lambda": "from app.loops import go\ndef f(w):\n    return go(w)  # !",
    "held result": "from app.loops import made\ndef f(w):\n    return made(w)  # !",
    "alias": "from app.loops import again\ndef f(w):\n    return again(w)  # !",
    "method": "from app.loops import Client\ndef f(c: Client):\n    return c.fetch(1)  # !",
    "method of what is made": "from app.loops import Client\ndef f():\n    return Client('u').fetch(1)  # !",
    "coroutine method": "from app.loops import Client\nasync def f(c: Client):\n    await c.later(1)  # !",
    "method through another": "from app.loops import Client\ndef f(c: Client):\n    return c.call()  # !",
    "class method": "from app.loops import Client\ndef f():\n    return Client.connect('u')  # !",
    "static method": "from app.loops import Client\ndef f(w):\n    return Client.shut(w)  # !",
    "inherited method": "from app.loops import Special\ndef f(c: Special):\n    return c.fetch(1)  # !",
    "own class inherits": "from app.loops import Client\nclass Own(Client):\n    def f(self):\n        return self.fetch(1)  # !",
    "super": "from app.loops import Client\nclass Own(Client):\n    def fetch(self, key):\n        return super().fetch(key)  # !",
    "attribute": "from app.loops import Client\nclass Own:\n    def __init__(self, c: Client):\n        self.c = c\n    def f(self):\n        return self.c.fetch(1)  # !",
    "property": "from app.loops import Client\ndef f(c: Client):\n    return c.token  # !",
    "cached property": "from app.loops import Client\ndef f(c: Client):\n    return c.cached.upper()  # !",
    "property given to what keeps it": "from app.loops import Client\ndef f(c: Client):\n    return c.keeps_token()  # !",
    "property assigned": "from app.loops import Client\ndef f(c: Client):\n    return c.held_token()  # !",
    "shared object": "from app.loops import shared\ndef f():\n    return shared.fetch(1)  # !",
    "object from a function": "from app.loops import get_client\ndef f():\n    return get_client().fetch(1)  # !",
    "object from a module": "from app import loops\ndef f():\n    return loops.shared.token  # !",
    "construction": "from app.loops import Eager\ndef f(w):\n    return Eager(w)  # !",
    "inherited construction": "from app.loops import EagerChild\ndef f(w):\n    return EagerChild(w)  # !",
    "own construction": "from app.loops import Eager\nclass Own(Eager):\n    pass\ndef f(w):\n    return Own(w)  # !",
    "object called": "from app.loops import get_program\ndef f(w):\n    program = get_program('x')\n    return program(w)  # !",
    "object called by a helper": "from app.loops import calls_program\ndef f(w):\n    return calls_program(w)  # !",
    "generator collected": "from app.loops import Collecting\ndef f(w):\n    return Collecting(w)  # !",
    "begun and watched": "from app.loops import Watching\ndef f(x: Watching, s):\n    x.watch_begun(s)  # !",
    "soon": "from app.loops import Watching\ndef f(x: Watching, loop):\n    x.watch_soon(loop)  # !",
    "entered": "from app.loops import Entering\ndef f():\n    with Entering() as x:  # !\n        return x",
    "entered by another name": "from app.loops import Entering\ndef f():\n    x = Entering()\n    with x:  # !\n        return x",
    "inherited entering": "from app.loops import EnteringChild\ndef f():\n    with EnteringChild():  # !\n        return 1",
    "left": "from app.loops import Leaving\nasync def f():\n    async with Leaving():  # !\n        return 1",
    "entered by a helper": "from app.loops import Keeper\ndef f(k: Keeper):\n    return k.use()  # !",
    "attribute entered": "from app.loops import Keeper\ndef f(k: Keeper):\n    with k.held:  # !\n        return 1",
    "context manager function": "from app.loops import within\ndef f(w):\n    with within(w):  # !\n        return 1",
    "recursion": "from app.loops import again_and_again\ndef f(w):\n    return again_and_again(w, 3)  # !",
    "circle": "from app.loops import pong\ndef f(w):\n    return pong(w)  # !",
    "two uses": "from app.loops import run_sync\ndef f(w):\n    run_sync(w)  # !\n    run_sync(w)  # !",
}

SILENT = {
    "only looked at": "from app.loops import Client, documented_as\n@documented_as(Client.fetch)\ndef f(w):\n    return w",
    "imported": "from app.loops import run_sync",
    "held static function": "from app.loops import Held\ndef f(w):\n    return Held.shown(w)",
    "annotation": "from app.loops import Client\ndef f(c: Client) -> Client:\n    return c",
    "type checking": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from app.loops import run_sync\ndef f(w):\n    return run_sync(w)",
    "described": "from app.loops import describe\ndef f(w):\n    return describe(w)",
    "gathers": "from app.loops import gathers\nasync def f(w):\n    return await gathers(w)",
    "task group": "from app.loops import in_a_group\nasync def f(w):\n    return await in_a_group(w)",
    "plain decorator": "from app.loops import plain\n@plain\nasync def f(w):\n    return w",
    "decorated with an object at import": "from app.loops import applied_at_import\nasync def f():\n    return await applied_at_import()",
    "plainly decorated": "from app.loops import load_plain\nasync def f(w):\n    return await load_plain(w)",
    "makes a runner": "from app.loops import make_runner\ndef f():\n    return make_runner(True)",
    "returns what drives": "from app.loops import keeps\ndef f(w):\n    return keeps(w)",
    "given to what keeps it": "from app.loops import keeps_what_drives\ndef f(w):\n    return keeps_what_drives(w)",
    "given to a maker": "from app.loops import keeps_by_construction\ndef f(w):\n    return keeps_by_construction(w)",
    "plain construction": "from app.loops import Client\ndef f():\n    return Client('u')",
    "plain method": "from app.loops import Client\nasync def f(c: Client):\n    return await c._fetch(1)",
    "setter": "from app.loops import Client\ndef f(c: Client):\n    return c.name",
    "generator kept": "from app.loops import Context\ndef f(w):\n    return Context(w)",
    "listener": "from app.loops import Watching\ndef f(x: Watching):\n    return x.watch()",
    "watched value": "from app.loops import Watching\ndef f(x: Watching, p):\n    x.watch_values(p, ['a'])",
    "connected signal": "from app.loops import Watching\ndef f(x: Watching, s):\n    x.connect_signal(s)",
    "change of a model": "from app.loops import Watching\ndef f(x: Watching, m):\n    x.change_with(m, 'a')",
    "lifespan": "from app.loops import Watching\ndef f(x: Watching):\n    return x.app()",
    "signal handler": "from app.loops import Watching\ndef f(x: Watching, loop):\n    x.quit_on_signal(loop)",
    "made and not entered": "from app.loops import Keeper\ndef f(k: Keeper):\n    return k.only_makes()",
    "entered in another way": "from app.loops import Leaving\ndef f():\n    with Leaving():\n        return 1",
    "made and not left": "from app.loops import Leaving\nasync def f():\n    return Leaving()",
    "class passed": "from app.loops import Eager\ndef f(registry):\n    registry.add(Eager)",
    "circle without end": "from app.loops import circle\ndef f():\n    return circle(1)",
    "object passed": "from app.loops import get_program\ndef f(g, w):\n    program = get_program('x')\n    return g(program, w)",
    "object passed by a helper": "from app.loops import passes_program\ndef f(w):\n    return passes_program(w)",
    "main guard": "from app.loops import main_only\ndef f():\n    return main_only(1)",
    "under main guard": "from app import loops\ndef f(w):\n    return loops.guarded(w)",
    "another's method": "from app.loops import Client\ndef f(c):\n    return c.fetch(1)",
    "shadowed": "from app.loops import run_sync\ndef f(run_sync, w):\n    return run_sync(w)",
    "inspected": "from app.loops import Client\ndef f(c):\n    return isinstance(c, Client)",
    "own function": "def run_sync(w):\n    return w\ndef f(w):\n    return run_sync(w)",
}


@pytest.mark.parametrize("source", DRIVES.values(), ids=DRIVES)
def test_reported(drive: Drive, source: str) -> None:
    found = drive(source, loops=LOOPS)
    expected = [number for number, line in enumerate(source.splitlines(), 1) if "# !" in line]
    assert [(d.code, d.span.line) for d in found] == [("ISO112", line) for line in expected]
    assert all(" -> asyncio." in chain(d) for d in found)


@pytest.mark.parametrize("source", SILENT.values(), ids=SILENT)
def test_silent(drive: Drive, source: str) -> None:
    assert drive(source, loops=LOOPS) == []
