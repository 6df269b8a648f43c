"""Values taken out of displays: ``asyncio.run`` of ``{"run": asyncio.run}["run"]``, which is reported where it is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.program.containers import GIVES_A_VALUE

if TYPE_CHECKING:
    from isolint.program.resolver import Resolver

_DISPLAYS = frozenset({"dict", "list", "tuple", "set"})
_VIEWS = frozenset({"values", "items", "copy"})
_SAME_ELEMENTS = frozenset({"list", "tuple", "set", "frozenset", "sorted", "reversed", "iter"})
_GIVES_ONE = frozenset({"next", "min", "max"})


def comes_from_display(resolver: Resolver, module: str, symbol: int) -> bool:
    """Whether a value is taken out of a display whose elements are named in ``module``: ``{"run": asyncio.run}["run"]``."""
    is_taken = False
    while symbol > 0:
        kind, *parts = resolver.behind_names(module, symbol)
        if kind in _DISPLAYS:
            values = parts[1::2] if kind == "dict" and -1 not in parts[::2] else parts
            return is_taken and all(_is_named(resolver, module, int(value)) for value in values)
        if kind in ("item", "each", "part"):
            is_taken, symbol = True, int(parts[0])
        elif kind == "call":
            gives, symbol = _source(resolver, module, [int(part) for part in parts if isinstance(part, int)])
            is_taken |= gives
        else:
            return False
    return False


def _source(resolver: Resolver, module: str, parts: list[int]) -> tuple[bool, int]:
    """Return whether a call gives an element of a container or another view of it, and the container, 0 for none.

    ``table.get(name)`` gives an element, ``table.values()`` and ``sorted(table)`` are views.
    """
    kind, *of = resolver.row(module, parts[0])
    name = of[1] if kind == "attr" else of[0] if kind == "global" and len(parts) > 1 else ""
    gives = name in (GIVES_A_VALUE if kind == "attr" else _GIVES_ONE)
    if not gives and name not in (_VIEWS if kind == "attr" else _SAME_ELEMENTS):
        return False, 0
    return gives, int(of[0]) if kind == "attr" else parts[1]


def _is_named(resolver: Resolver, module: str, symbol: int) -> bool:
    return symbol > 0 and resolver.row(module, symbol)[0] not in ("item", "each", "part", "starred", "either")
