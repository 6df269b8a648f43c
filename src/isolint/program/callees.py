"""Callees: the functions of the project that run when a value is called, read, entered, operated on or assigned to.

Calling a class runs its ``__init__``, reading a property its getter, and ``with`` runs ``__enter__`` and ``__exit__``. A
method that is inherited runs on the class of its object.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from isolint.program import descriptors
from isolint.program.attributes import is_property, methods
from isolint.program.mro import definers, own_symbols
from isolint.program.receivers import classes
from isolint.program.types import Class, Function, Instance, Module, Partial, Place, Super, known, whole
from isolint.summary import uses

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from isolint.program.overriding import Overriding
    from isolint.program.resolver import Resolver
    from isolint.program.types import Type, Types
    from isolint.summary.model import Use

_CONSTRUCTORS = (
    "__init__",
    "__new__",
    "__post_init__",
    "__attrs_post_init__",
    "model_post_init",
    "__attrs_init__",
)
_REFERRING = frozenset({uses.CALLED, uses.PASSED, uses.NAMED, uses.READ, uses.DECORATES})
_ENTERING = {uses.ENTERS: ("__enter__", "__exit__"), uses.ENTERS_ASYNC: ("__aenter__", "__aexit__")}
_EITHER = frozenset({"__bool__", "__len__", "__format__", "__str__", "__repr__"})
"""Special methods of which Python runs the first that a class has."""


@final
class Callees:
    """Answers for values of any module, by their types."""

    def __init__(self, resolver: Resolver, overriding: Overriding) -> None:
        self._resolver = resolver
        self._overriding = overriding

    def run_by(self, module: str, use: Use, types: Types, owners: Types) -> list[Place]:
        """Return the functions that a use of a value of ``types`` runs where it stands, but for handing the value on.

        ``owners`` are the objects that it was read as an attribute of.
        """
        how = use.how
        found = [*self.read_by(module, use.symbol, owners)] if how in _REFERRING else []
        if how in (uses.CALLED, uses.DECORATES):
            found += self.called(types, owners)
        elif how in _ENTERING:
            found += self._of_objects(types, _ENTERING[how])
        elif how == uses.OPERATES:
            found += self._operated(types, use.names)
        elif how == uses.STORES:
            found += self._stored(types, use.names[0])
        return found

    def called(self, types: Iterable[Type], owners: Types = ()) -> list[Place]:
        """Return the functions that run when a value is called, that was read as an attribute of ``owners``."""
        found: list[Place] = []
        receivers = classes(owners)
        for one in types:
            for place in _by_name(one):
                found += [self._overriding.on(place, of) for of in receivers] or [place]
            if isinstance(one, Class):
                found += self._methods_of(one, _CONSTRUCTORS)
            elif isinstance(one, Instance) and isinstance(one.of, Class):
                found += self._methods_of(one.of, ("__call__", "__await__"))
            elif isinstance(one, Partial):
                found += self.called((whole(one),))
        return found

    def derived(self, types: Iterable[Type]) -> list[Place]:
        """Return the functions that run when a class is derived from a value."""
        return [
            place
            for one in types
            if isinstance(one, Class)
            for place in self._methods_of(one, ("__init_subclass__",))
        ]

    def handed_on(self, types: Iterable[Type], *, makes: bool = False, calls: bool = False) -> list[Place]:
        """Return the functions that run when a value is called by the function it is passed to.

        Of classes and of objects that may be only kept, they are those that run where it ``makes`` or ``calls`` them.
        """
        found: list[Place] = []
        for one in map(whole, types):
            found += _by_name(one)
            if makes and isinstance(one, Class):
                found += self._methods_of(one, _CONSTRUCTORS)
            elif calls and isinstance(one, Instance) and isinstance(one.of, Class):
                found += self._methods_of(one.of, ("__call__",))
        return found

    def wrapping(self, decorator: Type) -> Iterator[Place]:
        """Yield the functions that a decorator puts in the place of the decorated one."""
        if isinstance(decorator, Class):
            yield from self._methods_of(decorator, ("__call__",))
            return
        for given in map(whole, known(self._resolver.result(decorator))):
            if isinstance(given, Function):
                yield given.place
            elif isinstance(given, Instance) and isinstance(given.of, Class):
                yield from self._methods_of(given.of, ("__call__",))

    def _operated(self, types: Iterable[Type], names: Iterable[str]) -> list[Place]:
        """Return the special methods that an operator runs: of truth and formatting the first that there is."""
        found: list[Place] = []
        for owner in _owners(types):
            for name in names:
                here = self._methods_of(owner, (name,))
                found += here
                if here and name in _EITHER:
                    break
        return found

    def _stored(self, types: Iterable[Type], name: str) -> list[Place]:
        """Return the functions that an assignment to an attribute runs: the setter of a property, ``__setattr__``."""
        found: list[Place] = []
        for owner in _owners(types):
            for definer in definers(self._resolver, owner, name):
                if isinstance(definer, Class):
                    symbols = own_symbols(self._resolver, definer, name)
                    held = self._resolver.all_of(definer.place.module, symbols)
                    found += (one.place for one in held if isinstance(one, Function) and one.place.is_setter)
            found += [*self._run(owner, name, descriptors.STORED), *self._methods_of(owner, ("__setattr__",))]
        return found

    def owners(self, module: str, symbol: int) -> Types:
        """Return the types of the object that an expression reads an attribute of; nothing for any other expression."""
        return self._overriding.owners(Place(module, ""), symbol)

    def read_by(self, module: str, symbol: int, owners: Types = ()) -> Iterator[Place]:
        """Yield the properties that reading a chain of attributes runs; ``owners`` are known to have the last one."""
        while symbol > 0:
            kind, *parts = self._resolver.row(module, symbol)
            if kind == "narrowed":
                symbol = int(parts[0])
                continue
            if kind != "attr":
                return
            symbol, name = int(parts[0]), str(parts[1])
            yield from self._properties(owners or self._resolver.of(module, symbol), name)
            owners = ()

    def _properties(self, owners: Types, name: str) -> Iterator[Place]:
        for owner in owners:
            if isinstance(owner, Module):
                yield from self.loaded_by(owner.name, name, owner.name)
            of = owner.of if isinstance(owner, (Super, Instance)) else None
            if not isinstance(of, Class):
                continue
            if isinstance(owner, Super):
                held = self._resolver.member(owner, name, of.place.module)
                found = [one for one in held if isinstance(one, Function)]
            else:
                yield from self._run(of, name, descriptors.READ)
                found = methods(self._resolver, of, name)
                if not found and not self._has(of, name):
                    yield from self._methods_of(of, ("__getattr__", "__getattribute__"))
            for one in found:
                if is_property(self._resolver, one) and not one.place.is_accessor:
                    yield self._overriding.on(one.place, of)

    def _run(self, owner: Class, name: str, access: str) -> Iterator[Place]:
        """Yield the functions of descriptors that an access to an attribute of an object runs."""
        for one in descriptors.run_by(self._resolver, owner, name, access):
            if isinstance(one, Function):
                yield self._overriding.on(one.place, owner)

    def loaded_by(self, module: str, name: str, importer: str) -> Iterator[Place]:
        """Yield the ``__getattr__`` of a module that lacks a name which is read or imported of it."""
        if name.startswith("__"):
            return  # `__name__` is there without a binding
        place = self._resolver.modules.split(f"{module}.{name}", importer)
        summary = self._resolver.summary(place[0]) if place is not None and place[1] == name else None
        given = summary.exports if summary is not None else {}
        if place is not None and "__getattr__" in given and name not in given:
            yield Place(place[0], "__getattr__")

    def _has(self, owner: Class, name: str) -> bool:
        held = self._resolver.member(Instance(owner), name, owner.place.module)
        return bool(known(held))

    def _of_objects(self, types: Iterable[Type], names: Iterable[str]) -> list[Place]:
        return [place for owner in _owners(types) for place in self._methods_of(owner, names)]

    def _methods_of(self, owner: Class, names: Iterable[str]) -> list[Place]:
        found = (one.place for name in names for one in methods(self._resolver, owner, name))
        return [self._overriding.on(place, owner) for place in found]


def _by_name(one: Type) -> list[Place]:
    return [one.place] if isinstance(one, Function) and not one.place.is_accessor else []


def _owners(types: Iterable[Type]) -> Iterator[Class]:
    return (one.of for one in types if isinstance(one, Instance) and isinstance(one.of, Class))
