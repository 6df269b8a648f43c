"""What a core module uses of what drives elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, final

import libcst as cst

from isolint.model import Role
from isolint.semantics.drives.seeds import DRIVING
from isolint.semantics.drives.summaries import drivers, may_mean
from isolint.semantics.drives.targets import Targets
from isolint.semantics.facts import CallSite, Definition, EnterSite, Import, Reference, Usage
from isolint.semantics.usage import NOT_USED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from isolint.semantics.drives.answers import Drives
    from isolint.semantics.drives.model import Chain, Place
    from isolint.semantics.facts import Fact
    from isolint.semantics.module import ModuleSemantics


@final
@dataclass(frozen=True, slots=True)
class Reached:
    """A node of the core that leads to a driver; ``decorates`` says that it decorates with it."""

    fact: Fact
    node: cst.CSTNode
    chain: Chain
    usage: Usage


def reached(
    module: ModuleSemantics,
    drives: Drives,
    role_of: Callable[[str], Role | None],
    by_call: Iterable[str] = (),
) -> Iterator[Reached]:
    """Yield each use of something outside the core that drives, in the order of the text, once a node.

    ``by_call`` are the modules that are imported by calls.
    """
    imported = (fact for fact in module.recorder.facts if isinstance(fact, Import))
    names = [f"{fact.module}.{fact.name}" if fact.name not in ("", "*") else fact.module for fact in imported]
    # As in the gate, so that both see the same.
    if drives.may_be_reached([*names, *by_call]):
        yield from _Core(module, drives, role_of).uses()


@final
class _Core:
    def __init__(
        self, module: ModuleSemantics, drives: Drives, role_of: Callable[[str], Role | None]
    ) -> None:
        self._module = module
        self._chains = drives.table.chains
        self._words = drives.table.words.all
        self._targets = Targets(module, self._words)
        imported = (fact for fact in module.recorder.facts if isinstance(fact, Import))
        names = {name for fact in imported for name in (fact.module, f"{fact.module}.{fact.name}")}
        self._imported_shell = {name for name in names if role_of(name) is Role.SHELL}

    def uses(self) -> Iterator[Reached]:
        seen: set[cst.CSTNode] = set()
        for fact in self._module.recorder.facts:
            for node, usage, places in self._of(fact):
                chain = self._shortest(places) if node not in seen else ()
                if chain:
                    seen.add(node)
                    yield Reached(fact, node, chain, usage)

    def _of(self, fact: Fact) -> Iterator[tuple[cst.CSTNode, Usage, Iterable[Place]]]:
        if isinstance(fact, Reference):
            if self._matters(fact):
                yield fact.anchor, fact.usage, self._targets.used(fact)
                if fact.usage is Usage.DECORATES and isinstance(fact.node, (cst.Name, cst.Attribute)):
                    places = [*self._targets.decorating(fact.node), *self._targets.applying(fact.node)]
                    yield fact.anchor, fact.usage, places
        elif isinstance(fact, Definition) and isinstance(fact.node, cst.FunctionDef):
            for decorator in fact.node.decorators:
                made = decorator.decorator
                if isinstance(made, cst.Call) and may_mean(made.func, self._module, self._words):
                    places = [
                        *self._targets.decorating(made),
                        *self._targets.applying(made),
                        *self._targets.given(made.func),
                    ]
                    yield made.func, Usage.DECORATES, places
        elif isinstance(fact, EnterSite):
            named = fact.node.func if isinstance(fact.node, cst.Call) else fact.node
            if may_mean(named, self._module, self._words):
                yield named, Usage.ENTERED, self._targets.entering(fact.node, is_async=fact.is_async)
        elif isinstance(fact, CallSite) and isinstance(fact.node, cst.Call):
            made = fact.node.func
            if isinstance(made, cst.Call) and may_mean(made.func, self._module, self._words):
                yield made.func, Usage.CALLED, self._targets.given(made.func)

    def _matters(self, reference: Reference) -> bool:
        if reference.usage in NOT_USED or reference.usage is Usage.INHERITED:
            return False
        if not may_mean(reference.node, self._module, self._words):
            return False
        # A driver itself is what ISO101, ISO102 and ISO103 report.
        known = self._module.entries(reference)
        if any(entry.effect in DRIVING for entry in known) or drivers(reference, self._module):
            return False
        return not self._module.is_typing_only(reference)

    def _shortest(self, places: Iterable[Place]) -> Chain:
        """Return the shortest chain, leaving out what is imported from the shell: ISO110 reports that."""
        found = [
            self._chains[p] for p in places if p in self._chains and p.module not in self._imported_shell
        ]
        return min(found, key=lambda chain: (len(chain), [step.name for step in chain]), default=())
