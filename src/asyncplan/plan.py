"""Plans as values, and the one driver that walks them.

A plan is any function without arguments that returns an awaitable `Result`. The plans made here are also
slotted nodes, so that the driver can walk a chain of any length with an explicit stack in place of Python's.
Each constructor takes O(1) time, stack and heap, runs nothing of the user's and makes no coroutine.
"""

# pyright: reportPrivateUsage=false
# (the constructors and the driver use the private slots of the nodes)

from __future__ import annotations

from itertools import repeat
from types import CoroutineType
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, TypeVar, cast, final

from asyncplan import contract
from asyncplan._typing import override
from asyncplan.contract import is_callable
from asyncplan.result import Err, ErrInfo, Ok, Result
from asyncplan.structure import Node, describe

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Generator

A = TypeVar("A")
B = TypeVar("B")
A_co = TypeVar("A_co", covariant=True)


class AsyncPlan(Protocol[A_co]):
    """A description of async work: a function without arguments that returns an awaitable `Result`.

    A lambda, a function and a `Plan` are all of this type. Each call is a fresh run, as often as you like.
    """

    def __call__(self) -> Awaitable[Result[A_co, ErrInfo]]:
        """Start one run."""
        ...


# Without `type`'s narrowing: where classes are told apart by identity, checkers lose the type arguments.
type_of: Callable[[object], Any] = type

BUDGET: Final = 4096
"""Steps the driver takes before it lets the event loop run something else."""


class Plan(Node, Generic[A_co]):
    """An `AsyncPlan` that can be looked into: it has a repr, structural equality and a hash.

    `plan()` gives a coroutine for one fresh run.
    """

    __slots__ = ()
    kind = "Plan"
    combinator = "plan"

    def __call__(self) -> Coroutine[Any, Any, Result[A_co, ErrInfo]]:
        """Start one run: a coroutine that gives the outcome when awaited."""
        return drive(self)

    def __iter__(self) -> Generator[Plan[A_co], Any, A_co]:
        """Hand this plan to the `async_do` function around: `value = yield from plan`."""
        value: A_co = yield self
        return value

    @override
    def inner(self) -> tuple[AsyncPlan[Any], ...]:
        return ()


class Step(Plan[A_co]):
    """A plan that goes on from another one, its `src`."""

    __slots__ = ("src",)
    src: AsyncPlan[Any]


class Frame(Step[A_co]):
    """A step that wants to know how `src` ended. The driver asks it once, then forgets it.

    Each method returns the plan to go on with; None lets the outcome pass to the next frame outwards.
    """

    __slots__ = ()

    def enter(self, stack: list[Any]) -> AsyncPlan[Any]:
        """Begin: push the frame that waits for the outcome, and return the plan to run for it."""
        stack.append(self)
        return self.src

    def on_ok(self, value: Any, stack: list[Any]) -> AsyncPlan[Any]:
        """Answer a success of `src`; frames pushed on `stack` see the answer's outcome before the rest do."""
        del stack
        return async_pure(value)

    def on_err(self, err: Err[ErrInfo], stack: list[Any]) -> AsyncPlan[Any] | None:
        """Answer an expected failure of `src`."""
        del err, stack
        return None

    def on_raise(self, exc: BaseException, stack: list[Any]) -> AsyncPlan[Any] | None:
        """Answer an exception that left `src`."""
        del exc, stack
        return None


class Running(Frame[A_co]):
    """A frame that keeps account of one run, and so can be changed."""

    __slots__ = ()
    __setattr__ = object.__setattr__
    __delattr__ = object.__delattr__


# The nodes that a running plan builds step by step. The functions after them set their slots, which an
# `__init__` would do at the cost of a second Python call; the slots are private, so that setting them need not
# pass by `Node.__setattr__` and they cannot be changed under their public names.


class Hot(Plan[A_co]):
    """A node whose slots are set directly: both methods, or Python calls `Node`'s for each."""

    __slots__ = ()
    __setattr__ = object.__setattr__
    __delattr__ = object.__delattr__


@final
class Pure(Hot[A_co]):
    """A success that is there already."""

    __slots__ = ("_value",)
    combinator = "async_pure"
    _value: A_co

    @property
    def value(self) -> A_co:
        """The value to succeed with."""
        return self._value

    @override
    def describe(self) -> str:
        return f"async_pure({contract.short(self._value)})"


@final
class Lift(Hot[A_co]):
    """A call that waits for the outside world."""

    __slots__ = ("_make",)
    combinator = "async_lift"
    _make: AsyncPlan[A_co]

    @property
    def make(self) -> AsyncPlan[A_co]:
        """The function to call."""
        return self._make

    @override
    def describe(self) -> str:
        return f"async_lift {contract.label(self._make)}"


class Continued(Hot[A_co]):
    """A step after `src` that calls `f` with its value."""

    __slots__ = ("_f", "_src")
    _src: AsyncPlan[Any]
    _f: Callable[[Any], Any]

    @property
    def src(self) -> AsyncPlan[Any]:
        """The plan before this step."""
        return self._src

    @property
    def f(self) -> Callable[[Any], Any]:
        """The function to call."""
        return self._f


@final
class Bind(Continued[A_co]):
    """`src`, then the plan that `f` makes of its value."""

    __slots__ = ()
    combinator = "async_bind"


@final
class Map(Continued[A_co]):
    """`src`, its value changed by `f`."""

    __slots__ = ()
    combinator = "async_map"


_new: Callable[[Any], Any] = object.__new__


def async_pure(value: A) -> Plan[A]:
    """Succeed with `value`. O(1)."""
    node: Pure[A] = _new(Pure)
    node._value = value
    return node


def async_lift(make: AsyncPlan[A]) -> Plan[A]:
    """Describe one call of the outside world: `async_lift(lambda: http.get_json(url))`. O(1).

    `make` is called afresh by each run and must hand out a new awaitable each time. One that hands out the
    same coroutine again makes the second run raise `PlanContractError`.
    """
    contract.require_plan(make, "async_lift")
    node: Lift[A] = _new(Lift)
    node._make = make
    return node


def async_bind(plan: AsyncPlan[A], f: Callable[[A], AsyncPlan[B]]) -> Plan[B]:
    """Run `plan`, then the plan `f(value)`; an `Err` skips `f`. O(1), and safe to nest a million deep.

    Raises `PlanContractError` for an argument that cannot be called and, when driven, for an `f` that
    returns no plan.
    """
    if not (is_callable(plan) and is_callable(f)):
        contract.require_plan(plan, "async_bind")
        contract.require_function(f, "async_bind")
    node: Bind[B] = _new(Bind)
    node._src = plan
    node._f = f
    return node


def async_map(plan: AsyncPlan[A], f: Callable[[A], B]) -> Plan[B]:
    """Run `plan` and change its value by the pure function `f`; an `Err` skips `f`. O(1).

    Raises `PlanContractError` for an argument that cannot be called.
    """
    if not (is_callable(plan) and is_callable(f)):
        contract.require_plan(plan, "async_map")
        contract.require_function(f, "async_map")
    node: Map[B] = _new(Map)
    node._src = plan
    node._f = f
    return node


@final
class Fail(Plan[Any]):
    """An expected failure that is there already."""

    __slots__ = ("error",)
    combinator = "async_fail"

    def __init__(self, error: ErrInfo) -> None:
        self.error = error

    @override
    async def __call__(self) -> Result[Any, ErrInfo]:
        return Err(self.error)

    @override
    def describe(self) -> str:
        return f"async_fail({contract.short(self.error)})"


@final
class Named(Frame[A_co]):
    """`src` under a name that reprs, drawings and the notes on exceptions use."""

    __slots__ = ("name",)
    combinator = "async_named"

    def __init__(self, src: AsyncPlan[A_co], name: str) -> None:
        self.src = src
        self.name = name

    @override
    def describe(self) -> str:
        return f"async_named {self.name!r}"


class Failed(BaseException):
    """Raised in the generator of an `async_do` at the plan that gave an `Err`, for its `finally` blocks to run."""

    def __init__(self, error: ErrInfo) -> None:
        super().__init__()
        self.error = error


@final
class Doing(Running[Any]):
    """One run of the generator of an `async_do`, suspended at the plan it yielded last.

    The driver sends it each value itself; here is how it answers anything else.
    """

    __slots__ = ("f", "send", "steps")
    combinator = "async_do"

    def __init__(self, steps: Generator[Any, Any, Any], f: Callable[..., Any]) -> None:
        self.steps = steps
        self.send = steps.send
        self.f = f

    @override
    def on_err(self, err: Err[ErrInfo], stack: list[Any]) -> AsyncPlan[Any] | None:
        return self._throw(Failed(err.error), stack)

    @override
    def on_raise(self, exc: BaseException, stack: list[Any]) -> AsyncPlan[Any] | None:
        try:
            return self._throw(exc, stack)
        finally:
            del exc  # as in `answer_to`

    def _throw(self, exc: BaseException, stack: list[Any]) -> AsyncPlan[Any] | None:
        """Raise `exc` where the generator waits; None when it comes out again."""
        try:
            plan: AsyncPlan[Any] = self.steps.throw(exc)
        except StopIteration as last:
            return async_pure(last.value)
        except BaseException as raised:
            if raised is exc:
                leave_out_frame(exc)
                return None
            if isinstance(raised, Failed):
                return Fail(raised.error)
            raise
        finally:
            del exc
        stack.append(self)
        return contract.plan_of(plan, self.f)


@final
class Raise(Plan[Any]):
    """A defect caught earlier, to go on outwards. Made while driving, and good for one run only."""

    __slots__ = ("_defects",)

    def __init__(self, defect: BaseException) -> None:
        self._defects = [defect]

    @override
    async def __call__(self) -> Result[Any, ErrInfo]:
        # Popped: an exception that can be reached from its own traceback would be a cycle.
        raise self._defects.pop()


def is_frame(step: object) -> bool:
    """Tell a step that may answer any outcome from those that only go on after a success."""
    return isinstance(step, Frame)


@final
class End:
    """The bottom of a run's stack. While `masked` is above 0 the driver does not give way of its own accord.

    A frame that must not lose the value of its `src` to a cancellation raises the count by one for as long:
    `stack[0].masked += 1`.
    """

    masked = 0


class _GiveWay:
    """Awaited, lets the event loop run every other ready task once."""

    __slots__ = ()

    def __await__(self) -> Generator[None, None, None]:
        yield


GIVE_WAY: Final = _GiveWay()
_ENDLESS: Final = repeat(None)


async def drive(plan: AsyncPlan[Any]) -> Any:  # noqa: C901, PLR0912, PLR0915 - see below
    """Run `plan` once. Time O(steps), call stack O(1), heap O(continuations still to come).

    One function on purpose: a call, or a `try` around each step, would cost more than the step. `current`
    runs next, `stack` holds the frames that wait for it, `frame` is the one whose function ran last. The loops
    share one budget of steps.

    Giving way is a point at which a cancellation can strike. It comes before a leaf is called, and among pure
    steps only when the last leaf (which may have acquired something) lies a whole budget back.
    """
    current: Any = plan
    end = End()
    stack: list[Any] = [end]
    frame: Any = None
    make: Any = None
    made: Any = None
    outcome: Any = None
    value: Any = None
    due = fresh = False  # is it time to give way? did a leaf answer since the budget was filled?
    budget = repeat(None, BUDGET)
    try:
        while True:
            try:
                for _ in budget:
                    kind = type_of(current)
                    if kind is Bind or kind is Map:
                        stack.append(current)
                        current = current._src
                        continue
                    if kind is Pure:
                        value = current._value
                    else:
                        if kind is Lift:
                            make = current._make
                        elif issubclass(kind, Frame):
                            frame = None
                            current = current.enter(stack)
                            continue
                        elif is_callable(current):
                            make = current
                        else:
                            raise contract.no_plan(current, getattr(frame, "f", None))  # noqa: TRY301
                        frame = None
                        if due and not end.masked:
                            due = False
                            await GIVE_WAY
                        made = make()
                        if type_of(made) is not CoroutineType:
                            contract.require_awaitable(made, make)
                        outcome = await made
                        fresh = True
                        kind = type_of(outcome)
                        if kind is Err:
                            contract.require_error(outcome.error, make)
                            for _ in budget:
                                frame = stack.pop()
                                if frame is end:
                                    return outcome
                                if is_frame(frame) and (answer := frame.on_err(outcome, stack)) is not None:
                                    current = answer
                                    break
                            else:
                                current = Fail(outcome.error)
                            continue
                        if kind is not Ok:
                            raise contract.no_result(outcome, make)  # noqa: TRY301
                        value = outcome.value
                    for _ in budget:
                        frame = stack.pop()
                        kind = type_of(frame)
                        if kind is Bind:
                            current = frame._f(value)
                            if type_of(current) is not Pure:
                                break
                            value = current._value
                        elif kind is Map:
                            value = frame._f(value)
                        elif kind is Doing:
                            try:
                                current = frame.send(value)
                            except StopIteration as last:
                                value = last.value
                                continue
                            stack.append(frame)
                            if type_of(current) is not Pure:
                                break
                            value = current._value
                        elif frame is end:
                            return Ok(value)
                        else:
                            current = frame.on_ok(value, stack)
                            break
                    else:
                        current = async_pure(value)
                due = fresh or end.masked > 0
                if not due:
                    await GIVE_WAY
                fresh = False
                budget = repeat(None, BUDGET)
            except BaseException as exc:
                leave_out_frame(exc)
                if not stack:
                    raise
                if isinstance(exc, GeneratorExit):
                    due, budget = False, _ENDLESS  # a coroutine that is being closed must not wait again
                awaited = cast("Any", made)
                if frame is None and contract.is_reuse(exc, awaited):
                    current = Raise(contract.reused(awaited, cast("Any", make)))
                    continue
                if isinstance(exc, Failed):
                    current = Fail(exc.error)
                    continue
                answer = answer_to(exc, current if frame is None else frame, stack)
                if answer is None:
                    raise
                current = answer
    finally:  # an exception that was answered may keep this frame, which must not keep the exception
        current = outcome = value = answer = frame = make = made = awaited = None


def leave_out_frame(exc: BaseException) -> None:
    """Take the frame that caught `exc` out of its traceback: it lives on, and its reference would make a cycle."""
    exc.__traceback__ = exc.__traceback__ and exc.__traceback__.tb_next


def answer_to(exc: BaseException, raiser: object, stack: list[Any]) -> AsyncPlan[Any] | None:
    """Find the nearest frame with an answer to `exc`, which `raiser` let out; None when there is none left."""
    given: object = getattr(raiser, "f", None)
    if isinstance(exc, TypeError) and issubclass(type_of(given), Plan):
        return Raise(contract.plan_for_function(given, getattr(raiser, "combinator", "")))
    if contract.lacks_origin(exc):
        contract.note_origin(exc, describe(raiser), [f.name for f in reversed(stack) if type(f) is Named])
    answer: AsyncPlan[Any] | None = None
    try:
        while type_of(frame := stack.pop()) is not End:
            if is_frame(frame):
                try:
                    answer = frame.on_raise(exc, stack)
                except BaseException as defect:  # noqa: BLE001 - the frame's own defect goes on outwards
                    return Raise(defect)
                if answer is not None:
                    return answer
        return None
    finally:
        answer = None
        del exc  # frames of a generator it was thrown into keep this one
