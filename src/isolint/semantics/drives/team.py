"""Readers of modules: what is to be found out of one module depends on no other, so many can be read at once."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar, final

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping
    from contextlib import AbstractContextManager

A = TypeVar("A")
R = TypeVar("R")
W = TypeVar("W")
W_co = TypeVar("W_co", covariant=True)


class Team(Protocol[W_co]):
    """Readers that are copies of one."""

    def each(self, read: Callable[[W_co, str, A], R], given: Mapping[str, A]) -> dict[str, R]:
        """Return ``read(reader, module, given[module])`` for each module, in their order.

        What is given and returned is plain data, since the reader may be in another process.
        """
        ...


class Gather(Protocol):
    """Makes a team of copies of a reader, which is there as long as the ``with`` block lasts."""

    def __call__(self, reader: W) -> AbstractContextManager[Team[W]]:
        """Return the team."""
        ...


@final
class _Alone(Generic[W]):
    def __init__(self, reader: W) -> None:
        self._reader = reader

    def each(self, read: Callable[[W, str, A], R], given: Mapping[str, A]) -> dict[str, R]:
        return {module: read(self._reader, module, with_what) for module, with_what in given.items()}


@contextmanager
def alone(reader: W) -> Generator[Team[W]]:
    """Let the reader itself be all of the team."""
    yield _Alone(reader)
