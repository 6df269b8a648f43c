"""The examples of the rules about plans, executed: asyncplan behaves as the rule predicts."""

from __future__ import annotations

import asyncio
import inspect
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncplan import AsyncPlan, Ok, Plan, PlanContractError, async_or_else, async_pure
from asyncplan.shell import run
from asyncplan.testing import assert_pure_construction, observed, plans, run_virtual
from isolint.rules import all_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

RULES = {rule.code: rule for rule in all_rules()}


class Users:
    """The capability named in the examples, which records its calls."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.saved: list[str] = []

    async def get(self, user_id: str) -> Ok[str]:
        self.asked.append(user_id)
        return Ok(user_id)

    async def save(self, user: str) -> Ok[str]:
        self.saved.append(user)
        return Ok(user)

    async def save_all(self, rows: Iterable[str]) -> Ok[int]:
        return Ok(len(list(rows)))

    async def guest(self) -> Ok[str]:
        return Ok("guest")

    async def get_when(self, event: asyncio.Event, user_id: str) -> Ok[tuple[str, bool]]:
        was_set = event.is_set()
        event.set()
        return Ok((user_id, was_set))


@pytest.fixture
def users() -> Users:
    return Users()


def example(code: str, kind: str, name: str, index: int = 0) -> Callable[..., Any]:
    """Return the function ``name`` of an example, executed."""
    namespace: dict[str, Any] = {}
    exec(getattr(RULES[code], kind)[index].source, namespace)  # noqa: S102 - the project's own examples
    function: Callable[..., Any] = namespace[name]
    return function


@pytest.mark.parametrize("index", [0, 1])
def test_iso201_the_second_run_meets_a_finished_coroutine(index: int, users: Users) -> None:
    plan = example("ISO201", "bad", "load", index)("ada", users)
    assert run(plan) == Ok("ada")
    with pytest.raises(PlanContractError, match="second run"):
        run(plan)
    plan = example("ISO201", "good", "load")("ada", users)
    assert run(plan) == run(plan) == Ok("ada")


def test_iso202_a_coroutine_cannot_be_lifted(users: Users) -> None:
    with pytest.raises(PlanContractError, match="coroutine"):
        example("ISO202", "bad", "load")("ada", users)
    plan = example("ISO202", "good", "load")("ada", users)
    assert run(plan) == run(plan) == Ok("ada")
    with pytest.raises(
        PlanContractError, match="async_call was given the coroutine greeting, not a function"
    ):
        example("ISO202", "bad", "greet", 1)("Ada")
    plan = example("ISO202", "good", "greet", 1)("Ada")
    assert run(plan) == run(plan) == Ok("Hello, Ada")


def test_iso203_every_plan_sees_the_last_value(users: Users) -> None:
    names = ["ada", "bob", "eve"]
    assert run(example("ISO203", "bad", "load_all")(names, users)) == Ok(["eve"] * 3)
    run(example("ISO203", "bad", "save_all", 1)(names, users))
    assert users.saved == ["eve"] * 3
    assert run(example("ISO203", "good", "load_all")(names, users)) == Ok(names)


def test_iso204_the_second_run_sees_nothing(users: Users) -> None:
    plan = example("ISO204", "bad", "save_all")(["ada", "bob"], users)
    assert (run(plan), run(plan)) == (Ok(2), Ok(0))
    for index in range(2):
        plan = example("ISO204", "good", "save_all", index)(["ada", "bob"], users)
        assert run(plan) == run(plan) == Ok(2)


def test_iso205_the_second_run_finds_what_the_first_left(users: Users) -> None:
    plan = example("ISO205", "bad", "load")("ada", users)
    assert (run(plan), run(plan)) == (Ok(("ada", False)), Ok(("ada", True)))
    plan = example("ISO205", "good", "load")("ada", users)
    assert run(plan) == run(plan) == Ok(("ada", False))


def test_iso205_a_primitive_belongs_to_the_loop_of_the_first_run() -> None:
    class Waiting(Users):
        async def get_when(self, event: asyncio.Event, user_id: str) -> Ok[tuple[str, bool]]:
            asyncio.get_running_loop().call_soon(event.set)
            await event.wait()
            event.clear()
            return Ok((user_id, True))

    plan = example("ISO205", "bad", "load")("ada", Waiting())
    assert run(plan) == Ok(("ada", True))
    with pytest.raises(RuntimeError, match="different event loop"):
        run(plan)


def test_iso401_a_dropped_plan_never_runs(users: Users) -> None:
    assert run(example("ISO401", "bad", "register")("ada", users)) == Ok("ada")
    assert users.saved == []
    assert run(example("ISO401", "good", "register")("ada", users)) == Ok("ada")
    assert users.saved == ["ada"]


def test_iso401_a_step_without_its_yield_from_never_runs(users: Users) -> None:
    assert run(example("ISO401", "bad", "register", 1)("ada", users)) == Ok("ada")
    assert users.saved == []
    assert run(example("ISO401", "good", "register", 1)("ada", users)) == Ok("ada")
    assert users.saved == ["ada"]


def test_iso401_a_dropped_stream_never_runs(users: Users) -> None:
    assert run(example("ISO401", "bad", "save_all", 2)(["ada", "bob"], users)) == Ok(2)
    assert users.saved == []
    assert run(example("ISO401", "good", "save_all", 2)(["ada", "bob"], users)) == Ok(2)
    assert sorted(users.saved) == ["ada", "bob"]


def test_iso402_a_plan_cannot_be_awaited(users: Users) -> None:
    with pytest.raises(TypeError, match="await"):
        asyncio.run(example("ISO402", "bad", "greet")("ada", users))
    assert users.asked == []
    assert run(example("ISO402", "good", "greet")("ada", users)) == Ok("Hello ada")


def test_iso403_the_inner_plan_never_runs(users: Users) -> None:
    outcome = run(example("ISO403", "bad", "touch")("ada", users))
    assert isinstance(outcome, Ok)
    assert isinstance(outcome.value, Plan)
    assert users.saved == []
    assert run(example("ISO403", "good", "touch")("ada", users)) == Ok("ada")
    assert users.saved == ["ada"]


@pytest.mark.parametrize(("index", "name"), [(0, "load"), (1, "rename")])
def test_iso404_the_driver_refuses_what_is_no_plan(index: int, name: str, users: Users) -> None:
    with pytest.raises(PlanContractError, match="not a plan"):
        run(example("ISO404", "bad", name, index)("ada", users))
    assert users.asked == ["ada"]
    assert users.saved == []
    load = example("ISO404", "good", "load")
    assert (run(load("ada", users)), run(load("", users))) == (Ok("ada"), Ok("guest"))


def test_iso405_the_call_gives_no_plan(users: Users) -> None:
    made: Any = example("ISO405", "bad", "load")("ada", users)
    with pytest.raises(PlanContractError):
        run(made)
    assert inspect.iscoroutine(made)
    made.close()
    assert run(example("ISO405", "good", "load")("ada", users)) == Ok("ada")


def test_iso406_the_plan_is_the_value(users: Users) -> None:
    outcome = run(example("ISO406", "bad", "cached")("ada", users, {}))
    assert isinstance(outcome, Ok)
    assert isinstance(outcome.value, Plan)
    assert users.asked == []
    assert run(example("ISO406", "good", "cached")("ada", users, {})) == Ok("ada")


def test_iso408_a_run_is_no_plan(users: Users) -> None:
    with pytest.raises(PlanContractError, match="coroutine"):
        run(example("ISO408", "bad", "greet")("ada", users))
    with pytest.raises(PlanContractError, match="coroutine"):
        run(example("ISO408", "bad", "together", 1)([async_pure("ada")]))
    assert run(example("ISO408", "good", "greet")("ada", users)) == Ok("Hello ada")
    plans: list[AsyncPlan[str]] = [async_pure("ada"), async_pure("bob")]
    assert run(example("ISO408", "good", "together")(plans)) == Ok(["ada", "bob"])


def test_iso410_the_branch_is_never_taken(users: Users) -> None:
    assert run(example("ISO410", "bad", "load_or_guest")("", users)) == Ok("")
    assert run(example("ISO410", "good", "load_or_guest")("", users)) == Ok("guest")


def test_iso206_the_second_run_starts_from_what_the_first_left(users: Users) -> None:
    plan = example("ISO206", "bad", "load_all")(["ada"], users)
    assert (run(plan), run(plan)) == (Ok(["ada"]), Ok(["ada", "ada"]))
    plan = example("ISO206", "good", "load_all")(["ada"], users)
    assert run(plan) == run(plan) == Ok(["ada"])


@given(plans(st.integers()), st.sampled_from([0, 1]))
def test_iso407_both_sides_are_equal(plan: AsyncPlan[int], index: int) -> None:
    shorter = example("ISO407", "good", "load")
    longer = example("ISO407", "bad", "load", index)
    sides = [observed(load("", Given(plan))) for load in (longer, shorter)]
    assert run_virtual(sides[0]) == run_virtual(sides[1])


@given(st.text())
def test_iso407_binding_a_value_is_calling(value: str) -> None:
    longer, shorter = example("ISO407", "bad", "load", 2), example("ISO407", "good", "load")
    assert run(observed(longer(value, Users()))) == run(observed(shorter(value, Users())))


class Given:
    """A capability whose every call runs the same plan."""

    def __init__(self, plan: AsyncPlan[int]) -> None:
        self._plan = plan

    def get(self, _user_id: str) -> object:
        return self._plan()


def test_iso411_an_exception_passes_every_step_by(users: Users) -> None:
    answered = async_or_else(example("ISO411", "bad", "load")("", users), lambda _: async_pure("guest"))
    with pytest.raises(LookupError):
        run(answered)
    answered = async_or_else(example("ISO411", "good", "load")("", users), lambda _: async_pure("guest"))
    assert run(answered) == Ok("guest")
    assert run(example("ISO411", "good", "load")("ada", users)) == Ok("ada")


def test_iso409_a_deadline_passes_unheard() -> None:
    outcomes = {kind: asyncio.run(stopped(example("ISO409", kind, "keep_fresh"))) for kind in ("bad", "good")}
    assert outcomes == {"bad": False, "good": True}


async def stopped(keep_fresh: Callable[..., Any]) -> bool:
    """Tell whether one cancellation ends the task."""
    resting = asyncio.Event()

    class Source:
        async def refresh(self) -> None:
            await asyncio.sleep(60)

        def note(self, _error: object) -> None:
            resting.set()

    class Clock:
        async def sleep(self, _seconds: float) -> None:
            await asyncio.Event().wait()

    task = asyncio.ensure_future(keep_fresh(Source(), Clock()))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task, asyncio.ensure_future(resting.wait())], return_when=asyncio.FIRST_COMPLETED)
    ended: bool = task.cancelled()
    for left in asyncio.all_tasks() - {asyncio.current_task()}:
        left.cancel()
    return ended


def test_iso412_asyncio_takes_no_plan(users: Users) -> None:
    with pytest.raises(TypeError):
        asyncio.run(example("ISO412", "bad", "greet")("ada", users))
    assert users.asked == []


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
def test_iso412_the_interpreter_takes_no_run(users: Users) -> None:
    with pytest.raises(PlanContractError):
        asyncio.run(example("ISO412", "bad", "main", 1)("ada", users))
    assert run(example("ISO412", "good", "load_all")(["ada", "bob"], users)) == Ok(["ada", "bob"])


def test_iso413_a_plain_value_breaks_the_contract() -> None:
    class Names:
        async def title(self, user_id: str) -> str:
            return user_id.title()

    with pytest.raises(PlanContractError):
        run(example("ISO413", "bad", "load")("ada", Names()))
    assert run(example("ISO413", "good", "load")("ada", Names())) == Ok("Ada")


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
def test_iso414_nothing_of_it_runs(users: Users) -> None:
    asyncio.run(example("ISO414", "bad", "register")("ada", users))
    assert users.saved == []
    asyncio.run(example("ISO414", "good", "register")("ada", users))
    assert users.saved == ["ada"]


def test_every_rule_about_plans_is_run() -> None:
    tested = {name.split("_")[1].upper() for name in globals() if name.startswith("test_iso")}
    assert tested >= {code for code in RULES if code[3] in "24"}


class Clock:
    async def now(self) -> Ok[int]:
        return Ok(3)


def test_iso302_building_is_seen_to_touch_the_world(users: Users, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(AssertionError, match="not pure"):
        assert_pure_construction(example("ISO302", "bad", "stamp"), "ada")
    assert_pure_construction(example("ISO302", "good", "stamp"), "ada", Clock())
    example("ISO302", "bad", "save", 1)("ada", users)
    assert capsys.readouterr().out == "saving ada\n"
    assert users.saved == []
