"""Looking into nodes without recursion: their fields, their equality, the steps they go back to."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def steps_back(node: Any) -> Iterator[Any]:
    """Yield `node`, then what it goes on from, and so on down to the leaf."""
    while True:
        yield node
        if (node := getattr(node, "src", None)) is None:
            return


_type_of: Callable[[object], Any] = type  # without the narrowing, which loses type arguments


def same(left: Any, right: Any, node_type: type) -> bool:
    """Compare two nodes slot by slot; what is not a node (or a tuple of them) by type and `==`."""
    pending = [(left, right)]
    while pending:
        a, b = pending.pop()
        if a is b:
            continue
        if type(a) is not type(b):
            return False
        kind = _type_of(a)
        if issubclass(kind, node_type):
            pending.extend((getattr(a, name), getattr(b, name)) for name in _slots(kind))
        elif kind is tuple and len(a) == len(b):
            pending.extend(zip(a, b, strict=True))
        elif a != b:
            return False
    return True


@cache
def _slots(node_type: type) -> tuple[str, ...]:
    # Outermost base first: `src` is then compared last, and the list of what is pending stays short.
    return tuple(name for cls in reversed(node_type.__mro__) for name in cls.__dict__.get("__slots__", ()))
