"""Types of attributes: of a module, of a class with its bases, of an object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.program import containers, declared, descriptors, mro
from isolint.program.callbacks import callback_names
from isolint.program.types import (
    NOTHING,
    UNKNOWN,
    Class,
    Collection,
    Coroutine,
    External,
    Function,
    Instance,
    Mapped,
    Module,
    Namespace,
    Partial,
    Place,
    Super,
    Thread,
    each,
    held_by,
    known,
    union,
    whole,
)

if TYPE_CHECKING:
    from isolint.catalogue import Entry
    from isolint.program.resolver import Resolver
    from isolint.program.types import Type, Types

PROPERTIES = frozenset({"property", "cached_property", "hybrid_property", "reify"})
"""Decorators of methods that run where an attribute is read."""


def attribute(resolver: Resolver, module: str, owner: int, name: str) -> Types:
    """Return the types of ``owner.name``."""
    owners = resolver.of(module, owner)
    if name == "value" and _is_enum_member(resolver, module, owner):
        return owners
    found = each(owners, lambda owner: member(resolver, owner, name, module))
    if not resolver.catalogue.is_telling(name) or any(_is_known(resolver, one) for one in owners):
        return found
    told = resolver.catalogue.telling(name, declared.spelled(resolver, module, owner))
    if told is None or _own_class_so_called(resolver, module, told, name):
        return found
    return (External(told.name, bound=True),)


def _is_enum_member(resolver: Resolver, module: str, symbol: int) -> bool:
    """Whether an expression is ``Mode.RUN`` of an enumeration of the project."""
    row = resolver.row(module, symbol)
    classes = resolver.of(module, int(row[1])) if row[0] == "attr" else ()
    return any(
        isinstance(base, External) and base.name.startswith("enum.")
        for one in classes
        if isinstance(one, Class)
        for base in mro.bases(resolver, one)
    )


def _is_known(resolver: Resolver, owner: Type) -> bool:
    """Whether the type of a value is known; a name that a library is not known to have says nothing."""
    if isinstance(owner, External):
        return resolver.catalogue.get(owner.name) is not None
    return owner not in (NOTHING, *UNKNOWN)


def _own_class_so_called(resolver: Resolver, module: str, told: Entry, name: str) -> bool:
    """Whether the module knows a class of the project that has the method, and whose objects would be called so.

    Beside a `GameLoop` with a `call_later`, a `loop` need not be an event loop.
    """
    owner = resolver.catalogue.get(told.name.rpartition(".")[0])
    summary = resolver.summary(module)
    if owner is None or summary is None:
        return False
    endings = tuple(ending.replace("_", "") for ending in owner.called)
    symbols = (s for own, held in summary.exports.items() if own.lower().endswith(endings) for s in held)
    classes = (one for symbol in symbols for one in resolver.of(module, symbol))
    return any(isinstance(one, Class) and bool(mro.own_symbols(resolver, one, name)) for one in classes)


def member(resolver: Resolver, owner: Type, name: str, asking: str) -> Types:  # noqa: PLR0911  # one for each kind of owner
    """Return the types of ``owner.name`` as a module ``asking`` sees it."""
    if name.endswith("]") and not isinstance(getattr(owner, "of", owner), Class):
        return UNKNOWN  # `self.table["key"]` is bound as an attribute of that name
    if name == "__dict__":
        return (Namespace((owner,)),)
    if isinstance(owner, Module):
        return _of_module(resolver, owner, name, asking)
    if isinstance(owner, External):
        return _of_external(resolver, owner, name, asking)
    if isinstance(owner, Class):
        return resolver.settled((owner, name), lambda: _of_class(resolver, owner, name))
    if isinstance(owner, Instance):
        return _of_instance(resolver, owner, name)
    if isinstance(owner, Super):
        definers = mro.inherited_definers(resolver, owner.of, name)
        return _of_definers(resolver, definers, name, None if owner.through_class else Instance(owner.of))
    if isinstance(owner, (Collection, Mapped)):
        return containers.method(owner, name)
    if isinstance(owner, Thread):
        return owner.target if name == "start" else _of_instance(resolver, Instance(owner.of), name)
    if isinstance(owner, Partial):
        return (whole(owner),) if name in ("func", "__wrapped__") else UNKNOWN
    return (External(f"coroutine.{name}"),) if isinstance(owner, Coroutine) else UNKNOWN


def _of_module(resolver: Resolver, owner: Module, name: str, asking: str) -> Types:
    dotted = f"{owner.name}.{name}"
    canonical = resolver.catalogue.canonical(dotted)
    if resolver.is_foreign(canonical, asking):
        return (External(canonical),)
    resolver.modules.note_name(asking, owner.name, name)
    found = resolver.exported(owner.name, name)
    return (External(canonical),) if not known(found) and resolver.lacks(owner.name, name) else found


def _of_external(resolver: Resolver, owner: External, name: str, asking: str) -> Types:
    return resolver.named(f"{owner.name}.{name}", asking)


def _of_instance(resolver: Resolver, owner: Instance, name: str) -> Types:
    if owner == NOTHING:
        return UNKNOWN
    if isinstance(owner.of, Class):
        return resolver.settled((owner, name), lambda: _of_object(resolver, owner, owner.of, name))
    if owner.of.name.startswith("unittest.mock."):
        return UNKNOWN  # a mock stands for an object of any type
    entry = resolver.catalogue.get(f"{owner.of.name}.{name}")
    if entry is None:
        return (External(f"{owner.of.name}.{name}", bound=True),)
    return (Instance(External(entry.is_a)),) if entry.is_a else (External(entry.name, bound=True),)


def _of_class(resolver: Resolver, owner: Class, name: str) -> Types:
    return _of_definers(resolver, mro.definers(resolver, owner, name), name, None)


def _of_object(resolver: Resolver, receiver: Instance, owner: External | Class, name: str) -> Types:
    if name == "__class__":
        return (owner,)
    assert isinstance(owner, Class)  # noqa: S101  # the caller has looked
    return _of_definers(resolver, mro.definers(resolver, owner, name), name, receiver)


def _of_definers(resolver: Resolver, definers: Types, name: str, receiver: Instance | None) -> Types:
    """Return the values that ``definers`` have under a name; properties are read through a ``receiver``."""
    found: list[Type] = []
    for definer in definers:
        if isinstance(definer, External):
            owner = Instance(definer) if receiver is not None else definer
            if receiver is not None and name == "start" and definer.name in callback_names().started:
                found += member(resolver, receiver, "run", definer.name)
            found += member(resolver, owner, name, definer.name)
        elif isinstance(definer, Class):
            if receiver is not None and (given := _by_descriptor(resolver, definer, name)):
                found += given
                continue
            symbols = mro.own_symbols(resolver, definer, name)
            variable = Place(definer.place.module, f"{definer.place.qualname}.{name}")
            held = held_by(resolver.all_of(definer.place.module, symbols), variable)
            for one in held:
                if isinstance(one, Function) and one.place.is_accessor:
                    continue
                found += _read(resolver, one) if receiver is not None else (one,)
    return union(found) or UNKNOWN


def _by_descriptor(resolver: Resolver, definer: Class, name: str) -> Types:
    """Return the types that an object of a class of descriptors gives where it is read; a decorated method stays itself."""
    readers = [*descriptors.of_member(resolver, definer, name, descriptors.READ)]
    if not readers or methods(resolver, definer, name):
        return ()
    given = known(union(one for reader in readers for one in resolver.result(reader)))
    owners = {Class(Place(one.place.module, one.place.qualname.rpartition(".")[0])) for one in readers}
    return tuple(one for one in given if not (isinstance(one, Instance) and one.of in owners))


def _read(resolver: Resolver, held: Type) -> Types:
    """Return the types of an attribute as it is read of an object: of a property, those that it returns."""
    return resolver.result(held) if is_property(resolver, held) else (held,)


def is_property(resolver: Resolver, held: Type) -> bool:
    """Whether reading an attribute that holds ``held`` runs it."""
    function = resolver.function(held.place) if isinstance(held, Function) else None
    return function is not None and function.is_decorated(PROPERTIES)


def methods(resolver: Resolver, owner: Class, name: str) -> list[Function]:
    """Return the functions that a class has under a name, own or inherited, whether or not reading them runs them."""
    held = resolver.settled((owner, name), lambda: _of_class(resolver, owner, name))
    return [one for one in held if isinstance(one, Function)]
