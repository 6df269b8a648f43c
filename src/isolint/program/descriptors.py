"""Descriptors: attributes of a class that run a function where they are read or assigned on an object.

``url = property(_url)`` runs ``_url``; ``rows = Lazy()`` runs ``Lazy.__get__``, and so does a method below ``@Lazy``.
Methods below ``@property`` are functions themselves, see :data:`isolint.program.attributes.PROPERTIES`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.program import mro
from isolint.program.arguments import arguments_of
from isolint.program.types import Class, External, Function, union

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.program.resolver import Resolver
    from isolint.program.types import Types

READ = "__get__"
STORED = "__set__"
_PROPERTY = External("builtins.property")
_ACCESSORS = {READ: (0, "fget"), STORED: (1, "fset")}
"""The arguments of ``property`` that are run, by position and keyword."""


def run_by(resolver: Resolver, owner: Class, name: str, access: str) -> Types:
    """Return the functions that reading (``READ``) or assigning (``STORED``) an attribute of objects of ``owner`` runs."""
    return resolver.settled((owner, name, access), lambda: union(_run_by(resolver, owner, name, access)))


def _run_by(resolver: Resolver, owner: Class, name: str, access: str) -> Iterator[Function]:
    for definer in mro.definers(resolver, owner, name):
        if isinstance(definer, Class):
            yield from of_member(resolver, definer, name, access)


def of_member(resolver: Resolver, definer: Class, name: str, access: str) -> Iterator[Function]:
    """Yield the functions that an access to an attribute runs, by the values that the body of ``definer`` gives it."""
    summary = resolver.class_(definer.place)
    for symbol in summary.members.get(name, ()) if summary is not None else ():
        yield from _of_symbol(resolver, definer.place.module, symbol, access)


def _of_symbol(resolver: Resolver, module: str, symbol: int, access: str) -> Iterator[Function]:
    row = resolver.behind_names(module, symbol)
    if row[0] == "function":
        summary = resolver.summary(module)
        function = summary.functions.get(str(row[1])) if summary is not None else None
        for _, decorator in function.decorators if function is not None else ():
            yield from _methods(resolver, resolver.of(module, decorator), access)
    elif row[0] == "call":
        makers = resolver.of(module, int(row[1]))
        yield from _methods(resolver, makers, access)
        if _PROPERTY in makers:
            given = arguments_of(module, row[2:]).at(*_ACCESSORS[access])
            yield from (one for one in resolver.of(module, given) if isinstance(one, Function))


def _methods(resolver: Resolver, makers: Types, access: str) -> Iterator[Function]:
    """Yield the methods of the classes among ``makers`` that an access to one of their objects runs."""
    for one in makers:
        if isinstance(one, Class):
            for definer in mro.definers(resolver, one, access):
                symbols = mro.own_symbols(resolver, definer, access) if isinstance(definer, Class) else ()
                module = definer.place.module if isinstance(definer, Class) else ""
                yield from (held for held in resolver.all_of(module, symbols) if isinstance(held, Function))
