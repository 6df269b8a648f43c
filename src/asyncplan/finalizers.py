"""Plans that clean up: a finalizer after any outcome, and a resource that is released on every way out.

A finalizer starts exactly once on every way out. One cancellation lets it run to its end. A cancellation that
finds it running already interrupts it, as it does a `finally` block; in a task of a gather, race or timeout,
which is cancelled at most once, that cannot happen twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, final

from asyncplan import contract
from asyncplan._typing import override
from asyncplan.plan import AsyncPlan, Fail, Frame, Plan, Raise, Running, answer_to, async_pure
from asyncplan.structure import describe

if TYPE_CHECKING:
    from collections.abc import Callable

    from asyncplan.result import Err, ErrInfo

A = TypeVar("A")
B = TypeVar("B")
A_co = TypeVar("A_co", covariant=True)


def async_ensure(plan: AsyncPlan[A], finalizer: AsyncPlan[object]) -> Plan[A]:
    """Run `plan`, then `finalizer` on every way out: success, failure, exception, cancellation. O(1).

    The outcome of `plan` stands, with two exceptions: an `Err` of the finalizer takes the place of an `Ok`,
    and an exception raised by it takes the place of anything (with the replaced one as `__context__`).
    """
    contract.require_plan(plan, "async_ensure")
    contract.require_plan(finalizer, "async_ensure")
    return Ensure(plan, finalizer)


def async_bracket(
    acquire: AsyncPlan[A],
    use: Callable[[A], AsyncPlan[B]],
    release: Callable[[A], AsyncPlan[object]],
) -> Plan[B]:
    """Run `acquire`, then `use(resource)`, then `release(resource)` on every way out. O(1).

    The outcome is that of `use`, with the exceptions `async_ensure` names. `release` runs exactly once for
    each success of `acquire`: between the two the driver does not give way, so no cancellation can part them.
    `acquire` itself can be cancelled, and then has nothing to release.

        async_bracket(connect(url), lambda connection: query(connection, sql), disconnect)

    Raises `PlanContractError` when driven for a `use` or `release` that returns no plan.
    """
    contract.require_plan(acquire, "async_bracket")
    contract.require_function(use, "async_bracket")
    contract.require_function(release, "async_bracket")
    return Bracket(acquire, use, release)


class Finalizing(Frame[A_co]):
    """A frame that runs a plan after any outcome."""

    __slots__ = ()

    def finalize(self) -> AsyncPlan[object]:
        """Return the plan to run."""
        raise NotImplementedError

    @override
    def on_ok(self, value: Any, stack: list[Any]) -> AsyncPlan[Any]:
        stack.append(Resume(async_pure(value)))
        return self.finalize()

    @override
    def on_err(self, err: Err[ErrInfo], stack: list[Any]) -> AsyncPlan[Any]:
        stack.append(Resume(Fail(err.error)))
        return self.finalize()

    @override
    def on_raise(self, exc: BaseException, stack: list[Any]) -> AsyncPlan[Any]:
        stack.append(Resume(exc))
        return self.finalize()


@final
class Ensure(Finalizing[A_co]):
    """A finalizer after any outcome."""

    __slots__ = ("finalizer",)
    combinator = "async_ensure"

    def __init__(self, src: AsyncPlan[A_co], finalizer: AsyncPlan[object]) -> None:
        self.src = src
        self.finalizer = finalizer

    @override
    def finalize(self) -> AsyncPlan[object]:
        return self.finalizer

    @override
    def describe(self) -> str:
        return f"{self.combinator} {describe(self.finalizer)}"


@final
class Bracket(Frame[A_co]):
    """The description of a use of a resource; as a frame, it waits for the acquisition."""

    __slots__ = ("release", "use")
    combinator = "async_bracket"

    def __init__(
        self,
        src: AsyncPlan[Any],
        use: Callable[[Any], AsyncPlan[A_co]],
        release: Callable[[Any], AsyncPlan[object]],
    ) -> None:
        self.src = src
        self.use = use
        self.release = release

    @override
    def enter(self, stack: list[Any]) -> AsyncPlan[Any]:
        stack[0].masked += 1
        stack.append(self)
        return self.src

    @override
    def on_ok(self, value: Any, stack: list[Any]) -> AsyncPlan[Any]:
        stack[0].masked -= 1
        stack.append(Releasing(value, self.release))
        return contract.plan_of(self.use(value), self.use)

    @override
    def on_err(self, err: Err[ErrInfo], stack: list[Any]) -> None:
        stack[0].masked -= 1

    @override
    def on_raise(self, exc: BaseException, stack: list[Any]) -> None:
        stack[0].masked -= 1

    @override
    def describe(self) -> str:
        return f"{self.combinator} {contract.label(self.use)}, then {contract.label(self.release)}"


@final
class Releasing(Finalizing[Any]):
    """A resource in use. One run only."""

    __slots__ = ("release", "resource")
    combinator = "async_bracket"

    def __init__(self, resource: Any, release: Callable[[Any], AsyncPlan[object]]) -> None:
        self.resource = resource
        self.release = release

    @override
    def finalize(self) -> AsyncPlan[object]:
        return contract.plan_of(self.release(self.resource), self.release)


@final
class Resume(Running[Any]):
    """The outcome to go back to when a finalizer is through. One run only."""

    __slots__ = ("outcome",)

    def __init__(self, outcome: Plan[Any] | BaseException) -> None:
        self.outcome: Plan[Any] | BaseException | None = outcome

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
        outcome, self.outcome = self.outcome, None
        assert outcome is not None, "an outcome is gone back to once"  # noqa: S101
        try:
            # Asked here, not raised: a traceback would grow by a line for each finalizer on the way out.
            return answer_to(outcome, self, stack) or Raise(outcome)
        finally:
            del outcome  # as in `answer_to`
