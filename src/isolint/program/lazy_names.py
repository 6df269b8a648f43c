"""Names that the ``__getattr__`` of a module gives: those that its code returns, or loads by a table of modules.

A result below ``if name == "store":`` is that of this name alone.

``_WHERE = {"Store": "app.stores"}`` beside ``return getattr(import_module(_WHERE[name]), name)`` gives ``app.stores.Store``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.program.types import Collection, Function, Place, Text, known, union

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.program.resolver import Resolver
    from isolint.program.types import Type, Types


def given(resolver: Resolver, module: str, name: str) -> Types:
    """Return the types of ``module.name``, nothing where they are not known."""
    place = Place(module, "__getattr__")
    function = resolver.function(place)
    for_name = (
        [symbol for one, symbol in function.returned_for if one == name] if function is not None else []
    )
    found = known(resolver.all_of(module, for_name)) or known(resolver.result(Function(place)))
    return found or union(
        one
        for path in _paths(resolver, module, name)
        for one in known(resolver.named(f"{path}.{name}", module, is_offered=True))
    )


def _paths(resolver: Resolver, module: str, name: str) -> Iterator[str]:
    """Yield the absolute names of modules that tables of the module have under a name."""
    summary = resolver.summary(module)
    for symbols in summary.exports.values() if summary is not None else ():
        for symbol in symbols:
            for value in _under(resolver, module, symbol, name):
                yield from _named(module, value)


def _under(resolver: Resolver, module: str, symbol: int, name: str) -> Types:
    """Return the values under a key of a table that is bound at the top of a module."""
    row = resolver.behind_names(module, symbol)
    if row[0] != "dict":
        return ()
    keys = (int(key) for key in row[1::2])
    values = (int(value) for value in row[2::2])
    return union(
        one
        for key, value in zip(keys, values, strict=True)
        if key > 0 and resolver.row(module, key) == ("text", name)
        for one in resolver.of(module, value)
    )


def _named(module: str, value: Type) -> Iterator[str]:
    """Yield the module that a text names, or the last text of a tuple; relative ones start from ``module``."""
    if isinstance(value, Collection):
        texts = [one for held in value.items for one in held if isinstance(one, Text)]
        value = texts[-1] if texts else value
    if isinstance(value, Text) and value.value:
        yield f"{module}{value.value}" if value.value.startswith(".") else value.value
