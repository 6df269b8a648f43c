"""Declared types: the types of annotations such as ``Runner | None``, ``list[Client]`` or an alias of these."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.catalogue.combinators import STREAM_TYPES
from isolint.program import containers, module_names
from isolint.program.arguments import arguments_of
from isolint.program.types import (
    NOTHING,
    UNKNOWN,
    Class,
    Context,
    Coroutine,
    External,
    Giver,
    Instance,
    Place,
    Plan,
    Unknown,
    known,
    union,
    whole,
)
from isolint.semantic_index.expressions import TYPE_WRAPPERS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from isolint.program.resolver import Resolver
    from isolint.program.types import Type, Types

DECLARED = "declared"
"""Ends the key of the equation for the type that an annotation declares: (module, symbol, ...)."""
_AWAITABLES = frozenset({"Awaitable", "Coroutine", "CoroutineType"})
_CONTEXTS = frozenset(
    "AbstractContextManager AbstractAsyncContextManager ContextManager AsyncContextManager".split()
)
_OF_ONE_KIND = frozenset(
    "list List set Set frozenset FrozenSet deque Deque Sequence MutableSequence Iterable Iterator Collection "
    "AbstractSet MutableSet Generator AsyncGenerator AsyncIterable AsyncIterator Queue SimpleQueue".split()
)
"""Generic classes whose first argument is the type of their elements."""
_MAPPINGS = frozenset(
    "dict Dict Mapping MutableMapping defaultdict DefaultDict OrderedDict WeakKeyDictionary WeakValueDictionary".split()
)
_SAYS_NOTHING = frozenset({"typing.Any", "builtins.object", "typing_extensions.Any"})


def declared(resolver: Resolver, module: str, symbol: int) -> Types:
    """Return the types of a value annotated with the expression ``symbol``."""
    if symbol <= 0:
        return UNKNOWN
    return resolver.settled((module, symbol, DECLARED), lambda: _declared(resolver, module, symbol))


def instances(resolver: Resolver, module: str, symbols: Iterable[int]) -> Types:
    """Return the objects that pass ``isinstance`` with one of the types ``symbols``, as far as their classes are known."""
    found = tested(resolver, module, symbols)
    return union(one for one in found if isinstance(one, Instance) and _is_known(resolver, one.of))


def tested(resolver: Resolver, module: str, symbols: Iterable[int]) -> Types:
    """Return the objects of the classes ``symbols`` that ``isinstance`` tests for."""
    return union(one for symbol in symbols for one in _tested(resolver, module, symbol))


def _tested(resolver: Resolver, module: str, symbol: int) -> Types:
    if symbol > 0 and resolver.row(module, symbol)[0] == "tuple":
        return union(
            one for part in resolver.row(module, symbol)[1:] for one in _tested(resolver, module, int(part))
        )
    return declared(resolver, module, symbol)


def _is_known(resolver: Resolver, of: External | Class) -> bool:
    return isinstance(of, Class) or resolver.catalogue.get(of.name) is not None


def _declared(resolver: Resolver, module: str, symbol: int) -> Types:  # noqa: PLR0911  # one for each kind of row
    kind, *parts = resolver.row(module, symbol)
    numbers = [part for part in parts if isinstance(part, int)]
    if kind in ("bitor", "either"):
        return union(one for part in numbers for one in declared(resolver, module, part))
    if kind == "item":
        return _generic(resolver, module, numbers[0], numbers[1])
    if kind == "call":
        return _made(resolver, module, parts)
    if kind == "constant":
        return (NOTHING,) if parts == ["None"] else UNKNOWN
    if kind == "bound":
        return _of_binding(resolver, module, numbers[0])
    if kind == "annotated":
        return declared(resolver, module, numbers[1])
    if kind == "self":
        return (Instance(Class(Place(module, str(parts[0])))),)
    if kind == "text":
        return UNKNOWN
    if kind in ("import", "attr"):
        aliased = _exported_alias(resolver, module, symbol)
        if known(aliased):
            return aliased
    return _of_types(resolver, module, resolver.of(module, symbol))


def _of_binding(resolver: Resolver, module: str, number: int) -> Types:
    """Follow an alias: ``Loop = Optional[asyncio.AbstractEventLoop]``."""
    name, value, _ = resolver.binding(module, number)
    if value <= 0:
        return UNKNOWN
    if resolver.row(module, value)[0] == "param":
        return _of_types(resolver, module, resolver.of(module, value))
    found = declared(resolver, module, value)
    return (Plan(),) if resolver.plan_names.is_own_plan_type(name, found) else found


def _of_types(resolver: Resolver, module: str, named: Types) -> Types:
    found: list[Type] = []
    for one in named:
        if isinstance(one, External) and one.name in _SAYS_NOTHING:
            found += UNKNOWN
        elif isinstance(one, (External, Class)):
            found.append(_instance(resolver, module, one))
        else:
            found += UNKNOWN
    return union(found) or UNKNOWN


def _exported_alias(resolver: Resolver, module: str, symbol: int) -> Types:
    """Return the type declared by a class or alias of another module: ``from app.types import MaybeLoop``."""
    kind, *parts = resolver.row(module, symbol)
    if kind == "import":
        if resolver.is_foreign(resolver.catalogue.canonical(str(parts[0])), module):
            return UNKNOWN
        place = module_names.place_of_import(resolver, str(parts[0]), module)
    elif kind == "attr":
        owners = [one for one in resolver.of(module, int(parts[0])) if resolver.dotted(one)]
        place = (
            resolver.modules.split(f"{resolver.dotted(owners[0])}.{parts[1]}", module)
            if len(owners) == 1
            else None
        )
    else:
        return UNKNOWN
    return exported(resolver, *place) if place is not None and place[1] else UNKNOWN


def exported(resolver: Resolver, module: str, name: str) -> Types:
    """Return the types of a value annotated with a top-level name of ``module``."""
    summary = resolver.summary(module)
    symbols = summary.exports.get(name, ()) if summary is not None else ()
    found = union(one for symbol in symbols for one in declared(resolver, module, symbol))
    return found or UNKNOWN


def _instance(resolver: Resolver, module: str, of: External | Class) -> Type:
    name = resolver.dotted(of)
    is_plan = resolver.plan_names.is_plan_type(name, module)
    return Plan(is_stream=name in STREAM_TYPES) if is_plan else Instance(of)


def _generic(resolver: Resolver, module: str, generic: int, key: int) -> Types:  # noqa: PLR0911  # one for each generic
    row = resolver.row(module, key) if key > 0 else ("unknown",)
    arguments = [int(part) for part in row[1:]] if row[0] == "tuple" else [key]
    kind = last_name(resolver, module, generic)
    if kind in TYPE_WRAPPERS:
        wanted = arguments if kind == "Union" else arguments[:1]
        nothing = [NOTHING] if kind == "Optional" else []
        return union([*(one for part in wanted for one in declared(resolver, module, part)), *nothing])
    if kind in ("type", "Type"):
        return union(_class_of(one) for one in declared(resolver, module, arguments[0]))
    if kind in _AWAITABLES:
        return (Coroutine(declared(resolver, module, arguments[-1])),)
    if kind in _CONTEXTS:
        return (Context(declared(resolver, module, arguments[0])),)
    if kind == "Callable" and len(arguments) == 2:
        return _callable(resolver, module, generic, arguments[1])
    if kind in ("tuple", "Tuple"):
        return _tuple(resolver, module, arguments)
    if kind in _OF_ONE_KIND:
        return containers.collection(declared(resolver, module, arguments[0]))
    if kind in _MAPPINGS and len(arguments) == 2:
        return containers.mapping(declared(resolver, module, arguments[1]))
    return declared(resolver, module, generic)


def _tuple(resolver: Resolver, module: str, arguments: list[int]) -> Types:
    if len(arguments) == 2 and arguments[1] <= 0:  # `tuple[X, ...]`
        return containers.collection(declared(resolver, module, arguments[0]))
    return containers.sequence(declared(resolver, module, part) for part in arguments)


def _class_of(one: Type) -> Type:
    return one.of if isinstance(one, Instance) else Unknown()


def _callable(resolver: Resolver, module: str, generic: int, result: int) -> Types:
    """Return a callable with the objects its call gives.

    An awaitable is none of them: it need not be a coroutine, and may be awaited twice.
    """
    given = tuple(
        one for one in declared(resolver, module, result) if isinstance(one, Instance) and one != NOTHING
    )
    return union([*declared(resolver, module, generic), *((Giver(given),) if given else ())])


def _made(resolver: Resolver, module: str, parts: list[str | int]) -> Types:
    """Return the objects of a ``NewType``, or within the bound of a ``TypeVar``."""
    kind = last_name(resolver, module, int(parts[0]))
    if kind not in ("NewType", "TypeVar"):
        return UNKNOWN
    given = arguments_of(module, parts[1:])
    bounds = [*given.positional[1:]]  # behind the name: constraints, or the base of a NewType
    if kind == "TypeVar":
        bounds.append(given.at(len(given.positional), "bound"))
    found = [one for symbol in bounds for one in declared(resolver, module, symbol)]
    return union(one for one in found if isinstance(one, Instance)) or UNKNOWN


def last_name(resolver: Resolver, module: str, symbol: int) -> str:
    """Return the last part of the name of a special form or function, resolved where that is possible."""
    for one in known(resolver.of(module, symbol)):
        name = resolver.dotted(whole(one))
        if name:
            return name.rpartition(".")[2]
    return spelled(resolver, module, symbol)


def spelled(resolver: Resolver, module: str, symbol: int) -> str:
    """Return the last name that an expression is spelled with: ``loop`` for ``self.loop`` and ``get_loop`` for its call."""
    while symbol > 0:
        kind, *parts = resolver.row(module, symbol)
        if kind in ("attr", "import", "global"):
            return str(parts[-1]).rpartition(".")[2]
        if kind == "bound":
            return resolver.binding(module, int(parts[0]))[0]
        if kind not in ("call", "either", "narrowed", "await"):
            return ""
        symbol = int(parts[0])
    return ""
