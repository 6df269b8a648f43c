"""Nodes that plans and streams are built of, and how to look into them without recursion."""

from __future__ import annotations

from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar, Final

from asyncplan import contract
from asyncplan._typing import override

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_REPR_STEPS: Final = 6


class Node:
    """One step of a description. A slot named `src` holds the step before it, one named `f` its function.

    Immutable: a slot is written once, when the node is made.

    Equality compares nodes, functions (by `==`) and values, not behaviour; it takes O(size) time and O(1)
    stack.
    """

    __slots__ = ()
    kind: ClassVar[str]
    combinator: ClassVar[str]

    def describe(self) -> str:
        """Name this step alone, in one line and without the steps before it."""
        f = getattr(self, "f", None)
        return self.combinator if f is None else f"{self.combinator} {contract.label(f)}"

    def inner(self) -> tuple[Callable[[], Any], ...]:
        """Return the descriptions that this step runs side by side, as far as they are known before a run."""
        return ()

    @override
    def __setattr__(self, name: str, value: object, /) -> None:
        if hasattr(self, name):
            raise AttributeError(
                f"{self.combinator} cannot be changed, its {name!r} is set: build another one"
            )
        object.__setattr__(self, name, value)

    @override
    def __delattr__(self, name: str, /) -> None:
        raise AttributeError(f"{self.combinator} cannot be changed: build another one without {name!r}")

    @override
    def __repr__(self) -> str:
        latest = [describe(step) for step in islice(steps_back(self), _REPR_STEPS + 1)]
        if len(latest) > _REPR_STEPS:
            latest[-1] = "…"
        return f"<{self.kind} {' |> '.join(reversed(latest))}>"

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Node) and same(self, other)

    @override
    def __hash__(self) -> int:
        return hash(tuple(_type_of(step) for step in islice(steps_back(self), _REPR_STEPS)))


def describe(step: object) -> str:
    """Name the last step of a description, a node or a function of the user's, in one line."""
    return step.describe() if isinstance(step, Node) else contract.label(step)


def steps_back(node: Any) -> Iterator[Any]:
    """Yield `node`, then the step before it, and so on down to the leaf."""
    while True:
        yield node
        if (node := getattr(node, "src", None)) is None:
            return


_type_of: Callable[[object], Any] = type  # without the narrowing, which loses type arguments


def same(left: Any, right: Any) -> bool:
    """Compare two nodes slot by slot; anything but a node or a tuple of them by type and `==`."""
    pending = [(left, right)]
    while pending:
        a, b = pending.pop()
        if a is b:
            continue
        if type(a) is not type(b):
            return False
        kind = _type_of(a)
        if issubclass(kind, Node):
            pending.extend((getattr(a, name, None), getattr(b, name, None)) for name in _slots(kind))
        elif kind is tuple and len(a) == len(b):
            pending.extend(zip(a, b, strict=True))
        elif a != b:
            return False
    return True


@cache
def _slots(node_type: type) -> tuple[str, ...]:
    # Outermost base first: `src` is then compared last, and the list of pending pairs stays short.
    return tuple(name for cls in reversed(node_type.__mro__) for name in cls.__dict__.get("__slots__", ()))
