"""Callbacks: functions passed on to be stored, and those that are called after all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.drives.conftest import Drive

EVENTS = """
import asyncio
import contextlib
import functools
import inspect
import itertools
import threading
import typing

import check
import foreign
import pydantic
from collections import defaultdict
from dataclasses import dataclass


def run_sync(work):
    return asyncio.run(work)


class Job:
    def __init__(self, target, name=""):
        self.target = target
        self.name = name


@dataclass
class Once:
    bus: object
    job: Job


class Bus:
    def __init__(self):
        self._jobs = defaultdict(list)

    def listen(self, event, listener, only=None):
        if only is not None and not callable(only):
            raise TypeError(f"{only} is no filter of {listener}")
        return self._listen((Job(listener, f"on {event}"), only), event)

    def listen_once(self, event, listener):
        once = Once(self, Job(listener))
        return self._listen((Job(once), None), event)

    def _listen(self, pair, event):
        self._jobs[event].append(pair)
        return functools.partial(self._forget, event, pair)

    def _forget(self, event, pair):
        self._jobs[event].remove(pair)

    def run(self, job):
        return job.target()

    def run_now(self, listener):
        return self.run(Job(listener))

    def run_threaded(self, listener):
        def wrapper():
            listener()

        threading.Thread(target=wrapper).start()

    def wrapped(self, listener):
        @functools.wraps(listener)
        def wrapper(*args):
            return listener(*args)

        return wrapper


class Streamed:
    @typing.overload
    def __init__(self, on_end: object): ...
    @typing.overload
    def __init__(self, *, result: int): ...
    def __init__(self, on_end=None, result=None):
        self._on_end = on_end
        self._result = result


@contextlib.asynccontextmanager
async def streams(work):
    async def on_end():
        asyncio.create_task(work())

    yield Streamed(on_end)


class Ended:
    @typing.overload
    def __init__(self, on_end: object): ...
    @typing.overload
    def __init__(self, *, result: int): ...
    def __init__(self, on_end=None, result=None):
        on_end()


def ends(work):
    return Ended(lambda: run_sync(work))


class Registry:
    def __init__(self, bus: Bus):
        self.bus = bus
        bus.listen("changed", self.changed)
        self._remove = bus.listen_once("stopped", self.changed)
        self.known = {"changed": bus.wrapped(self.changed)}

    def changed(self):
        run_sync(self)


def add_handler(bus: Bus, prefix):
    bus.listen("handle", functools.partial(_handle, prefix))


def _handle(prefix):
    run_sync(prefix)


def run_handler(bus: Bus, prefix):
    bus.run_now(functools.partial(_handle, prefix))


def run_in_thread(bus: Bus, prefix):
    bus.run_threaded(lambda: run_sync(prefix))


class State(typing.NamedTuple):
    function: object


def in_a_record(work):
    return State(function=lambda: run_sync(work))


def steps(work):
    yield run_sync(work)


def checked(value):
    if not hasattr(value, "send"):
        raise TypeError(f"not a generator: {value!r}")
    return value


T = typing.TypeVar("T")


class Prepared(typing.Generic[T]):
    def __init__(self, generator):
        self.generator = checked(generator)


class Preparing(Prepared[int]):
    def __init__(self, work):
        super().__init__(steps(work))


def runs_steps(work):
    for step in checked(steps(work)):
        print(step)


async def spawn(work):
    return asyncio.create_task(work)


async def gathers(works):
    begun = []
    for work in works:
        begun.append(spawn(work))
    return await asyncio.gather(*begun)


class Closing:
    def __init__(self, generator):
        self.generator = generator

    def __enter__(self):
        return self.generator

    def __exit__(self, *raised):
        self.generator.close()


def closes(work):
    with Closing(steps(work)) as entered:
        return list(entered)


class Server:
    def __init__(self, work):
        self.work = work
        self.thread = threading.Thread(target=self._main)

    def _main(self):
        run_sync(self.work)

    def start(self):
        self.thread.start()


class Worker(threading.Thread):
    def __init__(self, work):
        super().__init__()
        self.work = work

    def run(self):
        run_sync(self.work)


class Quiet(Worker):
    pass


class Runner:
    def run(self):
        run_sync(self)


class Loaded:
    def _init(self, load):
        self._load = load

    @classmethod
    def of(cls, load):
        loaded = Loaded.__new__(cls)
        loaded._init(load)
        return loaded


def loaded_later(work):
    def load():
        return run_sync(work)

    return Loaded.of(load)


class Camera:
    def __init__(self):
        self.loaded: Loaded | None = None

    def start(self, work):
        self.loaded = Loaded.of(None)
        self.loaded._init(lambda: run_sync(work))


class Checking:
    def __init__(self, function):
        self.function = check.callable_param(function, "function")


def checks(work):
    return Checking(lambda: run_sync(work))


class Tracker:
    def __init__(self, bus: Bus, states, action):
        self.bus = bus
        self._states = states
        self._action = action
        self._job = Job(action, f"track {states}")
        self._listeners = {}

    def setup(self):
        if self._states.copy():
            self._setup_all()
            return
        self._setup_one(self._states.entities())

    def _setup_all(self):
        self._listeners["all"] = self.bus.listen("all", self._action)

    def _setup_one(self, entities):
        self._listeners["one"] = self.bus.listen(entities, self._added)

    def _added(self, event):
        self.bus.run(self._job)

    def fire(self):
        self._fire()

    def _fire(self):
        self._action()

    def fire_job(self):
        self.bus.run(self._job)

    def fire_added(self):
        self.bus.run_now(self._added)

    def _given(self):
        return self._action

    def fire_given(self):
        self._given()()

    @staticmethod
    def _is_known(states):
        return bool(states) or states is None

    def setup_known(self):
        if self._is_known(self._states):
            self._setup_all()

    @property
    def fired(self):
        return self._action()

    def read(self):
        return self.fired


class Collector:
    def __init__(self, action):
        self.first = action
        self.actions = []
        self.actions.append(action)

    def fire(self):
        for action in self.actions:
            action()


def track(bus: Bus, states, action):
    tracker = Tracker(bus, states, action)
    tracker.setup()
    return tracker


def track_and_fire(bus: Bus, states, action):
    tracker = Tracker(bus, states, action)
    tracker.setup()
    tracker.fire()
    return tracker


def track_and_fire_job(bus: Bus, states, action):
    tracker = Tracker(bus, states, action)
    tracker.fire_job()


def track_and_fire_added(bus: Bus, states, action):
    tracker = Tracker(bus, states, action)
    tracker.fire_added()


def track_and_fire_given(bus: Bus, states, action):
    tracker = Tracker(bus, states, action)
    tracker.fire_given()


class Threaded:
    def __init__(self, action):
        self.action = action
        self.thread = threading.Thread(target=self._main)

    def _main(self):
        self.action()

    def start(self):
        self.thread.start()


def in_its_thread(action):
    threaded = Threaded(action)
    threaded.start()


class Result:
    def __init__(self, bus: Bus):
        self.bus = bus

    def setup(self):
        self._tracked = track(self.bus, {}, self._refresh)

    def setup_and_fire(self):
        self._tracked = track_and_fire(self.bus, {}, self._refresh)

    def fire_job(self):
        track_and_fire_job(self.bus, {}, self._refresh)

    def fire_added(self):
        track_and_fire_added(self.bus, {}, self._refresh)

    def fire_given(self):
        track_and_fire_given(self.bus, {}, self._refresh)

    def setup_known(self):
        tracker = Tracker(self.bus, {}, self._refresh)
        tracker.setup_known()

    def read(self):
        tracker = Tracker(self.bus, {}, self._refresh)
        return tracker.read()

    def fire_collected(self):
        collector = Collector(self._refresh)
        collector.fire()

    def start(self):
        in_its_thread(self._refresh)

    def _refresh(self):
        asyncio.create_task(self.bus.work())


class Numbered:
    _count = itertools.count().__next__
    _notes = []

    def __init__(self, done):
        self.number = self._count()
        self.done = done
        self.job = Job(self._refresh)
        self.done(self.number)
        self._notes.append(self.number)

    def start(self):
        self.job.target()

    def _refresh(self):
        asyncio.create_task(self.number)


class Calling:
    def __init__(self, other):
        self.job = Job(self._refresh)
        self._called()

    _called = foreign.method

    def _refresh(self):
        asyncio.create_task(self.job)


async def spawns(work):
    asyncio.create_task(work)


async def gathers_all(works):
    await asyncio.gather(*[spawns(work) for work in works])


async def gathers_list(works):
    begun = [spawns(works[0]), spawns(works[1])]
    if begun:
        await asyncio.gather(*begun)


async def gathers_mixed(works):
    await asyncio.gather(spawns(works[0]), *(spawns(work) for work in works[1:]))


async def passes_on(works):
    await one_after_another(*[spawns(work) for work in works])


async def one_after_another(*begun):
    for one in begun:
        await one


class Begun:
    def __init__(self, *begun):
        self.begun = begun


def keeps_begun(works):
    return Begun(*[spawns(work) for work in works])


def first_of(actions):
    for action in actions:
        return action()


def by_name(actions, name):
    return actions[name]()


def runs_elements(work):
    return first_of([run_sync, work.close])


def runs_values(work):
    return by_name({"run": run_sync, "close": work.close}, "run")


def keeps_elements(work):
    return Tool([run_sync, work.close], {"run": run_sync}, None)


def replaced_by_a_call(work):
    def fire():
        return run_sync(work)

    fire = foreign.retried(fire, 3)
    return fire


def checked_type(work):
    def check(value):
        return run_sync(value)

    return typing.Annotated[work, pydantic.BeforeValidator(check)]


class Holder:
    def __init__(self, action):
        self.action = action

    def __iter__(self):
        yield self.action()

    def __enter__(self):
        self.action()

    def __exit__(self, *args):
        return None


def iterates_holder(work):
    for _ in Holder(run_sync):
        return _


def enters_holder(work):
    with Holder(run_sync):
        return work


def keeps_in_holder(work):
    return Holder(run_sync)


class Tool:
    def __init__(self, entry, text, hints):
        self.entry = entry
        self.text = text
        self.hints = hints

    @classmethod
    def of(cls, function):
        return _made(cls, function)

    @classmethod
    def _built(cls, function):
        entry = functools.lru_cache(maxsize=1)(pydantic.validate_call(function))
        vars(function)["made"] = True
        return cls(entry, inspect.getdoc(function), typing.get_type_hints(function))

    @classmethod
    def run(cls, function):
        return _run(cls, function)

    @classmethod
    def _run(cls, function):
        return pydantic.validate_call(function)()


def _made(kind: type, function):
    return kind._built(function)


def _run(kind: type, function):
    return kind._run(function)


def tool(work):
    def used_later():
        return run_sync(work)

    return Tool.of(used_later)


def sets(work):
    setattr(work, "run", lambda: run_sync(work))


def sets_past_the_class(work):
    object.__setattr__(work, "run", lambda: run_sync(work))


def sets_itself(work):
    work.__setattr__("run", lambda: run_sync(work))


def puts(jobs, work):
    jobs.__setitem__("run", lambda: run_sync(work))


def updates(jobs, work):
    jobs.update({"run": lambda: run_sync(work)})


def updates_by(jobs, work):
    jobs.update(lambda: run_sync(work))


class Updated:
    def __init__(self, jobs):
        self.jobs = dict(jobs)

    def add(self, job):
        self.jobs.update({"job": job})

    def add_all(self, job):
        self.jobs.update([("job", job)])

    def extend(self, job):
        self.jobs.extend([job])

    def fire(self):
        self.jobs["job"]()


def updates_held(work):
    Updated({}).add(lambda: run_sync(work))


def extends_held(work):
    Updated({}).extend(lambda: run_sync(work))


def updates_and_fires(work):
    updated = Updated({})
    updated.add(lambda: run_sync(work))
    updated.fire()


def extends_and_fires(work):
    updated = Updated({})
    updated.extend(lambda: run_sync(work))
    updated.fire()


def tool_run(work):
    def used_now():
        return run_sync(work)

    return Tool.run(used_now)
"""

RUN = {
    "given to a foreign method": "from app.events import Calling\ndef f(o):\n    return Calling(o)  # !",
    "by one of the overloads": "from app.events import ends\ndef f(w):\n    ends(w)  # !",
    "by what it is given to": "from app.events import Bus, run_handler\ndef f(b: Bus):\n    run_handler(b, 1)  # !",
    "in a thread": "from app.events import Bus, run_in_thread\ndef f(b: Bus):\n    run_in_thread(b, 1)  # !",
    "iterated": "from app.events import runs_steps\ndef f(w):\n    runs_steps(w)  # !",
    "gathered": "from app.events import gathers\nasync def f(w):\n    await gathers(w)  # !",
    "gathered as a list": "from app.events import gathers_all\nasync def f(w):\n    await gathers_all(w)  # !",
    "gathered as a list with a name": "from app.events import gathers_list\nasync def f(w):\n    await gathers_list(w)  # !",
    "gathered beside others": "from app.events import gathers_mixed\nasync def f(w):\n    await gathers_mixed(w)  # !",
    "passed on behind a star": "from app.events import passes_on\nasync def f(w):\n    await passes_on(w)  # !",
    "as an element": "from app.events import runs_elements\ndef f(w):\n    runs_elements(w)  # !",
    "as a value": "from app.events import runs_values\ndef f(w):\n    runs_values(w)  # !",
    "by iterating its holder": "from app.events import iterates_holder\ndef f(w):\n    iterates_holder(w)  # !",
    "by entering its holder": "from app.events import enters_holder\ndef f(w):\n    enters_holder(w)  # !",
    "entered": "from app.events import closes\ndef f(w):\n    closes(w)  # !",
    "started": "from app.events import Server\ndef f(w):\n    server = Server(w)\n    server.start()  # !",
    "as a thread": "from app.events import Worker\ndef f(w):\n    Worker(w).start()  # !",
    "as a thread by a base": "from app.events import Quiet\nclass C:\n    def __init__(self, w):\n        self.thread = Quiet(w)\n    def f(self):\n        self.thread.start()  # !",
    "by a method of its holder": "from app.events import Result\ndef f(r: Result):\n    r.setup_and_fire()  # !",
    "as a job by a method of its holder": "from app.events import Result\ndef f(r: Result):\n    r.fire_job()  # !",
    "behind a method of its holder": "from app.events import Result\ndef f(r: Result):\n    r.fire_added()  # !",
    "given by a method of its holder": "from app.events import Result\ndef f(r: Result):\n    r.fire_given()  # !",
    "by a property of its holder": "from app.events import Result\ndef f(r: Result):\n    r.read()  # !",
    "collected by its holder": "from app.events import Result\ndef f(r: Result):\n    r.fire_collected()  # !",
    "in the thread of its holder": "from app.events import Result\ndef f(r: Result):\n    r.start()  # !",
    "by what a foreign object is updated by": "from app.events import updates_by\ndef f(j, w):\n    updates_by(j, w)  # !",
    "behind an update of its holder": "from app.events import updates_and_fires\ndef f(w):\n    updates_and_fires(w)  # !",
    "behind an extension of its holder": "from app.events import extends_and_fires\ndef f(w):\n    extends_and_fires(w)  # !",
    "replaced by a call with more arguments": "from app.events import replaced_by_a_call\ndef f(w):\n    replaced_by_a_call(w)  # !",
    "wrapped by a library and called": "from app.events import tool_run\ndef f(w):\n    tool_run(w)  # !",
}

KEPT = {
    "beside calls of other objects": "from app.events import Numbered\ndef f(done):\n    return Numbered(done)",
    "by one of the overloads": "from app.events import streams\nasync def f(w):\n    async with streams(w) as streamed:\n        return streamed",
    "by a bus": "from app.events import Bus, Registry\ndef f(b: Bus):\n    Registry(b)",
    "as a partial": "from app.events import Bus, add_handler\ndef f(b: Bus):\n    add_handler(b, 1)",
    "behind a star": "from app.events import keeps_begun\ndef f(w):\n    return keeps_begun(w)",
    "as an element": "from app.events import keeps_elements\ndef f(w):\n    return keeps_elements(w)",
    "as a validator": "from app.events import checked_type\ndef f(w):\n    return checked_type(w)",
    "in a holder": "from app.events import keeps_in_holder\ndef f(w):\n    return keeps_in_holder(w)",
    "in a record": "from app.events import in_a_record\ndef f(w):\n    return in_a_record(w)",
    "by a base": "from app.events import Preparing\ndef f(w):\n    return Preparing(w)",
    "as a thread not started": "from app.events import Worker\ndef f(w):\n    return Worker(w)",
    "by what is no thread": "from app.events import Runner\ndef f(r: Runner):\n    r.start()",
    "by what is made by hand": "from app.events import loaded_later\ndef f(w):\n    return loaded_later(w)",
    "by what was none": "from app.events import Camera\ndef f(c: Camera):\n    return c.start(1)",
    "checked": "from app.events import checks\ndef f(w):\n    return checks(w)",
    "by a tracker with a static method": "from app.events import Result\ndef f(r: Result):\n    return r.setup_known()",
    "by a tracker that is set up": "from app.events import Result\ndef f(r: Result):\n    return r.setup()",
    "by setattr": "from app.events import sets\ndef f(w):\n    sets(w)",
    "by object.__setattr__": "from app.events import sets_past_the_class\ndef f(w):\n    sets_past_the_class(w)",
    "by __setattr__": "from app.events import sets_itself\ndef f(w):\n    sets_itself(w)",
    "by __setitem__": "from app.events import puts\ndef f(j, w):\n    puts(j, w)",
    "by an update": "from app.events import updates\ndef f(j, w):\n    updates(j, w)",
    "by an update of its holder": "from app.events import updates_held\ndef f(w):\n    updates_held(w)",
    "by an extension of its holder": "from app.events import extends_held\ndef f(w):\n    extends_held(w)",
    "wrapped by a library": "from app.events import tool\ndef f(w):\n    return tool(w)",
    "by a thread not started": "from app.events import Server\ndef f(w):\n    return Server(w)",
}


@pytest.mark.parametrize("source", RUN.values(), ids=RUN)
def test_run(drive: Drive, source: str) -> None:
    found = drive(source, events=EVENTS)
    expected = [number for number, line in enumerate(source.splitlines(), 1) if "# !" in line]
    assert [(d.code, d.span.line) for d in found] == [("ISO112", line) for line in expected]


@pytest.mark.parametrize("source", KEPT.values(), ids=KEPT)
def test_kept(drive: Drive, source: str) -> None:
    assert drive(source, events=EVENTS) == []


NARROWED = """
import asyncio


class Job:
    def __init__(self, target):
        self.target = target

    def go(self):
        self.target()


def as_object(loop, job):
    if isinstance(job, Job):
        job.go()


def as_argument(loop, job):
    if isinstance(job, Job):
        loop.call_soon(job)


def as_alternative(loop, job):
    made = job if isinstance(job, Job) else Job(job)
    made.go()


def behind_a_return(loop, job):
    if isinstance(job, Job):
        return
    job()


def drives(work):
    def convert():
        asyncio.run(work)

    {call}
"""


@pytest.mark.parametrize(
    "call",
    [
        "as_object(work.loop, Job(convert))",
        "as_argument(work.loop, Job(convert))",
        "as_alternative(work.loop, Job(convert))",
        "as_alternative(work.loop, convert)",
        "behind_a_return(work.loop, convert)",
    ],
)
def test_a_parameter_that_isinstance_narrows(drive: Drive, call: str) -> None:
    core = "from app.jobs import drives\n\ndef load(work):\n    drives(work)\n"
    assert [one.code for one in drive(core, jobs=NARROWED.format(call=call))] == ["ISO112"]


OBJECTS = """
import asyncio


class Timer:
    def __init__(self, work):
        self.work = work

    def attach(self, loop):
        loop.call_at(1, self)

    def __call__(self):
        asyncio.run(self.work)


def by_itself(loop, work):
    Timer(work).attach(loop)


def made_there(loop, work):
    loop.call_soon(Timer(work))


def by_name(loop, work):
    timer = Timer(work)
    loop.run_in_executor(None, timer)


def kept(loop, work):
    loop.timers.append(Timer(work))


def named(loop, work):
    loop.log("timer", Timer(work))
"""


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("by_itself", ["ISO112"]),
        ("made_there", ["ISO112"]),
        ("by_name", ["ISO112"]),
        ("kept", []),
        ("named", []),
    ],
)
def test_an_object_that_a_loop_calls(drive: Drive, name: str, codes: list[str]) -> None:
    core = f"from app import timers\n\ndef load(loop, work):\n    timers.{name}(loop, work)\n"
    assert [one.code for one in drive(core, timers=OBJECTS)] == codes


def test_an_object_that_the_core_has_called(drive: Drive) -> None:
    core = """
        from app.timers import Timer

        def load(pool, work, timer: Timer):
            pool.submit(timer)
            pool.submit(Timer(work))
            pool.keep(timer)
    """
    assert [one.span.line for one in drive(core, config='select = ["ISO112"]\n', timers=OBJECTS)] == [4, 5]


BUS = """
import asyncio


class Bus:
    def __init__(self):
        self.table = {}

    def by_key(self, key, update):
        self.table[key] = update

    def by_name(self, key, update):
        self.table["a"] = update

    def in_tuple(self, key, update):
        self.table[key] = (update, key)

    def by_two_names(self, key, update):
        self.last = self.table[key] = update

    def looked_at(self, key, update):
        self.table[key] = callable(update)

    def as_key(self, key, update):
        return self.table[update]


def in_local(key, update):
    table = {}
    table[key] = update
    return table


def run_later(key, update):
    table = {}
    table[key] = update
    for one in table.values():
        one()


def drive(work=None):
    asyncio.run(work)
"""


@pytest.mark.parametrize(
    ("call", "codes"),
    [
        ("bus.by_key(1, drive)", ["ISO112"]),
        ("bus.by_name(1, drive)", ["ISO112"]),
        ("bus.in_tuple(1, drive)", ["ISO112"]),
        ("bus.by_two_names(1, drive)", ["ISO112"]),
        ("bus.looked_at(1, drive)", []),
        ("in_local(1, drive)", ["ISO112"]),
        ("run_later(1, drive)", ["ISO112"]),
    ],
)
def test_a_callback_that_is_stored_as_an_item(drive: Drive, call: str, codes: list[str]) -> None:
    core = f"from app.buses import Bus, drive, in_local, run_later\n\ndef load(bus: Bus):\n    {call}\n"
    assert [one.code for one in drive(core, buses=BUS)] == codes
