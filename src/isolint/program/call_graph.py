"""The call graph: for each function, the functions and foreign drivers that run when it does.

An edge is a use resolved by the linker: a call, a callback that the callee calls, a property that is read, a ``with``
statement, an operator. Edges of a function are worked out when they are first asked for, and kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.catalogue import Effect
from isolint.program.argument_matching import parameter_behind
from isolint.program.arguments import arguments_of
from isolint.program.attributes import PROPERTIES
from isolint.program.callbacks import callback_names
from isolint.program.callees import Callees
from isolint.program.escape import BEGUN, Escapes
from isolint.program.overriding import Overriding
from isolint.program.types import (
    Class,
    Coroutine,
    External,
    Function,
    Partial,
    Place,
    known,
    whole,
)
from isolint.summary import uses
from isolint.summary.model import REGISTER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from isolint.program.resolver import Resolver
    from isolint.program.types import Type, Types
    from isolint.summary.model import Call, FunctionSummary, Parameter, Step, Use

DRIVING = frozenset({Effect.DRIVES, Effect.SPAWNS, Effect.INTERPRETS})
"""The effects that ISO101, ISO102 and ISO103 report in the core."""
INTERPRETER = "perform_async"
"""The name of an interpreter of plans by convention, wherever it is defined."""
IF_COROUTINE = "~"
"""Ends the name of a parameter in a condition that a coroutine is passed for it."""


@final
class Edge(Struct, frozen=True):
    """A use of ``target``, or of the foreign ``driver`` where that is not empty, on ``line``.

    ``guards`` are parameters of the using function with the truth that each must have; ``call`` is the call that
    runs the target, where it is one. ``spelled`` is the dotted name that the target goes by there, where it is called
    otherwise: one of a decorated function, or of a variable.
    """

    line: int
    driver: str
    target: Place | None = None
    guards: tuple[tuple[str, bool], ...] = ()
    call: Call | None = None
    spelled: str = ""

    def rank(self) -> tuple[int, str, str]:
        """Return a key to sort by."""
        return self.line, self.driver, str(self.target)


def is_conventional_interpreter(dotted: str) -> bool:
    """Whether a name ends as interpreters do, and is no class method: `Worker.perform_async` queues a job."""
    home, _, name = dotted.rpartition(".")
    return name == INTERPRETER and bool(home) and not home.rpartition(".")[2][:1].isupper()


def conditions(resolver: Resolver, place: Place, use: Use) -> tuple[tuple[str, bool], ...]:
    """Return the conditions on the parameters of a function under which a use in it runs something.

    A parameter may have to be left out: ``def f(work, run=asyncio.run): run(work)``, or ``(run or asyncio.run)(work)``.
    """
    parameter = _parameter(resolver, place, use.symbol) or _replaced(resolver, place, use.symbol)
    if parameter is None or parameter.default < 0:
        return use.guards
    return ((f"{parameter.name}{uses.AT_DEFAULT}", True), *use.guards)


def _parameter(resolver: Resolver, place: Place, symbol: int) -> Parameter | None:
    """Return the parameter of a function that a value in it is, None where it is anything else."""
    number, function = parameter_behind(resolver, place, symbol), resolver.function(place)
    return function.parameters[number] if number is not None and function is not None else None


def _replaced(resolver: Resolver, place: Place, symbol: int) -> Parameter | None:
    """Return the parameter, by default None, for which a value stands in: ``run or asyncio.run``."""
    row = resolver.behind_names(place.module, symbol)
    sides = map(int, row[1:]) if row[0] == "either" else ()
    parameters = [_parameter(resolver, place, side) for side in sides]
    found = next((one for one in parameters if one is not None), None)
    if found is None or found.default < 0:
        return None
    return found if tuple(resolver.row(place.module, found.default)) == ("constant", "None") else None


@final
class CallGraph:
    """Resolves the uses of functions. One for all files of a run. ``concerns`` says of a module whether chains go through it."""

    def __init__(self, resolver: Resolver, concerns: Callable[[str], bool]) -> None:
        self._resolver = resolver
        self.escapes = Escapes(resolver)
        self._overriding = Overriding(resolver, concerns)
        self.callees = Callees(resolver, self._overriding)
        self._names = callback_names()
        self._edges: dict[Place, tuple[Edge, ...]] = {}

    def edges(self, place: Place) -> tuple[Edge, ...]:
        """Return the edges of a function, sorted."""
        known_edges = self._edges.get(place)
        if known_edges is None:
            function = self._resolver.function(place)
            found = dict.fromkeys(
                self._find(place, function) if function is not None else self._of_variable(place)
            )
            known_edges = self._edges[place] = tuple(sorted(found, key=Edge.rank))
        return known_edges

    def foreign(self, place: Place) -> Iterator[Edge]:
        """Yield the edges of a function to foreign drivers, those to adapters among its decorators included."""
        yield from (edge for edge in self.edges(place) if edge.target is None)
        function = self._resolver.function(place)
        line = function.line if function is not None else 0
        yield from (Edge(line, name) for name in self.adapters(place))

    def _find(self, place: Place, function: FunctionSummary) -> Iterator[Edge]:
        body = self._resolver.body(place)
        for use in body.uses:
            drivers, steps = self.drivers(place.module, use), use.how == uses.STEPS
            targets = [one for one in self.run_by(place, use) if one != place or use.guards]
            if not drivers and not targets and not steps:
                continue
            guards = conditions(self._resolver, place, use)
            for driver in drivers:
                yield Edge(use.line, driver, guards=guards)
            if steps and (stepped := _parameter(self._resolver, place, use.symbol)) is not None:
                yield Edge(use.line, uses.STEPPED, guards=((f"{stepped.name}{IF_COROUTINE}", True), *guards))
            call = body.calls[use.call] if use.call >= 0 else None
            for target in targets:
                yield Edge(use.line, "", target, guards, call, self._spelled(place, use, target))
        yield from self._wrappers(place, function)
        if function.dispatches:
            yield from self._dispatched(place)

    def _dispatched(self, generic: Place) -> Iterator[Edge]:
        """Yield the functions of its module that a generic function calls: ``@handle.register``, ``handle.register(int, f)``."""
        resolver, module = self._resolver, generic.module
        summary = resolver.summary(module)
        if summary is None:
            return
        for function in summary.functions.values():
            registering = (symbol for name, symbol in function.decorators if name == REGISTER)
            if any(self._registers(module, symbol, generic) for symbol in registering):
                yield Edge(function.line, "", Place(module, function.qualname))
        for call in resolver.body(Place(module, "")).calls:
            if call.name == REGISTER and self._registers(module, call.callee, generic):
                given = arguments_of(module, resolver.row(module, call.symbol)[2:])
                for one in resolver.all_of(module, given.every()):
                    if isinstance(one, Function):
                        yield Edge(call.line, "", one.place)

    def _registers(self, module: str, symbol: int, generic: Place) -> bool:
        """Whether an expression is ``generic.register``, or a call of that."""
        kind, *parts = self._resolver.row(module, symbol)
        if kind == "call":
            kind, *parts = self._resolver.row(module, int(parts[0]))
        is_register = kind == "attr" and parts[1] == REGISTER
        return is_register and Function(generic) in self._resolver.of(module, int(parts[0]))

    def _spelled(self, place: Place, use: Use, target: Place) -> str:
        """Return the dotted name of a use of ``target`` where it goes by another one."""
        dotted = self._dotted(place.module, use.symbol)
        return dotted if dotted.rpartition(".")[2] not in ("", target.name) else ""

    def _dotted(self, module: str, symbol: int) -> str:
        """Return the absolute name that an expression spells, empty where it is more than a name and attributes."""
        row = self._resolver.row(module, symbol)
        if row[0] == "bound":
            name, value, _ = self._resolver.binding(module, int(row[1]))
            held = self._resolver.row(module, value)
            if held[0] == "import":
                return str(held[1])
            summary = self._resolver.summary(module)
            is_offered = summary is not None and symbol in summary.exports.get(name, ())
            return f"{module}.{name}" if is_offered else ""
        if row[0] in ("function", "class"):
            return str(Place(module, str(row[1])))
        owner = self._dotted(module, int(row[1])) if row[0] == "attr" else ""
        return f"{owner}.{row[2]}" if owner else ""

    # Variables that hold a wrapped driver

    def _of_variable(self, place: Place) -> Iterator[Edge]:
        """Yield the drivers that calling a variable runs: ``execute = partial(asyncio.run, debug=True)``."""
        for symbol in self._variable(place):
            for driver in self._wrapped(self._resolver.of(place.module, symbol)):
                yield Edge(self.line_of_variable(place), driver)

    def _variable(self, place: Place) -> tuple[int, ...]:
        summary = self._resolver.summary(place.module)
        return summary.variable(place.qualname) if summary is not None else ()

    def line_of_variable(self, place: Place) -> int:
        """Return the line on which a variable is bound, 0 where it is none."""
        rows = (self._resolver.row(place.module, symbol) for symbol in self._variable(place))
        lines = (self._resolver.binding(place.module, int(row[1]))[2] for row in rows if row[0] == "bound")
        return max(lines, default=0)

    def _wrapped(self, types: Types) -> list[str]:
        wrapped = (one for one in types if isinstance(one, Partial))
        return [name for one in wrapped if (name := self._driver(whole(one), makes=True))]

    def variables(self, types: Types) -> list[Place]:
        """Return the variables of other modules or of classes that a value is taken from and that hold a wrapped driver."""
        return [one.held for one in types if isinstance(one, Partial) and one.held and self._wrapped((one,))]

    # Foreign drivers

    def drivers(self, module: str, use: Use) -> list[str]:
        """Return the names of the foreign drivers that a use refers to: a reference is as good as a call."""
        if use.how in (uses.READ, uses.OPERATES, uses.STORES, uses.ENTERS, uses.ENTERS_ASYNC):
            return []
        types = self._resolver.of(module, use.symbol)
        if use.how == uses.STEPS:
            return [uses.STEPPED] if any(isinstance(one, Coroutine) for one in types) else []
        makes = use.how in (uses.CALLED, uses.DECORATES)
        found = (self._driver(one, makes=makes) for one in types)
        return list(dict.fromkeys(name for name in found if name))

    def _driver(self, one: Type, *, makes: bool) -> str:
        """Return the name of a type if it drives; a class does where an object is made of it (``makes``)."""
        if not isinstance(one, (External, Function, Class)):
            return ""
        entry = self._resolver.entry(one)
        if entry is None and isinstance(one, Function):
            return str(one.place) if one.place.qualname == INTERPRETER else ""
        if entry is not None and entry.effect in DRIVING and not entry.structured:
            return "" if entry.is_class and not makes else entry.name
        if not isinstance(one, External):
            return ""
        is_told = entry is None and not one.bound and is_conventional_interpreter(one.name)
        return one.name if is_told else ""

    # Functions of the project

    def run_by(self, place: Place, use: Use) -> list[Place]:
        """Return the functions of the project that a use in the function ``place`` runs."""
        types, owners = self._overriding.types(place, use.symbol), self._overriding.owners(place, use.symbol)
        called = () if use.how == uses.CALLED and self._only_begins(place, use) else types
        found = self.callees.run_by(place.module, use, called, owners)
        if use.how in (uses.CALLED, uses.PASSED):
            found += self.variables(types)
        if use.how == uses.CALLED:
            calls = self._resolver.body(place).calls
            made = self.made_to_call(place.module, calls, use)
            found += made if made and self.escapes.runs(place, calls[use.call].result) else ()
        elif use.how == uses.PASSED or use.steps:
            targets = self.handed_on(types, self._resolver.body(place).calls, use)
            found += targets if targets and self.escapes.runs(place, use.steps) else ()
        return list(dict.fromkeys(found))

    def handed_on(self, types: Types, calls: Sequence[Call], use: Use) -> list[Place]:
        """Return the functions that run when the function a value is passed to calls it, or makes an object of it."""
        makes, is_called = self._makes(calls, use), self._calls(calls, use.steps)
        return self.callees.handed_on(types, makes=makes, calls=is_called)

    def _makes(self, calls: Sequence[Call], use: Use) -> bool:
        """Whether a class that is passed is called there: ``Depends(Client)``, ``factory=Client``."""
        for step in use.steps:
            if step.kind == "argument":
                is_factory = isinstance(step.slot, str) and "factory" in step.slot
                if is_factory or calls[step.number].name in self._names.factory_takers:
                    return True
        return False

    def _calls(self, calls: Sequence[Call], steps: Iterable[Step]) -> bool:
        """Whether an object that moves by ``steps`` is called where it is passed: ``loop.call_soon(timer)``."""
        return any(step.kind == "argument" and calls[step.number].name in self._names.calls for step in steps)

    def made_to_call(self, module: str, calls: Sequence[Call], use: Use) -> list[Place]:
        """Return the functions that run when the object that a call makes is called: ``loop.call_soon(Timer(work))``."""
        if use.call < 0 or not self._calls(calls, calls[use.call].result):
            return []
        return self.callees.handed_on(self._resolver.of(module, calls[use.call].symbol), calls=True)

    def _only_begins(self, place: Place, use: Use) -> bool:
        """Whether a use calls coroutine functions or generators whose results are only kept."""
        steps = self._resolver.body(place).calls[use.call].result if use.call >= 0 else ()
        if not any(step.kind in ("argument", "collected") for step in steps):
            return False
        called = [one for one in self._resolver.of(place.module, use.symbol) if isinstance(one, Function)]
        summaries = [self._resolver.function(one.place) for one in called]
        waits = bool(summaries) and all(one is not None and one.begins_later for one in summaries)
        return waits and not self.escapes.runs(place, steps, BEGUN)

    def _wrappers(self, place: Place, function: FunctionSummary) -> Iterator[Edge]:
        """Yield the functions that decorators put in the place of a function: ``wrapper`` in ``def decorate(f)``."""
        for (name, symbol), line in zip(function.decorators, function.decorated_at, strict=True):
            for decorator in known(self._resolver.of(place.module, symbol)) if name not in PROPERTIES else ():
                for wrapper in self.callees.wrapping(decorator):
                    if wrapper != place:
                        yield Edge(line, "", wrapper)

    def adapters(self, place: Place) -> list[str]:
        """Return the foreign adapters among the decorators of a function that make it drive: ``async_to_sync``."""
        function = self._resolver.function(place)
        found: list[str] = []
        for _, symbol in function.decorators if function is not None else ():
            for one in map(whole, self._resolver.of(place.module, symbol)):
                entry = self._resolver.catalogue.get(one.name) if isinstance(one, External) else None
                if entry is not None and entry.wraps and entry.effect in DRIVING:
                    found.append(entry.name)
        return found
