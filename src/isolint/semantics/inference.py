"""What an expression may mean, worked out from the bindings it leads back to.

Every answer follows from an import, a construction, an annotation or a definition. Where a step is
not known the answer is empty: nothing is guessed from a name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, final

from isolint.semantics import calls, declared, members
from isolint.semantics.bindings import bound
from isolint.semantics.handlers import HANDLERS
from isolint.semantics.meanings import (
    UNKNOWN,
    WIDTH_LIMIT,
    Class,
    Collection,
    External,
    Function,
    Mapped,
    Partial,
    distinct,
)
from isolint.semantics.plans.names import PlanNames
from isolint.semantics.scopes import ImportBinding

if TYPE_CHECKING:
    from collections.abc import Callable

    from isolint.semantics.catalogue import Catalogue
    from isolint.semantics.index import ModuleIndex
    from isolint.semantics.meanings import Meaning, Meanings
    from isolint.semantics.recorder import Recorder
    from isolint.semantics.scopes import Binding, Read, Scope
    from isolint.syntax import nodes

_DEPTH_LIMIT = 60
"""Steps from an expression to its meaning; more only ever occur in generated or hostile code."""
_MOST_RETRIES = 10_000
"""Answers in circles that are worked out anew each time; more only ever occur in hostile code."""
_CUT_OFF = -1
"""Less than any depth: what an answer depends on that the depth limit cut off."""
_NOTHING = 1_000_000
"""More than any depth: what an answer depends on that stands by itself."""


@final
class Inference:
    """Answers what expressions of one module mean; every answer is kept.

    Where names lead into other first-party modules, those are read as far as the question needs.
    """

    def __init__(
        self,
        module: str,
        recorder: Recorder,
        catalogue: Catalogue,
        index: ModuleIndex,
        plan_modules: tuple[str, ...] = (),
    ) -> None:
        self.plan_names = PlanNames(recorder, self, plan_modules)
        self.catalogue = catalogue
        self.index = index
        self._package = module.partition(".")[0]
        self._recorders = {module: recorder}
        self._homes = {recorder.root: module}
        self._searched = [recorder]
        self._known: dict[object, Meanings] = {}
        self._open: dict[object, tuple[Meanings, int]] = {}
        self._retries = 0
        self._hangs_on = _NOTHING
        self._depth = 0

    def dissolve(self) -> None:
        """Let go of everything, as :meth:`Recorder.dissolve` does."""
        self._known.clear()
        self._recorders.clear()
        self._homes.clear()
        self._searched.clear()
        del self.plan_names

    def of(self, node: nodes.Node) -> Meanings:
        """Return what ``node`` may mean; empty when unknown."""
        known = self._known.get(node)
        if known is not None:
            return known
        handler = HANDLERS.get(type(node))
        return UNKNOWN if handler is None else self._worked_out(node, handler)

    def bound(self, binding: Binding) -> Meanings:
        """Return what a name bound by ``binding`` may mean."""
        known = self._known.get(binding)
        return self._worked_out(binding, bound) if known is None else known

    def settled(self, asked: object, work_out: Callable[[Inference, Any], Meanings]) -> Meanings:
        """Return ``work_out(self, asked)``, kept: ``asked`` must be asked with one ``work_out`` only."""
        known = self._known.get(asked)
        return self._worked_out(asked, work_out) if known is None else known

    def _worked_out(self, asked: object, work_out: Callable[[Inference, Any], Meanings]) -> Meanings:
        """Work an answer out and keep it, unless it hangs on one that is still being worked out.

        What comes back to itself is unknown there. Only the answer at which the circle began is whole:
        the others in it are good for this one question, and found anew when they are asked for themselves.
        So no answer depends on what was asked before.
        """
        opened = self._open.get(asked)
        if opened is not None:
            self._hangs_on = min(self._hangs_on, opened[1])
            return opened[0]
        depth = self._depth
        if depth > _DEPTH_LIMIT:
            self._hangs_on = _CUT_OFF
            return UNKNOWN
        outside, self._hangs_on = self._hangs_on, _NOTHING
        self._depth = depth + 1
        self._open[asked] = (UNKNOWN, depth)
        found = work_out(self, asked)
        self._depth = depth
        if self._hangs_on >= depth:
            self._close(asked)
            self._known[asked] = found
            self._hangs_on = outside
        else:
            self._open[asked] = (found, self._hangs_on)
            self._hangs_on = min(outside, self._hangs_on)
        if not depth:
            self._hangs_on = _NOTHING
            self._open.clear()
        return found

    def _close(self, begun: object) -> None:
        """Forget ``begun`` and what was begun since: it hung on this one."""
        while (last := self._open.popitem())[0] is not begun:
            self._retries += 1
            if self._retries > _MOST_RETRIES:
                self._known[last[0]] = last[1][0]

    def each(self, node: nodes.Node, step: Callable[[Meaning], Meanings]) -> Meanings:
        """Return what ``step`` makes of each thing ``node`` may mean."""
        return distinct(found for meaning in self.of(node) for found in step(meaning))

    def all_of(self, node: nodes.Node) -> list[Meaning]:
        """Return what ``node`` may mean, and what other first-party modules keep under such names."""
        meanings = self.of(node)
        return [*meanings, *(m for e in meanings if isinstance(e, External) for m in self.defined(e.name))]

    def externals(self, node: nodes.Node) -> list[External]:
        """Return the things from outside the module that ``node`` may mean."""
        return [meaning for meaning in self.of(node) if isinstance(meaning, External)]

    def reached(self, node: nodes.Node) -> list[External]:
        """Return the things from outside the module that ``node`` may mean, or be a ``partial`` of."""
        meanings = (m.whole() if isinstance(m, Partial) else m for m in self.of(node))
        return [meaning for meaning in meanings if isinstance(meaning, External)]

    def holding(self, node: nodes.Node) -> Meanings:
        """Return the collections and mappings that ``node`` may mean, also where another module keeps them."""
        return tuple(m for m in self.all_of(node) if isinstance(m, (Collection, Mapped)))

    def annotated(self, annotation: nodes.Node) -> Meanings:
        """Return what a value annotated so may be."""
        return declared.annotated(self, annotation)

    def member(self, owner: Meaning, name: str) -> Meanings:
        """Return what ``owner.name`` may mean."""
        return members.member(self, owner, name)

    def called(self, callee: Meaning) -> Meanings:
        """Return what calling ``callee`` gives."""
        return calls.called(self, callee)

    def functions(self, callee: nodes.Node) -> list[Function]:
        """Return the first-party functions that an expression may mean, also those of other modules."""
        return [m for m in self.all_of(callee) if isinstance(m, Function)]

    def attribute_bindings(self, owner: Class, name: str) -> list[Binding]:
        """Return what binds an attribute of a first-party class, in it or in the next base that does."""
        return members.attribute_bindings(self, owner, name)

    # Other modules

    def home_of(self, scope: Scope) -> str:
        """Return the name of the module that ``scope`` belongs to."""
        *_, root = scope.enclosing()
        return self._homes.get(root, "")

    def read_of(self, name: nodes.Node) -> Read | None:
        """Return the look-up that ``name`` is, in this module or in one that was read for it."""
        for position, recorder in enumerate(self._searched):
            read = recorder.reads.get(name)
            if read is not None:
                if position:  # the next questions will be about the same module
                    self._searched.insert(0, self._searched.pop(position))
                return read
        return None

    def quoted(self, text: nodes.SimpleString) -> nodes.Node | None:
        """Return the expression that a string stands for which is an annotation."""
        found = (recorder.quoted.get(text) for recorder in self._searched)
        return next((quoted for quoted in found if quoted is not None), None)

    def defining(self, binding: Binding) -> list[Binding]:
        """Return the bindings that an import from a first-party module leads to, or any other itself.

        Several, where a module binds the name in the branches of a condition.
        """
        pending, found, steps = [binding], list["Binding"](), 0
        while pending and steps < _DEPTH_LIMIT:
            steps += 1
            current = pending.pop(0)
            onward = self._bindings_of(current.origin) if isinstance(current, ImportBinding) else []
            pending += onward
            found += [] if onward else [current]
        return found

    def defining_name(self, name: str) -> list[Binding]:
        """Return the bindings that an absolute dotted name of a first-party module leads to."""
        return [found for binding in self._bindings_of(name) for found in self.defining(binding)]

    def _bindings_of(self, name: str) -> list[Binding]:
        place = self.index.split(name)
        recorder = self.recorder_of(place[0]) if place is not None and place[1] else None
        return recorder.root.names.get(place[1], []) if recorder is not None and place is not None else []

    def named(self, dotted: str) -> Meanings:
        """Return what an absolute dotted name means: itself, and what it re-exports."""
        name = self.catalogue.canonical(dotted)
        if self._is_foreign(name):
            return (External(name),)
        return distinct(map(External, (name, dotted, *self.index.origins(dotted))))

    def _is_foreign(self, name: str) -> bool:
        """Whether a name is another's: of a library of the catalogue, unless this is that very library."""
        root = name.partition(".")[0]
        if root in self.catalogue.common_names and self.index.split(root) is not None:
            return False
        return self.catalogue.is_library(name) and root != self._package

    def defined(self, name: str) -> Meanings:
        """Return what another first-party module defines under an absolute dotted name."""
        return UNKNOWN if self._is_foreign(name) else self.settled(name, Inference._defined)

    def _defined(self, name: str) -> Meanings:
        place = self.index.split(name)
        recorder = self.recorder_of(place[0]) if place is not None and place[1] else None
        if recorder is None or place is None:
            return UNKNOWN
        first, *rest = place[1].split(".")
        if first not in recorder.root.names:
            stars = (star for star in recorder.root.stars if self.index.offers(star, first))
            return distinct(m for star in stars for m in self.defined(f"{star}.{place[1]}"))
        found = distinct(m for b in recorder.root.names[first][:WIDTH_LIMIT] for m in self.bound(b))
        for attribute in rest:
            found = distinct(m for owner in found for m in self.member(owner, attribute))
        # A re-export leads on to a further module, and comes to an end with what is defined there.
        onward = [
            m for e in found if isinstance(e, External) and e.name != name for m in self.defined(e.name)
        ]
        return distinct([m for m in found if not isinstance(m, External)] + onward)

    def recorder_of(self, module: str) -> Recorder | None:
        """Return what was found in a first-party module, None where it cannot be read."""
        if module not in self._recorders:
            recorder = self.index.bound.recorder(module)
            if recorder is None:
                return None
            self._recorders[module] = recorder
            self._homes[recorder.root] = module
            self._searched.append(recorder)
        return self._recorders[module]
