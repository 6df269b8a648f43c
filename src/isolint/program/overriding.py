"""Overriding: the methods of a base class as they run on an object of a class derived from it.

A method of the base calls the overriding methods of the derived class::

    class Job:
        def run(self): return self.work()       # on a Load this calls Load.work
        def work(self): ...

    class Load(Job):
        def work(self): return asyncio.run(load())

So ``Load().run()`` runs ``Job.run`` with the receiver ``Load``, a place of its own in the call graph. Where nothing that a
method calls on its object is overridden, it is the same for all receivers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from msgspec.structs import replace

from isolint.program import dependencies, mro
from isolint.program.attributes import methods
from isolint.program.types import Class, Instance, Place
from isolint.summary import uses

if TYPE_CHECKING:
    from collections.abc import Callable

    from isolint.program.resolver import Resolver
    from isolint.program.types import Types

_OWN = frozenset({uses.CALLED, uses.READ, uses.PASSED, uses.NAMED})


@final
class Overriding:
    """Answers for all methods of the program, each once for a receiver. ``concerns`` says of a module whether it is asked."""

    def __init__(self, resolver: Resolver, concerns: Callable[[str], bool]) -> None:
        self._resolver = resolver
        self._concerns = concerns
        self._own_names: dict[Place, frozenset[str]] = {}
        self._differs: dict[tuple[Place, Class], bool] = {}

    def on(self, place: Place, owner: Class) -> Place:
        """Return the place of a method as it runs on objects of ``owner``."""
        if place.receiver or not self._concerns(place.module) or not self._differs_on(place, owner):
            return place
        return replace(place, receiver=f"{owner.place.module}:{owner.place.qualname}")

    @staticmethod
    def receiver(place: Place) -> Class | None:
        """Return the class of the objects that a method runs on, None where that is its own class or any."""
        module, _, qualname = place.receiver.partition(":")
        return Class(Place(module, qualname)) if qualname else None

    def types(self, place: Place, symbol: int) -> Types:
        """Return the types of a symbol in the function ``place``, of an attribute of its object as the receiver has it."""
        owner = self.receiver(place)
        name = self._own_attribute(place, symbol) if owner is not None else ""
        if owner is not None and name:
            return self._resolver.member(Instance(owner), name, place.module)
        return self._resolver.of(place.module, symbol)

    def owners(self, place: Place, symbol: int) -> Types:
        """Return the types of the object that a symbol in the function ``place`` reads an attribute of."""
        owner = self.receiver(place)
        if owner is not None and self._own_attribute(place, symbol):
            return (Instance(owner),)
        row = self._resolver.row(place.module, symbol)
        return self._resolver.of(place.module, int(row[1])) if row[0] == "attr" else ()

    def _own_attribute(self, place: Place, symbol: int) -> str:
        """Return the name of an attribute of the object that a method belongs to: ``self.work``; empty for any other symbol."""
        row = self._resolver.row(place.module, symbol)
        function = self._resolver.function(place) if row[0] == "attr" else None
        if function is None or not function.gets_receiver:
            return ""
        name = str(row[2])
        owner = self._resolver.behind_names(place.module, int(row[1]))
        return name if tuple(owner) == ("param", place.qualname, 0) else ""

    def _differs_on(self, place: Place, owner: Class) -> bool:
        """Whether a method calls something on its object that ``owner`` overrides, itself or through others of its class."""
        key = place, owner
        if key not in self._differs:
            self._differs[key] = False  # a circle of methods adds nothing
            self._differs[key] = self._calls_overridden(place, owner)
        return self._differs[key]

    def _calls_overridden(self, place: Place, owner: Class) -> bool:
        function = self._resolver.function(place)
        of = Class(Place(place.module, function.owner)) if function is not None and function.owner else None
        if of is None or of == owner or not mro.inherits_one(self._resolver, owner, (of,)):
            return False
        for name in sorted(self._names(place)):
            own = methods(self._resolver, owner, name)
            if own != methods(self._resolver, of, name):
                return True
            for one in own:
                if one.place != place:
                    self._resolver.modules.note(dependencies.does(place), dependencies.does(one.place))
                    if self._differs_on(one.place, owner):
                        return True
        return False

    def _names(self, place: Place) -> frozenset[str]:
        """Return the names of the attributes that a method reads of its object."""
        if place not in self._own_names:
            used = (use.symbol for use in self._resolver.body(place).uses if use.how in _OWN)
            found = (self._own_attribute(place, symbol) for symbol in used)
            self._own_names[place] = frozenset(name for name in found if name)
        return self._own_names[place]
