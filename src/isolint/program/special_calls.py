"""Foreign functions whose results depend on their arguments: ``getattr(asyncio, "run")``, ``partial(load, 1)``."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from isolint.program import attributes, containers, declared
from isolint.program.types import (
    UNKNOWN,
    Collection,
    Context,
    Coroutine,
    External,
    Giver,
    Instance,
    Mapped,
    Module,
    Namespace,
    Partial,
    Text,
    known,
    union,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from isolint.program.resolver import Resolver
    from isolint.program.types import Types


class Arguments(NamedTuple):
    """The symbols given to a call in ``module``: by position up to the first star, and by keyword."""

    module: str
    positional: Sequence[int]
    keywords: dict[str, int]


def arguments_of(module: str, given: Iterable[str | int]) -> Arguments:
    """Return the arguments of a call by the parts of its symbol that follow the callee."""
    positional: list[int] = []
    keywords: dict[str, int] = {}
    parts = iter(given)
    for part in parts:
        if isinstance(part, str):
            keywords[part] = int(next(parts))
        else:
            positional.append(part)
    return Arguments(module, positional, keywords)


def _getattr(resolver: Resolver, given: Arguments) -> Types | None:
    if len(given.positional) < 2:
        return None
    names = [one.value for one in resolver.of(given.module, given.positional[1]) if isinstance(one, Text)]
    owners = resolver.of(given.module, given.positional[0])
    found = union(
        one for name in names for of in owners for one in attributes.member(resolver, of, name, given.module)
    )
    usual = resolver.of(given.module, given.positional[2]) if len(given.positional) > 2 else UNKNOWN
    return found if known(found) else union((*UNKNOWN, *usual))


def _partial(resolver: Resolver, given: Arguments) -> Types | None:
    if not given.positional:
        return None
    return tuple(Partial(one) for one in known(resolver.of(given.module, given.positional[0]))) or UNKNOWN


def _cast(resolver: Resolver, given: Arguments) -> Types | None:
    if len(given.positional) != 2:
        return None
    found = declared.declared(resolver, given.module, given.positional[0])
    return union((*known(found), *known(resolver.of(given.module, given.positional[1])))) or UNKNOWN


def _import(resolver: Resolver, given: Arguments) -> Types | None:
    named = resolver.of(given.module, given.positional[0]) if given.positional else ()
    package = given.keywords.get("package", given.positional[1] if len(given.positional) > 1 else 0)
    around = containers.text(resolver.of(given.module, package)) if package else None
    found = (one.value for one in named if isinstance(one, Text) and one.value)
    modules = [name for each in found if (name := _absolute(each, around or ""))]
    return union(one for name in modules for one in resolver.named(name, given.module)) or UNKNOWN


def _absolute(name: str, package: str) -> str:
    """Return the absolute name of a module as ``import_module`` is given it; empty where that is not known."""
    level = len(name) - len(name.lstrip("."))
    if not level:
        return name
    parts = package.split(".")
    kept = parts[: len(parts) - (level - 1)]
    return ".".join([*kept, name[level:]]) if package and kept else ""


def _import_top(resolver: Resolver, given: Arguments) -> Types | None:
    """``__import__("a.b")`` gives ``a``, and the module itself where names to take from it are listed."""
    if "fromlist" in given.keywords or len(given.positional) > 3:
        return _import(resolver, given)
    named = resolver.of(given.module, given.positional[0]) if given.positional else ()
    modules = [one.value.partition(".")[0] for one in named if isinstance(one, Text) and one.value]
    return union(one for name in modules for one in resolver.named(name, given.module)) or UNKNOWN


def _same(resolver: Resolver, given: Arguments) -> Types | None:
    return resolver.of(given.module, given.positional[0]) if given.positional else None


def _held(resolver: Resolver, given: Arguments) -> Types | None:
    """``staticmethod(f)`` is ``f``, kept by a class: to call a foreign one is a use of the class."""
    held = _same(resolver, given)
    return tuple(Partial(one) if isinstance(one, External) else one for one in held) if held else held


def _context(resolver: Resolver, given: Arguments) -> Types | None:
    held = known(resolver.of(given.module, given.positional[0])) if given.positional else ()
    return (Context(held),) if held else UNKNOWN


def _filter(resolver: Resolver, given: Arguments) -> Types | None:
    """Return a collection of the elements of the second argument."""
    return _again(resolver, given._replace(positional=given.positional[1:]))


def _extreme(resolver: Resolver, given: Arguments) -> Types | None:
    """Return an element of the one argument, or one of several."""
    if len(given.positional) == 1:
        return _next(resolver, given)
    return resolver.all_of(given.module, given.positional) or None


def _next(resolver: Resolver, given: Arguments) -> Types | None:
    return containers.elements(resolver.of(given.module, given.positional[0])) if given.positional else None


def _anext(resolver: Resolver, given: Arguments) -> Types | None:
    found = _next(resolver, given)
    return (Coroutine(found),) if found is not None else None


def _again(resolver: Resolver, given: Arguments) -> Types | None:
    """Return a collection of the elements of the first argument."""
    if not given.positional:
        return None
    held = resolver.of(given.module, given.positional[0])
    return union(one if isinstance(one, Collection) else UNKNOWN[0] for one in held)


def _enumerate(resolver: Resolver, given: Arguments) -> Types | None:
    if not given.positional:
        return None
    held = containers.elements(resolver.of(given.module, given.positional[0]))
    pair = Collection(union((*UNKNOWN, *held)), (UNKNOWN, held))
    return (Collection((pair,)),) if known(held) else UNKNOWN


def _zip(resolver: Resolver, given: Arguments) -> Types | None:
    parts = [containers.elements(resolver.of(given.module, one)) for one in given.positional]
    if not any(map(known, parts)):
        return UNKNOWN
    return (Collection(containers.sequence(parts)),)


def _dict(resolver: Resolver, given: Arguments) -> Types | None:
    if given.keywords and not given.positional:
        items = tuple((name, resolver.of(given.module, value)) for name, value in given.keywords.items())
        return (Mapped(union(one for _, held in items for one in held), items),)
    held = resolver.of(given.module, given.positional[0]) if given.positional else ()
    return tuple(one if isinstance(one, Mapped) else UNKNOWN[0] for one in held) or None


def _map(resolver: Resolver, given: Arguments) -> Types | None:
    if len(given.positional) < 2:
        return None
    made = union(
        one for callee in resolver.of(given.module, given.positional[0]) for one in resolver.result(callee)
    )
    return containers.collection(made)


def _by_factory(resolver: Resolver, given: Arguments) -> Types | None:
    """Return the value of a field of a data class that is declared with a factory or a default."""
    factory = given.keywords.get("default_factory", given.keywords.get("factory"))
    if factory is not None:
        return union(one for of in resolver.of(given.module, factory) for one in resolver.result(of))
    default = given.keywords.get("default", given.positional[0] if given.positional else 0)
    return resolver.of(given.module, default)


def _defaults(resolver: Resolver, given: Arguments) -> Types | None:
    """``defaultdict(factory)`` has the result of the factory under any key."""
    made = (
        [one for of in resolver.of(given.module, given.positional[0]) for one in resolver.result(of)]
        if (given.positional)
        else []
    )
    return containers.mapping(union(made))


def _globals(_resolver: Resolver, given: Arguments) -> Types | None:
    return (Namespace((Module(given.module),)),)


def _chain(resolver: Resolver, given: Arguments) -> Types | None:
    return containers.collection(containers.elements(resolver.all_of(given.module, given.positional)))


def _run(resolver: Resolver, given: Arguments) -> Types | None:
    """``asyncio.run(work())`` gives the result of awaiting its argument."""
    work = resolver.of(given.module, given.positional[0]) if given.positional else ()
    return union(one for of in work if isinstance(of, Coroutine) for one in of.result) or None


def _wait_for(resolver: Resolver, given: Arguments) -> Types | None:
    found = _run(resolver, given)
    return (Coroutine(found),) if found else None


def _new_type(resolver: Resolver, given: Arguments) -> Types | None:
    """Return a callable that gives an object of the class that a ``NewType`` stands for."""
    if len(given.positional) < 2:
        return None
    held = declared.declared(resolver, given.module, given.positional[1])
    instances = tuple(one for one in held if isinstance(one, Instance))
    return (Giver(instances),) if instances else None


def _type(resolver: Resolver, given: Arguments) -> Types | None:
    if len(given.positional) != 1:
        return None
    held = resolver.of(given.module, given.positional[0])
    return union(one.of if isinstance(one, Instance) else UNKNOWN[0] for one in held)


def _vars(resolver: Resolver, given: Arguments) -> Types | None:
    return (Namespace(resolver.of(given.module, given.positional[0])),) if given.positional else None


Special: TypeAlias = "Callable[[Resolver, Arguments], Types | None]"
SPECIAL: dict[str, Special] = {
    "builtins.getattr": _getattr,
    "functools.partial": _partial,
    "functools.partialmethod": _partial,
    "typing.cast": _cast,
    "typing_extensions.cast": _cast,
    "importlib.import_module": _import,
    "builtins.__import__": _import_top,
    "builtins.staticmethod": _held,
    "builtins.classmethod": _held,
    "functools.update_wrapper": _same,
    "copy.copy": _same,
    "copy.deepcopy": _same,
    "contextlib.closing": _context,
    "contextlib.aclosing": _context,
    "contextlib.nullcontext": _context,
    "builtins.next": _next,
    "builtins.anext": _anext,
    "builtins.filter": _filter,
    "builtins.max": _extreme,
    "builtins.min": _extreme,
    "builtins.enumerate": _enumerate,
    "builtins.zip": _zip,
    "builtins.dict": _dict,
    "builtins.map": _map,
    "builtins.type": _type,
    "builtins.vars": _vars,
    "builtins.globals": _globals,
    "collections.defaultdict": _defaults,
    "itertools.chain": _chain,
    "asyncio.run": _run,
    "asyncio.wait_for": _wait_for,
    "typing.NewType": _new_type,
    "typing_extensions.NewType": _new_type,
    **dict.fromkeys(
        (f"builtins.{name}" for name in ("list", "tuple", "set", "frozenset", "sorted", "reversed", "iter")),
        _again,
    ),
    **dict.fromkeys(
        ("dataclasses.field", "attr.ib", "attr.attrib", "attr.field", "attrs.field", "pydantic.Field"),
        _by_factory,
    ),
}
