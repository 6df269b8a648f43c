"""Plans of calls that are no plans yet: functions that return values, raise, block, or do not wait."""

from __future__ import annotations

import asyncio
from contextvars import copy_context
from typing import TYPE_CHECKING, Any, TypeVar, final

from asyncplan import contract
from asyncplan._typing import override
from asyncplan.plan import Plan
from asyncplan.result import Err, ErrInfo, Ok, Result

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from concurrent.futures import Executor

    from typing_extensions import TypeVarTuple, Unpack

    Ts = TypeVarTuple("Ts")

A = TypeVar("A")
A_co = TypeVar("A_co", covariant=True)
Defect = TypeVar("Defect", bound=Exception)


def async_call(
    f: Callable[[Unpack[Ts]], Awaitable[A]],
    *args: Unpack[Ts],
    catch: type[Defect] | tuple[type[Defect], ...] = (),
    to_error: Callable[[Defect], ErrInfo] = ErrInfo.from_exception,
) -> Plan[A]:
    """Describe the call `await f(*args)` of a function that returns a plain value, and raises.

    `async_call(session.get, url, catch=OSError)`. Each run calls `f` afresh; the value becomes the plan's. An
    exception of a class in `catch` becomes `Err(to_error(exception))`, any other is a defect. O(1). Where `f`
    takes keyword arguments, write `async_call(lambda: f(x, key=y))`.

    Raises `TypeError` for a class in `catch` that is no `Exception` and, when driven, `PlanContractError` for
    an `f` that returns no awaitable, or whose awaitable gives a `Result`: that is for `async_lift`.
    """
    contract.require_function(f, "async_call")
    contract.require_function(to_error, "async_call")
    return Call(f, args, contract.exception_classes(catch, "async_call"), to_error)


def lift_sync(make: Callable[[], Result[A, ErrInfo]]) -> Plan[A]:
    """Describe a call that does not wait: a synchronous `() -> Result` as a plan. O(1).

    `make` runs afresh in each run, on the event loop: a call that blocks belongs in `lift_blocking`.
    """
    contract.require_plan(make, "lift_sync")
    return Sync(make)


def lift_blocking(make: Callable[[], Result[A, ErrInfo]], *, executor: Executor | None = None) -> Plan[A]:
    """Describe a call that blocks: a synchronous `() -> Result` that runs in a thread. O(1).

    `executor` is that of the event loop unless given. `make` sees a copy of the context variables. A thread
    cannot be stopped: when the plan is cancelled, `make` runs on, and its outcome is dropped.
    """
    contract.require_plan(make, "lift_blocking")
    return Blocking(make, executor)


@final
class Call(Plan[A_co]):
    """A leaf that awaits a function which returns a value, and catches its exceptions."""

    __slots__ = ("args", "catch", "f", "to_error")
    combinator = "async_call"

    def __init__(
        self,
        f: Callable[..., Awaitable[A_co]],
        args: tuple[Any, ...],
        catch: tuple[type[Exception], ...],
        to_error: Callable[[Any], ErrInfo],
    ) -> None:
        self.f = f
        self.args = args
        self.catch = catch
        self.to_error = to_error

    @override
    async def __call__(self) -> Result[A_co, ErrInfo]:
        try:
            made = self.f(*self.args)
            contract.require_awaitable_value(made, self.f)
            value = await made
        except self.catch as exc:
            return Err(contract.require_error(self.to_error(exc), self.to_error))
        if contract.is_result(value):
            raise contract.result_for_value(value, self.f)
        return Ok(value)


class _OfThunk(Plan[A_co]):
    """A leaf made of a synchronous function without arguments."""

    __slots__ = ("make",)
    make: Callable[[], Result[A_co, ErrInfo]]

    def checked(self, outcome: Result[A_co, ErrInfo]) -> Result[A_co, ErrInfo]:
        if not contract.is_result(outcome):
            raise contract.no_result(outcome, self.make)
        return outcome

    @override
    def describe(self) -> str:
        return f"{self.combinator} {contract.label(self.make)}"


@final
class Sync(_OfThunk[A_co]):
    """A leaf that calls a function of the user's and does not wait."""

    __slots__ = ()
    combinator = "lift_sync"

    def __init__(self, make: Callable[[], Result[A_co, ErrInfo]]) -> None:
        self.make = make

    @override
    async def __call__(self) -> Result[A_co, ErrInfo]:
        return self.checked(self.make())


@final
class Blocking(_OfThunk[A_co]):
    """A leaf that calls a function of the user's in a thread."""

    __slots__ = ("executor",)
    combinator = "lift_blocking"

    def __init__(self, make: Callable[[], Result[A_co, ErrInfo]], executor: Executor | None) -> None:
        self.make = make
        self.executor = executor

    @override
    async def __call__(self) -> Result[A_co, ErrInfo]:
        loop = asyncio.get_running_loop()
        return self.checked(await loop.run_in_executor(self.executor, copy_context().run, self.make))
