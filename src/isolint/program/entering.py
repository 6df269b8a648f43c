"""Values that ``with`` statements bind: the results of ``__enter__`` and ``__aenter__``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.program import attributes, receivers
from isolint.program.types import UNKNOWN, Context, Coroutine, External, Instance, known, union

if TYPE_CHECKING:
    from isolint.program.resolver import Resolver
    from isolint.program.types import Type, Types


def entered(resolver: Resolver, items: Types, *, is_async: bool) -> Types:
    """Return the types of the value that entering one of ``items`` gives."""
    return union(one for item in items for one in _entered_one(resolver, item, is_async=is_async))


def _entered_one(resolver: Resolver, item: Type, *, is_async: bool) -> Types:
    if isinstance(item, Context):
        return item.gives
    if not isinstance(item, Instance):
        return UNKNOWN
    if isinstance(item.of, External):
        entry = resolver.catalogue.get(item.of.name)
        return (Instance(External(entry.enters)),) if entry is not None and entry.enters else (item,)
    for name in ("__aenter__", "__enter__") if is_async else ("__enter__", "__aenter__"):
        held = attributes.member(resolver, item, name, item.of.place.module)
        if any(isinstance(one, External) for one in held):
            return (item,)  # inherited from a library
        given = union(one for method in held for one in resolver.result(method))
        given = receivers.for_receivers(resolver, given, held, [item.of])
        if known(given):
            waits = any(isinstance(one, Coroutine) for one in given)
            return (
                union(g for one in given if isinstance(one, Coroutine) for g in one.result)
                if waits
                else given
            )
    return UNKNOWN
