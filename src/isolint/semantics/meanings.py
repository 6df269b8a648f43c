"""What an expression may mean: one of a few kinds of thing, or nothing where nobody can tell."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias, final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable

    from isolint.semantics.scopes import ClassBinding, FunctionBinding
    from isolint.syntax.nodes import Node


@final
class External(Struct, frozen=True):
    """Something from outside the module, by its canonical dotted name.

    ``bound`` says that it is a member reached through an object of its class.
    """

    name: str
    bound: bool = False


@final
class Function(Struct, frozen=True):
    """A function of this module."""

    binding: FunctionBinding


@final
class Class(Struct, frozen=True):
    """A class of this module."""

    binding: ClassBinding


@final
class Instance(Struct, frozen=True):
    """An object of a known class."""

    of: External | Class


@final
class Coroutine(Struct, frozen=True):
    """What calling a coroutine function gives: awaited once, it gives one of ``result``."""

    result: tuple[Meaning, ...]


@final
class Plan(Struct, frozen=True):
    """A description of async work: called, it gives a coroutine; a stream gives an async iterator."""

    is_stream: bool = False


@final
class Collection(Struct, frozen=True):
    """Something that gives one of ``elements`` each time it is asked for the next."""

    elements: tuple[Meaning, ...]


@final
class Mapped(Struct, frozen=True):
    """A mapping whose every value is one of ``values``, or else one whose every key is known.

    Then ``items`` has all the keys with what may be under each, nothing for what nobody can tell.
    """

    values: tuple[Meaning, ...] = ()
    items: tuple[tuple[str, tuple[Meaning, ...]], ...] = ()

    def every_value(self) -> Meanings:
        """Return what each value is one of; empty where some are not known."""
        if not self.items:
            return self.values
        held = [meanings for _, meanings in self.items]
        return distinct(m for meanings in held for m in meanings) if all(held) else ()

    def under(self, key: str) -> Meanings:
        """Return what may be under a key."""
        return dict(self.items).get(key, ()) if self.items else self.values


@final
class Giver(Struct, frozen=True):
    """A method whose call gives one of ``gives``."""

    gives: tuple[Meaning, ...]


@final
class Context(Struct, frozen=True):
    """A context manager whose ``with`` statement binds one of ``gives``."""

    gives: tuple[Meaning, ...]


@final
class Partial(Struct, frozen=True):
    """``functools.partial`` of a known thing."""

    of: Meaning

    def whole(self) -> Meaning:
        """Return what is called in the end, also by a partial of a partial."""
        of = self.of
        while isinstance(of, Partial):
            of = of.of
        return of


@final
@dataclass(frozen=True, slots=True)
class Text:
    """A string literal, and the node that it is."""

    value: str
    node: Node = field(compare=False, repr=False)


Meaning: TypeAlias = "External | Function | Class | Instance | Coroutine | Plan | Collection | Mapped | Giver | Context | Partial | Text"
Meanings: TypeAlias = "tuple[Meaning, ...]"

UNKNOWN: Meanings = ()

NOTHING = Instance(External("builtins.None"))

WIDTH_LIMIT = 32
"""Bindings of one name, or results of one function, that are looked at."""


def distinct(meanings: Iterable[Meaning]) -> Meanings:
    """Return each of ``meanings`` once, in their order."""
    return tuple(dict.fromkeys(meanings))
