"""What each function of one module drives or uses, as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.semantics.definitions import begins_later
from isolint.semantics.drives.allowed import allowed_by_comment
from isolint.semantics.drives.alternatives import handed_on
from isolint.semantics.drives.bodies import MOST_NAMES, aliases, spelled_in
from isolint.semantics.drives.handing import Moves, moves
from isolint.semantics.drives.keeping import Keeping, Kind
from isolint.semantics.drives.model import (
    CONSTRUCTORS,
    INSTANCE_CALLS,
    FunctionSummary,
    Place,
    Summary,
    Use,
)
from isolint.semantics.drives.runners import Runner, Runners
from isolint.semantics.drives.seeds import DRIVING
from isolint.semantics.drives.supers import of_super
from isolint.semantics.drives.targets import Targets, holds_callable
from isolint.semantics.drives.threads import RUN, START, is_thread
from isolint.semantics.facts import CallSite, Definition, EnterSite, Reference, Usage
from isolint.semantics.meanings import External, Partial
from isolint.semantics.passing_on import RUNNABLE
from isolint.semantics.scopes import (
    ClassBinding,
    FunctionBinding,
    ImportBinding,
    ScopeKind,
    ValueBinding,
)
from isolint.semantics.usage import (
    NOT_USED,
    STEPPED,
    conventional_interpreters,
    steps_by_hand,
    used_entries,
)
from isolint.syntax import nodes
from isolint.syntax.names import last_name, root_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeAlias

    from isolint.semantics.drives.bodies import Bodies
    from isolint.semantics.module import ModuleSemantics
    from isolint.semantics.scopes import Binding, Scope
    from isolint.syntax.trees import LeanTree

    Waiting: TypeAlias = "list[tuple[nodes.Node, str, Place | None]]"

_STEPS = frozenset({Usage.CALLED, Usage.AWAITED, Usage.PASSED})
_NAMELESS = CONSTRUCTORS | INSTANCE_CALLS
_GIVE_BACK = RUNNABLE | {"wraps"}


@final
class Sought(Struct, frozen=True):
    """What a summary is about.

    Only names are looked into that may stand for a foreign driver, being among ``drivers``, or for
    something of another module that drives, being among ``words``; all of them, where there are no
    words. ``concerns`` says whether the functions of a module can be part of a chain.
    """

    concerns: Callable[[str], bool]
    drivers: frozenset[str] = frozenset()
    words: frozenset[str] | None = None


def summarised(module: ModuleSemantics, tree: LeanTree, text: str, bodies: Bodies, sought: Sought) -> Summary:
    """Return the summary of those ``bodies`` of ``module``, which ``tree`` is of and ``text`` the source."""
    return _Summariser(module, tree, text, bodies, sought).summary()


def drivers(reference: Reference, module: ModuleSemantics) -> list[str]:
    """Return the names of the drivers that ``reference`` puts to use."""
    if reference.usage in NOT_USED:
        return []
    used = [entry.name for entry in used_entries(reference, module, *DRIVING) if not entry.structured]
    return used or conventional_interpreters(reference, module)


def may_mean(node: nodes.Node, module: ModuleSemantics, words: frozenset[str]) -> bool:
    """Whether a reference spells one of ``words``, or is a name for what one of them stands for or gives."""
    for _ in range(MOST_NAMES):
        if any(name in words for name in spelled_in(node)):
            return True
        bindings = module.bindings(root_of(node))
        if any(isinstance(b, ImportBinding) and b.origin.rpartition(".")[2] in words for b in bindings):
            return True
        values = [b.value for b in bindings if isinstance(b, ValueBinding) and b.value is not None]
        if not values:
            return False
        node = values[0].func if isinstance(values[0], nodes.Call) else values[0]
    return False


@final
class _Summariser:
    def __init__(
        self, module: ModuleSemantics, tree: LeanTree, text: str, bodies: Bodies, sought: Sought
    ) -> None:
        self._bodies = bodies
        self._wants = bodies.wants
        self._module = module
        self._tree = tree
        self._text = text
        self._drivers = sought.drivers
        self._words = sought.words
        told = sought.drivers | (sought.words or frozenset())
        self._telling = told | aliases(bodies.scopes(), told) if sought.words is not None else told
        self._concerns = sought.concerns
        self._targets = Targets(module, self._words)
        self._keeping = Keeping(module)
        self._uses: dict[str, Waiting] = {}
        self._nodes: dict[str, set[nodes.Node]] = {}
        self._runners = Runners(module, bodies, self._targets, self._keeping)

    def summary(self) -> Summary:
        for fact in [fact for fact in self._module.recorder.facts if self._bodies.matters(fact.scope)]:
            if fact.guarded:
                continue
            if isinstance(fact, Reference):
                self._note_drivers(fact)
                self._note_reading(fact)
                self._note_use(fact)
            elif isinstance(fact, Definition):
                self._note_decorators(fact)
            elif isinstance(fact, CallSite):
                self._note_call(fact)
            elif isinstance(fact, EnterSite):
                self._note_entering(fact)
        for scope in self._bodies.scopes():
            self._note_thread(scope)
        for binding in self._variables():
            self._note_variable(binding)
        return self._placed()

    @property
    def _moves(self) -> Moves:
        return moves(self._module.recorder)

    def _note(self, runner: Runner, node: nodes.Node, driver: str, target: Place | None = None) -> None:
        if self._wants(runner.name) and (target is None or self._concerns(target.module)):
            self._uses.setdefault(runner.name, []).append((node, driver, target))
            if runner.defined is not None:
                self._nodes.setdefault(runner.name, set()).add(runner.defined)

    def _note_drivers(self, reference: Reference) -> None:
        if reference.usage in NOT_USED or not self._may_be_driver(reference.node):
            return
        runner = self._runners.of_code(reference.scope)
        found = drivers(reference, self._module) if self._wants(runner.name) else []
        if found:
            self._note(runner, reference.anchor, " or ".join(found))

    def _may_be_driver(self, node: nodes.Node) -> bool:
        if self._words is None:
            return self._module.may_be_foreign(node)
        return self._spells(node, self._drivers)

    def _note_reading(self, reference: Reference) -> None:
        node = reference.node
        if not isinstance(node, nodes.Attribute) or reference.usage in NOT_USED:
            return
        runner = self._runners.of_code(reference.scope)
        if runner.name and self._wants(runner.name) and self._may_mean(node):
            for place in self._targets.reading(reference):
                self._note(runner, reference.anchor, "", place)

    def _note_use(self, reference: Reference) -> None:
        if reference.usage not in _STEPS or not _is_step(reference):
            return
        own = self._targets.own(reference)
        if not own and not self._may_mean(reference.node):
            return
        runners = [runner for runner in self._runners.of_reference(reference) if self._wants(runner.name)]
        # Most of what is handed on is data: to follow it takes far longer than to see that nothing can run it.
        used = (own or self._targets.used(reference)) if runners else []
        places = [place for place in used if self._concerns(place.module)]
        if not places or self._is_idle(reference):
            return
        for runner in runners:
            for place in places:
                if place.qualname != runner.name or place.module != self._module.name:
                    self._note(runner, reference.anchor, "", place)

    def _is_idle(self, reference: Reference) -> bool:
        """Whether what is referred to is not run here: only kept, begun or given back, or for type checkers."""
        if self._module.is_typing_only(reference):
            return True
        if reference.usage is not Usage.PASSED:
            return self._is_begun(reference)
        return self._is_returned(reference) or self._keeping.only_kept(reference.node, reference.scope)

    def _is_returned(self, reference: Reference) -> bool:
        if reference.receiver not in _GIVE_BACK:
            return False
        parts = {part for value in reference.scope.returns for part in handed_on(value)}
        return reference.node in parts

    def _is_begun(self, reference: Reference) -> bool:
        """Whether it calls coroutine functions or generators, and what they give is only kept."""
        call = self._moves.calls.get(reference.node)
        if call is None or call not in self._moves.arguments:
            return False
        functions = self._module.inference.functions(reference.node)
        waits = bool(functions) and all(begins_later(function.binding) for function in functions)
        return waits and self._keeping.only_kept(call, reference.scope, Kind.BEGUN)

    def _may_drive(self, node: nodes.Node) -> bool:
        """Whether what it gives can drive: something of this module, or by one of the words."""
        bindings = self._module.bindings(root_of(node))
        if any(isinstance(b, (FunctionBinding, ClassBinding)) for b in bindings):
            return True
        return self._may_mean(node)

    def _may_mean(self, node: nodes.Node) -> bool:
        return self._words is None or self._spells(node, self._words) or _calls_nameless(node)

    def _spells(self, node: nodes.Node, words: frozenset[str]) -> bool:
        # Nearly all references say nothing, and what they are bound to takes longer to find.
        return not self._telling.isdisjoint(spelled_in(node)) and may_mean(node, self._module, words)

    def _note_decorators(self, definition: Definition) -> None:
        node = definition.node
        made = self._runners.named(definition.inner)
        for decorator in node.decorators if isinstance(node, nodes.FunctionDef) else ():
            given = decorator.decorator
            callee = given.func if isinstance(given, nodes.Call) else given
            self._note_wrapping(made, callee)
            if not self._may_drive(callee):
                continue
            if self._wants(made.name):
                for place in self._targets.decorating(given):
                    self._note(made, callee, "", place)
            runner = self._runners.of_code(definition.scope)
            if self._wants(runner.name):
                for place in self._targets.applying(given):
                    self._note(runner, callee, "", place)

    def _note_wrapping(self, made: Runner, callee: nodes.Node) -> None:
        """Note what a library makes of a function: ``async_to_sync(f)`` drives when it is called."""
        known = self._module.inference.externals(callee) if self._may_be_driver(callee) else ()
        for entry in (self._module.catalogue.get(external.name) for external in known):
            if entry is not None and entry.wraps and entry.effect in DRIVING:
                self._note(made, callee, entry.name)

    def _note_call(self, call: CallSite) -> None:
        runner = self._runners.of_code(call.scope)
        node = call.node
        if not self._wants(runner.name) or not isinstance(node, nodes.Call):
            return
        if steps_by_hand(call, self._module):
            self._note(runner, node.func, STEPPED)
        elif isinstance(node.func, nodes.Call) and self._may_drive(node.func.func):
            for place in self._targets.given(node.func.func):
                self._note(runner, node.func, "", place)

    def _note_entering(self, site: EnterSite) -> None:
        item = site.node
        named = item.func if isinstance(item, nodes.Call) else item
        runner = self._runners.of_code(site.scope)
        if runner.name and self._wants(runner.name) and self._may_drive(named):
            for place in self._targets.entering(item, is_async=site.is_async):
                self._note(runner, named, "", place)

    def _note_thread(self, scope: Scope) -> None:
        """Note that starting an object of a class of threads runs its ``run``."""
        if scope.kind is not ScopeKind.CLASS or RUN not in scope.names or START in scope.names:
            return
        started = Runner(self._targets.place(scope, START).qualname, self._runners.named(scope).defined)
        if self._wants(started.name) and is_thread(scope.node, self._module.inference):
            run = self._targets.place(scope, RUN)
            self._note(started, getattr(scope.names[RUN][-1].node, "name", scope.node), "", run)

    def _variables(self) -> Iterator[Binding]:
        for scope in self._bodies.scopes():
            yield from (binding for binding in scope.log if holds_callable(binding))

    def _note_variable(self, binding: Binding) -> None:
        """Note what is run by calling what a variable holds."""
        value = getattr(binding, "value", None)
        held_by = Runner(self._targets.place(binding.scope, binding.name).qualname, binding.node)
        if not self._wants(held_by.name):
            return
        if not isinstance(value, nodes.Call):
            self._nodes.setdefault(held_by.name, {binding.node})  # a lambda: what it uses has been noted
            return
        self._note_wrapping(held_by, value.func)
        for meaning in self._module.inference.of(value) if last_name(value.func) in RUNNABLE else ():
            held = meaning.of if isinstance(meaning, Partial) else meaning
            entry = self._module.catalogue.get(held.name) if isinstance(held, External) else None
            if entry is not None and entry.effect in DRIVING and not entry.structured:
                self._note(held_by, value, entry.name)
            for place in self._targets.run_by(meaning):
                self._note(held_by, value, "", place)
        for place in self._targets.given(value.func, called=False) if self._may_drive(value.func) else ():
            self._note(held_by, value, "", place)

    def _placed(self) -> Summary:
        """Replace nodes by lines."""
        functions = tuple(self._function(qualname, uses) for qualname, uses in sorted(self._uses.items()))
        return Summary(self._module.name, functions, allowed_by_comment(self._text))

    def _function(self, qualname: str, waiting: Waiting) -> FunctionSummary:
        line_of = self._tree.line_of
        uses = {Use(line_of(node), driver, target) for node, driver, target in waiting}
        # Of several definitions, in the branches of a condition, the last that uses something.
        defined = max(map(line_of, self._nodes.get(qualname, ())), default=0)
        return FunctionSummary(
            qualname, defined or min(use.line for use in uses), tuple(sorted(uses, key=Use.rank))
        )


def _is_step(reference: Reference) -> bool:
    """Whether it is a call, or hands a value on to one; being the default of a parameter is neither."""
    return reference.usage is not Usage.PASSED or bool(reference.receiver)


def _calls_nameless(node: nodes.Node) -> bool:
    """Whether it is a constructor, or what runs where an object is called, of ``super()``: no word tells of those."""
    return isinstance(node, nodes.Attribute) and node.attr.value in _NAMELESS and of_super(node)
