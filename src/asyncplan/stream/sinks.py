"""Back from a stream to a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, final

from asyncplan import contract
from asyncplan._typing import override
from asyncplan.plan import BUDGET, GIVE_WAY, Plan, type_of
from asyncplan.result import Err, ErrInfo, Ok, Result
from asyncplan.stream.node import closing, error_of, require_stream, start

if TYPE_CHECKING:
    from asyncplan.stream.node import AsyncStream

A = TypeVar("A")
A_co = TypeVar("A_co", covariant=True)


def collect(stream: AsyncStream[A]) -> Plan[list[A]]:
    """Run `stream` and give its values in a list. O(items) heap.

    The first `Err` ends the run and is the outcome; the `path` of its error begins with its place among the items.
    """
    require_stream(stream, "stream.collect")
    return Collect(stream, keep_errors=False)


def collect_all(stream: AsyncStream[A]) -> Plan[list[Result[A, ErrInfo]]]:
    """Run `stream` to its end and give every item, `Ok` and `Err` alike."""
    require_stream(stream, "stream.collect_all")
    return Collect(stream, keep_errors=True)


@final
class Collect(Plan[A_co]):
    """A leaf that runs a stream in the task of the plan."""

    __slots__ = ("keep_errors", "src")

    def __init__(self, src: AsyncStream[Any], *, keep_errors: bool) -> None:
        self.src = src
        self.keep_errors = keep_errors

    @override
    async def __call__(self) -> Any:
        collected: list[Any] = []
        keep = self.keep_errors
        async with closing(start(self.src)) as items:
            async for item in items:
                if type_of(item) is Ok:
                    collected.append(item if keep else item.value)
                else:
                    error = contract.require_error(error_of(item, self.src).error, self.src)
                    if not keep:
                        return Err(error.within(len(collected)))
                    collected.append(item)
                if not len(collected) % BUDGET:
                    await GIVE_WAY
        return Ok(collected)

    @override
    def describe(self) -> str:
        return "stream.collect_all" if self.keep_errors else "stream.collect"
