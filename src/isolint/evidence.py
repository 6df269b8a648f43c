"""Evidence: whether a module mentions anything that a rule can speak of. Without evidence there is no finding.

A finding in the core speaks of a name that the catalogue knows, of a plan or a coroutine, of a driving function outside the
core, of an import that leads to the shell, or of async syntax; elsewhere only of a plan, or of a coroutine that is dropped.
The summary of a module lists the names it mentions::

    import requests                              # "requests.get" is in the catalogue: evidence
    def load(url): return requests.get(url)

    def total(prices): return sum(prices)        # nothing that any rule speaks of: no evidence

So most modules need not be parsed again to be checked, and most facts of the others need not be handed to rules. A rule that
speaks of something new adds it here. Rules of plugins may speak of anything: for them every module is looked at.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, final

from isolint import effects
from isolint.catalogue import Effect
from isolint.catalogue.combinators import CONSTRUCTORS, PLAN_TYPES, STREAMS
from isolint.model import Role
from isolint.program.call_graph import INTERPRETER
from isolint.program.import_chains import forbidden_by
from isolint.program.mro import ancestors
from isolint.program.traits import may_have_plans
from isolint.program.types import (
    Class,
    Coroutine,
    External,
    Function,
    Instance,
    Partial,
    Plan,
    Super,
    asked_once,
    held,
    whole,
)
from isolint.semantic_index.facts import CallSite, Examined, Reference, Usage
from isolint.summary.model import IMPORTERS
from isolint.summary.packed import numbers
from isolint.summary.uses import stepped_by

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable

    from isolint.program.import_chains import ImportChains
    from isolint.program.program import Program
    from isolint.program.resolver import Resolver
    from isolint.program.summaries import World
    from isolint.program.types import Type, Types
    from isolint.program.view import ModuleView
    from isolint.semantic_index.facts import Fact
    from isolint.summary.model import Mentions, ModuleSummary

_PLAN_NAMES = CONSTRUCTORS.keys() | PLAN_TYPES | {INTERPRETER}


@final
class Evidence:
    """Asks a program for the evidence in its modules. ``forbidden`` are the packages that the core must not import.

    ``speaks`` tells whether a rule speaks of one of some types.
    """

    def __init__(
        self, program: Program, world: World, chains: ImportChains, forbidden: Iterable[str]
    ) -> None:
        self._program = program
        self._linker = program.linker
        self._world = world
        self._chains = chains
        self._forbidden = tuple(forbidden)
        self.speaks = asked_once(lambda types: any(map(self._is_spoken_of, types)))
        self._tells = asked_once(lambda types: self.speaks(types) or program.leads_outside(types))
        self._speaks_of_plans = asked_once(lambda types: any(map(self._is_of_plans, types)))

    def of_module(self, module: str, role: Role, *, effects_anywhere: bool) -> bool:
        """Whether a module whose summary is known may have a finding.

        Effects count at import and beside plans, with ``effects_anywhere`` in every function.
        """
        summary = self._linker.summary(module)
        if summary is None:
            return True
        if role not in (Role.CORE, Role.RUNTIME):
            return self._of_other_module(module, summary.mentions)
        mentions, of = summary.mentions, self._linker.of
        if mentions.is_async or self._imports_tell(module, summary):
            return True
        self._linker.read_all(module)
        if any(self._tells(of(module, symbol)) for symbol in numbers(mentions.values)):
            return True
        if any(
            self.speaks(self._linker.declared(module, symbol)) for symbol in numbers(mentions.annotations)
        ):
            return True
        touching = mentions.values if effects_anywhere else mentions.at_import
        return any(effects.is_touching(symbol, module, self._linker) for symbol in numbers(touching))

    def _of_other_module(self, module: str, mentions: Mentions) -> bool:
        """Whether a module outside the core may have a finding: the rules for it speak of plans, and of dropped coroutines."""
        dropped = (self._linker.of(module, symbol) for symbol in numbers(mentions.dropped))
        return any(map(_makes_coroutine, dropped)) or self._mentions_plans(module, mentions)

    def of_plans(self, module: str) -> bool:
        """Whether a module whose summary is known may have a finding about plans."""
        summary = self._linker.summary(module)
        return summary is None or self._mentions_plans(module, summary.mentions)

    def _mentions_plans(self, module: str, mentions: Mentions) -> bool:
        if not self._knows_plans:
            return False
        values = (self._linker.of(module, symbol) for symbol in numbers(mentions.values))
        annotations = (self._linker.declared(module, symbol) for symbol in numbers(mentions.annotations))
        return any(map(self._speaks_of_plans, values)) or any(map(self._speaks_of_plans, annotations))

    @cached_property
    def _knows_plans(self) -> bool:
        """Whether the project may have plans at all."""
        known = (self._program.summaries.known.get(module) for module in self._world.modules())
        return self._program.has_own_runtime or may_have_plans(known)

    def _is_of_plans(self, one: Type) -> bool:
        if isinstance(one, External):
            owner, _, last = one.name.rpartition(".")
            return last in _PLAN_NAMES or owner == STREAMS
        if isinstance(one, (Function, Class)):
            return one.place.name in _PLAN_NAMES
        if isinstance(one, (Instance, Super)):
            return self._is_of_plans(one.of)
        if isinstance(one, Partial):
            return self._is_of_plans(whole(one))
        inner = one.result if isinstance(one, Coroutine) else held(one)
        return isinstance(one, Plan) or self._speaks_of_plans(inner)

    def of_facts(self, module: ModuleView) -> EvidenceOfFacts:
        """Return the questions about single facts of a module under check."""
        return EvidenceOfFacts(self, module, self._linker)

    def _imports_tell(self, module: str, summary: ModuleSummary) -> bool:
        """Whether an import is forbidden, leads to the shell, or brings all names of a module."""
        if summary.stars:
            return True
        imported: dict[str, None] = {}
        for one in self._program.summaries.imports(module):
            if one.type_checking and not self._chains.type_checking:
                continue
            if forbidden_by(one.name, self._forbidden):
                return True
            target = self._chains.target(self._world.absolute(one.name, module))
            if target is None:
                continue
            if self._world.role_of(target) is Role.SHELL:
                return True
            imported[target] = None
            imported |= dict.fromkeys(self._chains.packages_run(target, module))
        return self._chains.lead_to_shell(module, imported)

    def _is_spoken_of(self, one: Type) -> bool:
        if isinstance(one, External):
            return self._is_known_name(one.name)
        if isinstance(one, (Function, Class)):
            is_known = one.place.name in _PLAN_NAMES or self._linker.entry(one) is not None
            return is_known or (isinstance(one, Class) and self._is_client(one))
        if isinstance(one, (Coroutine, Plan)):
            return True
        if isinstance(one, (Instance, Super)):
            return self._is_spoken_of(one.of)
        if isinstance(one, Partial):
            return self._is_spoken_of(whole(one))
        return self.speaks(held(one))

    def _is_client(self, one: Class) -> bool:
        """Whether a class derives from a client."""
        bases = (self._linker.entry(base) for base in ancestors(self._linker, one))
        return any(entry is not None and entry.effect is Effect.CLIENT for entry in bases)

    def _is_known_name(self, name: str) -> bool:
        owner, _, last = name.rpartition(".")
        if last in _PLAN_NAMES or owner in (STREAMS, "coroutine") or name in IMPORTERS:
            return True
        catalogue = self._linker.catalogue
        of_class = catalogue.get(owner)
        return catalogue.get(name) is not None or (of_class is not None and of_class.is_class)


@final
class EvidenceOfFacts:
    """Asks for the evidence in the facts of one module, once for each symbol: ``self`` and ``self.log`` occur many times."""

    def __init__(self, evidence: Evidence, module: ModuleView, resolver: Resolver) -> None:
        self._evidence = evidence
        self._module = module
        self._resolver = resolver
        self._symbols: dict[int, bool] = {}

    def of(self, fact: Fact) -> bool:
        """Whether a rule may find anything in a fact; certain for facts about values alone."""
        if isinstance(fact, Reference):
            is_declared = fact.usage is Usage.ANNOTATES
            if is_declared and self._evidence.speaks(self._module.declared(fact.node)):
                return True
            return self._of_value(fact.node)
        if isinstance(fact, CallSite):
            call = fact.node
            if stepped_by(call) is not None or self._of_value(call.func) or self._of_value(call):
                return True
            return any(map(self._of_value, call.args)) or any(self._of_value(k.value) for k in call.keywords)
        return self._of_value(fact.node) if isinstance(fact, Examined) else True

    def _of_value(self, node: ast.expr) -> bool:
        symbol = self._module.symbols.of(node)
        known = self._symbols.get(symbol)
        if known is None:
            name, resolver = self._module.name, self._resolver
            is_spoken_of = self._evidence.speaks(resolver.of(name, symbol))
            known = is_spoken_of or effects.is_touching(symbol, name, resolver)
            self._symbols[symbol] = known
        return known


def _makes_coroutine(types: Types) -> bool:
    """Whether a call may make a coroutine, by the types of the call or of the callee."""
    return any(
        isinstance(one, Coroutine) or (isinstance(one, External) and one.name.endswith(".sleep"))
        for one in types
    )
