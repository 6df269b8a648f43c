"""The gate: a query on the summary of a module that says which rules may find anything in it.

Each rule lists what a module must have for it to fire, one of several :class:`~isolint.rule.Needs`. A file in which no
enabled rule can fire is not parsed again: most files of most projects neither wait nor name a driver, a client or a plan.
A rule without needs is asked about every file.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, final

from isolint.catalogue import Effect
from isolint.catalogue.combinators import INTERPRETER
from isolint.effects import may_touch
from isolint.model import Role
from isolint.program.types import Coroutine, External, Function, Instance, Partial
from isolint.rule import Needs
from isolint.summary.reading import spells_plans
from isolint.usage import METHODCALLER

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from isolint.program.program import Program
    from isolint.program.summaries import World
    from isolint.program.types import Type
    from isolint.rule import Options, Rule
    from isolint.summary.model import ModuleSummary
    from isolint.summary.reading import Compiled

_INSIDE = frozenset({Role.CORE, Role.RUNTIME})


@final
class Gate:
    """Answers for the modules of one run."""

    def __init__(self, world: World, program: Program, options: Options) -> None:
        self._world = world
        self._summaries = program.summaries
        self._linker = program.linker
        self._forbids = bool(options.forbidden)
        self._names_own_plans = bool(
            options.plan_modules or options.aliases or options.known or options.interpreters
        )

    def rules_for(self, module: str, digest: str, rules: Sequence[Rule]) -> Sequence[Rule]:
        """Return those of ``rules`` that may find something in a module whose bytes have this ``digest``."""
        compiled = self._summaries.known.get(module)
        if compiled is None or compiled.digest != digest or not compiled.encoded:
            return rules
        asked = dict.fromkeys(need for rule in rules for need in rule.needs)
        held = frozenset(need for need in asked if _ANSWERS[need](self, module, compiled))
        return [rule for rule in rules if not rule.needs or not held.isdisjoint(rule.needs)]

    def _summary(self, module: str) -> ModuleSummary:
        summary = self._linker.summary(module)
        assert summary is not None  # noqa: S101  # it has been encoded
        return summary

    def _waits(self, _module: str, compiled: Compiled) -> bool:
        return compiled.spells_waiting

    # Plans

    def _has_plans(self, _module: str, _compiled: Compiled) -> bool:
        return self._are_plans

    @cached_property
    def _are_plans(self) -> bool:
        """Whether any module of the project has a word that every runtime of plans is known by."""
        if self._names_own_plans:
            return True
        known, names = dict(self._summaries.known), {*self._world.modules()}
        if any(one.spells_plans for one in known.values()) or 2 * len(known) < len(names):
            return True
        files = map(self._world.find, names - known.keys())
        return any(spells_plans(file.read() or b"") for file in files if file is not None)

    # Known names

    def _has_known_names(self, module: str, _compiled: Compiled) -> bool:
        """Whether a name that a module uses, or that stands in its annotations, has an effect in the catalogue."""
        summary = self._summary(module)
        catalogue = self._linker.catalogue
        for one in summary.imports:
            entry = catalogue.get(catalogue.canonical(one.name))
            if (entry is not None and entry.effect) or one.name.rpartition(".")[2] == INTERPRETER:
                return True
        of = self._linker.of
        if any(self._is_known(one) for symbol in summary.references for one in of(module, symbol)):
            return True
        for symbol in summary.annotations:
            if any(self._is_known(one) for one in of(module, symbol)):
                return True
            declared = self._linker.declared(module, symbol)
            if any(isinstance(one, Instance) and self._is_known(one.of) for one in declared):
                return True
        return False

    def _is_known(self, one: Type) -> bool:
        whole = one.whole() if isinstance(one, Partial) else one
        entry = self._linker.entry(whole)
        if entry is not None and (entry.effect is not None or entry.ambient):
            return True
        if isinstance(whole, Function):
            return whole.place.qualname == INTERPRETER
        if not isinstance(whole, External):
            return False
        owner, _, name = whole.name.rpartition(".")
        of = self._linker.catalogue.get(owner)
        is_method_of_client = of is not None and of.effect is Effect.CLIENT
        return is_method_of_client or name == INTERPRETER or whole == METHODCALLER

    # Effects and coroutines

    def _has_effects(self, module: str, _compiled: Compiled) -> bool:
        return self._may_touch(module, self._summary(module).references)

    def _has_effects_at_import(self, module: str, _compiled: Compiled) -> bool:
        return self._may_touch(module, self._summary(module).at_import)

    def _may_touch(self, module: str, symbols: Sequence[int]) -> bool:
        types = (one for symbol in symbols for one in self._linker.of(module, symbol))
        return any(isinstance(one, External) and may_touch(one.name) for one in types)

    def _drops_coroutines(self, module: str, _compiled: Compiled) -> bool:
        for symbol in self._summary(module).dropped:
            if any(isinstance(one, Coroutine) for one in self._linker.of(module, symbol)):
                return True
            row = self._linker.row(module, symbol)
            callees = self._linker.of(module, int(row[1])) if row[0] == "call" else ()
            if any(isinstance(one, External) and one.name.endswith(".sleep") for one in callees):
                return True
        return False

    # The configuration

    def _has_forbidden(self, _module: str, _compiled: Compiled) -> bool:
        return self._forbids

    # Roles

    def _imports_shell(self, module: str, compiled: Compiled) -> bool:
        """Whether an import leads to the shell, or to a module without a role, which may import the shell in turn."""
        if compiled.imports_by_name:
            return True
        role = self._world.role_of
        for name in compiled.imports:
            imported = self._world.absolute(name, module)
            while imported:
                if role(imported) in (Role.SHELL, Role.UNASSIGNED):
                    return True
                imported = imported.rpartition(".")[0]
        return False

    def _has_outside(self, _module: str, _compiled: Compiled) -> bool:
        return self._is_outside

    @cached_property
    def _is_outside(self) -> bool:
        return any(self._world.role_of(name) not in _INSIDE for name in self._world.modules())


_ANSWERS: dict[Needs, Callable[[Gate, str, Compiled], bool]] = {
    Needs.PLANS: Gate._has_plans,
    Needs.WAITING: Gate._waits,
    Needs.KNOWN_NAMES: Gate._has_known_names,
    Needs.SHELL_IMPORTS: Gate._imports_shell,
    Needs.EFFECTS: Gate._has_effects,
    Needs.EFFECTS_AT_IMPORT: Gate._has_effects_at_import,
    Needs.DROPPED_COROUTINES: Gate._drops_coroutines,
    Needs.FORBIDDEN: Gate._has_forbidden,
    Needs.OUTSIDE: Gate._has_outside,
}
