"""The combinators beyond bind and map: failures, defects, finalizers, names.

Each takes O(1) time, stack and heap to build, and may be nested a million deep.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar, final

from asyncplan import contract
from asyncplan._typing import override
from asyncplan.plan import AsyncPlan, Fail, Frame, Named, Plan, Raise, answer_to, async_pure
from asyncplan.result import Err, ErrInfo, Ok, Result
from asyncplan.structure import describe

if TYPE_CHECKING:
    from collections.abc import Callable

A = TypeVar("A")
B = TypeVar("B")
A_co = TypeVar("A_co", covariant=True)
Defect = TypeVar("Defect", bound=Exception)

_NEVER_AN_ERROR: Final = (asyncio.CancelledError, KeyboardInterrupt, SystemExit, GeneratorExit)


def async_fail(error: ErrInfo) -> Plan[NoReturn]:
    """Fail with `error`, as was to be expected: fits wherever a plan of any type is wanted. O(1)."""
    return Fail(error)


def async_from_result(result: Result[A, ErrInfo]) -> Plan[A]:
    """Describe an outcome that is there already. O(1).

    Raises `PlanContractError` for anything but an `Ok` or an `Err`.
    """
    if not contract.is_result(result):
        raise contract.no_result(result, async_from_result)
    return async_pure(result.value) if isinstance(result, Ok) else async_fail(result.error)


def lift_sync(make: Callable[[], Result[A, ErrInfo]]) -> Plan[A]:
    """Describe a call that does not wait: a synchronous `() -> Result` as a plan. O(1).

    `make` runs afresh in each run, on the event loop: what takes long belongs in a thread.
    """
    contract.require_plan(make, "lift_sync")
    return Sync(make)


def async_or_else(plan: AsyncPlan[A], f: Callable[[ErrInfo], AsyncPlan[B]]) -> Plan[A | B]:
    """Run `plan`; after an `Err`, go on with the plan `f(error)`. Exceptions pass by. O(1).

    Raises `PlanContractError` when driven for an `f` that returns no plan.
    """
    contract.require_plan(plan, "async_or_else")
    contract.require_function(f, "async_or_else")
    return OrElse(plan, f)


def async_map_err(plan: AsyncPlan[A], f: Callable[[ErrInfo], ErrInfo]) -> Plan[A]:
    """Run `plan` and change the error of an `Err` by the pure function `f`. Exceptions pass by. O(1)."""
    contract.require_plan(plan, "async_map_err")
    contract.require_function(f, "async_map_err")
    return MapErr(plan, f)


def async_attempt(
    plan: AsyncPlan[A],
    *,
    catch: type[Defect] | tuple[type[Defect], ...],
    to_error: Callable[[Defect], ErrInfo] = ErrInfo.from_exception,
) -> Plan[A]:
    """Run `plan`; an exception of a class in `catch` becomes `Err(to_error(exception))`. O(1).

    The only place where a defect turns into a failure. Cancellation, KeyboardInterrupt, SystemExit,
    GeneratorExit and whatever else is no `Exception` is never caught: asking for it raises `TypeError`.
    """
    classes = catch if isinstance(catch, tuple) else (catch,)
    for cls in classes:
        if not _is_exception_class(cls):
            raise TypeError(f"async_attempt catches subclasses of Exception only, not {contract.short(cls)}")
    contract.require_plan(plan, "async_attempt")
    contract.require_function(to_error, "async_attempt")
    return Attempt(plan, classes, to_error)


def async_ensure(plan: AsyncPlan[A], finalizer: AsyncPlan[object]) -> Plan[A]:
    """Run `plan`, then `finalizer` whatever happened: success, failure, exception, cancellation. O(1).

    The outcome of `plan` stands, with two exceptions: an `Err` of the finalizer takes the place of an `Ok`,
    and an exception raised by it takes the place of anything (with what it replaced as `__context__`).
    """
    contract.require_plan(plan, "async_ensure")
    contract.require_plan(finalizer, "async_ensure")
    return Ensure(plan, finalizer)


def async_named(plan: AsyncPlan[A], name: str) -> Plan[A]:
    """Give `plan` a name for reprs, drawings and the notes on exceptions; nothing else changes. O(1)."""
    contract.require_plan(plan, "async_named")
    return Named(plan, name)


def _is_exception_class(cls: object) -> bool:
    return isinstance(cls, type) and issubclass(cls, Exception)


@final
class Sync(Plan[A_co]):
    """A leaf that calls a function of the user's and does not wait."""

    __slots__ = ("make",)
    combinator = "lift_sync"

    def __init__(self, make: Callable[[], Result[A_co, ErrInfo]]) -> None:
        self.make = make

    @override
    async def __call__(self) -> Result[A_co, ErrInfo]:
        outcome = self.make()
        if not contract.is_result(outcome):
            raise contract.no_result(outcome, self.make)
        return outcome

    @override
    def describe(self) -> str:
        return f"{self.combinator} {contract.label(self.make)}"


class _Reaction(Frame[A_co]):
    """A frame that reacts to one kind of outcome by calling `f`."""

    __slots__ = ("f",)

    def __init__(self, src: AsyncPlan[Any], f: Callable[[Any], Any]) -> None:
        self.src = src
        self.f = f

    @override
    def describe(self) -> str:
        return f"{self.combinator} {contract.label(self.f)}"


@final
class OrElse(_Reaction[A_co]):
    """Another plan after a failure."""

    __slots__ = ()
    combinator = "async_or_else"

    @override
    def on_err(self, err: Err[ErrInfo], stack: list[Any]) -> AsyncPlan[Any]:
        plan: AsyncPlan[Any] = self.f(err.error)
        if not contract.is_callable(plan):
            raise contract.no_plan(plan, self.f)
        return plan


@final
class MapErr(_Reaction[A_co]):
    """Another error after a failure."""

    __slots__ = ()
    combinator = "async_map_err"

    @override
    def on_err(self, err: Err[ErrInfo], stack: list[Any]) -> AsyncPlan[Any]:
        return Fail(self.f(err.error))


@final
class Attempt(_Reaction[A_co]):
    """A failure after an exception of the given classes."""

    __slots__ = ("catch",)
    combinator = "async_attempt"

    def __init__(
        self,
        src: AsyncPlan[A_co],
        catch: tuple[type[Exception], ...],
        to_error: Callable[[Any], ErrInfo],
    ) -> None:
        super().__init__(src, to_error)
        self.catch = catch

    @override
    def on_raise(self, exc: BaseException, stack: list[Any]) -> AsyncPlan[Any] | None:
        caught = isinstance(exc, self.catch) and not isinstance(exc, _NEVER_AN_ERROR)
        return Fail(self.f(exc)) if caught else None

    @override
    def describe(self) -> str:
        return f"{self.combinator} {', '.join(cls.__qualname__ for cls in self.catch)}"


@final
class Ensure(Frame[A_co]):
    """A finalizer after any outcome."""

    __slots__ = ("finalizer",)
    combinator = "async_ensure"

    def __init__(self, src: AsyncPlan[A_co], finalizer: AsyncPlan[object]) -> None:
        self.src = src
        self.finalizer = finalizer

    @override
    def describe(self) -> str:
        return f"{self.combinator} {describe(self.finalizer)}"

    @override
    def on_ok(self, value: Any, stack: list[Any]) -> AsyncPlan[Any]:
        return self._finalize(async_pure(value), stack)

    @override
    def on_err(self, err: Err[ErrInfo], stack: list[Any]) -> AsyncPlan[Any]:
        return self._finalize(Fail(err.error), stack)

    @override
    def on_raise(self, exc: BaseException, stack: list[Any]) -> AsyncPlan[Any]:
        return self._finalize(exc, stack)

    def _finalize(self, outcome: Plan[Any] | BaseException, stack: list[Any]) -> AsyncPlan[Any]:
        stack.append(Resume(outcome))
        return self.finalizer


@final
class Resume(Frame[Any]):
    """What `Ensure` leaves behind: the outcome to go back to when the finalizer is through. One run only."""

    __slots__ = ("outcome",)

    def __init__(self, outcome: Plan[Any] | BaseException) -> None:
        self.outcome = outcome

    @override
    def on_ok(self, value: Any, stack: list[Any]) -> AsyncPlan[Any]:
        return self._resume(stack)

    @override
    def on_err(self, err: Err[ErrInfo], stack: list[Any]) -> AsyncPlan[Any] | None:
        succeeded = isinstance(self.outcome, Plan) and not isinstance(self.outcome, Fail)
        return None if succeeded else self._resume(stack)

    @override
    def on_raise(self, exc: BaseException, stack: list[Any]) -> None:
        if isinstance(self.outcome, BaseException) and exc is not self.outcome and exc.__context__ is None:
            exc.__context__ = self.outcome

    def _resume(self, stack: list[Any]) -> AsyncPlan[Any]:
        if isinstance(self.outcome, Plan):
            return self.outcome
        # Asked here, not raised: a traceback would grow by a line for each finalizer on the way out.
        return answer_to(self.outcome, self, stack) or Raise(self.outcome)
