"""A plan is a value; one driver walks it. See `asyncplan.combinators` for what users call."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Generic, TypeAlias, TypeVar

from asyncplan.result import Err, ErrInfo, Ok, Result

A = TypeVar("A")
A_co = TypeVar("A_co", covariant=True)

AsyncPlan: TypeAlias = Callable[[], Awaitable[Result[A, ErrInfo]]]


class Plan(Generic[A_co]):
    __slots__ = ()

    def __call__(self) -> Coroutine[Any, Any, Result[A_co, ErrInfo]]:
        return drive(self)


class Pure(Plan[A_co]):
    __slots__ = ("value",)

    def __init__(self, value: A_co) -> None:
        self.value = value


class Lift(Plan[A_co]):
    __slots__ = ("make",)

    def __init__(self, make: AsyncPlan[A_co]) -> None:
        self.make = make


class Bind(Plan[A_co]):
    __slots__ = ("f", "src")

    def __init__(self, src: AsyncPlan[Any], f: Callable[[Any], AsyncPlan[A_co]]) -> None:
        self.src = src
        self.f = f


class Map(Plan[A_co]):
    __slots__ = ("f", "src")

    def __init__(self, src: AsyncPlan[Any], f: Callable[[Any], A_co]) -> None:
        self.src = src
        self.f = f


async def drive(cur: Any) -> Any:
    stack: list[Any] = []
    while True:
        kind = type(cur)
        while kind is Bind or kind is Map:
            stack.append(cur)
            cur = cur.src
            kind = type(cur)
        if kind is Pure:
            value = cur.value
        else:
            outcome = await (cur.make() if kind is Lift else cur())
            if type(outcome) is Err:
                return outcome
            value = outcome.value
        while stack:
            frame = stack.pop()
            if type(frame) is Map:
                value = frame.f(value)
                continue
            cur = frame.f(value)
            break
        else:
            return Ok(value)
