"""What checkers infer for plans. Never run; `test_typing.py` has mypy and pyright read it."""

# pyright: strict

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from typing_extensions import assert_type

from asyncplan import (
    AsyncPlan,
    Err,
    ErrInfo,
    Ok,
    Plan,
    Result,
    RetryPolicy,
    TimeoutPolicy,
    async_attempt,
    async_bind,
    async_ensure,
    async_fail,
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
from asyncplan.shell import perform_async, run
from asyncplan.testing import assert_pure_construction, run_virtual

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


class User:
    name: str = ""


class Http:
    async def get(self, url: str) -> Result[dict[str, str], ErrInfo]:
        return Ok({"url": url})

    async def save(self, user: User) -> Result[None, ErrInfo]:
        return Err(ErrInfo("NO", user.name))


def validate(_: dict[str, str]) -> User:
    return User()


def sync_port() -> Result[int, ErrInfo]:
    return Ok(1)


http = Http()

fetched = async_lift(lambda: http.get("/"))
assert_type(fetched, Plan[dict[str, str]])
assert_type(async_pure(1), Plan[int])
assert_type(lift_sync(sync_port), Plan[int])
assert_type(async_map(fetched, validate), Plan[User])
assert_type(async_map(async_pure(1), str), Plan[str])
assert_type(async_map(async_pure(1), lambda n: n / 2), Plan[float])
assert_type(async_bind(async_pure(1), lambda n: async_pure(str(n))), Plan[str])
assert_type(async_bind(fetched, lambda raw: async_lift(lambda: http.save(validate(raw)))), Plan[None])

# Nested binds: the inner continuation sees the values of both.
nested = async_bind(
    fetched,
    lambda raw: async_bind(
        async_pure(validate(raw)),
        lambda user: async_bind(
            async_lift(lambda: http.save(user)),
            lambda _: async_pure((user, len(raw))),
        ),
    ),
)
assert_type(nested, Plan[tuple[User, int]])
assert_type(run(nested), Result[tuple[User, int], ErrInfo])
assert_type(run_virtual(nested, seed=1), Result[tuple[User, int], ErrInfo])
assert_type(assert_pure_construction(async_pure, 1), Plan[int])

# A function of the user's is a plan, and plans of a subtype are plans of the supertype.
raw_plan: AsyncPlan[dict[str, str]] = lambda: http.get("/")  # noqa: E731
assert_type(async_map(raw_plan, len), Plan[int])
wider: AsyncPlan[object] = nested
wider_node: Plan[object] = nested
as_function: Callable[[], Awaitable[Result[object, ErrInfo]]] = nested
failing: AsyncPlan[User] = async_fail(ErrInfo("NO", "no"))
failing_node: Plan[User] = async_fail(ErrInfo("NO", "no"))

assert_type(async_gather([async_pure(1), async_pure(2)], concurrency=2), Plan[list[int]])
assert_type(async_gather_all([async_pure(1)]), Plan[list[Result[int, ErrInfo]]])
assert_type(async_traverse(["a"], lambda url: async_lift(lambda: http.get(url))), Plan[list[dict[str, str]]])
assert_type(async_or_else(async_pure(1), lambda error: async_pure(error.code)), Plan[int | str])
assert_type(async_map_err(nested, lambda error: error), Plan[tuple[User, int]])
assert_type(async_ensure(async_pure(1), async_pure("closed")), Plan[int])
assert_type(async_named(async_pure(1), "one"), Plan[int])
assert_type(
    async_attempt(async_pure(1), catch=(KeyError, OSError), to_error=ErrInfo.from_exception), Plan[int]
)
assert_type(
    async_attempt(async_pure(1), catch=OSError, to_error=lambda e: ErrInfo("IO", str(e.errno))), Plan[int]
)
assert_type(async_retry(async_pure(1), RetryPolicy()), Plan[int])
assert_type(async_timeout(async_pure(1), TimeoutPolicy(1)), Plan[int])


def pick(n: int) -> AsyncPlan[int]:
    return async_pure(n) if n else async_fail(ErrInfo("ZERO", "none"))


assert_type(async_bind(async_pure(1), pick), Plan[int])


def from_result(result: Result[int, ErrInfo]) -> None:
    assert_type(async_from_result(result), Plan[int])
    match result:
        case Ok(value=value):
            assert_type(value, int)
        case Err(error=error):
            assert_type(error, ErrInfo)


def both_sides(result: Result[int, ErrInfo]) -> int | str:
    """Exhaustive: no third side is left for a checker to ask about."""
    match result:
        case Ok(value):
            return value
        case Err(error):
            return error.msg


async def driven(plan: AsyncPlan[int]) -> Any:
    assert_type(await perform_async(plan), Result[int, ErrInfo])
    assert_type(await async_map(plan, str)(), Result[str, ErrInfo])


# The expected type reaches the constructors, through AsyncPlan as through Plan.
def expected_dict() -> AsyncPlan[dict[str, object]]:
    return async_pure({"a": 1})


def expected_floats() -> AsyncPlan[list[float]]:
    return async_pure([1, 2])


def expected_floats_of_a_node() -> Plan[list[float]]:
    return async_pure([1, 2])


def expected_empty() -> AsyncPlan[list[int]]:
    return async_pure([])


def expected_literal() -> AsyncPlan[Literal["a", "b"]]:
    return async_pure("a")


def expected_of_map(plan: AsyncPlan[int]) -> AsyncPlan[list[int | None]]:
    return async_map(plan, lambda n: [n])


def expected_of_gather(plan: AsyncPlan[int]) -> AsyncPlan[list[int | None]]:
    return async_gather([plan])


def expected_of_or_else(plan: AsyncPlan[int]) -> AsyncPlan[list[int]]:
    return async_or_else(async_map(plan, lambda n: [n]), lambda _: async_pure([]))


def expected_of_bind(plan: AsyncPlan[int]) -> AsyncPlan[list[int]]:
    return async_bind(plan, lambda n: async_pure([]) if n == 0 else async_pure([n]))


def expected_tuple(plan: AsyncPlan[int]) -> AsyncPlan[tuple[str, object]]:
    return async_bind(plan, lambda n: async_pure(("a", n)))
