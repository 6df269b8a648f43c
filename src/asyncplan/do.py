"""Dependent steps written one below the other, in place of nested binds.

    @async_do
    def register(http: Http, db: Db, name: str) -> Steps[User]:
        raw = yield from async_lift(lambda: http.get(name))
        if not raw:
            return (yield from async_fail(ErrInfo("NO_USER", name)))
        user = validate(raw)
        yield from async_lift(lambda: db.save(user))
        return user

    plan = register(http, db, "ada")  # a plan: nothing has run yet

`yield from plan` gives the plan's value. An `Err` ends the function there, and is its outcome.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Generator
from functools import wraps
from types import GeneratorType
from typing import Any, Final, ParamSpec, TypeAlias, TypeVar, final

from asyncplan import contract
from asyncplan._typing import override
from asyncplan.plan import AsyncPlan, Doing, Frame, Plan, async_lift, async_pure, type_of

A = TypeVar("A")
A_co = TypeVar("A_co", covariant=True)
P = ParamSpec("P")

Steps: TypeAlias = Generator[AsyncPlan[Any], Any, A]
"""The return annotation of an `async_do` function: `Steps[User]` for a plan that gives a `User`."""


def async_do(f: Callable[P, Generator[AsyncPlan[Any], Any, A]]) -> Callable[P, Plan[A]]:
    """Make a function that builds plans of the generator function `f`. O(1) to build, safe a million deep.

    Each run calls `f` afresh, so its body must be pure but for the plans it yields. `try` works as in a
    coroutine: an exception of a yielded plan is raised at its `yield from`, and `finally` may yield plans, which
    run on every way out: success, `Err`, exception, cancellation. No `except Exception` sees an `Err`.

    Raises `PlanContractError` for a coroutine function and, when driven, for an `f` that gives no generator
    or yields anything but a plan. Arguments that `f` does not take raise `TypeError` when the plan is built.
    """
    contract.require_function(f, "async_do")
    if inspect.iscoroutinefunction(f) or inspect.isasyncgenfunction(f):
        hint = "write `def` and `yield from plan` in place of `async def` and `await`"
        raise contract.PlanContractError(f"async_do was given the async function {contract.label(f)}: {hint}")
    is_generator_function = inspect.isgeneratorfunction(f)

    @wraps(f)
    def build(*args: P.args, **kwargs: P.kwargs) -> Plan[A]:
        if is_generator_function:
            f(*args, **kwargs)  # refuses wrong arguments here; the body of a generator runs when it is asked
        return Do(f, args, tuple(sorted(kwargs.items())))

    return build


def as_plan(plan: AsyncPlan[A]) -> Plan[A]:
    """Turn any plan into a `Plan`, which an `async_do` function can yield from. O(1).

    `x = yield from as_plan(raw)` for a function of your own that is a plan; a node comes back as it is.
    """
    return plan if isinstance(plan, Plan) else async_lift(plan)


BEGIN: Final = async_pure(None)
"""A generator is begun by sending it None."""


@final
class Do(Frame[A_co]):
    """The description of a run of a generator function."""

    __slots__ = ("args", "f", "kwargs")
    combinator = "async_do"

    def __init__(
        self, f: Callable[..., Any], args: tuple[Any, ...], kwargs: tuple[tuple[str, Any], ...]
    ) -> None:
        self.f = f
        self.args = args
        self.kwargs = kwargs

    @override
    def enter(self, stack: list[Any]) -> AsyncPlan[Any]:
        steps: Any = self.f(*self.args, **dict(self.kwargs))
        if type_of(steps) is not GeneratorType and not issubclass(type_of(steps), Generator):
            raise contract.PlanContractError(
                f"async_do was given {contract.label(self.f)}, which returned {contract.kind(steps)}"
                ": a function with `yield from plan` in it belongs there"
            )
        stack.append(Doing(steps, self.f))
        return BEGIN
