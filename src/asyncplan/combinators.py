"""The combinators beyond bind and map: failures, defects, names.

Each takes O(1) time, stack and heap to build, and may be nested a million deep.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar, final

from asyncplan import contract
from asyncplan._typing import override
from asyncplan.plan import AsyncPlan, Fail, Frame, Named, Plan, async_pure
from asyncplan.result import ErrInfo, Ok, Result

if TYPE_CHECKING:
    from collections.abc import Callable

    from asyncplan.result import Err

A = TypeVar("A")
B = TypeVar("B")
A_co = TypeVar("A_co", covariant=True)
Defect = TypeVar("Defect", bound=Exception)

_NEVER_AN_ERROR: Final = (asyncio.CancelledError, KeyboardInterrupt, SystemExit, GeneratorExit)


def async_fail(error: ErrInfo) -> Plan[NoReturn]:
    """Fail with `error`, as was to be expected: fits wherever a plan of any type is wanted. O(1)."""
    return Fail(contract.require_error(error, async_fail))


def async_from_result(result: Result[A, ErrInfo]) -> Plan[A]:
    """Describe an outcome that is there already. O(1).

    Raises `PlanContractError` for anything but an `Ok` or an `Err`.
    """
    if not contract.is_result(result):
        raise contract.no_result(result, async_from_result)
    return async_pure(result.value) if isinstance(result, Ok) else async_fail(result.error)


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
    GeneratorExit and any other class outside `Exception` are never caught: asking for one raises `TypeError`.
    """
    classes = contract.exception_classes(catch, "async_attempt")
    contract.require_plan(plan, "async_attempt")
    contract.require_function(to_error, "async_attempt")
    return Attempt(plan, classes, to_error)


def async_named(plan: AsyncPlan[A], name: str) -> Plan[A]:
    """Give `plan` a name for reprs, drawings and the notes on exceptions; nothing else changes. O(1)."""
    contract.require_plan(plan, "async_named")
    contract.require_type(name, str, "async_named", "a name in quotes")
    return Named(plan, name)


class _Reaction(Frame[A_co]):
    """A frame that reacts to one kind of outcome by calling `f`."""

    __slots__ = ("f",)

    def __init__(self, src: AsyncPlan[Any], f: Callable[[Any], Any]) -> None:
        self.src = src
        self.f = f


@final
class OrElse(_Reaction[A_co]):
    """Another plan after a failure."""

    __slots__ = ()
    combinator = "async_or_else"

    @override
    def on_err(self, err: Err[ErrInfo], stack: list[Any]) -> AsyncPlan[Any]:
        return contract.plan_of(self.f(err.error), self.f)


@final
class MapErr(_Reaction[A_co]):
    """Another error after a failure."""

    __slots__ = ()
    combinator = "async_map_err"

    @override
    def on_err(self, err: Err[ErrInfo], stack: list[Any]) -> AsyncPlan[Any]:
        return Fail(contract.require_error(self.f(err.error), self.f))


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
        if not caught:
            return None
        return Fail(contract.require_error(self.f(exc), self.f))

    @override
    def describe(self) -> str:
        return f"{self.combinator} {', '.join(cls.__qualname__ for cls in self.catch)}"
