"""The type of a stream, the node that every stage is, and the contract between a stage and its source."""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import AsyncGeneratorType
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, final

from asyncplan import contract
from asyncplan.contract import PlanContractError, is_callable
from asyncplan.plan import Plan, type_of
from asyncplan.result import Err
from asyncplan.structure import Node, describe

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from asyncplan.result import ErrInfo, Result

A_co = TypeVar("A_co", covariant=True)


class AsyncStream(Protocol[A_co]):
    """A description of many values over time: each call is a fresh run.

    An async generator function without arguments that yields `Ok` and `Err` is one.
    """

    def __call__(self) -> AsyncIterator[Result[A_co, ErrInfo]]:
        """Start one run."""
        ...


class Stream(Node, Generic[A_co]):
    """An `AsyncStream` with a repr, structural equality and a hash."""

    __slots__ = ()
    kind = "Stream"

    def __call__(self) -> AsyncGenerator[Result[A_co, ErrInfo], None]:
        """Start one run. A consumer that leaves it before its end calls its `aclose`."""
        raise NotImplementedError


class Stage(Stream[A_co]):
    """A stream made of the items of another one, its `src`."""

    __slots__ = ("src",)
    src: AsyncStream[Any]


def start(stream: AsyncStream[Any]) -> AsyncIterator[Any]:
    """Start a run of `stream`; refuse anything that gives no async iterator."""
    items = stream()
    if not _is_async_iterator(items):
        contract.discard(items)
        hint = "a stream is a function without arguments that returns an async iterator"
        if hasattr(items, "__await__"):
            hint = "wrap a plan with stream.from_plan(...); an async function that yields is a stream"
        raise PlanContractError(
            f"stream {describe(stream)} returned {contract.kind(items)}, no async iterator: {hint}"
        )
    return items


def start_made_by(f: Callable[[Any], AsyncStream[Any]], value: object) -> AsyncIterator[Any]:
    """Start a run of the stream `f(value)`."""
    stream = f(value)
    if _is_plan(stream) or not is_callable(stream):
        raise PlanContractError(f"continuation {contract.label(f)} returned {_no_stream(stream)}")
    return start(stream)


@final
class closing:  # noqa: N801 - as contextlib.aclosing, which refuses iterators without `aclose`
    """A run of a stream that is closed on every way out: `async with closing(start(stream)) as items`."""

    __slots__ = ("_items",)

    def __init__(self, items: AsyncIterator[Any]) -> None:
        self._items = items

    async def __aenter__(self) -> AsyncIterator[Any]:
        return self._items

    async def __aexit__(self, *_: object) -> None:
        await close(self._items)


def close(items: Any) -> Awaitable[None]:
    """Close a run of a stream, finished or not; an iterator without `aclose` has nothing to close."""
    return items.aclose() if hasattr(items, "aclose") else _nothing()


async def _nothing() -> None:
    pass


def require_stream(given: object, stage: str) -> None:
    """Refuse an argument that cannot be a stream, where it is given."""
    if _is_plan(given) or not is_callable(given):
        raise PlanContractError(f"{stage} was given {_no_stream(given)}")


def error_of(item: Any, stream: object) -> Err[ErrInfo]:
    """Give back an item of `stream` that is no Ok, unless it is no Err either."""
    if type_of(item) is not Err:
        raise no_result(item, stream)
    error: Err[ErrInfo] = item
    return error


def no_result(item: object, stream: object) -> PlanContractError:
    """Report an item of `stream` that is neither Ok nor Err."""
    contract.discard(item)
    hint = "yield Ok(value), or Err(ErrInfo(...)) for a failure that is expected"
    return PlanContractError(f"stream {describe(stream)} gave {contract.kind(item)}, not Ok or Err: {hint}")


def _no_stream(given: object) -> str:
    if _is_plan(given):
        return f"the plan {describe(given)}, not a stream: wrap it with stream.from_plan(...)"
    if isinstance(given, AsyncGeneratorType):
        name = given.__qualname__
        return f"the async generator {name}, which runs once: give the function, {name} in place of {name}()"
    contract.discard(given)
    return f"{contract.kind(given)}, not a stream: wrap values with stream.from_items([...])"


def _is_async_iterator(given: object) -> bool:
    return type(given) is AsyncGeneratorType or isinstance(given, AsyncIterator)


def _is_plan(given: object) -> bool:
    return isinstance(given, Plan)
