"""Types: the things that an expression may stand for. A value of several possible types is a tuple of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias, final

from msgspec import Struct

from isolint.program.recent import Recent
from isolint.semantic_index.scopes import ACCESSORS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

WIDEST = 64
"""Types that one value is told to have; more occur in generated or hostile code only."""
DEEPEST = 4
"""Levels to which containers in containers are told apart."""


@final
class Unknown(Struct, frozen=True):
    """Nothing is known of the value, or of some of its alternatives."""


@final
class Place(Struct, frozen=True, order=True, array_like=True):
    """A definition: a dotted module and the qualified name in it.

    ``receiver`` is the class, as ``module:name``, of the objects that an inherited method runs on, where that matters;
    see :mod:`isolint.program.overriding`.
    """

    module: str
    qualname: str
    receiver: str = ""

    def __str__(self) -> str:
        """Return the dotted name a person would write."""
        return f"{self.module}.{_SECOND.sub('', self.qualname.replace('.<locals>', ''))}"

    @property
    def is_accessor(self) -> bool:
        """Whether it is the setter or deleter of a property: reading the attribute does not run it."""
        return self.qualname.endswith(_ACCESSORS)

    @property
    def is_setter(self) -> bool:
        """Whether it is the setter of a property."""
        return self.qualname.endswith(_SETTER)

    @property
    def name(self) -> str:
        """The last part of the name."""
        return _SECOND.sub("", self.qualname.rpartition(".")[2])


@final
class External(Struct, frozen=True):
    """Something from outside the project, by its canonical dotted name: ``asyncio.run``.

    ``bound`` says that it is a member reached through an object of its class.
    """

    name: str
    bound: bool = False


@final
class Module(Struct, frozen=True):
    """A module of the project."""

    name: str


@final
class Function(Struct, frozen=True):
    """A function of the project."""

    place: Place


@final
class Class(Struct, frozen=True):
    """A class of the project."""

    place: Place


@final
class Instance(Struct, frozen=True):
    """An object of a known class."""

    of: External | Class


@final
class Super(Struct, frozen=True):
    """``super()`` in a method of a class; ``through_class`` in a class method."""

    of: Class
    through_class: bool


@final
class Coroutine(Struct, frozen=True):
    """The result of calling a coroutine function: awaited once, it gives one of ``result``."""

    result: Types


@final
class Plan(Struct, frozen=True):
    """A description of async work: called, it gives a coroutine; a stream gives an async iterator."""

    is_stream: bool = False


@final
class Collection(Struct, frozen=True):
    """An iterable of ``elements``; ``items`` are those by position, where these are known."""

    elements: Types
    items: tuple[Types, ...] = ()


@final
class Mapped(Struct, frozen=True):
    """A mapping with one of ``values`` under each key; ``items`` are those by key, where all keys are known."""

    values: Types
    items: tuple[tuple[str, Types], ...] = ()


@final
class Giver(Struct, frozen=True):
    """A callable that gives one of ``gives``."""

    gives: Types


@final
class Namespace(Struct, frozen=True):
    """The mapping of the names of a module or class: ``vars(owner)``, ``owner.__dict__``."""

    of: Types


@final
class Context(Struct, frozen=True):
    """A context manager whose ``with`` statement binds one of ``gives``."""

    gives: Types


@final
class Partial(Struct, frozen=True):
    """``functools.partial`` of a callable, or another wrapper that calls it.

    ``held`` is the variable of another module, or of a class, that it is taken from, where the callable is foreign.
    """

    of: Type
    held: Place | None = None


@final
class Thread(Struct, frozen=True):
    """An object of a foreign class that runs ``target`` when its ``start`` is called: ``Thread(target=load)``."""

    of: External
    target: Types


@final
class Text(Struct, frozen=True):
    """A string literal."""

    value: str


@final
class Number(Struct, frozen=True):
    """A small integer literal."""

    value: int


Type: TypeAlias = (
    Unknown | External | Module | Function | Class | Instance | Super | Coroutine | Plan | Collection | Mapped
    | Giver | Namespace | Context | Partial | Thread | Text | Number
)  # fmt: skip
Types: TypeAlias = "tuple[Type, ...]"

_SECOND = re.compile(r"@\d+")
"""Ends the name of a second definition under the same name."""
_SETTER = f".{ACCESSORS[0]}"
_ACCESSORS = tuple(f".{name}" for name in ACCESSORS)
UNKNOWN: Types = (Unknown(),)
NOTHING = Instance(External("builtins.None"))


_MOST_ANSWERS = 10_000
_NESTING = frozenset({Collection, Mapped, Coroutine, Giver, Context, Partial, Thread})


def whole(one: Type) -> Type:
    """Return the callable inside a partial, also of a partial of a partial; any other type as it is."""
    while isinstance(one, Partial):
        one = one.of
    return one


def union(types: Iterable[Type]) -> Types:
    """Return each of ``types`` once, in their order, :data:`WIDEST` at most."""
    return tuple(dict.fromkeys(types))[:WIDEST]


def each(types: Types, results: Callable[[Type], Types]) -> Types:
    """Return the union of the ``results`` for all of ``types``."""
    if len(types) == 1:
        return results(types[0])
    found: list[Type] = []
    for of in types:
        found += results(of)
    return union(found)


def asked_once(question: Callable[[Types], bool]) -> Callable[[Types], bool]:
    """Return a question that keeps its answers: most expressions of a program have few types between them."""
    answers: Recent[Types, bool] = Recent(_MOST_ANSWERS)

    def answer(types: Types) -> bool:
        known = answers.held.get(types)
        return known if known is not None else answers.add(types, question(types))

    return answer


def held_by(types: Types, place: Place) -> Types:
    """Return ``types`` as they are taken from the variable ``place``."""
    if not any(isinstance(one, Partial) for one in types):
        return types
    return tuple(
        Partial(one.of, place)
        if isinstance(one, Partial) and one.held is None and isinstance(whole(one), External)
        else one
        for one in types
    )


def known(types: Types) -> Types:
    """Return ``types`` without the unknown."""
    return tuple(one for one in types if not isinstance(one, Unknown))


def held(one: Type) -> Types:
    """Return the types of the values that a container holds, that a callable gives, or that a thread runs."""
    if isinstance(one, Collection):
        return one.elements
    if isinstance(one, Mapped):
        return one.values
    if isinstance(one, (Giver, Context)):
        return one.gives
    if isinstance(one, Thread):
        return one.target
    return one.of if isinstance(one, Namespace) else ()


def depth(types: Types) -> int:
    """Return how deep containers nest in ``types``."""
    return max(map(_depth, types), default=0)


def _depth(one: Type) -> int:
    if isinstance(one, (Collection, Mapped)):
        held = [one.elements if isinstance(one, Collection) else one.values]
        return 1 + max(map(depth, held))
    if isinstance(one, Coroutine):
        return 1 + depth(one.result)
    if isinstance(one, (Giver, Context)):
        return 1 + depth(one.gives)
    if isinstance(one, Thread):
        return 1 + depth(one.target)
    return 1 + _depth(one.of) if isinstance(one, Partial) else 0


def bounded(types: Types) -> Types:
    """Return ``types``, unknown where containers in them nest too deeply."""
    if _NESTING.isdisjoint(map(type, types)):
        return types
    return union(one if _depth(one) <= DEEPEST else UNKNOWN[0] for one in types)
