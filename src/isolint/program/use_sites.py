"""Use sites: the places in a core module that run, or hand on, a function of the project that drives, or does something else."""

from __future__ import annotations

import ast
from functools import cached_property
from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.program import dependencies
from isolint.program.arguments import arguments_of
from isolint.program.call_graph import Edge
from isolint.program.displays import comes_from_display
from isolint.program.types import Function, Place
from isolint.semantic_index.facts import Import, Reference, Usage
from isolint.semantic_index.scopes import LOCALS, ParamBinding
from isolint.summary import uses
from isolint.summary.packed import numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from isolint.program.call_graph import CallGraph
    from isolint.program.driving import Chain, Driving
    from isolint.program.linker import Linker
    from isolint.program.types import Types
    from isolint.semantic_index.facts import Fact
    from isolint.semantic_index.index import SemanticIndex
    from isolint.summary.model import Call, Use
    from isolint.summary.symbols import Symbols


@final
class UseSite(Struct, frozen=True):
    """A place where a driving function is used. ``node`` is to be reported; ``how`` as in :mod:`isolint.summary.uses`."""

    fact: Fact
    node: ast.expr
    chain: Chain
    how: str
    is_property: bool = False


@final
class UseSites:
    """Finds the use sites of one core module.

    ``leads_outside`` says of types whether a definition outside the core is among them, ``is_shell`` of a module whether its
    role is shell.
    """

    def __init__(
        self,
        module: str,
        index: SemanticIndex,
        symbols: Symbols,
        linker: Linker,
        graph: CallGraph,
        leads_outside: Callable[[Types], bool],
        is_shell: Callable[[str], bool],
    ) -> None:
        self._module = module
        self._index = index
        self._symbols = symbols
        self._calls_of: dict[str, tuple[Call, ...]] = {}
        self._lead_outside: dict[int, bool] = {}
        self._linker = linker
        self._graph = graph
        self._leads_outside = leads_outside
        imported = (fact for fact in index.facts if isinstance(fact, Import))
        names = {name for fact in imported for name in (fact.module, f"{fact.module}.{fact.name}")}
        self._imported_shell = {name for name in names if is_shell(name)}

    @cached_property
    def _uses(self) -> uses.Uses:
        return uses.Uses(self._index, self._symbols)

    @cached_property
    def _found(self) -> list[tuple[Fact, Use, ast.expr, list[Place]]]:
        """Every use of functions of the project outside the core, with the functions."""
        summary = self._linker.summary(self._module)
        mentioned = numbers(summary.mentions.values) if summary is not None else ()
        if not any(self._leads_outside(self._linker.of(self._module, symbol)) for symbol in mentioned):
            return []
        return [
            (fact, use, node, targets)
            for fact in self._index.facts
            if not isinstance(fact, Reference) or self._may_lead_outside(self._symbols.of(fact.node))
            for use, node in self._uses.of(fact)
            if self._may_lead_outside(use.symbol) and (targets := self._targets(fact, use))
        ]

    def of(self, search: Driving) -> Iterator[UseSite]:
        """Yield the uses of functions that ``search`` finds, in the order of the text, one for each node."""
        search.chains(place for *_, targets in self._found for place in targets)
        for *_, targets in self._found:
            for place in targets:
                self._note(dependencies.does(place))
        seen: set[ast.expr] = set()
        for fact, use, node, targets in self._found:
            found_chain = self._shortest(search, fact, use, targets) if node not in seen else None
            if found_chain is not None and not self._is_only_looked_at(fact, use):
                place, chain = found_chain
                seen.add(node)
                if isinstance(node, ast.Call):
                    seen.add(node.func)  # `Driver(load)()` is one use
                for step in chain:
                    self._note(dependencies.lines(step.module, step.function))
                is_property = place in self._graph.callees.read_by(self._module, use.symbol)
                yield UseSite(fact, node, chain, self._how(fact, use, place), is_property)

    def _note(self, asked: str) -> None:
        self._linker.modules.note(self._module, asked)

    def _how(self, fact: Fact, use: Use, place: Place) -> str:
        """Return how a fact uses a function, in the terms of messages."""
        if _is_base(fact):
            return uses.DERIVES
        return uses.DECORATES if place in self._wrapped_by_hand(fact, use) else use.how

    def used(self) -> set[Place]:
        """Return the functions of the project that the module runs or hands on, also by offering a name it imports."""
        run = (targets for fact, use, _, targets in self._found if not self._is_only_looked_at(fact, use))
        return {place for targets in run for place in targets} | set(self._offered())

    def _offered(self) -> Iterator[Place]:
        read = {name.id for name in self._index.reads}
        for fact in self._index.facts:
            if not isinstance(fact, Import) or not fact.name or fact.type_checking:
                continue
            yield from self._graph.callees.loaded_by(fact.module, fact.name, self._module)
            if fact.bound not in read:
                for one in self._linker.named(f"{fact.module}.{fact.name}", self._module):
                    if isinstance(one, Function):
                        yield one.place

    def _by_default(self, fact: Fact) -> Iterator[Place]:
        """Yield the functions that a parameter stands for by its default, which are reported where that stands."""
        for one in self._index.definitions(fact.node):
            if isinstance(one, ParamBinding) and one.default is not None:
                types = self._linker.of(self._module, self._symbols.of(one.default))
                yield from self._graph.variables(types)
                yield from self._graph.callees.handed_on(types)

    def _may_lead_outside(self, symbol: int) -> bool:
        """Whether a value, or an object that it is an attribute of, comes from outside the core."""
        found = self._lead_outside.get(symbol)
        if found is None:
            found = self._leads_outside(self._linker.of(self._module, symbol))
            if not found:
                row = self._linker.row(self._module, symbol)
                found = row[0] in ("attr", "narrowed") and self._may_lead_outside(int(row[1]))
            self._lead_outside[symbol] = found
        return found

    def _targets(self, fact: Fact, use: Use) -> list[Place]:
        """Return the functions of the project that a use runs or hands on, those imported from the shell left out."""
        if self._graph.drivers(self._module, use):
            return []  # ISO101, ISO102 and ISO103 report drivers themselves
        types = self._linker.of(self._module, use.symbol)
        found = list(self._run(fact, use, types))
        if found and comes_from_display(self._linker, self._module, use.symbol):
            return []  # reported where the display names it
        elsewhere = set(self._by_default(fact)) if found else ()
        return [
            place
            for place in dict.fromkeys(found)
            if place.module not in self._imported_shell and place not in elsewhere
        ]

    def _run(self, fact: Fact, use: Use, types: Types) -> Iterator[Place]:
        graph, callees = self._graph, self._graph.callees
        yield from callees.run_by(self._module, use, types, callees.owners(self._module, use.symbol))
        if use.how in (uses.CALLED, uses.PASSED, uses.NAMED):
            yield from graph.variables(types)
        if use.how in (uses.CALLED, uses.DECORATES):
            yield from self._wrapped_by_hand(fact, use)
        if use.how == uses.CALLED:
            yield from graph.made_to_call(self._module, self._calls(fact), use)
        if use.how == uses.DECORATES:
            for one in types:
                yield from callees.wrapping(one)
        elif use.how == uses.PASSED:
            yield from graph.handed_on(types, self._calls(fact), use)
        elif use.how == uses.NAMED:
            yield from callees.derived(types) if _is_base(fact) else callees.handed_on(types)

    def _wrapped_by_hand(self, fact: Fact, use: Use) -> list[Place]:
        """Return the replacement that a call gives for its argument, as a decorator does: ``to_sync(load)``."""
        call = self._calls(fact)[use.call] if use.call >= 0 else None
        if call is None:
            return []
        row = self._linker.row(self._module, call.symbol)
        if row[0] != "call" or len(row) == 2:
            return []
        makers = [one for one in self._linker.of(self._module, use.symbol) if isinstance(one, Function)]
        if not makers:
            return []
        given = self._linker.all_of(self._module, arguments_of(self._module, row[2:]).every())
        if not any(isinstance(one, Function) for one in given):
            return []
        return [
            place
            for one in makers
            for place in self._graph.callees.wrapping(one)
            if _is_inside(place, one.place)
        ]

    def _calls(self, fact: Fact) -> tuple[Call, ...]:
        function = fact.scope.runs_in
        if function not in self._calls_of:
            self._calls_of[function] = self._uses.calls(function)
        return self._calls_of[function]

    def _is_only_looked_at(self, fact: Fact, use: Use) -> bool:
        """Whether a function is given to functions of the project that read its documentation or signature only."""
        if use.how != uses.PASSED:
            return False
        place = Place(self._module, fact.scope.runs_in)
        self._note(dependencies.does(place))
        return self._graph.escapes.looks_only(place, use.steps)

    def _shortest(
        self, search: Driving, fact: Fact, use: Use, targets: list[Place]
    ) -> tuple[Place, Chain] | None:
        chains = search.chains(())
        call = self._calls(fact)[use.call] if use.call >= 0 else None
        found: list[tuple[Place, Chain]] = []
        for place in targets:
            for guard in search.guards_of(place):
                edge = Edge(use.line, "", place, (), call)
                if any(True for _ in search.conditions(self._module, edge, place, guard)):
                    found.append((place, chains[place, guard]))
        return min(found, key=_rank) if found else None


def _is_base(fact: Fact) -> bool:
    return isinstance(fact, Reference) and fact.usage is Usage.INHERITED


def _is_inside(place: Place, around: Place) -> bool:
    return place.module == around.module and place.qualname.startswith(f"{around.qualname}.{LOCALS}.")


def _rank(found: tuple[Place, Chain]) -> tuple[int, list[str]]:
    chain = found[1]
    return len(chain), [step.name for step in chain]
