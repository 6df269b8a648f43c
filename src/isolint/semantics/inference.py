"""What an expression may mean, worked out from the bindings it leads back to.

Every answer follows from an import, a construction, an annotation or a definition. Where a step is
not known the answer is empty: nothing is guessed from a name.
"""

from __future__ import annotations

import ast
import builtins
from typing import TYPE_CHECKING, final

import libcst as cst

from isolint.semantics.elements import (
    COMPREHENSIONS,
    DISPLAYS,
    annotated_collection,
    collected,
    held_by,
)
from isolint.semantics.expressions import TYPE_WRAPPERS, last_name
from isolint.semantics.meanings import (
    UNKNOWN,
    Class,
    Collection,
    Coroutine,
    External,
    Function,
    Instance,
    Meaning,
    Meanings,
    Partial,
    Plan,
    Text,
)
from isolint.semantics.plans.names import PlanNames
from isolint.semantics.scopes import (
    ClassBinding,
    EnterBinding,
    FunctionBinding,
    ImportBinding,
    IterBinding,
    ParamBinding,
    ScopeKind,
    ValueBinding,
    reaching,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from isolint.semantics.catalogue import Catalogue
    from isolint.semantics.index import ModuleIndex
    from isolint.semantics.recorder import Recorder
    from isolint.semantics.scopes import Binding, Scope

_BUILTINS = frozenset(dir(builtins))
_DEPTH_LIMIT = 60
"""Steps from an expression to its meaning; more only ever occur in generated or hostile code."""
_WIDTH_LIMIT = 32
"""Bindings of one name that are looked at."""

_NONE = Instance(External("builtins.None"))
_LOOP_NAMES = frozenset({"loop", "_loop", "event_loop", "_event_loop"})
_AWAITABLES = frozenset({"Awaitable", "Coroutine", "CoroutineType"})


def _distinct(meanings: Iterable[Meaning]) -> Meanings:
    return tuple(dict.fromkeys(meanings))


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
        self._recorders = {module: recorder}
        self._homes = {recorder.root: module}
        self._reads = dict(recorder.reads)
        self._quoted = dict(recorder.quoted)
        self._catalogue = catalogue
        self._index = index
        self._known: dict[cst.CSTNode, Meanings] = {}
        self._bound: dict[Binding, Meanings] = {}
        self._aliases: dict[cst.CSTNode, Meanings] = {}
        self._depth = 0
        self._handlers: dict[type, Callable[..., Meanings]] = {
            cst.Name: self._name,
            cst.Attribute: self._attribute,
            cst.Call: self._call,
            cst.Await: self._await,
            cst.NamedExpr: self._walrus,
            cst.IfExp: self._choice,
            cst.BooleanOperation: self._either,
            cst.Subscript: self._subscript,
            cst.SimpleString: self._string,
        }
        for kind in (*DISPLAYS, *COMPREHENSIONS):
            self._handlers[kind] = self._display

    def of(self, node: cst.CSTNode) -> Meanings:
        """Return what ``node`` may mean; empty when unknown."""
        known = self._known.get(node)
        if known is not None:
            return known
        handler = self._handlers.get(type(node))
        if handler is None or self._depth > _DEPTH_LIMIT:
            return UNKNOWN
        self._known[node] = UNKNOWN  # what a cycle comes back to
        self._depth += 1
        self._known[node] = found = handler(node)
        self._depth -= 1
        return found

    def externals(self, node: cst.CSTNode) -> list[External]:
        """Return the things from outside the module that ``node`` may mean."""
        return [meaning for meaning in self.of(node) if isinstance(meaning, External)]

    def root_of(self, node: cst.CSTNode) -> cst.CSTNode:
        """Return the leftmost part of a chain of attributes."""
        while isinstance(node, cst.Attribute):
            node = node.value
        return node

    def annotated(self, annotation: cst.CSTNode) -> Meanings:
        """Return what a value annotated so may be."""
        quoted = self._quoted.get(annotation)
        if quoted is not None:
            return self.annotated(quoted)
        if isinstance(annotation, cst.BinaryOperation):
            return _distinct([*self.annotated(annotation.left), *self.annotated(annotation.right)])
        if isinstance(annotation, cst.Subscript):
            return self._annotated_generic(annotation)
        aliased = self._aliased(annotation) if isinstance(annotation, cst.Name) else None
        if aliased is not None:
            return aliased
        return _distinct(self._instance(m) for m in self._classes(self.of(annotation)))

    def _instance(self, of: External | Class) -> Meaning:
        is_plan = isinstance(of, External) and self.plan_names.is_plan_type(of.name)
        return Plan() if is_plan else Instance(of)

    def _aliased(self, annotation: cst.Name) -> Meanings | None:
        """Return what a value is that is annotated with an alias; None for any other name."""
        read = self._reads.get(annotation)
        bindings = reaching(read) if read is not None else ()
        binding = self.defining(bindings[0]) if len(bindings) == 1 else None
        if not isinstance(binding, ValueBinding) or binding.value is None:
            return None
        alias = binding.value
        if alias not in self._aliases:
            self._aliases[alias] = UNKNOWN  # what a cycle comes back to
            stands_for = self.annotated(alias)
            is_own = self.plan_names.is_own_plan_type(binding.name, stands_for)
            self._aliases[alias] = (Plan(),) if is_own else stands_for
        return self._aliases[alias]

    def defining(self, binding: Binding) -> Binding | None:
        """Return the binding that an import from a first-party module leads to, or any other itself."""
        steps = 0
        while isinstance(binding, ImportBinding) and steps < _DEPTH_LIMIT:
            steps += 1
            place = self._index.split(binding.origin)
            recorder = self.recorder_of(place[0]) if place is not None and place[1] else None
            found = (
                recorder.root.names.get(place[1], []) if recorder is not None and place is not None else []
            )
            if len(found) != 1:
                return None
            binding = found[0]
        return binding

    def _classes(self, meanings: Iterable[Meaning]) -> list[External | Class]:
        """Return the classes among ``meanings``, those of other first-party modules with their definition."""
        found: list[External | Class] = []
        for meaning in meanings:
            if isinstance(meaning, External):
                found += [m for m in self.defined(meaning.name) if isinstance(m, Class)] or [meaning]
            elif isinstance(meaning, Class):
                found.append(meaning)
        return found

    def _annotated_generic(self, annotation: cst.Subscript) -> Meanings:
        kind = last_name(annotation.value)
        arguments = [e.slice.value for e in annotation.slice if isinstance(e.slice, cst.Index)]
        if kind in TYPE_WRAPPERS:
            wanted = arguments if kind == "Union" else arguments[:1]
            nothing = [_NONE] if kind == "Optional" else []
            return _distinct([*(m for argument in wanted for m in self.annotated(argument)), *nothing])
        if kind in ("type", "Type"):
            return self.of(arguments[0])
        if kind in _AWAITABLES and arguments:
            return (Coroutine(self.annotated(arguments[-1])),)
        return annotated_collection(kind, arguments, self) or self.annotated(annotation.value)

    def _each(self, node: cst.CSTNode, step: Callable[[Meaning], Meanings]) -> Meanings:
        return _distinct(found for meaning in self.of(node) for found in step(meaning))

    def _await(self, node: cst.Await) -> Meanings:
        return self._each(node.expression, self._awaited)

    def _walrus(self, node: cst.NamedExpr) -> Meanings:
        return self.of(node.value)

    def _choice(self, node: cst.IfExp) -> Meanings:
        return _distinct([*self.of(node.body), *self.of(node.orelse)])

    def _either(self, node: cst.BooleanOperation) -> Meanings:
        return _distinct([*self.of(node.left), *self.of(node.right)])

    def _display(self, node: cst.CSTNode) -> Meanings:
        return collected(node, self)

    # Names

    def _name(self, node: cst.Name) -> Meanings:
        read = self._reads.get(node)
        if read is None:
            return UNKNOWN
        bindings = reaching(read)
        if bindings:
            return _distinct(m for binding in bindings[:_WIDTH_LIMIT] for m in self.bound(binding))
        if any(
            node.value in scope.names for scope in read.scope.enclosing() if scope.kind is not ScopeKind.CLASS
        ):
            return UNKNOWN
        *_, root = read.scope.enclosing()
        for module in root.stars:
            if node.value in self._catalogue.public_names(self._catalogue.canonical(module)):
                return self._named(f"{module}.{node.value}")
            if origins := self._index.origins(f"{module}.{node.value}"):
                return tuple(External(origin) for origin in origins)
        return (External(f"builtins.{node.value}"),) if node.value in _BUILTINS else UNKNOWN

    def bound(self, binding: Binding) -> Meanings:
        """Return what a name bound by ``binding`` may mean."""
        known = self._bound.get(binding)
        if known is not None:
            return known
        self._bound[binding] = UNKNOWN
        self._bound[binding] = found = self._bound_anew(binding)
        return found

    def _bound_anew(self, binding: Binding) -> Meanings:
        if isinstance(binding, ImportBinding):
            return self._named(binding.origin)
        if isinstance(binding, FunctionBinding):
            return (Function(binding),)
        if isinstance(binding, ClassBinding):
            return (Class(binding),)
        if isinstance(binding, EnterBinding):
            return self._each(binding.item, self._entered)
        if isinstance(binding, ParamBinding):
            return self._parameter(binding)
        if isinstance(binding, ValueBinding):
            return self._value(binding)
        if isinstance(binding, IterBinding):
            return held_by(self.of(binding.iterable))
        return UNKNOWN

    def _named(self, dotted: str) -> Meanings:
        """Return what an absolute dotted name means: itself, and what it re-exports."""
        name = self._catalogue.canonical(dotted)
        if self._catalogue.is_library(name):
            return (External(name),)
        return _distinct([External(name), *(External(origin) for origin in self._index.origins(name))])

    def defined(self, name: str) -> Meanings:
        """Return what a first-party module defines under an absolute dotted name."""
        place = None if self._catalogue.is_library(name) else self._index.split(name)
        if place is None or not place[1]:
            return UNKNOWN
        recorder = self.recorder_of(place[0])
        if recorder is None:
            return UNKNOWN
        first, *rest = place[1].split(".")
        found = _distinct(m for b in recorder.root.names.get(first, [])[:_WIDTH_LIMIT] for m in self.bound(b))
        for attribute in rest:
            found = _distinct(m for owner in found for m in self.member(owner, attribute))
        # A re-export leads on to a further module, and comes to an end with what is defined there.
        onward = [m for e in found if isinstance(e, External) and e.name != name for m in self._deeper(e)]
        return _distinct([m for m in found if not isinstance(m, External)] + onward)

    def _deeper(self, external: External) -> Meanings:
        if self._depth > _DEPTH_LIMIT:
            return UNKNOWN
        self._depth += 1
        found = self.defined(external.name)
        self._depth -= 1
        return found

    def bindings(self, name: cst.CSTNode) -> tuple[Binding, ...]:
        """Return what a name may be bound by, that is read in this module or in one that was read for it."""
        read = self._reads.get(name)
        return reaching(read) if read is not None else ()

    def home_of(self, scope: Scope) -> str:
        """Return the module that a scope is of."""
        *_, root = scope.enclosing()
        return self._homes[root]

    def recorder_of(self, module: str) -> Recorder | None:
        """Return what was found in a first-party module, None where it cannot be read."""
        if module not in self._recorders:
            recorder = self._index.bound(module)
            if recorder is None:
                return None
            self._recorders[module] = recorder
            self._homes[recorder.root] = module
            self._reads |= recorder.reads
            self._quoted |= recorder.quoted
        return self._recorders[module]

    def _value(self, binding: ValueBinding) -> Meanings:
        if binding.annotation is not None and not binding.path and not _says_no_type(binding.annotation):
            declared = self.annotated(binding.annotation)
            if declared:
                return declared
        value: cst.CSTNode | None = binding.value
        for index in binding.path:
            elements = value.elements if isinstance(value, (cst.Tuple, cst.List)) else ()
            if (
                index < 0
                or index >= len(elements)
                or any(isinstance(e, cst.StarredElement) for e in elements)
            ):
                return UNKNOWN
            value = elements[index].value
        return self.of(value) if value is not None else UNKNOWN

    def _parameter(self, binding: ParamBinding) -> Meanings:
        if binding.annotation is not None:
            return self.annotated(binding.annotation)
        holder = binding.scope.own_class()
        if binding.position != 0 or holder is None:
            return UNKNOWN
        decorators = _decorators(binding.scope)
        if "staticmethod" in decorators:
            return UNKNOWN
        owner = Class(_class_binding(holder))
        return (owner,) if "classmethod" in decorators else (Instance(owner),)

    # Attributes

    def _attribute(self, node: cst.Attribute) -> Meanings:
        found = self._each(node.value, lambda owner: self.member(owner, node.attr.value))
        if not found and not self.of(node.value) and last_name(node.value) in _LOOP_NAMES:
            entry = self._catalogue.telling(node.attr.value)
            return (External(entry.name, bound=True),) if entry is not None else UNKNOWN
        return found

    def member(self, owner: Meaning, name: str) -> Meanings:
        """Return what ``owner.name`` may mean."""
        if isinstance(owner, External):
            return self._named(f"{owner.name}.{name}")
        if isinstance(owner, Class):
            return self._class_member(owner, name, through_instance=False)
        if isinstance(owner, Instance):
            if isinstance(owner.of, Class):
                return self._class_member(owner.of, name, through_instance=True)
            return self._external_member(owner.of.name, name)
        return (External(f"coroutine.{name}"),) if isinstance(owner, Coroutine) else UNKNOWN

    def _external_member(self, owner: str, name: str) -> Meanings:
        entry = self._catalogue.get(f"{owner}.{name}")
        if entry is None:
            return (External(f"{owner}.{name}", bound=True),)
        return (Instance(External(entry.is_a)),) if entry.is_a else (External(entry.name, bound=True),)

    def _class_member(self, owner: Class, name: str, *, through_instance: bool) -> Meanings:
        scope = owner.binding.inner
        declared = scope.names.get(name, [])
        assigned = scope.attributes.get(name, [])
        if declared or assigned:
            found = _distinct(m for b in [*declared, *assigned][:_WIDTH_LIMIT] for m in self.bound(b))
            return _distinct(m for f in found for m in self._read_property(f)) if through_instance else found
        return _distinct(
            meaning
            for base in self._bases(owner)
            for meaning in self.member(Instance(base) if through_instance else base, name)
        )

    def _bases(self, owner: Class) -> list[External | Class]:
        definition = owner.binding.node
        if not isinstance(definition, cst.ClassDef) or self._depth > _DEPTH_LIMIT:
            return []
        self._depth += 1
        bases = [base for arg in definition.bases for base in self._classes(self.of(arg.value))]
        self._depth -= 1
        return [base for base in bases if base != owner]

    def _read_property(self, meaning: Meaning) -> Meanings:
        if isinstance(meaning, Function) and _decorators(meaning.binding.inner) & {
            "property",
            "cached_property",
        }:
            return self.called(meaning)
        return (meaning,)

    # Calls

    def _call(self, node: cst.Call) -> Meanings:
        entering = last_name(node.func)
        if entering in ("enter_context", "enter_async_context") and node.args:
            entered = self._each(node.args[0].value, self._entered)
            return (Coroutine(entered),) if entered and entering == "enter_async_context" else entered
        return _distinct(found for m in self.of(node.func) for found in self._called_with(m, node))

    def _called_with(self, callee: Meaning, node: cst.Call) -> Meanings:
        arguments = [arg.value for arg in node.args if arg.keyword is None and not arg.star]
        name = callee.name if isinstance(callee, External) else ""
        if name == "builtins.getattr" and len(arguments) > 1:
            attributes = [m.value for m in self.of(arguments[1]) if isinstance(m, Text)]
            return _distinct(
                m for a in attributes for owner in self.of(arguments[0]) for m in self.member(owner, a)
            )
        if name in ("functools.partial", "functools.partialmethod") and arguments:
            return tuple(Partial(m) for m in self.of(arguments[0]))
        if name in ("typing.cast", "typing_extensions.cast") and len(arguments) == 2:
            return self.annotated(arguments[0]) or self.of(arguments[1])
        if name in ("importlib.import_module", "builtins.__import__") and arguments:
            modules = [m.value for m in self.of(arguments[0]) if isinstance(m, Text)]
            return tuple(
                External(self._catalogue.canonical(module)) for module in modules if module[:1] != "."
            )
        return self.called(callee)

    def called(self, callee: Meaning) -> Meanings:
        """Return what calling ``callee`` gives."""
        if isinstance(callee, Class):
            return (Instance(callee),)
        if isinstance(callee, Partial):
            return self.called(callee.of)
        if isinstance(callee, Function):
            return self._returned(callee)
        if isinstance(callee, Plan):
            return (Coroutine(UNKNOWN),)
        if isinstance(callee, External):
            return self._returned_by_external(callee.name)
        return UNKNOWN

    def _returned_by_external(self, name: str) -> Meanings:
        if self.plan_names.constructor(name):
            return (Plan(),)
        entry = self._catalogue.get(name)
        if entry is None:
            return _distinct(m for defined in self.defined(name) for m in self.called(defined))
        if entry.awaits:
            return (Coroutine((Instance(External(entry.awaits)),)),)
        if entry.returns:
            return (Instance(External(entry.returns)),)
        return (Instance(External(name)),) if entry.is_class else UNKNOWN

    def _returned(self, function: Function) -> Meanings:
        scope = function.binding.inner
        node = scope.node
        if not isinstance(node, cst.FunctionDef) or (scope.yields and scope.is_async):
            return UNKNOWN
        declared = self.annotated(node.returns.annotation) if node.returns is not None else UNKNOWN
        if not declared and not scope.yields:
            declared = _distinct(m for value in scope.returns[:_WIDTH_LIMIT] for m in self.of(value))
        return (Coroutine(declared),) if scope.is_async else declared

    def _awaited(self, meaning: Meaning) -> Meanings:
        return meaning.result if isinstance(meaning, Coroutine) else UNKNOWN

    def _entered(self, meaning: Meaning) -> Meanings:
        if not isinstance(meaning, Instance):
            return UNKNOWN
        if isinstance(meaning.of, External):
            entry = self._catalogue.get(meaning.of.name)
            return (Instance(External(entry.enters)),) if entry is not None and entry.enters else (meaning,)
        for method, awaited in (("__aenter__", True), ("__enter__", False)):
            found = _distinct(m for f in self.member(meaning, method) for m in self.called(f))
            if found:
                return _distinct(m for f in found for m in self._awaited(f)) if awaited else found
        return UNKNOWN

    def _subscript(self, node: cst.Subscript) -> Meanings:
        # `asyncio.Queue[int]` is the class still.
        of = self.of(node.value)
        if any(isinstance(m, Collection) for m in of) and isinstance(node.slice[0].slice, cst.Index):
            return held_by(of)
        return tuple(m for m in of if isinstance(m, (External, Class)))

    def _string(self, node: cst.SimpleString) -> Meanings:
        # Written with escapes, a name would slip past the gate: such a string stays unknown everywhere.
        value = None if "\\" in node.value else ast.literal_eval(node.value)
        return (Text(value),) if isinstance(value, str) else UNKNOWN


def _says_no_type(annotation: cst.CSTNode) -> bool:
    return last_name(annotation) in ("TypeAlias", "Final")


def _decorators(scope: Scope) -> set[str]:
    node = scope.node
    return {last_name(d.decorator) for d in node.decorators} if isinstance(node, cst.FunctionDef) else set()


def _class_binding(scope: Scope) -> ClassBinding:
    """Return the binding of a class by its scope; inside its own body it is not bound yet."""
    parent = scope.parent
    node = scope.node
    assert isinstance(node, cst.ClassDef)  # noqa: S101  # only a class statement opens a class scope
    bindings = parent.names.get(node.name.value, []) if parent is not None else []
    for binding in bindings:
        if isinstance(binding, ClassBinding) and binding.inner is scope:
            return binding
    return ClassBinding(node.name.value, node, scope, scope.opened, scope)
