"""Results of functions of the project: as declared, as returned, and arguments that are returned as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.catalogue.combinators import DO, makes_stream
from isolint.program import containers, declared, mro
from isolint.program.argument_matching import parameter_behind
from isolint.program.types import (
    NOTHING,
    UNKNOWN,
    Class,
    Collection,
    Context,
    Coroutine,
    External,
    Function,
    Instance,
    Plan,
    known,
    union,
)

if TYPE_CHECKING:
    from isolint.program.arguments import Arguments
    from isolint.program.resolver import Resolver
    from isolint.program.types import Type, Types
    from isolint.summary.model import FunctionSummary

_CONTEXT_MAKERS = frozenset({"contextmanager", "asynccontextmanager"})
_CALLABLES = frozenset({"typing.Callable", "collections.abc.Callable"})
_NAMES = frozenset({"import", "global", "function", "class"})
_LITERALS = frozenset({"text", "int", "constant"})


def returned(resolver: Resolver, callee: Function) -> Types:
    """Return the types of the result of a call with any arguments: of a coroutine function, a coroutine."""
    if constructor := resolver.plan_names.constructor(str(callee.place), callee.place.module):
        return (Plan(is_stream=makes_stream(constructor)),)
    function = resolver.function(callee.place)
    if function is None:
        return UNKNOWN
    module = callee.place.module
    promised = _promised(resolver, module, function)
    if function.is_generator:
        if function.is_decorated(DO):
            return (Plan(),)
        return _generated(resolver, module, function, promised)
    if _is_specific(resolver, promised):
        found = promised
    else:
        values = resolver.all_of(module, function.returns)
        if known(promised):
            found = mro.refined(resolver, promised, values)
        else:
            found = union((*values, NOTHING)) if function.reaches_end else values or UNKNOWN
    return (Coroutine(found),) if function.is_async else found


def _promised(resolver: Resolver, module: str, function: FunctionSummary, *, specific: bool = False) -> Types:
    """Return the types that a function is declared to return; only informative ones, if ``specific``."""
    if function.annotation < 0:
        return UNKNOWN
    found = declared.declared(resolver, module, function.annotation)
    return found if not specific or _is_specific(resolver, found) else UNKNOWN


def _is_specific(resolver: Resolver, promised: Types) -> bool:
    """Whether declared types say all that matters of a value: ``Callable`` and protocols hide the code that runs."""
    types = known(promised)
    return bool(types) and not any(isinstance(one, Instance) and _is_open(resolver, one.of) for one in types)


def _is_open(resolver: Resolver, of: External | Class) -> bool:
    return of.name in _CALLABLES if isinstance(of, External) else mro.is_protocol(resolver, of)


def _generated(resolver: Resolver, module: str, function: FunctionSummary, promised: Types) -> Types:
    yielded = resolver.all_of(module, function.yielded)
    if function.is_decorated(_CONTEXT_MAKERS):
        held = known(containers.elements(promised)) or known(yielded)
        return (Context(held),) if held else UNKNOWN
    if any(isinstance(one, Collection) for one in promised):
        return promised
    return containers.collection(yielded)


def passed_through(resolver: Resolver, callee: Function, arguments: Arguments) -> Types:
    """Return the argument that a function of the project returns as it is: ``def checked(f): return f``."""
    function = resolver.function(callee.place)
    if function is None or function.begins_later or not function.returns:
        return ()
    if known(_promised(resolver, callee.place.module, function, specific=True)):
        return ()
    found: list[Type] = []
    for symbol in function.returns:
        index = parameter_behind(resolver, callee.place, symbol)
        if index is not None and not function.owner:
            given = arguments.at(index, function.parameters[index].name)
            found += known(resolver.of(arguments.module, given))
    return union([*found, *resolver.result(callee)]) if found else ()


def depends_on_names_alone(resolver: Resolver, callee: Function) -> bool:
    """Whether a function returns nothing but results of calls by names of its module: ``return logging.getLogger(__name__)``."""
    function = resolver.function(callee.place)
    module = callee.place.module
    return (
        function is not None
        and bool(function.returns)
        and all(_is_call_by_name(resolver, module, symbol) for symbol in function.returns)
    )


def _is_call_by_name(resolver: Resolver, module: str, symbol: int) -> bool:
    row = resolver.behind_names(module, symbol)
    if row[0] != "call":
        return False
    callee = resolver.behind_names(module, int(row[1]))
    while callee[0] == "attr":
        callee = resolver.behind_names(module, int(callee[1]))
    arguments = (resolver.row(module, part)[0] for part in row[2:] if isinstance(part, int))
    return callee[0] in _NAMES and all(kind in _NAMES or kind in _LITERALS for kind in arguments)
