"""The arguments of a call, by the row of its symbol: ``("call", f, a, "key", b)`` gives a by position and b by keyword."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, final

from isolint.summary.model import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@final
class Arguments(NamedTuple):
    """The symbols given to a call in ``module``: by position up to the first star, and by keyword."""

    module: str
    positional: Sequence[int]
    keywords: dict[str, int]

    def at(self, position: int, *names: str) -> int:
        """Return the argument under one of some names, or else at a position; the unknown symbol where there is none."""
        named = next((self.keywords[name] for name in names if name in self.keywords), None)
        if named is not None:
            return named
        return self.positional[position] if position < len(self.positional) else UNKNOWN

    def every(self) -> tuple[int, ...]:
        """Return all of them."""
        return (*self.positional, *self.keywords.values())


def arguments_of(module: str, given: Iterable[str | int]) -> Arguments:
    """Return the arguments of a call by the parts of its row that follow the callee."""
    positional: list[int] = []
    keywords: dict[str, int] = {}
    parts = iter(given)
    for part in parts:
        if isinstance(part, str):
            keywords[part] = int(next(parts))
        else:
            positional.append(part)
    return Arguments(module, positional, keywords)
