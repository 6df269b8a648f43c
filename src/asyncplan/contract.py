"""The contract between a plan and its driver; a breach is reported with the callable, its file and its line."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from reprlib import Repr
from types import CodeType, CoroutineType
from typing import Any, TypeVar

from asyncplan.result import Err, ErrInfo, Ok

Plan = TypeVar("Plan")

_NOTE = "asyncplan: raised in "
_values = Repr()
_values.maxother = _values.maxstring = 60


_type_of: Callable[[object], Any] = type  # without the narrowing, which loses type arguments

# Without `callable`'s narrowing: by their types the arguments are callable, and that is to be checked.
is_callable: Callable[[object], bool] = callable


class PlanContractError(TypeError):
    """A callable that plans are built from broke the contract. The message names it, and the way out.

    Raised for a continuation that returns no plan, a plan that returns no awaitable or whose awaitable gives
    no `Result`, a coroutine handed out twice, and an argument of a constructor that cannot be called.
    """


def label(f: object) -> str:
    """`name (file:line)` of a callable; without the place where there is no Python code behind it."""
    wrapping = ""
    while isinstance(f, partial):
        f, wrapping = f.func, "partial of "
    code = _code(f)
    name = getattr(f, "__qualname__", type(f).__qualname__).replace("<locals>.", "")
    return wrapping + name + (f" ({code.co_filename}:{code.co_firstlineno})" if code else "")


def _code(f: object) -> CodeType | None:
    for owner in (f, getattr(type(f), "__call__", None)):  # noqa: B004 - its code is wanted, not a yes or no
        code = getattr(getattr(owner, "__func__", owner), "__code__", None)
        if isinstance(code, CodeType):
            return code
    return None


def short(value: object) -> str:
    """Bound the repr of a value to about one line."""
    return _values.repr(value)


def require_plan(given: Any, combinator: str) -> None:
    """Refuse a constructor's argument that cannot be a plan, where it is given."""
    if not is_callable(given):
        raise PlanContractError(f"{combinator} was given {kind(given)}, not a plan: {_way_to_a_plan(given)}")


def require_function(given: Any, combinator: str) -> None:
    """Refuse a constructor's argument that cannot be a function, where it is given."""
    if not is_callable(given):
        discard(given)
        raise PlanContractError(f"{combinator} was given {kind(given)}, not a function")


def require_type(given: object, wanted: type, combinator: str, way_out: str) -> None:
    """Refuse a constructor's argument of another type than `wanted`."""
    if not isinstance(given, wanted):
        discard(given)
        raise PlanContractError(
            f"{combinator} was given {kind(given)}, not {_article(wanted.__name__)}: write {way_out}"
        )


def _article(name: str) -> str:
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"


def exception_classes(catch: Any, combinator: str) -> tuple[Any, ...]:
    """Make a tuple of the classes to catch; refuse any that is no subclass of Exception."""
    classes: tuple[Any, ...] = catch if issubclass(_type_of(catch), tuple) else (catch,)
    for cls in classes:
        if not _is_exception_class(cls):
            raise TypeError(f"{combinator} catches subclasses of Exception only, not {short(cls)}")
    return classes


def _is_exception_class(cls: object) -> bool:
    return isinstance(cls, type) and issubclass(cls, Exception)


def require_error(given: Any, source: object) -> ErrInfo:
    """Give back the error that `source` was given or returned, unless it is no ErrInfo."""
    if isinstance(given, ErrInfo):
        return given
    raise PlanContractError(f"{label(source)}: {kind(given)} is no ErrInfo: write ErrInfo(code, msg)")


def plan_of(given: Plan, continuation: object) -> Plan:
    """Return `given`, the result of `continuation`; refuse it if it cannot be a plan."""
    if not is_callable(given):
        raise no_plan(given, continuation)
    return given


def plan_for_function(given: object, combinator: str) -> PlanContractError:
    """Report the plan `given` to a combinator that calls it with a value, as no plan can be."""
    return PlanContractError(
        f"{combinator} was given {short(given)} where a function of one argument belongs"
        ": to go on with it for any value, write lambda _: plan"
    )


def no_plan(given: object, continuation: object | None) -> PlanContractError:
    """Report `given`, which stands where a plan belongs; `continuation` returned it, or None did."""
    culprit = f"continuation {label(continuation)} returned" if continuation else "the driver was given"
    return PlanContractError(f"{culprit} {kind(given)}, not a plan: {_way_to_a_plan(given)}")


def require_awaitable(given: object, plan: object) -> None:
    """Refuse the result of a call of `plan` unless it can be awaited."""
    if isinstance(given, Awaitable) or inspect.isawaitable(given):
        return
    hint = "a plan is a function without arguments that returns an awaitable Result"
    if is_result(given):
        hint = "for a function that does not wait there is lift_sync"
    raise PlanContractError(f"plan {label(plan)} returned {kind(given)}, which cannot be awaited: {hint}")


def require_awaitable_value(given: Any, f: object) -> None:
    """Refuse the result of the function of an `async_call` unless it can be awaited, once more or at all."""
    if _type_of(given) is CoroutineType:
        if given.cr_frame is None:
            raise reused(given, f)
    elif not isinstance(given, Awaitable) and not inspect.isawaitable(given):
        hint = "async_call is for functions that are awaited; one that blocks goes with lift_blocking"
        raise PlanContractError(
            f"function {label(f)} returned {kind(given)}, which cannot be awaited: {hint}"
        )


def result_for_value(given: object, f: object) -> PlanContractError:
    """Report the Result `given` by a function whose plain value was to become an Ok."""
    hint = "async_call is for plain values; write async_lift(lambda: call(...))"
    return PlanContractError(f"function {label(f)} gave {kind(given)}: {hint}")


def no_result(given: object, plan: object) -> PlanContractError:
    """Report `given`, the outcome of `plan` that is neither Ok nor Err."""
    discard(given)
    hint = "return Ok(value), or Err(ErrInfo(...)) for a failure that is expected"
    return PlanContractError(f"plan {label(plan)} gave {kind(given)}, not Ok or Err: {hint}")


def reused(coroutine: CoroutineType[Any, Any, Any], plan: object) -> PlanContractError:
    """Report a coroutine that `plan` handed out although it has been awaited before."""
    hint = "make it inside the function, async_lift(lambda: call(...))"
    name = coroutine.__qualname__
    return PlanContractError(f"plan {label(plan)} handed out the coroutine {name} for a second run: {hint}")


def is_reuse(exc: BaseException, awaited: object) -> bool:
    """Tell whether `exc`, without the frame that caught it, is Python's own refusal to await `awaited` again."""
    return (
        type(exc) is RuntimeError
        and type(awaited) is CoroutineType
        and exc.__traceback__ is None
        and str(exc) in {"cannot reuse already awaited coroutine", "coroutine is being awaited already"}
    )


def lacks_origin(exc: BaseException) -> bool:
    """Tell whether `exc` is a defect that does not say yet where it was raised. Never before Python 3.11."""
    if not isinstance(exc, Exception) or isinstance(exc, PlanContractError) or not hasattr(exc, "add_note"):
        return False
    return not any(note.startswith(_NOTE) for note in getattr(exc, "__notes__", ()))


def note_origin(exc: Any, step: str, names: Iterable[str]) -> None:
    """Say on a defect in which step of which plan it was raised, innermost name first."""
    exc.add_note(_NOTE + step + "".join(f" of plan {name!r}" for name in names))


def is_result(given: object) -> bool:
    """Tell an Ok or Err from anything else, against its static type."""
    return isinstance(given, (Ok, Err))


def discard(given: Any) -> None:
    """Close a coroutine that will not be awaited, so that no warning about it follows the error."""
    if _is_coroutine(given) and inspect.getcoroutinestate(given) == inspect.CORO_CREATED:
        given.close()


def kind(given: Any) -> str:
    """Say of which type and value an object is."""
    if _is_coroutine(given):
        return f"the coroutine {given.__qualname__}"
    return short(given) if given is None or is_result(given) else f"{type(given).__name__} {short(given)}"


def _way_to_a_plan(given: Any) -> str:
    if _is_coroutine(given):
        discard(given)
        return "keep the call inside, async_lift(lambda: call(...))"
    if is_result(given):
        return "wrap the Result with async_from_result(...)"
    return "wrap the value with async_pure(...), or use async_map for a function that returns a value"


def _is_coroutine(given: object) -> bool:
    return isinstance(given, CoroutineType)
