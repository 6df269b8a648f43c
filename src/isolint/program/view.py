"""A module under check, as the rules see it: facts, types of expressions, bindings, and the source of nodes."""

from __future__ import annotations

import ast
from functools import cached_property
from typing import TYPE_CHECKING, final

from isolint.program.displays import comes_from_display
from isolint.program.types import (
    Class,
    Collection,
    Coroutine,
    External,
    Function,
    Instance,
    Partial,
    Place,
    Plan,
    Text,
    Thread,
    Types,
    union,
    whole,
)
from isolint.semantic_index.facts import Import, Reference
from isolint.semantic_index.scopes import INLINE
from isolint.summary.symbols import Symbols
from isolint.syntax.ast_names import last_name
from isolint.syntax.relative_imports import absolute, level_of, package_of

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from isolint.catalogue import Catalogue, Entry
    from isolint.program.linker import Linker
    from isolint.program.types import Type
    from isolint.semantic_index.facts import Fact
    from isolint.semantic_index.index import SemanticIndex
    from isolint.semantic_index.scopes import Binding, Scope
    from isolint.syntax.spans import Located, Spans


_LOADED = External("sys.modules")


@final
class ModuleView:
    """One module under check. ``name`` is its dotted name, empty where it has none."""

    def __init__(
        self,
        name: str,
        index: SemanticIndex,
        linker: Linker,
        spans: Spans,
        *,
        is_package: bool,
    ) -> None:
        self.name = name
        self.is_package = is_package
        self.index = index
        self.linker = linker
        self.spans = spans
        self.symbols = Symbols(index, linker.open(name))
        self._entries: dict[ast.expr, list[Entry]] = {}

    @property
    def catalogue(self) -> Catalogue:
        """The known names of libraries and of the project."""
        return self.linker.catalogue

    @property
    def package(self) -> str:
        """The dotted package that relative imports start from."""
        return package_of(self.name, is_package=self.is_package)

    def facts(self, wanted: Container[type[Fact]]) -> Iterator[Fact]:
        """Yield the facts of the ``wanted`` classes in the order of the text."""
        return self.index.of(wanted)

    # Types

    def types(self, node: ast.AST) -> Types:
        """Return the types of an expression; :class:`~isolint.program.types.Unknown` is one where nothing is known."""
        return self.linker.of(self.name, self.symbols.of(node))

    def type_of_binding(self, binding: Binding) -> Types:
        """Return the types of the value that a name is bound to."""
        return self.linker.of(self.name, self.symbols.bound(binding))

    def declared(self, annotation: ast.expr) -> Types:
        """Return the types of a value with this annotation."""
        return self.linker.declared(self.name, self.symbols.of(annotation))

    def result(self, callee: Type) -> Types:
        """Return the types of the result of calling ``callee``."""
        return self.linker.result(callee)

    def externals(self, node: ast.AST) -> list[External]:
        """Return the foreign things that an expression may stand for."""
        return [one for one in self.types(node) if isinstance(one, External)]

    def names(self, node: ast.AST) -> list[str]:
        """Return the dotted names of the functions, classes and foreign things that an expression may stand for."""
        found = (self.linker.dotted(one) for one in self.types(node))
        return [name for name in found if name]

    def functions(self, node: ast.AST) -> list[Function]:
        """Return the functions of the project that an expression may stand for, or be a ``partial`` of."""
        return [one for one in map(whole, self.types(node)) if isinstance(one, Function)]

    def entries(self, reference: Reference) -> list[Entry]:
        """Return the entries of the catalogue that a reference reaches, in a stable order; several rules ask for each."""
        found = self._entries.get(reference.node)
        if found is None:
            found = self._entries[reference.node] = self._find_entries(reference)
        return found

    def _find_entries(self, reference: Reference) -> list[Entry]:
        if not self._is_told_by_itself(reference.node):
            return []
        if isinstance(reference.node, ast.Attribute) and self.is_thread(reference.node.value):
            return []  # its target is used where it was given
        found = (self._entry(one) for one in self.types(reference.node))
        counted = (entry for entry in found if entry is not None and self._counts(entry))
        return list(dict.fromkeys(counted))

    def is_thread(self, node: ast.expr) -> bool:
        """Whether an expression is an object that runs a known target when it is started."""
        return any(isinstance(one, Thread) for one in self.types(node))

    def _entry(self, one: Type) -> Entry | None:
        """Return the entry for a type; none for the result of an adapter, since the adapter is used where it is called."""
        if not isinstance(one, Partial):
            return self.linker.entry(one)
        entry = self.linker.entry(whole(one))
        return None if entry is None or entry.wraps else entry

    def reached(self, node: ast.AST) -> list[External]:
        """Return the foreign things that an expression may stand for, or be a ``partial`` of."""
        return [one for one in map(whole, self.types(node)) if isinstance(one, External)]

    def annotation_entries(self, reference: Reference) -> list[Entry]:
        """Return the entries of the classes that an annotation allows, also through an alias of several."""
        direct = self.entries(reference)
        if direct:
            return direct
        classes = (one.of for one in self.declared(reference.node) if isinstance(one, Instance))
        found = (self.linker.entry(of) for of in classes)
        return list(dict.fromkeys(entry for entry in found if entry is not None and self._counts(entry)))

    def _is_told_by_itself(self, node: ast.expr) -> bool:
        """Whether no name inside an expression reaches the same: `Queue[int]` is `Queue`, `partial(run)` is `run`."""
        if isinstance(node, ast.Subscript):
            held = (one for one in self.types(node.value) if one != _LOADED)
            return not any(isinstance(one, (Class, External)) for one in held)
        if not isinstance(node, ast.Call) or last_name(node.func) == "getattr":
            return True
        if isinstance(node.func, ast.Call) and last_name(node.func.func) == "attrgetter":
            return True
        return not any(isinstance(one, External) for one in self.types(node.func))

    def comes_from_display(self, node: ast.expr) -> bool:
        """Whether a value is taken out of a display of this module, which names it."""
        return comes_from_display(self.linker, self.name, self.symbols.of(node))

    def _counts(self, entry: Entry) -> bool:
        root = entry.name.partition(".")[0]
        if root in self.catalogue.common_names and self.linker.modules.split(root, self.name) is not None:
            return False  # a package of the project's own
        return not entry.near or entry.name.partition(".")[0] in self._libraries

    @cached_property
    def _libraries(self) -> frozenset[str]:
        """The top-level packages that something is imported from."""
        imports = (fact for fact in self.index.facts if isinstance(fact, Import))
        return frozenset(fact.module.partition(".")[0] for fact in imports)

    # Names

    def bindings(self, name: ast.AST) -> tuple[Binding, ...]:
        """Return the definitions that reach the read of a name."""
        return self.index.definitions(name)

    def scope_at(self, place: Place) -> Scope | None:
        """Return the scope of a function or class of this module; None for one of another module."""
        return self._scopes.get(place.qualname) if place.module == self.name else None

    @cached_property
    def _scopes(self) -> dict[str, Scope]:
        return {scope.qualname: scope for scope in self.index.inner.values() if scope.kind not in INLINE}

    def class_bindings(self, owner: Class, name: str) -> list[Binding]:
        """Return the bindings of an attribute in the class of this module that defines it."""
        from isolint.program.mro import definers

        found: list[Binding] = []
        for one in definers(self.linker, owner, name):
            scope = self.scope_at(one.place) if isinstance(one, Class) else None
            if scope is not None:
                found += [*scope.names.get(name, ()), *scope.attributes.get(name, ())]
        return found

    def absolute(self, module: str) -> str:
        """Return the absolute name of a module named from here: ``..a`` or ``a``."""
        level = level_of(module)
        return absolute(module[level:], level, self.package)

    def is_own(self, name: str) -> bool:
        """Whether a name that every project knows belongs to the very package this module is of.

        Several projects may have parts of one namespace: `google.cloud` is no part of the project of `google.adk`.
        """
        entry = self.catalogue.get(name)
        if (entry is not None and entry.own) or name.partition(".")[0] != self.name.partition(".")[0]:
            return False
        return self.linker.modules.split(name, self.name) is not None

    def exports(self, name: str) -> bool:
        """Whether ``name`` belongs to the interface of the module: listed in ``__all__``."""
        listed = union(
            one
            for binding in self.index.root.names.get("__all__", ())
            for one in self.type_of_binding(binding)
        )
        return any(Text(name) in one.elements for one in listed if isinstance(one, Collection))

    def is_typing_only(self, reference: Reference) -> bool:
        """Whether the name of a reference exists for type checkers alone."""
        return self.index.is_typing_only(reference.node)

    # Certain kinds of values

    def is_plan(self, node: ast.AST) -> bool:
        """Whether an expression is a plan whichever way the code went."""
        types = self.types(node)
        return bool(types) and all(isinstance(one, Plan) for one in types)

    def is_stream(self, node: ast.AST) -> bool:
        """Whether an expression is a stream whichever way the code went."""
        return self.types(node) == (Plan(is_stream=True),)

    def is_coroutine(self, node: ast.AST) -> bool:
        """Whether an expression is a coroutine whichever way the code went."""
        types = self.types(node)
        return bool(types) and all(isinstance(one, Coroutine) for one in types)

    def is_collection_of_plans(self, node: ast.AST) -> bool:
        """Whether going through a value gives plans and nothing else."""
        return self._is_collection_of(Plan, node)

    def is_collection_of_coroutines(self, node: ast.AST) -> bool:
        """Whether going through a value gives coroutines and nothing else."""
        return self._is_collection_of(Coroutine, node)

    def _is_collection_of(self, kind: type[Plan | Coroutine], node: ast.AST) -> bool:
        types = self.types(node)
        held = [one.elements for one in types if isinstance(one, Collection)]
        if not held or len(held) < len(types):
            return False
        return all(isinstance(one, kind) for elements in held for one in elements)

    # Source

    def text_of(self, node: Located) -> str:
        """Return the source of a node on one line."""
        return " ".join(self.spans.text(node).split())

    def code_of(self, node: ast.expr) -> str:
        """Return the source of an expression to write it elsewhere, in brackets where it needs some there."""
        text = self.spans.text(node)
        own = isinstance(node, (ast.Tuple, ast.List, ast.Set, ast.Dict, ast.Call, ast.Subscript))
        needs = isinstance(node, (ast.NamedExpr, ast.Yield, ast.YieldFrom)) or ("\n" in text and not own)
        return f"({text})" if needs else text
