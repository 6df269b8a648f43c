"""Receivers: the class of the object that a method is called on, where the method is inherited.

Code of a base class holds for each class derived from it::

    class Base:
        def __enter__(self): return self        # an object of the class that was entered
        @classmethod
        def make(cls): return cls()

    class Users(Base): ...

    with Users() as users: ...                  # an object of `Users`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.program import mro
from isolint.program.types import Class, Coroutine, External, Function, Instance, Place, Super, union

if TYPE_CHECKING:
    from collections.abc import Iterable

    from isolint.program.resolver import Resolver
    from isolint.program.types import Type, Types
    from isolint.summary.model import FunctionSummary, SymbolRow

_CLASS_OF = "__class__"
_TYPE = External("builtins.type")


def classes(types: Types) -> list[Class]:
    """Return the classes of the project that values are, or that they are objects of."""
    found = (one.of if isinstance(one, (Instance, Super)) else one for one in types)
    return [one for one in found if isinstance(one, Class)]


def for_receivers(resolver: Resolver, found: Types, methods: Iterable[Type], receivers: list[Class]) -> Types:
    """Return the results of ``methods`` that were called on objects of ``receivers``: theirs, where they give the object back."""
    if not may_be(found):
        return found
    for method in methods:
        function = resolver.function(method.place) if isinstance(method, Function) else None
        if function is None or not function.gets_receiver or not isinstance(method, Function):
            continue
        owner = Class(Place(method.place.module, function.owner))
        derived = [one for one in receivers if one != owner and mro.inherits_one(resolver, one, (owner,))]
        if derived and len(derived) == len(receivers) and _gives_receiver(resolver, method, function):
            found = union(other for one in found for other in _instead(one, owner, derived))
    return found


def may_be(results: Types) -> bool:
    """Whether a method with these results may give back its object."""
    return any(map(_may_be_receiver, results))


def _may_be_receiver(one: Type) -> bool:
    inner = one.result if isinstance(one, Coroutine) else (one,)
    return any(isinstance(each, Instance) and isinstance(each.of, Class) for each in inner)


def _instead(one: Type, owner: Class, derived: list[Class]) -> Types:
    """Return objects of the ``derived`` classes for one of their base."""
    if isinstance(one, Coroutine):
        return (Coroutine(union(other for each in one.result for other in _instead(each, owner, derived))),)
    return tuple(map(Instance, derived)) if one == Instance(owner) else (one,)


def _gives_receiver(resolver: Resolver, method: Function, function: FunctionSummary) -> bool:
    """Whether a method is declared to return ``Self``, or returns nothing but its object or a new one of the same class."""
    module = method.place.module
    if function.annotation > 0 and resolver.row(module, function.annotation)[0] == "self":
        return True
    rows = [resolver.behind_names(module, symbol) for symbol in function.returns]
    return bool(rows) and all(_is_receiver(resolver, method, row) for row in rows)


def _is_receiver(resolver: Resolver, method: Function, row: SymbolRow) -> bool:
    """Whether a value is the object of a method, or made by calling its class: ``self``, ``cls()``, ``type(self)()``."""
    module, itself = method.place.module, ("param", method.place.qualname, 0)
    if tuple(row) == itself:
        return True
    if row[0] != "call":
        return False
    callee = resolver.behind_names(module, int(row[1]))
    if callee[0] == "attr" and callee[2] == _CLASS_OF:
        callee = resolver.behind_names(module, int(callee[1]))
    elif callee[0] == "call" and len(callee) == 3 and _TYPE in resolver.of(module, int(callee[1])):
        callee = resolver.behind_names(module, int(callee[2]))
    return tuple(callee) == itself
