"""After one cancellation, timeout or failure, every finalizer that began runs to its end, as in a TaskGroup."""

from __future__ import annotations

import asyncio
import gc
import warnings
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import pytest

from asyncplan import (
    AsyncPlan,
    Err,
    ErrInfo,
    Ok,
    RetryPolicy,
    TimeoutPolicy,
    async_bind,
    async_ensure,
    async_gather,
    async_gather_all,
    async_lift,
    async_map,
    async_pure,
    async_race,
    async_retry,
    async_timeout,
    async_traverse,
)
from asyncplan.plan import BUDGET
from asyncplan.shell import perform_async
from asyncplan.tasks import TaskSet
from asyncplan.testing import run_virtual

if TYPE_CHECKING:
    from collections.abc import Callable

NO = ErrInfo("NO", "no")


class Resources:
    """Leaves that wait, and finalizers that take a while; counts the latter at their begin and at their end."""

    def __init__(self) -> None:
        self.begun = self.finished = 0

    def leaf(self, cleanup: float) -> AsyncPlan[None]:
        async def work() -> Any:
            await asyncio.sleep(1000)
            return Ok(None)

        async def close() -> Any:
            self.begun += 1
            await asyncio.sleep(cleanup)
            self.finished += 1
            return Ok(None)

        return async_ensure(work, close)


async def fails() -> Any:
    await asyncio.sleep(1)
    return Err(NO)


async def raises() -> Any:
    await asyncio.sleep(1)
    raise LookupError("defect")


SHAPES: dict[str, tuple[int, Callable[[Resources], AsyncPlan[Any]]]] = {
    "quick first": (2, lambda r: async_gather([r.leaf(1), r.leaf(2)])),
    "slow first": (2, lambda r: async_gather([r.leaf(2), r.leaf(1)])),
    "equal": (2, lambda r: async_gather([r.leaf(1), r.leaf(1)])),
    "gather_all": (2, lambda r: async_gather_all([r.leaf(1), r.leaf(2)])),
    "traverse": (3, lambda r: async_traverse([1, 2, 3], r.leaf)),
    "nested": (3, lambda r: async_gather([r.leaf(1), async_gather([r.leaf(1), r.leaf(2)])])),
    "timeout around": (2, lambda r: async_timeout(async_gather([r.leaf(1), r.leaf(2)]), TimeoutPolicy(50))),
    "timeout inside": (
        2,
        lambda r: async_gather([async_timeout(r.leaf(n), TimeoutPolicy(50)) for n in (1, 2)]),
    ),
}


@pytest.mark.parametrize("seed", [None, 1, 2])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("cancels", [1, 2, 3])
def test_a_cancelled_run_finishes_its_finalizers(shape: str, seed: int | None, cancels: int) -> None:
    resources = Resources()
    expected, make = SHAPES[shape]

    async def main() -> Any:
        task = asyncio.ensure_future(make(resources)())
        await asyncio.sleep(1)
        for _ in range(cancels):
            task.cancel()
            await asyncio.sleep(0.5)
        await asyncio.wait([task])
        return Ok(task.cancelled())

    assert run_virtual(main, seed=seed) == Ok(value=True)
    assert (resources.begun, resources.finished) == (expected, expected)


FAILURES: dict[str, tuple[int, Callable[[Resources], AsyncPlan[Any]]]] = {
    "sibling fails": (2, lambda r: async_gather([async_lift(fails), r.leaf(1), r.leaf(2)])),
    "sibling raises": (2, lambda r: async_gather([async_lift(raises), r.leaf(1), r.leaf(2)])),
    "sibling of a gather fails": (
        2,
        lambda r: async_gather([async_lift(fails), async_gather([r.leaf(1), r.leaf(2)])]),
    ),
    "timeout fires": (2, lambda r: async_timeout(async_gather([r.leaf(1), r.leaf(2)]), TimeoutPolicy(5))),
    "timeout in a timeout, both fire": (
        2,
        lambda r: async_timeout(
            async_timeout(async_gather([r.leaf(3), r.leaf(4)]), TimeoutPolicy(5)), TimeoutPolicy(6)
        ),
    ),
    "retry of a timeout of a traverse": (
        4,
        lambda r: async_retry(
            async_timeout(async_traverse([1, 2], r.leaf), TimeoutPolicy(5)), RetryPolicy(2)
        ),
    ),
}


@pytest.mark.parametrize("seed", [None, 1, 2])
@pytest.mark.parametrize("shape", FAILURES)
def test_a_failure_beside_them_finishes_the_finalizers(shape: str, seed: int | None) -> None:
    resources = Resources()
    expected, make = FAILURES[shape]
    if "raises" in shape:
        with pytest.raises(LookupError):
            run_virtual(make(resources), seed=seed)
    else:
        assert isinstance(run_virtual(make(resources), seed=seed), Err)
    assert (resources.begun, resources.finished) == (expected, expected)


@pytest.mark.parametrize("concurrency", [1, 2])
def test_a_swallowed_cancellation_starts_no_further_plan(concurrency: int) -> None:
    log: list[str] = []

    def stubborn(number: int) -> AsyncPlan[int]:
        async def work() -> Any:
            log.append(f"{number} starts")
            try:
                await asyncio.sleep(10)
            except asyncio.CancelledError:
                log.append(f"{number} swallows")
            return Ok(number)

        return work

    async def main() -> Any:
        task = asyncio.ensure_future(async_traverse(range(4), stubborn, concurrency=concurrency)())
        await asyncio.sleep(1)
        task.cancel()
        await asyncio.wait([task])
        return Ok(task.cancelled())

    assert run_virtual(main) == Ok(value=True)
    running = range(concurrency)
    assert log == [*(f"{n} starts" for n in running), *(f"{n} swallows" for n in running)]


def pure_steps(count: int) -> AsyncPlan[int]:
    plan: AsyncPlan[int] = async_pure(0)
    for _ in range(count):
        plan = async_map(plan, lambda x: x)
    return plan


@pytest.mark.parametrize("steps", [*range(BUDGET // 2 - 8, BUDGET // 2 + 2), *range(BUDGET - 8, BUDGET + 2)])
def test_the_driver_never_gives_way_between_an_acquisition_and_its_finalizer(steps: int) -> None:
    opened, closed = [0], [0]

    async def main() -> Any:
        task: asyncio.Task[Any]

        async def acquire() -> Any:
            opened[0] += 1
            asyncio.get_running_loop().call_soon(task.cancel)
            return Ok("resource")

        async def use() -> Any:
            await asyncio.sleep(0)
            return Ok(None)

        async def release() -> Any:
            closed[0] += 1
            return Ok(None)

        acquired = async_bind(pure_steps(steps), lambda _: acquire)
        task = asyncio.ensure_future(
            perform_async(async_bind(acquired, lambda _: async_ensure(use, release)))
        )
        await asyncio.wait([task])
        return Ok(None)

    run_virtual(main)
    assert opened == closed == [1]


@pytest.mark.parametrize("seed", [None, 1])
def test_a_task_cancelled_before_it_begins_warns_of_nothing(seed: int | None) -> None:
    async def one() -> Any:
        return Ok(1)

    async def main() -> Any:
        task = asyncio.ensure_future(async_map(one, str)())
        task.cancel()
        await asyncio.wait([task])
        return Ok(task.cancelled())

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert run_virtual(main, seed=seed) == Ok(value=True)
        gc.collect()


def test_a_task_set_cancels_each_task_once() -> None:
    counts: dict[str, int] = {}

    async def work(name: str) -> None:
        try:
            await asyncio.sleep(1)
        except asyncio.CancelledError:
            counts[name] = counts.get(name, 0) + 1
            await asyncio.sleep(1)
            counts[name] += 10

    async def main() -> Any:
        tasks = TaskSet()
        first = tasks.start(work("a"))
        tasks.start(work("b"))
        await asyncio.sleep(0.5)
        tasks.stop([first])
        tasks.stop([first])
        assert not tasks.stopping
        tasks.stop()
        tasks.stop()
        assert await tasks.wait() is None
        return Ok(counts)

    assert run_virtual(main) == Ok({"a": 11, "b": 11})


def test_a_task_started_while_stopping_is_cancelled_and_a_done_one_is_told() -> None:
    async def work(seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def main() -> Any:
        loop = asyncio.get_running_loop()
        tasks = TaskSet()
        tasks.start(work(1))
        tasks.start(work(3))
        await tasks.wait_any()
        assert loop.time() == 1
        await tasks.wait_any()
        assert loop.time() == 3
        await tasks.wait_any()
        tasks.stop()
        late = tasks.start(work(1))
        await tasks.wait()
        return Ok((late.cancelled(), loop.time()))

    assert run_virtual(main) == Ok((True, 3))


def test_a_timeout_of_asyncio_around_a_gather_waits_for_the_finalizers() -> None:
    resources = Resources()

    async def main() -> Any:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(async_gather([resources.leaf(1), resources.leaf(2)])(), 5)
        return Ok((asyncio.get_running_loop().time(), len(asyncio.all_tasks())))

    assert run_virtual(main) == Ok((7, 1))
    assert (resources.begun, resources.finished) == (2, 2)


SEEN: ContextVar[str] = ContextVar("SEEN", default="outside")


CONTEXTS: dict[str, tuple[str, Callable[[AsyncPlan[Any]], AsyncPlan[Any]]]] = {
    "timeout": ("outside", lambda p: async_timeout(p, TimeoutPolicy(5))),
    "gather": ("outside", lambda p: async_gather([p])),
    "race": ("outside", lambda p: async_race([p])),
    "map": ("inside", lambda p: async_map(p, str)),
    "ensure": ("inside", lambda p: async_ensure(p, async_pure(None))),
}


@pytest.mark.parametrize("name", CONTEXTS)
def test_tasks_of_a_run_have_their_own_context(name: str) -> None:
    seen_after, around = CONTEXTS[name]

    async def change() -> Any:
        assert SEEN.get() == "outside"
        SEEN.set("inside")
        await asyncio.sleep(0)
        return Ok(SEEN.get())

    async def main() -> Any:
        await around(change)()
        return Ok(SEEN.get())

    assert run_virtual(main) == Ok(seen_after)
