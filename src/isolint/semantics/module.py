"""One module, bound and ready to be asked what its names mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from msgspec import Struct, field

from isolint.semantics.binder import bind
from isolint.semantics.chains import item_name
from isolint.semantics.facts import Reference
from isolint.semantics.imports import absolute
from isolint.semantics.inference import Inference
from isolint.semantics.lookups import reaching
from isolint.semantics.meanings import External, Function, Giver, Instance, Text
from isolint.semantics.relevance import Relevance
from isolint.semantics.scopes import ImportBinding, ValueBinding
from isolint.semantics.sifting import Sieve
from isolint.syntax import nodes
from isolint.syntax.names import dotted, last_name, root_of
from isolint.syntax.trees import FullTree

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from isolint.semantics.catalogue import Catalogue, Entry
    from isolint.semantics.facts import Fact
    from isolint.semantics.index import ModuleIndex
    from isolint.semantics.recorder import Recorder
    from isolint.semantics.scopes import Binding, Scope
    from isolint.semantics.sifting import Sought
    from isolint.syntax.trees import Tree


@final
class ModuleSemantics(Struct, frozen=True):
    """The facts of a module and what lies behind them.

    ``name`` is the dotted name of the module, empty where it has none; ``is_package`` says that it is
    an ``__init__``.
    """

    name: str
    is_package: bool
    tree: Tree
    recorder: Recorder
    inference: Inference
    catalogue: Catalogue
    index: ModuleIndex
    _relevance: Relevance
    _entries: dict[nodes.Node, list[Entry]] = field(default_factory=dict["nodes.Node", "list[Entry]"])
    _deferred: list[frozenset[Scope]] = field(default_factory=list["frozenset[Scope]"])
    factories: dict[Scope, bool] = field(default_factory=dict["Scope", bool])
    _callers: list[dict[Scope, list[Scope]]] = field(default_factory=list["dict[Scope, list[Scope]]"])

    def dissolve(self) -> None:
        """Let go of everything, for somebody who knows that nobody asks any more."""
        self.recorder.dissolve()
        self.inference.dissolve()

    def facts(self, wanted: Container[type[Fact]]) -> Iterator[Fact]:
        """Yield the facts of the ``wanted`` classes in the order of the text.

        References that lead to nothing known are left out.
        """
        facts = (fact for fact in self.recorder.facts if type(fact) in wanted)
        return (
            fact
            for fact in facts
            if not isinstance(fact, Reference)
            or (
                self.may_be_foreign(fact.node)
                and self.inference.of(fact.node)
                and self._is_told_by_itself(fact.node)
            )
            or (fact.annotates is not None and self._is_alias(fact.node))
        )

    def _is_alias(self, node: nodes.Node) -> bool:
        """Whether an annotation is a name that the module gives to a type: ``Maybe = Loop | None``."""
        return isinstance(node, nodes.Name) and any(isinstance(b, ValueBinding) for b in self.bindings(node))

    def _is_told_by_itself(self, node: nodes.Node) -> bool:
        """Whether no name in an expression has the same meaning: `Queue[int]` is `Queue`, `partial(run)` is `run`."""
        if isinstance(node, nodes.Subscript):
            is_namespace = last_name(getattr(node.value, "func", node.value)) in (
                "vars",
                "__dict__",
                "modules",
            )
            return is_namespace or bool(self.inference.holding(node.value) or item_name(node))
        if not isinstance(node, nodes.Call) or last_name(node.func) == "getattr":
            return True
        if isinstance(node.func, nodes.Call) and last_name(node.func.func) == "attrgetter":
            return True
        return any(isinstance(m, (Function, Giver)) for m in self.inference.all_of(node.func))

    def may_be_foreign(self, node: nodes.Node) -> bool:
        """Whether an expression may stand for something from outside the project; a no is certain, and soon said."""
        return self._relevance.of(node)

    def bindings(self, name: nodes.Node) -> tuple[Binding, ...]:
        """Return what a name that is read may be bound by."""
        read = self.recorder.reads.get(name)
        return reaching(read) if read is not None else ()

    def entries(self, reference: Reference) -> list[Entry]:
        """Return the entries of the catalogue that a reference reaches, in a stable order."""
        node = reference.node
        entries = self._entries.get(node)
        if entries is None:
            found = (self.catalogue.get(external.name) for external in self.inference.reached(node))
            known = (entry for entry in found if entry is not None and self._counts(entry))
            entries = self._entries[node] = list(dict.fromkeys(known))
        return entries

    def annotation_entries(self, reference: Reference) -> list[Entry]:
        """Return the entries of the classes that an annotation allows, also through an alias of several."""
        direct = self.entries(reference)
        if direct:
            return direct
        allowed = (m.of for m in self.inference.annotated(reference.node) if isinstance(m, Instance))
        found = (self.catalogue.get(of.name) for of in allowed if isinstance(of, External))
        return list(dict.fromkeys(entry for entry in found if entry is not None and self._counts(entry)))

    def _counts(self, entry: Entry) -> bool:
        root = entry.name.partition(".")[0]
        if root in self.catalogue.common_names and self.index.split(root) is not None:
            return False  # a package of the project's own
        return not entry.near or entry.name.partition(".")[0] in self.recorder.libraries

    def deferred(self) -> frozenset[Scope]:
        """Return the scopes of the functions that run when a plan does, not when it is built."""
        from isolint.semantics.plans.factories import find_deferred

        if not self._deferred:
            self._deferred.append(find_deferred(self))
        return self._deferred[0]

    def callers(self) -> dict[Scope, list[Scope]]:
        """Return the functions that call each function of the module."""
        from isolint.semantics.plans.factories import find_callers

        if not self._callers:
            self._callers.append(find_callers(self))
        return self._callers[0]

    def text_of(self, node: nodes.Node) -> str:
        """Return the source of an expression on one line, also of one that another module holds."""
        elsewhere = self.index.bound.tree_with(node)
        text = dotted(node) or (elsewhere if elsewhere is not None else self.tree).text_of(node)
        return " ".join(text.split())

    def code_of(self, node: nodes.Node) -> str:
        """Return the source of an expression of this module, parentheses included, to write it anew."""
        return self.tree.code_of(node) if isinstance(self.tree, FullTree) else self.tree.text_of(node)

    def line_of(self, node: nodes.Node) -> int:
        """Return the line on which a node of this module, or of one read for it, begins; 0 where unknown."""
        elsewhere = self.index.bound.tree_with(node)
        return (elsewhere if elsewhere is not None else self.tree).line_of(node)

    def evidence(self, reference: Reference) -> str:
        """Say where the meaning of a name comes from, where a look at the line does not tell."""
        from isolint.semantics.evidence import of_reference

        return of_reference(reference.node, self)

    def describe(self, binding: Binding) -> str:
        """Say in one clause how ``binding`` came about."""
        from isolint.semantics.evidence import described

        return described(binding, self)

    @property
    def package(self) -> str:
        """The dotted package that relative imports start from."""
        return self.name if self.is_package else self.name.rpartition(".")[0]

    def absolute(self, module: str) -> str:
        """Return the absolute name of a module named from here: ``..a`` or ``a``."""
        stripped = module.lstrip(".")
        return absolute(stripped, len(module) - len(stripped), self.package, self.index.seen_from(self.name))

    def is_own(self, name: str) -> bool:
        """Whether a name that every project knows belongs to the very package this module is of.

        Several projects may have parts of one namespace: `google.cloud` is none of what has `google.adk`.
        """
        entry = self.catalogue.get(name)
        if (entry is not None and entry.own) or name.partition(".")[0] != self.name.partition(".")[0]:
            return False
        return self.index.split(name) is not None

    def exports(self, name: str) -> bool:
        """Whether ``name`` belongs to the interface of the module: listed in ``__all__``."""
        listed = (b for b in self.recorder.root.names.get("__all__", []) if isinstance(b, ValueBinding))
        return any(
            isinstance(found, Text) and found.value == name
            for binding in listed
            for element in getattr(binding.value, "elements", ())
            for found in self.inference.of(element.value)
        )

    def is_typing_only(self, reference: Reference) -> bool:
        """Whether the name exists for type checkers alone."""
        root = root_of(reference.node)
        bindings = self.bindings(root)
        return bool(bindings) and all(isinstance(b, ImportBinding) and b.type_checking for b in bindings)


def analyse(
    tree: Tree,
    name: str,
    *,
    is_package: bool,
    catalogue: Catalogue,
    index: ModuleIndex,
    plan_modules: tuple[str, ...] = (),
    sought: Sought | None = None,
) -> ModuleSemantics:
    """Bind ``tree`` and prepare its inference. ``plan_modules``: the project's own runtimes of plans.

    Of what ``tree`` puts off, only that is bound which may hold what is ``sought``.
    """
    recorder = bind(tree.module, name if is_package else name.rpartition(".")[0], index.seen_from(name))
    return of_recorder(
        recorder,
        tree,
        name,
        is_package=is_package,
        catalogue=catalogue,
        index=index,
        plan_modules=plan_modules,
        sought=sought,
    )


def of_recorder(
    recorder: Recorder,
    tree: Tree,
    name: str,
    *,
    is_package: bool,
    catalogue: Catalogue,
    index: ModuleIndex,
    plan_modules: tuple[str, ...] = (),
    sought: Sought | None = None,
) -> ModuleSemantics:
    """Prepare the inference of a module that has been bound."""
    inference = Inference(name, recorder, catalogue, index, plan_modules)
    if sought is None:
        relevance = Relevance(recorder, catalogue, index)
    else:
        relevance = Sieve(recorder, catalogue, index, sought).relevance()
    return ModuleSemantics(name, is_package, tree, recorder, inference, catalogue, index, relevance)
