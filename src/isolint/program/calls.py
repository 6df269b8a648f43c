"""Types of the results of calls, and of the values that ``with`` statements bind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.catalogue.combinators import makes_stream
from isolint.program import attributes, containers, function_results, mro, receivers
from isolint.program.arguments import Arguments, arguments_of
from isolint.program.callbacks import callback_names
from isolint.program.entering import entered
from isolint.program.special_calls import SPECIAL
from isolint.program.types import (
    NOTHING,
    UNKNOWN,
    Class,
    Coroutine,
    External,
    Function,
    Giver,
    Instance,
    Mapped,
    Partial,
    Plan,
    Thread,
    each,
    known,
    union,
)

if TYPE_CHECKING:
    from isolint.program.resolver import Resolver
    from isolint.program.types import Type, Types

_ATTRGETTER = External("operator.attrgetter")
_MODULE_TYPE = External("types.ModuleType")
_STARTING = frozenset(
    f"asyncio.{name}"
    for name in (
        "create_task",
        "ensure_future",
        "shield",
        "AbstractEventLoop.create_task",
        "TaskGroup.create_task",
    )
)
"""Functions that give a task for their first argument."""
_GATHER = "asyncio.gather"
_STEPS = 4
"""From a task to the coroutine that it runs."""
_ENTERING = frozenset({"enter_context", "enter_async_context"})


def call(resolver: Resolver, module: str, callee: int, *given: str | int) -> Types:
    """Return the types of the result of a call."""
    arguments = arguments_of(module, given)
    row = resolver.row(module, callee)
    if row[0] == "attr":
        told = _by_name(resolver, str(row[2]), int(row[1]), arguments) if arguments.positional else ()
    else:
        told = _by_attrgetter(resolver, callee, arguments)
    if told:
        return told
    callees = resolver.of(module, callee)
    found = each(callees, lambda callee: _with_arguments(resolver, callee, arguments))
    if row[0] != "attr" or not receivers.may_be(found):
        return found
    on = receivers.classes(resolver.of(module, int(row[1])))
    return receivers.for_receivers(resolver, found, callees, on) if on else found


def _by_name(resolver: Resolver, method: str, owner: int, given: Arguments) -> Types:
    """Return the result of a method that is known by its name alone, on any receiver; nothing for another one."""
    if method in containers.GIVES_A_VALUE:
        return _by_key(resolver, owner, given)
    if method in _ENTERING:
        is_async = method == "enter_async_context"
        bound = entered(resolver, resolver.of(given.module, given.positional[0]), is_async=is_async)
        if not known(bound):
            return ()
        return (Coroutine(bound),) if is_async else bound
    if method == "__new__":
        held = resolver.of(given.module, given.positional[0])
        return union(Instance(one) for one in held if isinstance(one, Class))
    return ()


def _by_key(resolver: Resolver, owner: int, given: Arguments) -> Types:
    """Return the value that ``table.get("run", usual)`` takes out of a table whose keys are known; nothing for others."""
    module = given.module
    key = containers.text(resolver.of(module, given.positional[0]))
    owners = resolver.of(module, owner)
    if key is None or not owners or not all(isinstance(one, Mapped) and one.items for one in owners):
        return ()
    found = union(
        held for one in owners if isinstance(one, Mapped) for held in dict(one.items).get(key, (NOTHING,))
    )
    usual = resolver.of(module, given.positional[1]) if len(given.positional) > 1 else (NOTHING,)
    return union((*found, *usual)) if known(found) else ()


def _by_attrgetter(resolver: Resolver, callee: int, given: Arguments) -> Types:
    """Return the attribute that ``operator.attrgetter("loop.run")(owner)`` reads; nothing for another ``callee``."""
    module = given.module
    row = resolver.behind_names(module, callee)
    is_getter = row[0] == "call" and len(row) == 3 and len(given.positional) == 1
    if not is_getter or _ATTRGETTER not in resolver.of(module, int(row[1])):
        return ()
    path = containers.text(resolver.of(module, int(row[2])))
    found = resolver.of(module, given.positional[0])
    for name in path.split(".") if path else ():
        found = union(one for of in found for one in attributes.member(resolver, of, name, module))
    return known(found) if path else ()


def _with_arguments(resolver: Resolver, callee: Type, arguments: Arguments) -> Types:
    if isinstance(callee, External):
        return _of_foreign_call(resolver, callee, arguments) or _of_external(resolver, callee)
    if isinstance(callee, Function):
        return function_results.passed_through(resolver, callee, arguments) or result(resolver, callee)
    if isinstance(callee, Class):
        return _stand_in(resolver, callee, arguments) or result(resolver, callee)
    return result(resolver, callee)


def _of_foreign_call(resolver: Resolver, callee: External, arguments: Arguments) -> Types:
    """Return the result of a foreign function that depends on its arguments, or on the module that calls it."""
    special = SPECIAL.get(callee.name)
    if special is not None:
        return special(resolver, arguments)
    entry = resolver.catalogue.get(callee.name)
    if entry is not None and entry.wraps:
        return (Partial(callee),)  # an adapter: `async_to_sync(load)` drives when it is called
    if callee.name in callback_names().started:
        return _thread(resolver, callee, arguments)
    constructor = resolver.plan_names.constructor(callee.name, arguments.module)
    return (Plan(is_stream=makes_stream(constructor)),) if constructor else ()


def _thread(resolver: Resolver, made: External, given: Arguments) -> Types:
    held = known(resolver.of(given.module, given.at(1, "target", "function")))
    return (Thread(made, held),) if held else (Instance(made),)


def _stand_in(resolver: Resolver, callee: Class, given: Arguments) -> Types:
    """Return the module that an object of a class of modules stands for: ``LazyLoader("pg", globals(), "asyncpg")``."""
    texts = [
        str(row[1]) for symbol in given.every() if (row := resolver.row(given.module, symbol))[0] == "text"
    ]
    if not texts or not mro.inherits_one(resolver, callee, (_MODULE_TYPE,)):
        return ()
    name = texts[-1]
    is_name = all(part.isidentifier() for part in name.split("."))
    return resolver.named(name, given.module) if is_name else ()


def result(resolver: Resolver, callee: Type) -> Types:
    """Return the types of the result of calling ``callee``."""
    if isinstance(callee, Class):
        return (Instance(callee),)
    if isinstance(callee, Partial):
        return result(resolver, callee.of)
    if isinstance(callee, Function):
        return resolver.settled((callee, "result"), lambda: function_results.returned(resolver, callee))
    if isinstance(callee, Giver):
        return callee.gives
    if isinstance(callee, Plan):
        return UNKNOWN if callee.is_stream else (Coroutine(UNKNOWN),)
    if isinstance(callee, External):
        return _of_external(resolver, callee)
    if isinstance(callee, Instance) and isinstance(callee.of, Class):
        called = attributes.methods(resolver, callee.of, "__call__")
        return union(one for method in called for one in result(resolver, method)) or UNKNOWN
    return UNKNOWN


def _of_external(resolver: Resolver, callee: External) -> Types:
    name = callee.name
    if constructor := resolver.plan_names.constructor(name, ""):
        return (Plan(is_stream=makes_stream(constructor)),)
    entry = resolver.catalogue.get(name)
    if entry is None:
        owner, _, method = name.rpartition(".")
        if method in ("__aenter__", "__enter__") and resolver.catalogue.get(owner) is not None:
            given = entered(resolver, (Instance(External(owner)),), is_async=method == "__aenter__")
            return (Coroutine(given),) if method == "__aenter__" else given
        return UNKNOWN
    if entry.awaits:
        return (Coroutine((Instance(External(entry.awaits)),)),)
    if entry.returns:
        return (Instance(External(entry.returns)),)
    return (Instance(External(name)),) if entry.is_class else UNKNOWN


def awaited(resolver: Resolver, one: Type) -> Types:
    """Return the result of awaiting an object of a class of the project: that of its ``__await__``."""
    if not isinstance(one, Instance) or not isinstance(one.of, Class):
        return UNKNOWN
    found: list[Type] = []
    for method in attributes.methods(resolver, one.of, "__await__"):
        function = resolver.function(method.place)
        if function is not None and function.is_generator:
            found += resolver.all_of(method.place.module, function.returns)
    return union(found) or UNKNOWN


def awaited_work(resolver: Resolver, module: str, symbol: int, steps: int = _STEPS) -> Types:
    """Return the result of awaiting a task, or several at once: ``await task``, ``await asyncio.gather(load(), save())``."""
    row = resolver.behind_names(module, symbol)
    if row[0] != "call" or not steps:
        return ()
    names = {one.name for one in resolver.of(module, int(row[1])) if isinstance(one, External)}
    given = arguments_of(module, row[2:]).positional
    if names & _STARTING and given:
        return _awaited_argument(resolver, module, given[0], steps)
    if _GATHER not in names or any(resolver.row(module, one)[0] == "starred" for one in given):
        return ()
    results = [_awaited_argument(resolver, module, one, steps) or UNKNOWN for one in given]
    return containers.sequence(results) if any(map(known, results)) else ()


def _awaited_argument(resolver: Resolver, module: str, symbol: int, steps: int) -> Types:
    work = resolver.of(module, symbol)
    found = union(one for of in work if isinstance(of, Coroutine) for one in of.result)
    return found or awaited_work(resolver, module, symbol, steps - 1)


def enter(resolver: Resolver, module: str, item: int, is_async: int) -> Types:
    """Return the types of the value that ``with item as name`` binds."""
    return entered(resolver, resolver.of(module, item), is_async=bool(is_async))
