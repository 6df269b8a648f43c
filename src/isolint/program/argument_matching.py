"""Matching of calls to definitions: the functions that a call may run, and the parameter that takes an argument."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.program import mro
from isolint.program.attributes import methods
from isolint.program.types import Class, Function, Instance, Place, known, whole
from isolint.summary.moves import ELEMENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.program.resolver import Resolver
    from isolint.program.types import Type, Types
    from isolint.summary.model import Call, Parameter, Slot


def definitions_of(resolver: Resolver, place: Place, call: Call, callees: Types) -> list[Function | Class]:
    """Return the definitions of the project that a call may run; a private name is that of its own module."""
    own = [one for callee in map(whole, callees) for one in _own(resolver, callee)]
    row = resolver.row(place.module, call.callee)
    if own or row[0] != "attr" or not call.name.startswith("_"):
        return own
    summary = resolver.summary(place.module)
    found = [one for one in summary.functions.values() if one.owner] if summary is not None else []
    return [
        Function(Place(place.module, one.qualname))
        for one in found
        if one.qualname == f"{one.owner}.{call.name}"
    ]


def _own(resolver: Resolver, callee: Type) -> Iterator[Function | Class]:
    if isinstance(callee, Class) or (isinstance(callee, Function) and not is_overload(resolver, callee)):
        yield callee
    elif isinstance(callee, Instance) and isinstance(callee.of, Class):
        yield from methods(resolver, callee.of, "__call__")


def is_overload(resolver: Resolver, one: Function) -> bool:
    """Whether a function only declares types for another one of its name."""
    function = resolver.function(one.place)
    return function is not None and function.is_decorated(("overload",))


def shift(resolver: Resolver, module: str, call: Call, target: Function) -> int:
    """Return how many parameters come before the first argument in parentheses: one where a method gets its object."""
    function = resolver.function(target.place)
    if function is None or not function.gets_receiver:
        return 0
    kind, *parts = resolver.row(module, call.callee) if call.callee > 0 else ("",)
    if kind == "attr" and not function.is_decorated(("classmethod",)):
        owners = known(resolver.of(module, int(parts[0])))
        if owners and all(isinstance(one, Class) for one in owners):
            return 0
    return 1


def parameter_of(
    resolver: Resolver, target: Function, slot: Slot, shifted: int
) -> tuple[int, tuple[str, ...]] | None:
    """Return the parameter that takes the argument in ``slot``, and the path to the argument in it.

    ``shifted`` is the :func:`shift` of the call; :func:`slots_of` asks the other way round.
    """
    function = resolver.function(target.place)
    if function is None:
        return None
    for number, parameter in enumerate(function.parameters):
        if (
            parameter.name == slot
            if isinstance(slot, str)
            else parameter.position == slot + shifted >= shifted
        ):
            return number, ()
    star = "**" if isinstance(slot, str) else "*"
    found = [n for n, parameter in enumerate(function.parameters) if parameter.star == star]
    return (found[0], (ELEMENT,)) if found else None


def slots_of(parameter: Parameter, shifted: int) -> set[Slot]:
    """Return the slots of a call in which it passes a parameter, ``shifted`` being the :func:`shift` of the call."""
    position = parameter.position - shifted
    return {parameter.name, position} if position >= 0 else {parameter.name}


def parameter_behind(resolver: Resolver, place: Place, symbol: int) -> int | None:
    """Return the number of the parameter of a function that a value in it is, None where it is anything else."""
    row = resolver.behind_names(place.module, symbol)
    return int(row[2]) if row[0] == "param" and row[1] == place.qualname else None


def field_of(resolver: Resolver, made: Class, slot: Slot) -> str | None:
    """Return the field of a record that an argument of its constructor is stored in; None for other classes."""
    summary = resolver.class_(made.place)
    if summary is None or not mro.is_record(resolver, made):
        return None
    if isinstance(slot, str):
        return slot
    fields = [*summary.members]
    return fields[slot] if 0 <= slot < len(fields) else ELEMENT
