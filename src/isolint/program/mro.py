"""Method resolution order: the classes that an attribute comes from, a class itself or the bases that Python asks first."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from isolint.program.callbacks import callback_names
from isolint.program.types import NOTHING, UNKNOWN, Class, External, Instance, Types, known, union

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from isolint.program.resolver import Resolver
    from isolint.program.types import Type

AnyClass: TypeAlias = "External | Class"
_DATA = frozenset(
    External(f"builtins.{name}")
    for name in "str bytes bytearray int float complex bool list tuple set frozenset dict".split()
)
_PROTOCOLS = frozenset({"typing.Protocol", "typing_extensions.Protocol"})


def own_symbols(resolver: Resolver, owner: Class, name: str) -> tuple[int, ...]:
    """Return the symbols that a class binds a name to: in its body, or as an attribute in its methods."""
    summary = resolver.class_(owner.place)
    if summary is None:
        return ()
    return (*summary.members.get(name, ()), *summary.attributes.get(name, ()))


def bases(resolver: Resolver, owner: Class) -> list[AnyClass]:
    """Return the classes that ``owner`` inherits directly."""
    return [base for alternatives in _bases(resolver, owner) for base in alternatives]


def _bases(resolver: Resolver, owner: Class) -> list[list[AnyClass]]:
    """Return the bases in their order; the alternatives that one expression stands for are together."""
    summary = resolver.class_(owner.place)
    if summary is None:
        return []
    given = (resolver.of(owner.place.module, base) for base in summary.bases)
    return [
        [base for base in types if isinstance(base, (External, Class)) and base != owner] for types in given
    ]


def definers(resolver: Resolver, owner: Class, name: str) -> Types:
    """Return the classes that ``name`` may come from in ``owner``: itself, or else its bases."""
    if own_symbols(resolver, owner, name):
        return (owner,)
    return inherited_definers(resolver, owner, name)


def inherited_definers(resolver: Resolver, owner: Class, name: str) -> Types:
    """Return the classes that ``name`` may come from in the bases of ``owner``."""
    return resolver.settled((owner, name, "inherited"), lambda: _inherited(resolver, owner, name))


def _inherited(resolver: Resolver, owner: Class, name: str) -> Types:
    """Ask one base after the other, as Python does: a definition in the first hides those in the next ones.

    A base that little is known of hides nothing, and neither does an attribute that methods assign.
    """
    found: list[AnyClass] = []
    is_hidden = False
    for alternatives in _bases(resolver, owner):
        here = [one for base in alternatives for one in _in_base(resolver, base, name)]
        if not is_hidden:
            found += here
        elif overriding := [one for one in here if inherits_one(resolver, one, found)]:
            found = overriding
        is_hidden = any(_hides(resolver, one, name) for one in found)
    return union(found)


def _in_base(resolver: Resolver, base: AnyClass, name: str) -> list[AnyClass]:
    if isinstance(base, External):
        return [base]
    return [one for one in definers(resolver, base, name) if isinstance(one, (External, Class))]


def _hides(resolver: Resolver, definer: AnyClass, name: str) -> bool:
    if isinstance(definer, Class):
        summary = resolver.class_(definer.place)
        return summary is not None and name in summary.members
    return resolver.catalogue.get(f"{definer.name}.{name}") is not None


def ancestors(resolver: Resolver, owner: Class) -> Iterator[AnyClass]:
    """Yield every class that ``owner`` is derived from, the nearest first."""
    pending, seen = [owner], {owner}
    while pending:
        for base in bases(resolver, pending.pop(0)):
            yield base
            if isinstance(base, Class) and base not in seen:
                seen.add(base)
                pending.append(base)


def inherits_one(resolver: Resolver, of: AnyClass, others: Sequence[AnyClass]) -> bool:
    """Whether a class is derived from one of ``others``."""
    return isinstance(of, Class) and any(base in others for base in ancestors(resolver, of))


def refined(resolver: Resolver, promised: Types, held: Types) -> Types:
    """Return the types of a value that is declared as ``promised`` and of which is known that it is ``held``.

    A declared class gives way to one derived from it, and so does a protocol to any class, if all of ``held`` is known.
    """
    found = known(held)
    if len(found) < len(held):
        return union((*promised, *found))
    classes = [one.of for one in found if isinstance(one, Instance) and one != NOTHING]
    kept = [
        one
        for one in promised
        if not isinstance(one, Instance) or not any(_is_a(resolver, of, one.of) for of in classes)
    ]
    return union((*kept, *found))


def _is_a(resolver: Resolver, of: AnyClass, other: AnyClass) -> bool:
    return of == other or inherits_one(resolver, of, (other,)) or is_protocol(resolver, other)


def is_protocol(resolver: Resolver, of: AnyClass) -> bool:
    """Whether a class describes objects of other classes."""
    return isinstance(of, Class) and any(
        isinstance(base, External) and base.name in _PROTOCOLS for base in bases(resolver, of)
    )


def is_record(resolver: Resolver, of: Class) -> bool:
    """Whether the constructor of a class takes its fields: a dataclass, or a class derived from ``NamedTuple``."""
    summary = resolver.class_(of.place)
    if summary is None:
        return False
    spelled = {name for name, _ in summary.decorators}
    spelled |= {resolver.dotted(base).rpartition(".")[2] for base in ancestors(resolver, of)}
    return not spelled.isdisjoint(callback_names().records)


def passing(resolver: Resolver, held: Types, tested: Types) -> Types:
    """Return ``held`` where all of it is known to pass ``isinstance`` with one of the classes of ``tested``."""
    classes = [one.of for one in tested if isinstance(one, Instance)]
    passed = tuple(one for one in held if classes and _is_any(resolver, one, classes))
    return passed if len(passed) == len(held) else ()


def as_data(held: Types, tested: Types) -> Types:
    """Return ``held`` less foreign objects where it has passed ``isinstance`` with built-in data types alone."""
    if not tested or any(not isinstance(one, Instance) or one.of not in _DATA for one in tested):
        return held
    return tuple(one for one in held if not _is_foreign(one)) or UNKNOWN


def _is_foreign(one: Type) -> bool:
    """Whether a value is an object of a class from outside the project that is no built-in."""
    return (
        isinstance(one, Instance) and isinstance(one.of, External) and not one.of.name.startswith("builtins.")
    )


def without(resolver: Resolver, found: Types, excluded: Types) -> Types:
    """Return ``found`` less the objects of classes among ``excluded``: they failed ``isinstance`` with those."""
    classes = [one.of for one in excluded if isinstance(one, Instance)]
    return tuple(one for one in found if not _is_any(resolver, one, classes)) if classes else found


def _is_any(resolver: Resolver, one: Type, classes: Sequence[AnyClass]) -> bool:
    return isinstance(one, Instance) and (one.of in classes or inherits_one(resolver, one.of, classes))
