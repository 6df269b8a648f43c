"""Types that checkers infer for plans. Never run; `test_typing.py` has mypy and pyright read it."""

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
    Steps,
    TimeoutPolicy,
    as_plan,
    async_attempt,
    async_bind,
    async_bracket,
    async_call,
    async_do,
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
    async_race,
    async_retry,
    async_timeout,
    async_traverse,
    async_traverse_all,
    async_zip,
    lift_blocking,
    lift_sync,
    stream,
)
from asyncplan.shell import perform_async, run
from asyncplan.testing import assert_pure_construction, run_virtual

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable


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


# pyright carries no expected type into a bare `set()` here, as for any function of two type variables.
def expected_set(plan: AsyncPlan[int]) -> AsyncPlan[set[str]]:
    return async_bind(plan, lambda _: async_pure(set[str]()))


# Steps in sequence: exact types through `yield from`.
@async_do
def registered(name: str, *, port: Http) -> Steps[tuple[User, int]]:
    raw = yield from async_lift(lambda: port.get(name))
    assert_type(raw, dict[str, str])
    user = yield from as_plan(pick_user(len(raw)))
    assert_type(user, User)
    first, second = yield from async_zip(async_pure(1), async_pure("a"))
    assert_type(first, int)
    assert_type(second, str)
    yield from async_lift(lambda: port.save(user))
    return user, first


assert_type(registered("ada", port=http), Plan[tuple[User, int]])
assert_type(run(registered("ada", port=http)), Result[tuple[User, int], ErrInfo])


def pick_user(n: int) -> AsyncPlan[User]:
    return async_pure(User()) if n else async_fail(ErrInfo("NO", "none"))


@async_do
def narrowed(text: str | None) -> Steps[int]:
    if text is None:
        return (yield from async_fail(ErrInfo("NO_TEXT", "none")))
    assert_type(text, str)
    return len(text)


assert_type(narrowed(None), Plan[int])


class Service:
    @async_do
    def scaled(self, n: int) -> Steps[float]:
        return (yield from async_pure(n)) / 2


assert_type(Service().scaled(1), Plan[float])

# Plans of different types side by side, against each other, and around a resource.
assert_type(async_zip(async_pure(1), async_pure("a"), async_pure(None)), Plan[tuple[int, str, None]])
assert_type(
    async_zip(async_pure(1), pick_user(1), raw_plan, async_pure(b"")),
    Plan[tuple[int, User, dict[str, str], bytes]],
)
assert_type(async_race([async_pure(1), async_pure(2)]), Plan[int])
assert_type(async_race([pick(1), async_pure(2)]), Plan[int])
assert_type(async_traverse_all(["a"], lambda url: async_pure(len(url))), Plan[list[Result[int, ErrInfo]]])
assert_type(
    async_bracket(
        fetched,
        lambda raw: async_pure(len(raw)),
        lambda raw: async_lift(lambda: http.save(validate(raw))),
    ),
    Plan[int],
)


async def plain(url: str, timeout: float = 1) -> bytes:
    return f"{url} {timeout}".encode()


assert_type(async_call(plain, "/"), Plan[bytes])
assert_type(async_call(plain, "/", 2.0), Plan[bytes])
assert_type(async_call(lambda: plain("/", timeout=2)), Plan[bytes])
assert_type(
    async_call(plain, "/", catch=OSError, to_error=lambda e: ErrInfo("IO", str(e.errno))), Plan[bytes]
)
assert_type(async_call(plain, "/", catch=(OSError, ValueError)), Plan[bytes])
assert_type(lift_blocking(sync_port), Plan[int])


async def numbers() -> AsyncIterator[Result[int, ErrInfo]]:
    yield Ok(1)


def embed(text: str) -> AsyncPlan[tuple[float, ...]]:
    return async_pure((float(len(text)),))


texts = stream.from_items(["a"])
assert_type(texts, stream.Stream[str])
assert_type(stream.map(numbers, str), stream.Stream[str])
assert_type(stream.map(texts, lambda text: len(text)), stream.Stream[int])  # noqa: PLW0108
assert_type(stream.bind(texts, lambda text: stream.from_items(text.encode())), stream.Stream[int])
assert_type(stream.from_plan(fetched), stream.Stream[dict[str, str]])
assert_type(stream.bounded_map(texts, embed, concurrency=2), stream.Stream[tuple[float, ...]])
assert_type(stream.bounded_map(numbers, lambda n: async_pure(n / 2), ordered=False), stream.Stream[float])
assert_type(stream.merge([texts, stream.from_items({"b"})]), stream.Stream[str])
assert_type(stream.chunk(stream.buffer(texts, 2), 3), stream.Stream[list[str]])
assert_type(stream.rate(stream.unique(texts, str.casefold), 5, burst=2), stream.Stream[str])
assert_type(
    stream.using(fetched, stream.from_items, lambda raw: async_pure(len(raw))),
    stream.Stream[str],
)
assert_type(stream.collect(numbers), Plan[list[int]])
assert_type(stream.collect_all(texts), Plan[list[Result[str, ErrInfo]]])
wider_stream: stream.AsyncStream[object] = texts
raw_stream: Callable[[], AsyncIterator[Result[object, ErrInfo]]] = texts


def document_words(names: list[str]) -> stream.AsyncStream[str]:
    return stream.bind(stream.from_items(names), lambda name: stream.from_items(name.split()))
