"""Each stage by example, refused arguments, and construction without effects."""

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
    async_map,
    async_pure,
    render_tree,
    stream,
)
from asyncplan.plan import BUDGET
from asyncplan.testing import assert_pure_construction, run_virtual
from tests.asyncplan.streams import NO, Script, Source, items_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

ITEMS = Script((Ok(1), Ok(2), Err(NO), Ok(3)))


def oks(*values: object) -> list[Any]:
    return [Ok(value) for value in values]


async def waits(number: int) -> Any:
    await asyncio.sleep(number)
    return Ok(number)


def test_an_error_keeps_its_place_in_every_stage() -> None:
    assert items_of(stream.map(ITEMS, str)) == [Ok("1"), Ok("2"), Err(NO), Ok("3")]
    assert items_of(stream.bind(ITEMS, lambda n: stream.from_items([n] * n))) == [
        *oks(1, 2, 2),
        Err(NO),
        *oks(3, 3, 3),
    ]
    assert items_of(stream.chunk(ITEMS, 3)) == [Ok([1, 2]), Err(NO), Ok([3])]
    assert items_of(stream.unique(ITEMS, lambda n: n % 2)) == [*oks(1, 2), Err(NO)]
    assert items_of(stream.bounded_map(ITEMS, lambda n: lambda: waits(n))) == list(ITEMS.items)
    assert items_of(stream.buffer(ITEMS, 1)) == list(ITEMS.items)


def test_collect_fails_with_the_first_error_and_collect_all_keeps_it() -> None:
    assert run_virtual(stream.collect(ITEMS)) == Err(NO.within(2))
    assert run_virtual(stream.collect_all(ITEMS)) == Ok(list(ITEMS.items))
    assert run_virtual(stream.collect(stream.from_items(range(0)))) == Ok([])


def test_outcomes_come_in_order_or_as_they_are_ready() -> None:
    numbers = stream.from_items([3, 1, 2])
    assert items_of(stream.bounded_map(numbers, lambda n: lambda: waits(n))) == oks(3, 1, 2)
    unordered = stream.bounded_map(numbers, lambda n: lambda: waits(n), ordered=False)
    assert items_of(unordered) == oks(1, 2, 3)


def test_an_outcome_is_handed_on_while_the_source_is_silent() -> None:
    seen: list[float] = []

    async def note() -> Any:
        loop = asyncio.get_running_loop()
        source = Script((Ok(1), Ok(2)), (0, 100))
        outcomes = stream.bounded_map(source, lambda n: lambda: waits(n), concurrency=2)
        seen.extend([loop.time() async for _ in outcomes()])
        return Ok(None)

    run_virtual(note)
    assert seen == [1, 102]


def test_a_concurrency_of_one_runs_nothing_ahead() -> None:
    begun: list[int] = []

    async def note(number: int) -> Any:
        begun.append(number)
        return Err(NO) if number == 2 else Ok(number)

    writes = stream.bounded_map(stream.from_items(range(9)), lambda n: lambda: note(n), concurrency=1)
    assert run_virtual(stream.collect(writes)) == Err(NO.within(2))
    assert begun == [0, 1, 2]


def test_a_merge_is_fair() -> None:
    async def busy() -> AsyncIterator[Any]:
        for number in range(100):
            yield Ok(("busy", number))

    slow = Script(tuple(oks(*range(3))))
    merged = items_of(stream.merge([busy, stream.map(slow, lambda n: ("slow", n)), busy]))
    assert [item.value[0] for item in merged[:9]] == ["busy", "slow", "busy"] * 3


def test_a_merge_does_not_wait_for_a_silent_stream() -> None:
    silent = Script((Ok(-1),), (1000,))
    assert items_of(stream.merge([silent, stream.from_items("ab")])) == oks("a", "b", -1)
    assert items_of(stream.merge([])) == []


def test_a_rate_spreads_items_after_its_burst() -> None:
    passed: list[float] = []

    async def note() -> Any:
        loop = asyncio.get_running_loop()
        passed.extend([loop.time() async for _ in stream.rate(stream.from_items(range(5)), 2, burst=2)()])
        return Ok(None)

    run_virtual(note)
    assert passed == [0, 0, 0.5, 1, 1.5]


class Log(list[str]):
    def plan(self, name: str, outcome: Any = None) -> AsyncPlan[Any]:
        async def note() -> Any:
            await asyncio.sleep(1)
            self.append(name)
            return outcome or Ok(name)

        return note


def test_using_releases_after_the_last_item() -> None:
    log = Log()
    held = stream.using(log.plan("open"), lambda _: ITEMS, lambda _: log.plan("close"))
    assert items_of(held) == list(ITEMS.items)
    assert items_of(held) == list(ITEMS.items)
    assert log == ["open", "close"] * 2


def test_using_releases_nothing_that_was_not_acquired() -> None:
    log = Log()
    held = stream.using(log.plan("open", Err(NO)), lambda _: ITEMS, lambda _: log.plan("close"))
    assert items_of(held) == [Err(NO)]
    assert log == ["open"]


def test_an_error_of_a_release_comes_last() -> None:
    held = stream.using(async_pure(1), lambda _: stream.from_items([1]), lambda _: async_fail(NO))
    assert items_of(held) == [Ok(1), Err(NO)]


USES: list[Callable[[Any], Any]] = [
    lambda _: Script((Ok(1),), broken=True),
    lambda _: 1 / 0,
    lambda _: 3,
    lambda _: stream.from_plan(Log().plan("", outcome=3)),
]


def test_no_acquisition_is_lost_to_a_cancellation_in_the_driver() -> None:
    log: list[str] = []

    async def opened() -> Any:
        log.append("open")
        return Ok(0)

    async def closed() -> Any:
        log.append("close")
        return Ok(None)

    acquire: AsyncPlan[int] = opened
    for _ in range(2 * BUDGET):
        acquire = async_map(acquire, double)
    held = stream.using(acquire, lambda _: ITEMS, lambda _: closed)

    async def main() -> Any:
        for turns in range(4):
            task = asyncio.ensure_future(stream.collect(held)())
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
        return Ok(None)

    run_virtual(main)
    assert log.count("open") == log.count("close") > 0


@pytest.mark.parametrize("use", USES)
def test_using_releases_after_a_defect(use: Any) -> None:
    log = Log()
    held = stream.using(log.plan("open"), use, lambda _: log.plan("close"))
    with pytest.raises((LookupError, ZeroDivisionError, PlanContractError)):
        run_virtual(stream.collect(held))
    assert log == ["open", "close"]


def test_items_are_pulled_as_they_are_asked_for() -> None:
    pulled: list[int] = []

    class Endless:
        def __iter__(self) -> Iterator[int]:
            number = 0
            while True:
                pulled.append(number)
                yield number
                number += 1

    failing = stream.bind(
        stream.from_items(Endless()),
        lambda n: stream.from_plan(async_fail(NO) if n == 3 else async_pure(n)),
    )
    assert run_virtual(stream.collect(failing)) == Err(NO.within(3))
    assert pulled == [0, 1, 2, 3]


LONG = stream.from_items(range(4 * BUDGET))
MANY = stream.bind(stream.from_items(range(BUDGET)), lambda n: stream.from_items((n,) * 4))


@pytest.mark.parametrize(
    ("long", "size"),
    [(stream.map(LONG, abs), 4 * BUDGET), (stream.unique(LONG, bool), 2), (MANY, 4 * BUDGET)],
)
def test_a_long_stream_lets_others_run(long: stream.AsyncStream[int], size: int) -> None:
    turns: list[int] = []

    async def main() -> Any:
        async def other() -> None:
            while True:
                turns.append(1)
                await asyncio.sleep(0)

        task = asyncio.ensure_future(other())
        outcome: Any = await stream.collect(long)()
        task.cancel()
        return Ok(len(outcome.value))

    assert run_virtual(main) == Ok(size)
    assert len(turns) >= 3


def test_a_source_is_run_by_one_task_from_beginning_to_end() -> None:
    stages: list[Callable[[stream.AsyncStream[int]], stream.Stream[int]]] = [
        lambda source: stream.buffer(source, 2),
        lambda source: stream.merge([source, stream.from_items([1])]),
        lambda source: stream.bounded_map(source, lambda n: lambda: waits(n % 3), concurrency=3),
    ]
    for stage in stages:
        source = Source()
        run_virtual(stream.collect(stage(source)))
        assert len(source.tasks) == 1


SEEN: ContextVar[int] = ContextVar("SEEN", default=0)


@pytest.mark.parametrize("concurrency", [1, 3])
def test_each_plan_has_its_own_copy_of_the_context(concurrency: int) -> None:
    async def increment() -> Any:
        SEEN.set(SEEN.get() + 1)
        await asyncio.sleep(1)
        return Ok(SEEN.get())

    plans = stream.bounded_map(stream.from_items(range(5)), lambda _: increment, concurrency=concurrency)
    assert run_virtual(stream.collect(plans)) == Ok([1] * 5)


def test_some_hundred_stages_run() -> None:
    deep: stream.AsyncStream[int] = stream.from_items([0])
    for _ in range(200):
        deep = stream.map(deep, lambda n: n + 1)
    assert run_virtual(stream.collect(deep)) == Ok([200])
    assert repr(deep).startswith("<Stream … |> ")
    assert stream.map(deep, double) == stream.map(deep, double)


def test_building_touches_nothing() -> None:
    class Port:
        async def embed(self, text: str) -> Any:
            return Ok(text)

    def build(port: Port) -> AsyncPlan[list[list[str]]]:
        texts = stream.using(async_pure(port), lambda _: stream.from_items(["a"]), lambda _: async_pure(None))
        embedded = stream.bounded_map(texts, lambda text: lambda: port.embed(text))
        spaced = stream.rate(stream.buffer(stream.merge([embedded]), 2), 9)
        return stream.collect(stream.chunk(stream.unique(spaced, str), 2))

    plan = assert_pure_construction(build, Port())
    assert run_virtual(plan) == Ok([["a"]])


def double(n: int) -> int:
    return 2 * n


def test_streams_are_values() -> None:
    def build() -> stream.Stream[Any]:
        numbers = stream.chunk(stream.map(stream.from_items([1, 2]), double), 2)
        return stream.bounded_map(stream.buffer(numbers, 3), async_pure, concurrency=4)

    assert build() == build()
    assert hash(build()) == hash(build())
    assert build() != stream.buffer(build(), 1)
    assert stream.collect(build()) == stream.collect(build()) != stream.collect_all(build())
    assert (
        repr(stream.chunk(stream.from_items([1]), 2))
        == "<Stream stream.from_items((1,)) |> stream.chunk of 2>"
    )


def test_a_drawing_shows_the_stages() -> None:
    merged = stream.merge([stream.chunk(stream.from_items([1]), 2), stream.from_plan(async_pure(1))])
    assert render_tree(stream.collect(stream.rate(merged, 5))) == (
        "stream.merge\n"
        "├─ stream.from_items((1,))\n"
        "│  stream.chunk of 2\n"
        "└─ stream.from_plan\n"
        "   └─ async_pure(1)\n"
        "stream.rate of 5 a second, 1 at once\n"
        "stream.collect"
    )


async def numbers() -> AsyncIterator[Any]:
    yield Ok(1)


CONSTRUCTORS: list[Callable[[Any], Any]] = [
    lambda given: stream.map(given, str),
    lambda given: stream.bind(given, lambda _: numbers),
    lambda given: stream.unique(given, str),
    lambda given: stream.chunk(given, 1),
    lambda given: stream.rate(given, 1),
    lambda given: stream.bounded_map(given, async_pure),
    lambda given: stream.merge([given]),
    lambda given: stream.buffer(given, 1),
    stream.collect,
    stream.collect_all,
]


@pytest.mark.parametrize("construct", CONSTRUCTORS)
def test_a_value_that_is_no_stream_is_refused_at_construction(construct: Callable[[Any], Any]) -> None:
    running = numbers()
    for given, message in [
        (
            running,
            r"was given the async generator numbers, which runs once: give the function, numbers in place",
        ),
        ([1], r"was given list \[1\], not a stream: wrap values with stream.from_items"),
        (async_pure(1), r"was given the plan async_pure\(1\), not a stream: wrap it with stream.from_plan"),
        (waits(1), r"was given the coroutine waits, not a stream"),
    ]:
        with pytest.raises(PlanContractError, match=message):
            construct(given)


def give(answer: Any) -> Callable[[Any], Any]:
    return lambda _: answer


broken: Any = stream  # without the types, which refuse these
BROKEN: list[tuple[Callable[[], Any], str]] = [
    (
        lambda: broken.map(lambda: waits(1), str),
        r"stream .*<lambda> .* returned the coroutine waits, no async",
    ),
    (lambda: broken.map(lambda: [1], str), r"returned list \[1\], no async iterator"),
    (
        lambda: broken.bind(ITEMS, give([1])),
        r"continuation .*give.* returned list \[1\], not a stream",
    ),
    (lambda: broken.bind(ITEMS, async_pure), r"continuation async_pure .* returned the plan async_pure\(1\)"),
    (lambda: broken.bounded_map(ITEMS, give(1), concurrency=1), r"returned int 1, not a plan"),
    (lambda: broken.bounded_map(ITEMS, give(1), concurrency=2), r"returned int 1, not a plan"),
    (lambda: broken.using(async_pure(1), give(ITEMS), give(3)), r"returned int 3, not a plan"),
]


@pytest.mark.parametrize(("build", "message"), BROKEN)
def test_a_broken_contract_names_its_culprit(build: Callable[[], Any], message: str) -> None:
    with pytest.raises(PlanContractError, match=message):
        run_virtual(stream.collect_all(build()))


STAGES: list[Callable[[stream.AsyncStream[int]], stream.AsyncStream[Any]]] = [
    lambda s: stream.map(s, str),
    lambda s: stream.bind(s, lambda _: numbers),
    lambda s: stream.unique(s, str),
    lambda s: stream.chunk(s, 1),
    lambda s: stream.bounded_map(s, async_pure, concurrency=1),
    lambda s: stream.bounded_map(s, async_pure),
    lambda s: stream.merge([s]),
    lambda s: s,
]


@pytest.mark.parametrize("stage", STAGES)
def test_an_item_that_is_no_result_is_refused(stage: Callable[[Any], Any]) -> None:
    async def bare() -> AsyncIterator[Any]:
        yield 3

    with pytest.raises(PlanContractError, match="gave int 3, not Ok or Err: yield Ok"):
        run_virtual(stream.collect(stage(bare)))


@pytest.mark.parametrize("collect", [stream.collect, stream.collect_all])
def test_an_error_that_is_no_errinfo_is_refused(collect: Callable[[Any], AsyncPlan[Any]]) -> None:
    async def texts() -> AsyncIterator[Any]:
        yield Err("no")

    with pytest.raises(PlanContractError, match=r"texts .*str 'no' is no ErrInfo"):
        run_virtual(collect(texts))


@pytest.mark.parametrize(
    "construct",
    [
        lambda: stream.chunk(numbers, 0),
        lambda: stream.buffer(numbers, 0),
        lambda: stream.bounded_map(numbers, async_pure, concurrency=0),
        lambda: stream.rate(numbers, 1, burst=0),
        lambda: stream.rate(numbers, 0),
        lambda: stream.rate(numbers, float("inf")),
        lambda: stream.rate(numbers, float("nan")),
    ],
)
def test_an_invalid_bound_is_refused(construct: Callable[[], Any]) -> None:
    with pytest.raises(ValueError, match=r"at least 1, not 0|above 0, not (0|inf|nan)"):
        construct()


def test_a_one_shot_iterator_is_refused() -> None:
    for construct in (stream.from_items, stream.merge):
        with pytest.raises(PlanContractError, match="one-shot iterator"):
            construct(iter([]))
    changing = [1]
    numbers = stream.from_items(changing)
    changing.append(2)
    assert items_of(numbers) == [Ok(1)]


def test_an_iterator_without_aclose_is_a_stream() -> None:
    class Countdown:
        def __init__(self) -> None:
            self.left = 3

        def __aiter__(self) -> Countdown:
            return self

        async def __anext__(self) -> Any:
            self.left -= 1
            if self.left < 0:
                raise StopAsyncIteration
            return Ok(self.left) if self.left else Err(ErrInfo("ZERO", "none"))

    assert items_of(stream.map(Countdown, str)) == [Ok("2"), Ok("1"), Err(ErrInfo("ZERO", "none"))]
