"""Outcomes as values: `Ok`, `Err`, their union `Result`, and `ErrInfo`, the failure a plan carries.

An `Err` is an expected failure and is typed. A defect is a raised exception and never ends up in here by
itself; see `asyncplan.async_attempt`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeAlias, TypeVar, Union, final

from asyncplan._typing import override

A = TypeVar("A")
E = TypeVar("E")
A_co = TypeVar("A_co", covariant=True)
E_co = TypeVar("E_co", covariant=True)


@final
@dataclass(frozen=True, slots=True, init=False)
class Ok(Generic[A_co]):
    """A success holding `value`. Immutable; equal, hashable and picklable as far as `value` is."""

    value: A_co

    def __init__(self, value: A_co) -> None:
        _set_value(self, value)


@final
@dataclass(frozen=True, slots=True, init=False)
class Err(Generic[E_co]):
    """An expected failure holding `error`. Immutable; equal, hashable and picklable as far as `error` is."""

    error: E_co

    def __init__(self, error: E_co) -> None:
        _set_error(self, error)


# The slots' own setters: a frozen dataclass would pay for `object.__setattr__` by name at each step.
_set_value: Callable[[Any, Any], None] = Ok.__dict__["value"].__set__
_set_error: Callable[[Any, Any], None] = Err.__dict__["error"].__set__

Result: TypeAlias = Union[Ok[A], Err[E]]  # noqa: UP007 - a subscriptable alias on 3.10 needs Union
"""`Ok[A] | Err[E]`, covariant in both; take it apart with `match`."""


@final
class FrozenContext(Mapping[str, Hashable]):
    """The read-only, hashable mapping in which an `ErrInfo` keeps its `ctx`."""

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[str, Hashable]) -> None:
        self._items = dict(items)
        for key, value in self._items.items():
            if not _hashable(value):
                kind = type(value).__name__
                raise TypeError(f"ErrInfo.ctx[{key!r}] is unhashable ({kind}): give a tuple or a str")

    @override
    def __getitem__(self, key: str) -> Hashable:
        return self._items[key]

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    @override
    def __len__(self) -> int:
        return len(self._items)

    @override
    def __hash__(self) -> int:
        return hash(frozenset(self._items.items()))

    @override
    def __repr__(self) -> str:
        return repr(self._items)

    @override
    def __reduce__(self) -> tuple[Any, ...]:
        return FrozenContext, (self._items,)


def _hashable(value: object) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


_NO_CONTEXT = FrozenContext({})


def _is_sequence(path: object) -> bool:
    return isinstance(path, (list, tuple))


def _checked_path(path: Any) -> tuple[int | str, ...]:
    steps: tuple[Any, ...] = tuple(path) if _is_sequence(path) else (None,)
    if all(isinstance(step, (int, str)) for step in steps):
        return steps
    raise TypeError(f"ErrInfo.path is a tuple of indices and keys, such as (3, 'name'), not {path!r}")


@final
@dataclass(frozen=True, slots=True)
class ErrInfo:
    """A failure as plain data that may cross a process, a log or a set.

    `code` is for programs, `msg` for people, `stage` names the part of the pipeline, `path` the place in the
    input (indices or keys, outermost first), `ctx` holds further facts with hashable values. `cause` is the
    exception behind it, for the log of this process only: it takes no part in equality, hash or pickle.

    Raises `TypeError` for a `ctx` with an unhashable value, and for a `path` that is no sequence of indices
    and keys.
    """

    code: str
    msg: str
    stage: str = ""
    path: tuple[int | str, ...] = ()
    cause: BaseException | None = field(default=None, compare=False)
    ctx: Mapping[str, Hashable] = _NO_CONTEXT

    def __post_init__(self) -> None:
        if not isinstance(self.ctx, FrozenContext):
            object.__setattr__(self, "ctx", FrozenContext(self.ctx))
        if self.path:
            object.__setattr__(self, "path", _checked_path(self.path))

    def within(self, *place: int | str) -> ErrInfo:
        """Say where in a larger input the error lies: a copy whose `path` begins with `place`."""
        return replace(self, path=(*place, *self.path))

    def __copy__(self) -> ErrInfo:
        return self

    def __deepcopy__(self, _: object) -> ErrInfo:
        return self

    @override
    def __reduce__(self) -> tuple[Any, ...]:
        return ErrInfo, (self.code, self.msg, self.stage, self.path, None, self.ctx)

    @classmethod
    def from_exception(
        cls,
        exc: BaseException,
        *,
        code: str | None = None,
        stage: str = "",
        path: tuple[int | str, ...] = (),
        ctx: Mapping[str, Hashable] = _NO_CONTEXT,
    ) -> ErrInfo:
        """Describe `exc`: its class name is the code unless one is given, its text the message."""
        name = type(exc).__name__
        return cls(code or name, str(exc) or name, stage=stage, path=path, cause=exc, ctx=ctx)
