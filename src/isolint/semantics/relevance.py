"""Which references can lead to a name from outside the project, told from how their names are bound.

Most names in a module are parameters and results. What class these are of takes reading other modules
to find out, and is no news to anybody but the methods that are called on them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast, final

from isolint.semantics.chains import item_name
from isolint.semantics.elements import COMPREHENSIONS, DISPLAYS, HANDING_OUT, MAPPING_DISPLAYS, SAME_ELEMENTS
from isolint.semantics.lookups import reaching
from isolint.semantics.passing_on import RUNNABLE
from isolint.semantics.scopes import (
    EnterBinding,
    FunctionBinding,
    ImportBinding,
    IterBinding,
    ParamBinding,
    PartBinding,
    ValueBinding,
)
from isolint.syntax import nodes
from isolint.syntax.names import dotted, last_name, root_of
from isolint.syntax.walk import children

if TYPE_CHECKING:
    from collections.abc import Iterable

    from isolint.semantics.catalogue import Catalogue
    from isolint.semantics.index import ModuleIndex
    from isolint.semantics.recorder import Recorder
    from isolint.semantics.scopes import Binding

_GIVE_WHAT_IS_NAMED = frozenset(
    "getattr import_module __import__ vars copy next anext closing aclosing nullcontext".split()
).union(RUNNABLE)
_PASS_ON = frozenset(
    {
        nodes.IfExp,
        nodes.BooleanOperation,
        nodes.NamedExpr,
        nodes.Element,
        nodes.DictElement,
        *DISPLAYS,
        *MAPPING_DISPLAYS,
        *COMPREHENSIONS,
    }
)


class Told(Protocol):
    """What tells of the things that somebody looks for."""

    def by_word(self, name: str) -> bool:
        """Whether an identifier does."""
        ...

    def by_import(self, origin: str) -> bool:
        """Whether one of them may be had by what is imported from a dotted name."""
        ...


@final
class Relevance:
    """Judges the references of one module. A no is certain.

    With ``told`` it is certain for whoever looks for nothing else, and as far as bodies are bound.
    """

    def __init__(
        self,
        recorder: Recorder,
        catalogue: Catalogue,
        index: ModuleIndex,
        told: Told | None = None,
    ) -> None:
        self._recorder = recorder
        self._told = told
        self._catalogue = catalogue
        self._index = index
        self._bindings: dict[Binding, bool] = {}
        self._attributes: dict[str, bool] = {}
        self._results: dict[Binding, bool] = {}
        self._names: dict[str, bool] = {}
        self._named: dict[str, list[Binding]] = {}
        self._seen = 0

    def of(self, node: nodes.Node) -> bool:
        """Whether ``node`` may stand for a function, class or module from outside the project."""
        pending = [node]
        while pending:
            node = pending.pop()
            if self._is_relevant(node):
                return True
            pending += _handed_on(node)
        return False

    def _is_relevant(self, node: nodes.Node) -> bool:
        kind = type(node)
        if kind is nodes.Name:
            return self._name(cast("nodes.Name", node))
        if kind is nodes.Attribute:
            return self._attribute(cast("nodes.Attribute", node))
        if kind is nodes.Call:
            return self._call(cast("nodes.Call", node))
        kept = item_name(node) if kind is nodes.Subscript else ""
        return bool(kept) and self._stands_for_another(kept)

    def _name(self, node: nodes.Name) -> bool:
        stars = bool(self._recorder.root.stars)
        # Most names are bound to nothing of the kind anywhere: no need to find out which binding this one sees.
        if not stars and not self._some_bound(node.value):
            return False
        read = self._recorder.reads.get(node)
        bindings = reaching(read) if read is not None else ()
        return any(map(self.bound, bindings)) or (stars and read is not None and not bindings)

    def _some_bound(self, name: str) -> bool:
        """Whether any name of the module that is spelled so may stand for something from outside."""
        bound = self._recorder.bound
        if self._seen < len(bound):  # more bodies have been bound
            for binding in bound[self._seen :]:
                self._named.setdefault(binding.name, []).append(binding)
                self._names.pop(binding.name, None)
            self._seen = len(bound)
        known = self._names.get(name)
        if known is None:
            self._names[name] = True
            known = self._names[name] = any(map(self.bound, self._named.get(name, ())))
        return known

    def bound(self, binding: Binding) -> bool:
        """Whether a name that is bound so may stand for something from outside."""
        known = self._bindings.get(binding)
        if known is None:
            self._bindings[binding] = True  # what a circle comes back to: a yes is never wrong
            known = self._bindings[binding] = self._judged(binding)
        return known

    def _judged(self, binding: Binding) -> bool:
        if isinstance(binding, ImportBinding):
            return self._told is None or self._told.by_import(binding.origin)
        if isinstance(binding, ValueBinding):
            declared = binding.annotation is not None and _speaks_of_classes(binding.annotation)
            return declared or (binding.value is not None and self.of(binding.value))
        if isinstance(binding, (IterBinding, PartBinding)):
            return self.of(binding.iterable)
        if isinstance(binding, EnterBinding):
            return self.of(binding.item)
        if isinstance(binding, ParamBinding):
            declared = binding.annotation is not None and _speaks_of_classes(binding.annotation)
            return declared or (binding.default is not None and self.of(binding.default))
        return False

    def _attribute(self, node: nodes.Attribute) -> bool:
        name = node.attr.value
        if self._catalogue.ends_known_name(name) and (
            name in self._index.possible_members()
            or self._catalogue.tells(name)
            or not self._recorder.libraries.isdisjoint(self._catalogue.near(name))
        ):
            return True
        part: nodes.Node = node
        while isinstance(part, nodes.Attribute):
            attribute = part.attr.value
            if self._stands_for_another(attribute) or (self._told and self._told.by_word(attribute)):
                return True
            part = part.value
        return self.of(part)

    def _stands_for_another(self, attribute: str) -> bool:
        """Whether some class of the module has an attribute of this name that is a name from outside."""
        known = self._attributes.get(attribute)
        if known is None:
            self._attributes[attribute] = True
            known = any(self.bound(b) or self.gives(b, read=True) for b in self._attributes_called(attribute))
            self._attributes[attribute] = known
        return known

    def _attributes_called(self, name: str) -> list[Binding]:
        recorder = self._recorder
        return recorder.attributes(name) if self._told is None else recorder.attributes_so_far(name)

    def gives(self, binding: Binding, *, read: bool = False) -> bool:
        """Whether calling what ``binding`` binds may give a name from outside, or reading a property."""
        if isinstance(binding, ImportBinding):
            name = binding.origin.rpartition(".")[2]
            return name in _GIVE_WHAT_IS_NAMED or self._index.gives_known_names(binding.origin)
        if not isinstance(binding, FunctionBinding):
            return False
        if self._told is not None and binding.inner.deferred is not None:
            return False
        decorated = isinstance(binding.node, nodes.FunctionDef) and bool(binding.node.decorators)
        if read and not decorated:
            return False
        if binding not in self._results:
            self._results[binding] = True
            self._results[binding] = any(map(self.of, (*binding.inner.returns, *binding.inner.yielded)))
        return self._results[binding]

    def _call(self, node: nodes.Call) -> bool:
        called = last_name(node.func)
        if isinstance(node.func, nodes.Call) and last_name(node.func.func) == "attrgetter":
            return True
        if called in _GIVE_WHAT_IS_NAMED:
            return True
        if isinstance(node.func, nodes.Attribute):
            of_classes = any(self.gives(binding) for binding in self._attributes_called(called))
            return of_classes or self._given_by_module(node.func)
        read = self._recorder.reads.get(node.func)
        return read is not None and any(self.gives(binding) for binding in reaching(read))

    def _given_by_module(self, function: nodes.Attribute) -> bool:
        """Whether calling what a module holds, ``tables.pick()``, may give a name from outside."""
        rest = dotted(function).partition(".")[2]
        read = self._recorder.reads.get(root_of(function)) if rest else None
        bindings = reaching(read) if read is not None else ()
        modules = (binding.origin for binding in bindings if isinstance(binding, ImportBinding))
        return any(self._index.gives_known_names(f"{module}.{rest}") for module in modules)


def _handed_on(node: nodes.Node) -> Iterable[nodes.Node]:
    """Return the parts of an expression of which its value is one, or holds one."""
    kind = type(node)
    if kind in _PASS_ON:  # to ask for instances of so many takes far longer
        return children(node)
    if kind is nodes.Subscript:
        return (cast("nodes.Subscript", node).value,)
    if kind is not nodes.Call:
        return ()
    call = cast("nodes.Call", node)
    if isinstance(call.func, nodes.Attribute):
        return (call.func.value,) if call.func.attr.value in HANDING_OUT else ()
    return [arg.value for arg in call.args] if last_name(call.func) in SAME_ELEMENTS else ()


def _speaks_of_classes(annotation: nodes.Node) -> bool:
    """Whether ``type[...]`` stands in it."""
    if isinstance(annotation, nodes.SimpleString):
        return "ype[" in annotation.value
    if isinstance(annotation, nodes.BinaryOperation):
        return _speaks_of_classes(annotation.left) or _speaks_of_classes(annotation.right)
    if not isinstance(annotation, nodes.Subscript):
        return False
    inner = (element.slice.value for element in annotation.slice if isinstance(element.slice, nodes.Index))
    return last_name(annotation.value) in ("type", "Type") or any(map(_speaks_of_classes, inner))
