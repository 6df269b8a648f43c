"""Types of containers: displays, comprehensions, and the elements that subscripts, loops and unpacking take out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.program import mro
from isolint.program.types import (
    NOTHING,
    UNKNOWN,
    Class,
    Collection,
    Coroutine,
    External,
    Giver,
    Instance,
    Mapped,
    Namespace,
    Number,
    Text,
    known,
    union,
)
from isolint.semantic_index.targets import LAST, REST

if TYPE_CHECKING:
    from collections.abc import Iterable

    from isolint.program.resolver import Resolver
    from isolint.program.types import Type, Types

_GIVES_AN_ELEMENT = frozenset({"pop", "popleft", "get", "get_nowait"})
GIVES_A_VALUE = frozenset({"get", "pop", "setdefault"})
_LOADED = External("sys.modules")
_KEEPS = frozenset({"copy"})


def collection(elements: Types) -> Types:
    """Return the type of an iterable of ``elements``, unknown where nothing is known of them."""
    return (Collection(elements),) if known(elements) else UNKNOWN


def mapping(values: Types) -> Types:
    """Return the type of a mapping to ``values``, unknown where nothing is known of them."""
    return (Mapped(values),) if known(values) else UNKNOWN


def sequence(items: Iterable[Types]) -> Types:
    """Return the type of a sequence with the types of its items by position."""
    by_position = tuple(items)
    elements = union(one for types in by_position for one in types)
    return (Collection(elements, by_position),) if known(elements) else UNKNOWN


def display(resolver: Resolver, module: str, *symbols: int) -> Types:
    """Return the type of a list or tuple display."""
    if any(resolver.row(module, symbol)[0] == "starred" for symbol in symbols):
        return collection(resolver.all_of(module, symbols))
    return sequence(resolver.of(module, symbol) for symbol in symbols)


def unordered(resolver: Resolver, module: str, *symbols: int) -> Types:
    """Return the type of a set display."""
    return collection(resolver.all_of(module, symbols))


def starred(resolver: Resolver, module: str, symbol: int) -> Types:
    """Return the types of the elements that ``*value`` stands for."""
    return elements(resolver.of(module, symbol))


def dictionary(resolver: Resolver, module: str, *symbols: int) -> Types:
    """Return the type of a dict display; ``**other`` has -1 for its key."""
    items: dict[str, Types] = {}
    values: list[Type] = []
    all_named = True
    for key, value in zip(symbols[::2], symbols[1::2], strict=True):
        held = resolver.of(module, value)
        if key < 0:
            inner = [one for one in held if isinstance(one, Mapped)]
            values += [v for one in inner for v in one.values] or UNKNOWN
            for one in inner:
                items |= dict(one.items)
            all_named &= bool(inner) and all(one.items for one in inner)
            continue
        values += held
        name = text(resolver.of(module, key))
        all_named &= name is not None
        if name is not None:
            items[name] = held
    found = union(values)
    if not known(found):
        return UNKNOWN
    return (Mapped(found, tuple(items.items()) if all_named else ()),)


def comprehension(resolver: Resolver, module: str, element: int) -> Types:
    """Return the type of a list, set or generator comprehension."""
    return collection(resolver.of(module, element))


def mapping_comprehension(resolver: Resolver, module: str, value: int) -> Types:
    """Return the type of a dict comprehension."""
    return mapping(resolver.of(module, value))


def item(resolver: Resolver, module: str, owner: int, key: int) -> Types:
    """Return the types of ``owner[key]``: of an element, or of a generic class itself (``Queue[int]``)."""
    owners = resolver.of(module, owner)
    if key > 0 and resolver.row(module, key)[0] == "slice":
        return tuple(one for one in owners if isinstance(one, Collection)) or UNKNOWN
    keys = resolver.of(module, key)
    return union(one for of in owners for one in _item(resolver, module, of, keys))


def _item(resolver: Resolver, module: str, owner: Type, keys: Types) -> Types:
    if isinstance(owner, Namespace) or owner == _LOADED:
        return _named(resolver, module, owner, text(keys))
    if isinstance(owner, Collection):
        position = keys[0].value if len(keys) == 1 and isinstance(keys[0], Number) else None
        if position is not None and -len(owner.items) <= position < len(owner.items):
            return owner.items[position]
        return owner.elements
    if isinstance(owner, Mapped):
        name = text(keys)
        return dict(owner.items).get(name, UNKNOWN) if name is not None and owner.items else owner.values
    if isinstance(owner, Class) or (isinstance(owner, External) and _may_be_class(resolver, owner)):
        return (owner,)
    if isinstance(owner, Instance) and isinstance(owner.of, Class):
        name = _field(resolver, owner.of, keys)
        if name:
            return resolver.member(owner, name, module)
        getters = known(resolver.member(owner, "__getitem__", module))
        return union(one for getter in getters for one in resolver.result(getter)) or UNKNOWN
    return UNKNOWN


def _may_be_class(resolver: Resolver, owner: External) -> bool:
    """Whether a foreign thing may be a generic class, whose subscript is the class itself: ``Queue[int]``."""
    entry = resolver.catalogue.get(owner.name)
    home, _, name = owner.name.rpartition(".")
    is_class = name[:1].isupper() or home == "builtins" or (entry is not None and entry.is_class)
    return is_class and not owner.bound


def _field(resolver: Resolver, owner: Class, keys: Types) -> str:
    """Return the field under a key of a ``TypedDict``, or at a place of a ``NamedTuple``; empty for others."""
    kinds = {
        base.name.rpartition(".")[2] for base in mro.bases(resolver, owner) if isinstance(base, External)
    }
    if "TypedDict" in kinds:
        return text(keys) or ""
    summary = resolver.class_(owner.place)
    if "NamedTuple" in kinds and summary is not None and len(keys) == 1 and isinstance(keys[0], Number):
        module = owner.place.module
        fields = [name for name, held in summary.members.items() if _is_annotated(resolver, module, held)]
        return fields[keys[0].value] if 0 <= keys[0].value < len(fields) else ""
    return ""


def _is_annotated(resolver: Resolver, module: str, symbols: Iterable[int]) -> bool:
    rows = (resolver.row(module, symbol) for symbol in symbols if symbol > 0)
    values = (resolver.binding(module, int(row[1]))[1] for row in rows if row[0] == "bound")
    return any(value > 0 and resolver.row(module, value)[0] == "annotated" for value in values)


def joined(resolver: Resolver, module: str, left: int, right: int) -> Types:
    """Return the type of two mappings put together by ``|``, or the result of that operator of a class."""
    ones, others = resolver.of(module, left), resolver.of(module, right)
    both = [(one, other) for one in ones for other in others]
    found = [
        Mapped(union((*one.values, *other.values)), _items_of_both(one, other))
        for one, other in both
        if isinstance(one, Mapped) and isinstance(other, Mapped)
    ]
    return union((*found, *_operated(resolver, module, ones, "__or__"))) or UNKNOWN


def _items_of_both(one: Mapped, other: Mapped) -> tuple[tuple[str, Types], ...]:
    return tuple((dict(one.items) | dict(other.items)).items()) if one.items and other.items else ()


def _operated(resolver: Resolver, module: str, owners: Types, method: str) -> Types:
    """Return the result of a special method of the project's own classes among ``owners``."""
    own = (one for one in owners if isinstance(one, Instance) and isinstance(one.of, Class))
    methods = (one for owner in own for one in known(resolver.member(owner, method, module)))
    return union(one for method in methods for one in known(resolver.result(method)))


def plus(resolver: Resolver, module: str, left: int, right: int) -> Types:
    """Return the type of two collections or texts put together, or the result of ``+`` of a class."""
    ones, others = resolver.of(module, left), resolver.of(module, right)
    one, other = text(ones), text(others)
    if one is not None and other is not None:
        return (Text(one + other),)
    own = _operated(resolver, module, ones, "__add__")
    if own:
        return own
    sides = [one for side in (left, right) for one in resolver.of(module, side)]
    held = [one for one in sides if isinstance(one, Collection)]
    return (
        collection(union(element for one in held for element in one.elements)) if len(held) > 1 else UNKNOWN
    )


def times(resolver: Resolver, module: str, left: int) -> Types:
    """Return the type of a collection repeated."""
    return tuple(one for one in resolver.of(module, left) if isinstance(one, Collection)) or UNKNOWN


def _named(resolver: Resolver, module: str, owner: Type, name: str | None) -> Types:
    """Return the types of ``vars(owner)["name"]``, or of ``sys.modules["name"]``."""
    if name is None:
        return UNKNOWN
    if isinstance(owner, Namespace):
        return union(one for of in owner.of for one in resolver.member(of, name, module)) or UNKNOWN
    return resolver.named(name, module)


def part(resolver: Resolver, module: str, value: int, index: int) -> Types:
    """Return the types of element ``index`` of an unpacked value, or of the rest that a star takes."""
    found: list[Type] = []
    for one in resolver.of(module, value):
        if isinstance(one, Collection):
            if index <= LAST:
                from_end = LAST - index + 1
                found += one.items[-from_end] if from_end <= len(one.items) else one.elements
            elif index == REST:
                found += collection(one.elements)
            else:
                found += one.items[index] if index < len(one.items) else () if one.items else one.elements
        elif isinstance(one, Instance) and isinstance(one.of, Class) and index >= 0:
            name = _field(resolver, one.of, (Number(index),))
            found += resolver.member(one, name, module) if name else UNKNOWN
        else:
            found += UNKNOWN
    return union(found) or UNKNOWN


def each(resolver: Resolver, module: str, value: int) -> Types:
    """Return the types of the elements of an iterated value."""
    found: list[Type] = []
    for one in resolver.of(module, value):
        if isinstance(one, Collection):
            found += one.elements
        elif isinstance(one, Instance) and isinstance(one.of, Class):
            found += _iterated(resolver, module, one)
        else:
            found += UNKNOWN
    return union(found)


def _iterated(resolver: Resolver, module: str, owner: Instance) -> Types:
    for name in ("__iter__", "__aiter__"):
        methods = known(resolver.member(owner, name, module))
        given = union(one for method in methods for one in resolver.result(method))
        if known(given):
            return union(one for of in given for one in _of_iterator(resolver, module, of))
    return _operated(resolver, module, (owner,), "__getitem__") or UNKNOWN


def _of_iterator(resolver: Resolver, module: str, one: Type) -> Types:
    """Return the elements of an iterable, or the results of the ``__next__`` of an iterator."""
    if isinstance(one, Collection):
        return one.elements
    coroutines = _operated(resolver, module, (one,), "__anext__")
    awaited = [result for each in coroutines if isinstance(each, Coroutine) for result in each.result]
    return (*_operated(resolver, module, (one,), "__next__"), *awaited) or UNKNOWN


def elements(types: Types) -> Types:
    """Return the types of the elements of a value that may be one of ``types``."""
    return union(
        one for held in types for one in (held.elements if isinstance(held, Collection) else UNKNOWN)
    )


def text(types: Types) -> str | None:
    """Return the string that a value is for certain, None for any other."""
    return types[0].value if len(types) == 1 and isinstance(types[0], Text) else None


def method(owner: Collection | Mapped, name: str) -> Types:
    """Return the type of a method of a container that gives one of its elements, or more of them."""
    if isinstance(owner, Mapped):
        if name == "values":
            return (Giver((Collection(owner.values),)),)
        if name == "items":
            pair = Collection(union((*UNKNOWN, *owner.values)), (UNKNOWN, owner.values))
            return (Giver((Collection((pair,)),)),)
        gives = owner.values if name in GIVES_A_VALUE else ()
    else:
        gives = owner.elements if name in _GIVES_AN_ELEMENT else ()
    if name in _KEEPS:
        return (Giver((owner,)),)
    # Called for an element that is not there, or only to remove one: its use is no must.
    return (Giver((*gives, NOTHING)),) if gives else UNKNOWN
