"""Driving functions: the functions of the project that run a foreign driver, themselves or through others.

One reverse breadth-first search over the call graph, from the drivers to their callers, keeps the shortest chain of each::

    load -> run_sync -> asyncio.run

Only functions that the core can reach are looked at: the graph is first explored forwards from the core's uses.
The same search finds the functions that do something else: ``seeds`` are the edges that lead out of the project.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, final

from msgspec import Struct

from isolint.program import dependencies
from isolint.program.argument_matching import shift, slots_of
from isolint.program.arguments import arguments_of
from isolint.program.call_graph import IF_COROUTINE
from isolint.program.types import NOTHING, Coroutine, Function, Place, known
from isolint.summary.uses import AT_DEFAULT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from isolint.program.call_graph import CallGraph, Edge
    from isolint.program.resolver import Resolver
    from isolint.program.types import Types
    from isolint.summary.model import Call, Parameter, Slot

Guard: TypeAlias = "tuple[str, bool] | None"
"""A parameter with the truth that it must have for the function to drive, None where it drives in any case.

The name may end in a sign for another condition: that the parameter is not passed, or is passed something, or that a
coroutine is passed for it.
"""
State: TypeAlias = "tuple[Place, Guard]"
_NONE = ("constant", "None")


@final
class Step(Struct, frozen=True):
    """One name in a chain with its place: the first is defined there, the others are used there.

    ``function`` is the qualified name of the function that the line is in.
    """

    name: str
    module: str
    line: int
    function: str


Chain: TypeAlias = "tuple[Step, ...]"
"""From a function of the project to the foreign driver that it ends with."""


@final
class Driving:
    """Finds the chains of functions. ``concerns`` says of a module whether chains may lead through it.

    ``allowed`` are ports, meant to drive: with all that is defined inside them they are as good as foreign.
    """

    def __init__(
        self,
        graph: CallGraph,
        resolver: Resolver,
        concerns: Callable[[str], bool],
        allowed: Iterable[Place] = (),
        seeds: Callable[[Place], Iterable[Edge]] | None = None,
    ) -> None:
        self._graph = graph
        self._seeds = seeds if seeds is not None else graph.foreign
        self._resolver = resolver
        self._concerns = concerns
        self._allowed = frozenset(map(str, allowed))
        self._explored: set[Place] = set()
        self._chains: dict[State, Chain] = {}
        self._guards_of: dict[Place, list[Guard]] = {}

    def chains(self, targets: Iterable[Place]) -> Mapping[State, Chain]:
        """Return the shortest chain of each function that drives, among ``targets`` and all that they reach."""
        fresh = [one for one in targets if one not in self._explored and self._counts(one)]
        if fresh:
            self._search(self._explore(fresh))
        return self._chains

    def guards_of(self, place: Place) -> list[Guard]:
        """Return the conditions under which a function drives; none where it does not."""
        return self._guards_of.get(place, [])

    def _counts(self, place: Place) -> bool:
        return self._concerns(place.module) and not self.is_allowed(place)

    def is_allowed(self, place: Place) -> bool:
        """Whether a function, or a definition around it, may drive by the configuration or by a comment."""
        summary = self._resolver.summary(place.module)
        by_comment = summary.allowed if summary is not None else ()
        name = place.qualname
        while name:
            if name in by_comment or (self._allowed and str(Place(place.module, name)) in self._allowed):
                return True
            name = name.rpartition(".")[0]
        return False

    def _explore(self, start: list[Place]) -> list[Place]:
        """Explore the graph onwards, and return the functions that had not been explored before."""
        pending, fresh = start, list[Place]()
        while pending:
            place = pending.pop()
            if place in self._explored:
                continue
            self._explored.add(place)
            fresh.append(place)
            caller = dependencies.does(place)
            for edge in self._graph.edges(place):
                target = edge.target
                if target is None or not self._counts(target):
                    continue
                self._resolver.modules.note(caller, dependencies.does(target))
                if target not in self._explored:
                    pending.append(target)
        return fresh

    def _search(self, fresh: Iterable[Place]) -> None:
        """Go from drivers to their callers, the shortest chains first; of several chains the first by names is kept.

        Only ``fresh`` functions are looked at: those explored before use none of them, so that their chains stay.
        """
        callers: dict[Place, list[tuple[Place, Edge]]] = {}
        by_length: dict[int, dict[State, list[Chain]]] = {}
        for place in fresh:
            for edge in self._graph.edges(place):
                if edge.target is not None:
                    callers.setdefault(edge.target, []).append((place, edge))
            for edge in self._seeds(place):
                step = Step(edge.driver, place.module, edge.line, place.qualname)
                for guard in _guards(edge):
                    _add(by_length, (place, guard), (self._start(place), step))
        for target, of_target in callers.items():
            for guard in self.guards_of(target):
                self._extend((target, guard), of_target, by_length)
        while by_length:
            level = by_length.pop(min(by_length))
            reached = {state: chains for state, chains in level.items() if not self._is_known(state)}
            for state, chains in reached.items():
                self._chains[state] = min(chains, key=_rank)
            for place, guard in reached:
                self._guards_of.setdefault(place, []).append(guard)
                self._extend((place, guard), callers.get(place, ()), by_length)

    def _is_known(self, state: State) -> bool:
        """Whether there is a chain already, under the same condition or under none."""
        return state in self._chains or (state[0], None) in self._chains

    def _extend(
        self,
        state: State,
        callers: Iterable[tuple[Place, Edge]],
        by_length: dict[int, dict[State, list[Chain]]],
    ) -> None:
        """Add the chains of the ``callers`` of a function to those that are ``by_length``."""
        chain = self._chains[state]
        for place, edge in callers:
            for guard in self._reaching(place, edge, state[1]):
                if not self._is_known((place, guard)):
                    name = edge.spelled or chain[0].name
                    used = Step(name, place.module, edge.line, place.qualname)
                    _add(by_length, (place, guard), (self._start(place), used, *chain[1:]))

    def _start(self, place: Place) -> Step:
        function = self._resolver.function(place)
        line = function.line if function is not None else self._graph.line_of_variable(place)
        return Step(str(place), place.module, line, place.qualname)

    def _reaching(self, caller: Place, edge: Edge, guard: Guard) -> Iterable[Guard]:
        """Return under which condition of the ``caller`` an edge reaches a target that drives under ``guard``."""
        if edge.target is None:
            return _guards(edge)
        return self.conditions(caller.module, edge, edge.target, guard, caller)

    def conditions(
        self, module: str, edge: Edge, target: Place, guard: Guard, caller: Place | None = None
    ) -> Iterable[Guard]:
        """Return the conditions under which a call in ``module`` passes ``target`` an argument that meets its guard.

        They are conditions on the parameters of the ``caller``, where that is known.
        """
        if guard is None:
            return _guards(edge)
        name, truth = guard
        asked = name[-1] if name.endswith((AT_DEFAULT, IF_COROUTINE)) else ""
        parameter, call = self._parameter(target, name.removesuffix(asked)), edge.call
        if parameter is None or call is None:
            return () if asked == IF_COROUTINE else _guards(edge)
        slots = slots_of(parameter, shift(self._resolver, module, call, Function(target)))
        handed = self._handed(caller, call, slots)
        if asked == IF_COROUTINE:
            if any(isinstance(one, Coroutine) for one in self._given(module, call, slots)):
                return _guards(edge)
            return ((f"{handed}{IF_COROUTINE}", True),) if handed else ()
        if asked == AT_DEFAULT:
            if not truth:
                return self._given_something(edge, target, call, slots, parameter, handed)
            return self._replaceable(module, edge, call, slots, parameter, caller)
        known = next((bool(value) for slot, value in call.constants if slot in slots), None)
        if known is None and slots.isdisjoint(call.slots) and -1 not in call.slots and parameter.default >= 0:
            known = not parameter.is_false
        if known is not None:
            return _guards(edge) if known is truth else ()
        return ((handed, truth),) if handed else _guards(edge)

    def _given_something(
        self, edge: Edge, target: Place, call: Call, slots: set[Slot], parameter: Parameter, handed: str
    ) -> Iterable[Guard]:
        """Return the conditions under which a call passes a parameter anything but None."""
        if slots.isdisjoint(call.slots):
            default = parameter.default if -1 not in call.slots else -1
            is_none = default >= 0 and tuple(self._resolver.row(target.module, default)) == _NONE
            return () if is_none else _guards(edge)
        if any(slot in slots and value is None for slot, value in call.constants):
            return ()
        return ((f"{handed}{AT_DEFAULT}", False),) if handed else _guards(edge)

    def _replaceable(
        self,
        module: str,
        edge: Edge,
        call: Call,
        slots: set[Slot],
        parameter: Parameter,
        caller: Place | None,
    ) -> Iterable[Guard]:
        """Return the conditions under which a call leaves out a parameter, or passes None where None stands for that."""
        passes_none = any(slot in slots and not value for slot, value in call.constants)
        if passes_none or slots.isdisjoint(call.slots):
            return _guards(edge)
        handed = self._handed(caller, call, slots)
        own = self._parameter(caller, handed) if caller is not None else None
        if own is not None and (own.is_false or own.default < 0):
            return ((f"{handed}{AT_DEFAULT}", True),)
        return _guards(edge) if parameter.is_false and self._may_give_none(module, call, slots) else ()

    def _may_give_none(self, module: str, call: Call, slots: set[Slot]) -> bool:
        """Whether the argument of a call may be None, as it is declared or for all that is known; parameters are taken not to be."""
        if not slots.isdisjoint(call.present):
            return False
        given = self._given(module, call, slots)
        if NOTHING in given or (given and len(known(given)) == len(given)):
            return NOTHING in given
        origin = next((one for slot, one in call.origins if slot in slots), None)
        return origin is None or origin.kind != "param" or bool(origin.path)

    def _handed(self, caller: Place | None, call: Call, slots: set[Slot]) -> str:
        """Return the name of the parameter that a ``caller`` hands on in one of ``slots``; empty for anything else."""
        function = self._resolver.function(caller) if caller is not None else None
        origin = next((one for slot, one in call.origins if slot in slots), None)
        if function is None or origin is None or origin.kind != "param" or origin.path:
            return ""
        return function.parameters[origin.number].name

    def _given(self, module: str, call: Call, slots: set[Slot]) -> Types:
        """Return the types of the arguments that a call in ``module`` has in one of ``slots``."""
        row = self._resolver.row(module, call.symbol)
        if row[0] != "call":
            return ()
        given = arguments_of(module, row[2:])
        positional = (symbol for slot, symbol in enumerate(given.positional) if slot in slots)
        named = (symbol for slot, symbol in given.keywords.items() if slot in slots)
        return self._resolver.all_of(module, (*positional, *named))

    def _parameter(self, place: Place, name: str) -> Parameter | None:
        """Return the parameter of a function that has this name, None where there is none."""
        function = self._resolver.function(place)
        parameters = function.parameters if function is not None else ()
        return next((one for one in parameters if one.name == name), None)


def _guards(edge: Edge) -> tuple[Guard, ...]:
    """Return the first condition of an edge, None where there is no condition."""
    return edge.guards[:1] or (None,)


def _add(by_length: dict[int, dict[State, list[Chain]]], state: State, chain: Chain) -> None:
    by_length.setdefault(len(chain), {}).setdefault(state, []).append(chain)


def _rank(chain: Chain) -> list[tuple[str, str, str, int]]:
    """Return a key to sort by, in which lines are compared within one function: where another one moves, nothing else does."""
    return [(step.name, step.module, step.function, step.line) for step in chain[1:]]
