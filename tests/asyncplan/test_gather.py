"""Gathers: start order, context of each plan, and failure."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import pytest

from asyncplan import (
    AsyncPlan,
    Err,
    ErrInfo,
    Ok,
    PlanContractError,
    async_fail,
    async_gather,
    async_gather_all,
    async_lift,
    async_map,
    async_pure,
    async_traverse,
    async_traverse_all,
    async_zip,
)
from asyncplan.shell import run
from asyncplan.testing import run_virtual

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

NO = ErrInfo("NO", "no")


def traverse(items: Any, concurrency: int = 16) -> Any:
    return async_traverse(items, async_pure, concurrency=concurrency)


def traverse_all(items: Any, concurrency: int = 16) -> Any:
    return async_traverse_all(items, async_pure, concurrency=concurrency)


CONSTRUCTORS: list[Any] = [async_gather, async_gather_all, traverse, traverse_all]
each_constructor = pytest.mark.parametrize(
    "construct", CONSTRUCTORS, ids=["gather", "gather_all", "traverse", "traverse_all"]
)


class Recorder:
    """Plans that log when they start and how they end."""

    def __init__(self) -> None:
        self.log: list[str] = []
        self.running = self.most = 0

    def plan(self, name: str, seconds: float = 1, outcome: Any = None) -> AsyncPlan[Any]:
        async def work() -> Any:
            self.log.append(f"{name} starts")
            self.running += 1
            self.most = max(self.most, self.running)
            try:
                await asyncio.sleep(seconds)
            except asyncio.CancelledError:
                self.log.append(f"{name} cancelled")
                raise
            finally:
                self.running -= 1
            if isinstance(outcome, Exception):
                raise outcome
            return outcome or Ok(name)

        return work


@pytest.mark.parametrize(("concurrency", "seconds"), [(1, 6.0), (2, 3.0), (4, 2.0), (6, 1.0), (100, 1.0)])
def test_no_more_than_concurrency_run_at_a_time(concurrency: int, seconds: float) -> None:
    recorder = Recorder()
    plan = async_gather([recorder.plan(str(i)) for i in range(6)], concurrency=concurrency)

    async def timed() -> Any:
        outcome = await plan()
        return Ok((outcome, asyncio.get_running_loop().time()))

    assert run_virtual(timed) == Ok((Ok(list("012345")), seconds))
    assert recorder.most == min(concurrency, 6)


@pytest.mark.parametrize("failure", [Err(NO), ValueError("x")], ids=["err", "defect"])
def test_the_lowest_failure_wins_however_late_it_comes(failure: Any) -> None:
    recorder = Recorder()
    late = recorder.plan("late", 5, failure)
    plans = [
        recorder.plan("ok", 3),
        late,
        recorder.plan("early", 1, Err(ErrInfo("EARLY", ""))),
        *[recorder.plan("x", 9)] * 5,
    ]
    if isinstance(failure, Exception):
        with pytest.raises(ValueError, match="x"):
            run_virtual(async_gather(plans, concurrency=4))
    else:
        assert run_virtual(async_gather(plans, concurrency=4)) == Err(NO.within(1))
    assert recorder.log == ["ok starts", "late starts", "early starts", "x starts", "x cancelled"]


def test_plans_behind_a_failure_never_start() -> None:
    recorder = Recorder()
    plans: list[AsyncPlan[Any]] = [async_fail(NO), recorder.plan("never")]
    assert run_virtual(async_gather(plans, concurrency=2)) == Err(NO.within(0))
    assert recorder.log == []


def test_gather_all_keeps_failures_but_no_defects() -> None:
    recorder = Recorder()
    plans: list[AsyncPlan[Any]] = [recorder.plan("a"), async_fail(NO), async_pure("b")]
    assert run_virtual(async_gather_all(plans)) == Ok([Ok("a"), Err(NO), Ok("b")])
    with pytest.raises(ValueError, match="x"):
        run_virtual(async_gather_all([*plans, recorder.plan("", 1, ValueError("x"))]))


def test_traverse_builds_each_plan_when_a_worker_is_free() -> None:
    recorder = Recorder()

    def build(name: str) -> AsyncPlan[str]:
        recorder.log.append(f"{name} built")
        return recorder.plan(name)

    plan = async_traverse(["a", "b", "c"], build, concurrency=1)
    assert recorder.log == []
    assert run_virtual(plan) == Ok(["a", "b", "c"])
    assert recorder.log == ["a built", "a starts", "b built", "b starts", "c built", "c starts"]


class Endless:
    """An endless iterable, which can be iterated again and again."""

    def __init__(self) -> None:
        self.pulled = 0

    def __iter__(self) -> Iterator[AsyncPlan[int]]:
        while True:
            self.pulled += 1
            yield async_pure(1) if self.pulled % 10 else async_fail(NO)


def test_plans_are_pulled_lazily() -> None:
    endless = Endless()
    assert run_virtual(async_gather(endless, concurrency=3)) == Err(NO.within(9))
    assert endless.pulled == 10


class Understating(Endless):
    def __len__(self) -> int:
        return 0


def test_a_wrong_length_loses_nothing() -> None:
    assert run_virtual(async_gather(Understating())) == Err(NO.within(9))


def test_no_more_workers_start_than_there_are_items() -> None:
    async def count() -> Any:
        return Ok(len(asyncio.all_tasks()))

    assert run_virtual(async_traverse([1, 2], lambda _: count, concurrency=9)) == Ok([3, 3])


class Broken:
    def __iter__(self) -> Iterator[AsyncPlan[int]]:
        yield async_pure(1)
        raise KeyError("broken")


@pytest.mark.parametrize("concurrency", [1, 3])
def test_an_iterable_that_breaks_is_a_defect(concurrency: int) -> None:
    with pytest.raises(KeyError, match="broken"):
        run_virtual(async_gather(Broken(), concurrency=concurrency))


@each_constructor
def test_a_one_shot_iterator_is_refused_at_construction(construct: Any) -> None:
    one_shots: list[Any] = [iter([1]), (number for number in [1]), map(async_pure, [1])]
    for once in one_shots:
        with pytest.raises(PlanContractError, match=r"one-shot iterator \(\w+\).*give a list"):
            construct(once)


@each_constructor
def test_a_value_that_is_no_iterable_is_refused(construct: Any) -> None:
    with pytest.raises(PlanContractError, match="was given int 3, not an iterable"):
        construct(3)


@each_constructor
@pytest.mark.parametrize("concurrency", [0, -1])
def test_a_concurrency_below_one_is_refused(construct: Any, concurrency: int) -> None:
    with pytest.raises(ValueError, match=f"at least 1, not {concurrency}"):
        construct([], concurrency=concurrency)
    with pytest.raises(TypeError):
        construct([], concurrency=1.5)


@pytest.mark.parametrize("construct", [async_gather, async_gather_all])
def test_a_list_is_copied(construct: Any) -> None:
    plans = [async_pure(1)]
    plan = construct(plans)
    plans.append(async_pure(2))
    assert run_virtual(async_map(plan, len)) == Ok(1)


def test_a_view_of_a_dict_is_copied() -> None:
    plans = {"a": async_pure(1)}
    by_value = async_gather(plans.values())
    by_key = async_traverse(plans, lambda name: plans[name])
    plans["b"] = async_pure(2)
    assert run_virtual(by_value) == Ok([1])
    assert run_virtual(by_key) == Ok([1])


def test_a_traverse_whose_arguments_are_swapped() -> None:
    with pytest.raises(PlanContractError, match="async_traverse takes the items first"):
        async_traverse(async_pure, [1])  # type: ignore[arg-type]


def test_a_plan_is_no_list_of_plans_though_it_can_be_iterated() -> None:
    with pytest.raises(PlanContractError, match=r"not an iterable: give a list, async_gather\(\[plan\]\)"):
        async_gather(async_pure(1))


def test_the_path_of_an_error_tells_the_item() -> None:
    async def load(number: int) -> Any:
        return Err(ErrInfo("HTTP_500", "server error", path=("body",))) if number == 733 else Ok(number)

    plan = async_traverse(range(1000), lambda number: async_lift(lambda: load(number)))
    nested = async_gather([async_pure([0]), plan])
    assert run_virtual(plan) == Err(ErrInfo("HTTP_500", "server error", path=(733, "body")))
    assert run_virtual(nested) == Err(ErrInfo("HTTP_500", "server error", path=(1, 733, "body")))


def test_a_zip_of_two_to_four_plans() -> None:
    assert run_virtual(async_zip(async_pure(1), async_pure("a"))) == Ok((1, "a"))
    assert run_virtual(async_zip(async_pure(1), async_pure("a"), async_pure(None))) == Ok((1, "a", None))
    four = async_zip(async_pure(1), async_pure(2), async_pure(3), async_pure(4))
    assert run_virtual(four) == Ok((1, 2, 3, 4))
    assert repr(four) == "<Plan async_zip of 4 plans>"
    assert run_virtual(async_zip(async_pure(1), async_fail(NO))) == Err(NO.within(1))
    for plans in ([], [async_pure(1)], [async_pure(1)] * 5):
        with pytest.raises(TypeError, match=f"2 to 4 plans, not {len(plans)}"):
            async_zip(*plans)
    with pytest.raises(PlanContractError, match="async_zip was given"):
        async_zip(async_pure(1), 3)  # type: ignore[call-overload]


def test_a_zip_runs_its_plans_at_once() -> None:
    recorder = Recorder()
    run_virtual(async_zip(recorder.plan("a"), recorder.plan("b"), recorder.plan("c")))
    assert recorder.most == 3


@each_constructor
def test_nothing_to_gather(construct: Any) -> None:
    assert run_virtual(construct([])) == Ok([])


SEEN: ContextVar[int] = ContextVar("SEEN", default=0)


def test_each_plan_has_its_own_copy_of_the_context() -> None:
    async def increment() -> Any:
        before = SEEN.get()
        SEEN.set(before + 1)
        await asyncio.sleep(1)
        assert SEEN.get() == before + 1
        return Ok(before)

    async def main() -> Any:
        SEEN.set(7)
        outcome = await async_gather([increment] * 6, concurrency=2)()
        return Ok((outcome, SEEN.get()))

    assert run_virtual(main) == Ok((Ok([7] * 6), 7))


def test_a_plan_that_cancels_itself_cancels_the_gather() -> None:
    async def give_up() -> Any:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await asyncio.sleep(0)

    recorder = Recorder()
    plans: list[AsyncPlan[Any]] = [async_pure(1), give_up, recorder.plan("above")]
    with pytest.raises(asyncio.CancelledError):
        run_virtual(async_gather(plans))
    assert recorder.log in ([], ["above starts", "above cancelled"])


def test_a_plan_may_use_the_timeouts_of_its_task() -> None:
    async def impatient() -> Any:
        try:
            await asyncio.wait_for(asyncio.sleep(10), 1)
        except asyncio.TimeoutError:
            return Ok("late")

    assert run_virtual(async_gather([impatient] * 5, concurrency=2)) == Ok(["late"] * 5)


def test_an_awaitable_need_not_be_a_coroutine() -> None:
    class Custom:
        def __await__(self) -> Generator[Any, Any, Any]:
            yield from asyncio.sleep(1).__await__()
            return Ok("custom")

    def future() -> Any:
        result = asyncio.get_running_loop().create_future()
        result.set_result(Ok("future"))
        return result

    odd: list[AsyncPlan[Any]] = [Custom, future]
    assert run_virtual(async_gather(odd)) == Ok(["custom", "future"])


@pytest.mark.skipif(not hasattr(asyncio, "eager_task_factory"), reason="eager tasks came with Python 3.12")
def test_eager_tasks_change_nothing() -> None:
    recorder = Recorder()

    async def main() -> Any:
        asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)  # type: ignore[attr-defined]
        plans: list[AsyncPlan[Any]] = [recorder.plan("a", 0), async_pure("b"), recorder.plan("c", 0)]
        failing: list[AsyncPlan[Any]] = [*plans, async_fail(NO)]
        return Ok([await async_gather(plans)(), await async_gather(failing)()])

    assert run(main) == Ok([Ok(["a", "b", "c"]), Err(NO.within(3))])


def broken_leaves() -> dict[str, Any]:
    async def gives_three() -> Any:
        return 3

    async def raises() -> Any:
        raise LookupError("defect")

    def raises_at_once() -> Any:
        raise LookupError("defect")

    handed_out = [raises()]
    handed_out[0].close()
    return {
        "no result": gives_three,
        "no awaitable": lambda: 3,
        "a defect": raises,
        "a defect while building": raises_at_once,
        "a defect of a lift": async_lift(raises),
        "a coroutine used up": async_lift(lambda: handed_out[0]),
        "no plan": 3,
    }


@pytest.mark.parametrize("name", broken_leaves())
def test_a_broken_plan_is_reported_as_it_is_alone(name: str) -> None:
    def report(build: Callable[[Any], AsyncPlan[Any]]) -> tuple[type[BaseException], str, list[str]]:
        with pytest.raises((LookupError, PlanContractError)) as caught:
            run_virtual(build(broken_leaves()[name]))
        return caught.type, str(caught.value), getattr(caught.value, "__notes__", [])

    assert report(lambda plan: async_gather([plan])) == report(lambda plan: plan)
