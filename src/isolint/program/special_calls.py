"""Foreign functions whose results depend on their arguments: ``getattr(asyncio, "run")``, ``partial(load, 1)``."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

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
from isolint.syntax.relative_imports import absolute, level_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from isolint.program.arguments import Arguments
    from isolint.program.resolver import Resolver
    from isolint.program.types import Types


def _first(resolver: Resolver, given: Arguments) -> Types:
    """Return the types of the first argument, nothing where there is none."""
    return resolver.of(given.module, given.positional[0]) if given.positional else ()


def _getattr(resolver: Resolver, given: Arguments) -> Types:
    if len(given.positional) < 2:
        return ()
    names = [one.value for one in resolver.of(given.module, given.positional[1]) if isinstance(one, Text)]
    owners = _first(resolver, given)
    found = union(
        one for name in names for of in owners for one in attributes.member(resolver, of, name, given.module)
    )
    usual = resolver.of(given.module, given.at(2))
    return found if known(found) else union((*UNKNOWN, *usual))


def _partial(resolver: Resolver, given: Arguments) -> Types:
    return tuple(Partial(one) for one in known(_first(resolver, given))) or UNKNOWN


def _cast(resolver: Resolver, given: Arguments) -> Types:
    found = declared.declared(resolver, given.module, given.at(0))
    return union((*known(found), *known(resolver.of(given.module, given.at(1))))) or UNKNOWN


def _import(resolver: Resolver, given: Arguments) -> Types:
    package = containers.text(resolver.of(given.module, given.at(1, "package"))) or ""
    found = (one.value for one in _first(resolver, given) if isinstance(one, Text) and one.value)
    modules = [name for each in found if (name := _absolute(each, package))]
    return union(one for name in modules for one in resolver.named(name, given.module)) or UNKNOWN


def _absolute(name: str, package: str) -> str:
    """Return the absolute name of a module as ``import_module`` is given it; empty where that is not known."""
    level = level_of(name)
    is_known = level <= (package.count(".") + 1 if package else 0)
    return absolute(name[level:], level, package) if is_known else ""


def _import_top(resolver: Resolver, given: Arguments) -> Types:
    """``__import__("a.b")`` gives ``a``, and the module itself where names to take from it are listed."""
    if "fromlist" in given.keywords or len(given.positional) > 3:
        return _import(resolver, given)
    named = (one.value for one in _first(resolver, given) if isinstance(one, Text))
    modules = [name.partition(".")[0] for name in named if name]
    return union(one for name in modules for one in resolver.named(name, given.module)) or UNKNOWN


def _held(resolver: Resolver, given: Arguments) -> Types:
    """``staticmethod(f)`` is ``f``, kept by a class: to call a foreign one is a use of the class."""
    return tuple(Partial(one) if isinstance(one, External) else one for one in _first(resolver, given))


def _context(resolver: Resolver, given: Arguments) -> Types:
    held = known(_first(resolver, given))
    return (Context(held),) if held else UNKNOWN


def _filter(resolver: Resolver, given: Arguments) -> Types:
    """Return a collection of the elements of the second argument."""
    return _again(resolver, given._replace(positional=given.positional[1:]))


def _extreme(resolver: Resolver, given: Arguments) -> Types:
    """Return an element of the one argument, or one of several."""
    if len(given.positional) == 1:
        return _next(resolver, given)
    return resolver.all_of(given.module, given.positional)


def _next(resolver: Resolver, given: Arguments) -> Types:
    return containers.elements(_first(resolver, given))


def _anext(resolver: Resolver, given: Arguments) -> Types:
    return (Coroutine(_next(resolver, given)),)


def _again(resolver: Resolver, given: Arguments) -> Types:
    """Return a collection of the elements of the first argument."""
    return union(one if isinstance(one, Collection) else UNKNOWN[0] for one in _first(resolver, given))


def _enumerate(resolver: Resolver, given: Arguments) -> Types:
    held = _next(resolver, given)
    pair = Collection(union((*UNKNOWN, *held)), (UNKNOWN, held))
    return (Collection((pair,)),) if known(held) else UNKNOWN


def _zip(resolver: Resolver, given: Arguments) -> Types:
    parts = [containers.elements(resolver.of(given.module, one)) for one in given.positional]
    if not any(map(known, parts)):
        return UNKNOWN
    return (Collection(containers.sequence(parts)),)


def _dict(resolver: Resolver, given: Arguments) -> Types:
    if given.keywords and not given.positional:
        items = tuple((name, resolver.of(given.module, value)) for name, value in given.keywords.items())
        return (Mapped(union(one for _, held in items for one in held), items),)
    return tuple(one if isinstance(one, Mapped) else UNKNOWN[0] for one in _first(resolver, given))


def _map(resolver: Resolver, given: Arguments) -> Types:
    return containers.collection(_made(resolver, _first(resolver, given)))


def _made(resolver: Resolver, makers: Types) -> Types:
    """Return the results of calling each of some types."""
    return union(one for maker in makers for one in resolver.result(maker))


def _by_factory(resolver: Resolver, given: Arguments) -> Types:
    """Return the value of a field of a data class that is declared with a factory or a default."""
    factory = given.keywords.get("default_factory", given.keywords.get("factory"))
    if factory is not None:
        return _made(resolver, resolver.of(given.module, factory))
    return resolver.of(given.module, given.at(0, "default"))


def _defaults(resolver: Resolver, given: Arguments) -> Types:
    """``defaultdict(factory)`` has the result of the factory under any key."""
    return containers.mapping(_made(resolver, _first(resolver, given)))


def _globals(_resolver: Resolver, given: Arguments) -> Types:
    return (Namespace((Module(given.module),)),)


def _chain(resolver: Resolver, given: Arguments) -> Types:
    return containers.collection(containers.elements(resolver.all_of(given.module, given.positional)))


def _run(resolver: Resolver, given: Arguments) -> Types:
    """``asyncio.run(work())`` gives the result of awaiting its argument."""
    work = _first(resolver, given)
    return union(one for of in work if isinstance(of, Coroutine) for one in of.result)


def _wait_for(resolver: Resolver, given: Arguments) -> Types:
    found = _run(resolver, given)
    return (Coroutine(found),) if found else ()


def _new_type(resolver: Resolver, given: Arguments) -> Types:
    """Return a callable that gives an object of the class that a ``NewType`` stands for."""
    held = declared.declared(resolver, given.module, given.at(1))
    instances = tuple(one for one in held if isinstance(one, Instance))
    return (Giver(instances),) if instances else ()


def _type(resolver: Resolver, given: Arguments) -> Types:
    held = _first(resolver, given) if len(given.positional) == 1 else ()
    return union(one.of if isinstance(one, Instance) else UNKNOWN[0] for one in held)


def _vars(resolver: Resolver, given: Arguments) -> Types:
    return (Namespace(_first(resolver, given)),) if given.positional else ()


Special: TypeAlias = "Callable[[Resolver, Arguments], Types]"
"""Gives the types of the result; none where the arguments do not tell them."""
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
    "functools.update_wrapper": _first,
    "copy.copy": _first,
    "copy.deepcopy": _first,
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
