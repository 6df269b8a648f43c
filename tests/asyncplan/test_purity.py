"""Construction has no effects, and `assert_pure_construction` detects one."""

from __future__ import annotations

import asyncio
import datetime as dt
import gc
import socket
import subprocess
import sys
import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from types import CoroutineType
from typing import TYPE_CHECKING, Any
from unittest.mock import AsyncMock, Mock

import pytest

import asyncplan
from asyncplan import (
    AsyncPlan,
    Ok,
    RetryPolicy,
    TimeoutPolicy,
    async_attempt,
    async_bind,
    async_ensure,
    async_from_result,
    async_gather,
    async_gather_all,
    async_lift,
    async_map,
    async_map_err,
    async_named,
    async_or_else,
    async_pure,
    async_retry,
    async_timeout,
    async_traverse,
    lift_sync,
)
from asyncplan.testing import assert_pure_construction, run_virtual

if TYPE_CHECKING:
    from collections.abc import Callable


class Counting:
    """A user's function that must not be called."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, *_: object, **__: object) -> Any:
        self.calls += 1
        return async_pure(None)


CONSTRUCTIONS: list[Callable[[Any], Any]] = [
    async_pure,
    async_lift,
    lift_sync,
    lambda f: async_from_result(Ok(f)),
    lambda f: async_bind(f, f),
    lambda f: async_map(f, f),
    lambda f: async_map_err(f, f),
    lambda f: async_or_else(f, f),
    lambda f: async_attempt(f, catch=ValueError, to_error=f),
    lambda f: async_ensure(f, f),
    lambda f: async_named(f, "x"),
    lambda f: async_gather([f, f]),
    lambda f: async_gather_all([f, f]),
    lambda f: async_traverse([1], f),
    lambda f: async_retry(f, RetryPolicy(), clock=f, sleep=f),
    lambda f: async_timeout(f, TimeoutPolicy(1), sleep=f),
]


@pytest.mark.parametrize("construct", CONSTRUCTIONS)
def test_construction_calls_nothing_and_makes_no_coroutine(construct: Callable[[Any], Any]) -> None:
    function = Counting()
    gc.collect()
    before = sum(isinstance(found, CoroutineType) for found in gc.get_objects())
    plan = assert_pure_construction(construct, function)
    assert plan == construct(function)
    assert hash(plan) == hash(construct(function))
    assert repr(plan) == repr(construct(function))
    assert function.calls == 0
    assert sum(isinstance(found, CoroutineType) for found in gc.get_objects()) == before


class Store:
    """A port with a method that waits and one that does not."""

    async def load(self, key: str) -> Any:
        return Ok(key)

    def now(self) -> float:
        return 0.0


@dataclass(frozen=True)
class Order:
    """A value, not a port: its methods may be called."""

    number: int

    def key(self) -> str:
        return str(self.number)


def load_order(store: Store, order: Order) -> AsyncPlan[Any]:
    key = order.key()
    return async_bind(async_lift(lambda: store.load(key)), async_pure)


def test_the_constructed_plan_is_returned() -> None:
    assert run_virtual(assert_pure_construction(load_order, Store(), order=Order(7))) == Ok("7")


def loading(store: Any) -> AsyncPlan[Any]:
    return async_lift(store.load)


def dropping(store: Any) -> None:
    drop(store.load("x"))


@pytest.mark.parametrize("port", [Store(), Mock(), AsyncMock()])
def test_a_port_may_be_looked_at(port: Any) -> None:
    assert_pure_construction(loading, port)


def made_beforehand(store: Store) -> AsyncPlan[Any]:
    coroutine = store.load("x")
    return async_lift(lambda: coroutine)


def drop(_: object) -> None:
    """Discard the argument."""


IMPURE: list[tuple[str, Callable[[Any], Any]]] = [
    ("the coroutine Store.load was made", made_beforehand),
    ("a coroutine was made and dropped", dropping),
    ("the port was called: Store.now", lambda store: store.now()),
    ("the clock was touched: time", lambda _: time.time()),
    ("the clock was touched: sleep", lambda _: time.sleep(0)),
    ("the clock was touched: datetime.now", lambda _: dt.datetime.now()),  # noqa: DTZ005
    ("the file system was touched: open", lambda _: Path(__file__).read_bytes()),
    ("the file system was touched: stat", lambda _: Path(__file__).stat()),
    ("the file system was touched", lambda _: list(Path(__file__).parent.iterdir())),
    ("a socket was touched: socket", lambda _: socket.socket().close()),
    ("a process was touched: subprocess.Popen", lambda _: subprocess.run([sys.executable, "-V"], check=True)),
    ("the event loop was touched: new_event_loop", lambda _: asyncio.new_event_loop().close()),
    ("the event loop was touched: get_running_loop", lambda _: quietly(asyncio.get_running_loop)),
]


def quietly(f: Callable[[], Any]) -> None:
    try:
        f()
    except RuntimeError:
        return


@pytest.mark.parametrize(("message", "factory"), IMPURE, ids=[message for message, _ in IMPURE])
def test_a_touch_of_the_world_is_found(message: str, factory: Callable[[Any], Any]) -> None:
    with pytest.raises(AssertionError, match=f"not pure.*{message}"):
        assert_pure_construction(factory, Store())


def test_the_message_says_where() -> None:
    def factory(store: Store) -> float:
        return store.now()

    line = factory.__code__.co_firstlineno + 1
    with pytest.raises(AssertionError, match=rf"Store\.now at {__file__}:{line}"):
        assert_pure_construction(factory, Store())


@pytest.mark.parametrize("mock", [Mock(), AsyncMock()])
def test_a_call_of_a_mock_is_found(mock: Any) -> None:
    with pytest.raises(AssertionError, match=r"the port was called: call\.load\('x'\)"):
        assert_pure_construction(dropping, mock)


def test_an_import_is_no_touch_and_a_warning_gets_through() -> None:
    def factory() -> AsyncPlan[int]:
        sys.modules.pop("colorsys", None)
        import colorsys

        warnings.warn("old", DeprecationWarning, stacklevel=1)
        return async_pure(int(colorsys.rgb_to_hls(0, 0, 0)[0]))

    with pytest.warns(DeprecationWarning, match="old"):
        assert_pure_construction(factory)


def test_watching_ends_with_the_construction() -> None:
    profile, depth, collecting = sys.getprofile(), sys.get_coroutine_origin_tracking_depth(), gc.isenabled()
    with pytest.raises(ZeroDivisionError):
        assert_pure_construction(lambda: 1 / 0)
    assert_pure_construction(lambda: async_pure(1))
    assert (sys.getprofile(), sys.get_coroutine_origin_tracking_depth(), gc.isenabled()) == (
        profile,
        depth,
        collecting,
    )
    assert Path(__file__).exists()


PROBE = """
import sys
import asyncplan
unwanted = {"asyncplan.shell", "asyncplan.testing", "hypothesis", "libcst", "click", "isolint", "typing_extensions"}
found = unwanted & set(sys.modules)
assert not found, found
"""


def test_importing_the_runtime_brings_neither_the_shell_nor_anything_foreign() -> None:
    subprocess.run(
        [sys.executable, "-c", PROBE],
        check=True,
        env={"PYTHONPATH": str(Path(asyncplan.__file__).parents[1])},
    )


def test_everything_exported_is_documented() -> None:
    aliases = {"Result", "Steps"}
    undocumented = [name for name in set(asyncplan.__all__) - aliases if not getattr(asyncplan, name).__doc__]
    assert undocumented == []
    assert sorted(asyncplan.__all__, key=lambda name: (not name.isupper(), name)) == asyncplan.__all__
