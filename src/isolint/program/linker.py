"""The linker: resolves the symbols of all modules to types, each once.

Every answer follows from an import, a construction, an annotation or a definition. Where a step is unknown the answer
holds :class:`~isolint.program.types.Unknown`: nothing is guessed from a name alone.
"""
# The table of handlers at the end names the methods of the class above it.
# ruff: noqa: SLF001
# pyright: reportPrivateUsage=false

from __future__ import annotations

import builtins
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, final

from isolint.program import attributes, calls, containers, declared, dependencies, module_names, mro
from isolint.program.fixed_point import FixedPoint
from isolint.program.module_symbols import UNKNOWN_ROW, ModuleSymbols
from isolint.program.recent import Recent
from isolint.program.types import (
    NOTHING,
    UNKNOWN,
    Class,
    Coroutine,
    External,
    Function,
    Instance,
    Module,
    Number,
    Place,
    Super,
    Text,
    bounded,
    known,
    union,
)
from isolint.summary.symbols import SymbolTable

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    from isolint.catalogue import Catalogue, Entry
    from isolint.program.module_table import ModuleTable
    from isolint.program.plan_names import PlanNames
    from isolint.program.types import Type, Types
    from isolint.summary.model import (
        BindingRow,
        ClassSummary,
        FunctionBody,
        FunctionSummary,
        ModuleSummary,
        SymbolRow,
    )

_BUILTINS = frozenset(dir(builtins)) - {"__name__", "__doc__", "__package__", "__loader__", "__spec__"}

_LEAVES = frozenset({"function", "class", "text", "int", "constant", "self", "unknown", "slice"})
"""Kinds of symbols that refer to no others."""
_MOST_SYMBOLS = 1 << 32
"""More than any module has."""
_MOST_TYPES = 100_000
"""Types of symbols and definitions that are known at once; they take some 250 bytes each."""
_MOST_TABLES = 1024
"""Modules whose symbols are at hand; see :class:`~isolint.program.summaries.Summaries`."""


@final
class Linker:
    """Resolves symbols. One for all files of a run."""

    def __init__(self, modules: ModuleTable, catalogue: Catalogue, plan_names: PlanNames) -> None:
        self.modules = modules
        self.catalogue = catalogue
        self.plan_names = plan_names
        self._types: FixedPoint[Types] = FixedPoint((), _joined)
        self._tables: Recent[str, ModuleSymbols] = Recent(_MOST_TABLES)
        self._firsts: dict[str, int] = {}
        self._open: dict[str, SymbolTable] = {}

    def settled(self, key: tuple[object, ...], evaluate: Callable[[], Types]) -> Types:
        """Return the value of the equation ``key``, worked out once."""
        found = self._types.known.get(key)
        return found if found is not None else self._types.solve(key, evaluate)

    # Modules and definitions

    def summary(self, module: str) -> ModuleSummary | None:
        """Return the summary of a module of the project."""
        return (self._tables.held.get(module) or self._table(module)).summary

    def _table(self, module: str) -> ModuleSymbols:
        table = self._tables.held.get(module)
        if table is None:
            first = self._firsts.setdefault(module, len(self._firsts) * _MOST_SYMBOLS)
            table = ModuleSymbols(first, self.modules.summary(module), self._open.get(module))
            self._tables.add(module, table)
        return table

    def function(self, place: Place) -> FunctionSummary | None:
        """Return the summary of a function."""
        summary = self.summary(place.module)
        return summary.functions.get(place.qualname) if summary is not None else None

    def line(self, place: Place, asking: str) -> int | None:
        """Return the line of a function, for a message in the module ``asking``."""
        function = self.function(place)
        self.modules.note(asking, dependencies.lines(place.module, place.qualname))
        return function.line if function is not None else None

    def body(self, place: Place) -> FunctionBody:
        """Return the body of a function."""
        return self.modules.body(place.module, place.qualname)

    def class_(self, place: Place) -> ClassSummary | None:
        """Return the summary of a class."""
        summary = self.summary(place.module)
        return summary.classes.get(place.qualname) if summary is not None else None

    # Symbols

    def of(self, module: str, symbol: int) -> Types:
        """Return the types of a symbol of ``module``."""
        if symbol <= 0:
            return UNKNOWN
        table = self._tables.held.get(module) or self._table(module)
        known = self._types.known
        key = table.first + symbol
        found = known.get(key)  # mostly there is one
        if found is not None:
            return found
        kind, *parts = table.rows[symbol]
        if kind == "bound":
            value = table.value_of(symbol)
            if value != symbol:
                found = self.of(module, value)
                if value <= 0 or table.first + value in known:  # settled, and in no open circle
                    known[key] = found
                return found
        evaluate = _KINDS[str(kind)]
        if kind in _LEAVES:
            found = known[key] = evaluate(self, module, *parts)
            return found
        return self._types.solve(key, lambda: evaluate(self, module, *parts))

    def all_of(self, module: str, symbols: Iterable[int]) -> Types:
        """Return the types of a value that is one of ``symbols``."""
        found: list[Type] = []
        for (
            symbol
        ) in symbols:  # a generator would be one more level of C's stack, of which newer Pythons have few
            found += self.of(module, symbol)
        return union(found)

    @contextmanager
    def checking(self, module: str) -> Generator[None]:
        """Check a module for the length of a ``with`` block; behind it the symbols of the module are forgotten.

        Others ask for few of them, which are worked out again. Of too many types all are forgotten.
        """
        try:
            yield
        finally:
            if module in self._firsts:
                self._forget(module)

    def read_all(self, module: str) -> None:
        """Decode all symbols of a module under check at once: it asks for most of them."""
        self._table(module).read_all()

    def open(self, module: str) -> SymbolTable:
        """Return the symbols of a module under check, to which further ones may be added."""
        opened = self._open.get(module)
        if opened is None:
            table = self._table(module)
            opened = self._open[module] = SymbolTable(table.summary)
            table.read(opened)
        return opened

    def _forget(self, module: str) -> None:
        table, known = self._table(module), self._types.known
        self._open.pop(module, None)
        for symbol in range(len(table.rows)):
            known.pop(table.first + symbol, None)
            known.pop((module, symbol, declared.DECLARED), None)
        table.read(None)
        if len(known) > _MOST_TYPES:
            known.clear()

    def binding(self, module: str, number: int) -> BindingRow:
        """Return the name of a binding, the symbol of its value and its line."""
        return self._table(module).bindings[number]

    def row(self, module: str, symbol: int) -> SymbolRow:
        """Return the row of a symbol; an unknown one for a number that is none."""
        if symbol < 0:
            return UNKNOWN_ROW
        return (self._tables.held.get(module) or self._table(module)).rows[symbol]

    def behind_names(self, module: str, symbol: int) -> SymbolRow:
        """Return the row of the value that a name is bound to, with or without an annotation; of any other symbol, its own."""
        return self._table(module).behind_names(symbol)

    def _import(self, module: str, dotted: str) -> Types:
        return module_names.imported(self, dotted, module)

    def _global(self, module: str, name: str) -> Types:
        """Return the value of a name that only a star import or the interpreter can have bound."""
        return module_names.by_stars(self, module, name) or (
            (External(f"builtins.{name}"),) if name in _BUILTINS else UNKNOWN
        )

    def _bound(self, module: str, number: int) -> Types:
        return self.of(module, self.binding(module, number)[1])

    def _function(self, module: str, qualname: str) -> Types:
        return (Function(Place(module, qualname)),)

    def _class(self, module: str, qualname: str) -> Types:
        return (Class(Place(module, qualname)),)

    def _param(self, module: str, qualname: str, index: int) -> Types:
        return self.parameter(Place(module, qualname), index)

    def _either(self, module: str, *symbols: int) -> Types:
        return self.all_of(module, symbols)

    def _annotated(self, module: str, annotation: int, value: int) -> Types:
        """Return the declared type, and the types of the value: a declaration says no more than it holds."""
        found = declared.declared(self, module, annotation)
        if not known(found):
            return self.of(module, value)
        return union((*found, *known(self.of(module, value))))

    def _narrowed(self, module: str, value: int, passed: int, *types: int) -> Types:
        held, instances = self.of(module, value), declared.instances(self, module, types[:passed])
        found = mro.passing(self, held, instances) or instances
        if not found:
            found = mro.as_data(held, declared.tested(self, module, types[:passed]))
        return mro.without(self, found, declared.tested(self, module, types[passed:]))

    def _super(self, module: str, qualname: str, through_class: int) -> Types:
        return (Super(Class(Place(module, qualname)), bool(through_class)),)

    def _await(self, module: str, value: int) -> Types:
        found = union(
            one
            for awaitable in self.of(module, value)
            for one in (
                awaitable.result if isinstance(awaitable, Coroutine) else calls.awaited(self, awaitable)
            )
        )
        return found if known(found) else calls.awaited_work(self, module, value) or found

    def _caught(self, module: str, types: int) -> Types:
        return declared.instances(self, module, (types,)) or UNKNOWN

    def _constant(self, _module: str, name: str) -> Types:
        return (NOTHING,) if name == "None" else (Instance(External("builtins.bool")),)

    def _text(self, _module: str, value: str) -> Types:
        return (Text(value),)

    def _int(self, _module: str, value: int) -> Types:
        return (Number(value),)

    def _unknown(self, _module: str, *_: object) -> Types:
        return UNKNOWN

    # Names

    def named(self, dotted: str, importer: str, *, is_offered: bool = False) -> Types:
        """Return the types of an absolute dotted name as ``importer`` sees it."""
        return module_names.named(self, dotted, importer, is_offered=is_offered)

    def lacks(self, module: str, name: str) -> bool:
        """Whether a module has nothing of a name, so that a program must make it: generated code, a missing file."""
        return module_names.lacks(self, module, name)

    def is_foreign(self, name: str, importer: str) -> bool:
        """Whether a name is that of a known library, and the asking module is no part of that very library."""
        return module_names.is_foreign(self, name, importer)

    def exported(self, module: str, name: str) -> Types:
        """Return the types of a top-level name of a module, also one that it takes from others."""
        return module_names.exported(self, module, name)

    # Parameters and results

    def parameter(self, place: Place, index: int) -> Types:
        """Return the types of a parameter: by its annotation, as ``self``, or by its default."""
        function = self.function(place)
        if function is None:
            return UNKNOWN
        parameter = function.parameters[index]
        if parameter.annotation >= 0:
            each = declared.declared(self, place.module, parameter.annotation)
            if parameter.star:
                return containers.collection(each) if parameter.star == "*" else containers.mapping(each)
            usual = self.of(place.module, parameter.default) if parameter.default >= 0 else ()
            return union((*each, *known(usual)))
        if parameter.position == 0 and function.gets_receiver:
            owner = Class(Place(place.module, function.owner))
            return (owner,) if function.gets_class else (Instance(owner),)
        if parameter.default >= 0:
            return union((*self.of(place.module, parameter.default), *UNKNOWN))
        return UNKNOWN

    def member(self, owner: Type, name: str, asking: str) -> Types:
        """Return the types of ``owner.name`` as a module ``asking`` sees it."""
        return attributes.member(self, owner, name, asking)

    def result(self, callee: Type) -> Types:
        """Return the types of the result of calling ``callee``."""
        return calls.result(self, callee)

    def declared(self, module: str, symbol: int) -> Types:
        """Return the types of a value that is annotated with the expression ``symbol``."""
        return declared.declared(self, module, symbol)

    def entry(self, one: Type) -> Entry | None:
        """Return the entry of the catalogue for a type, also for a definition that the configuration names."""
        if isinstance(one, External):
            return self.catalogue.get(one.name)
        return self._own_entries.get(one.place) if isinstance(one, (Function, Class)) else None

    @cached_property
    def _own_entries(self) -> dict[Place, Entry]:
        """The definitions that the configuration names, also by a re-export of them."""
        return {
            one.place: entry
            for entry in self.catalogue.entries()
            if entry.own
            for one in self.named(entry.name, "")
            if isinstance(one, (Function, Class))
        }

    def dotted(self, one: Type) -> str:
        """Return the dotted name of a function, class, module or foreign thing; empty for any other type."""
        if isinstance(one, (External, Module)):
            return one.name
        return str(one.place) if isinstance(one, (Function, Class)) else ""


def _joined(one: Types, other: Types) -> Types:
    return bounded(union((*one, *other)) if one else other)


_KINDS: dict[str, Callable[..., Types]] = {
    "unknown": Linker._unknown,
    "import": Linker._import,
    "global": Linker._global,
    "bound": Linker._bound,
    "function": Linker._function,
    "class": Linker._class,
    "param": Linker._param,
    "either": Linker._either,
    "annotated": Linker._annotated,
    "narrowed": Linker._narrowed,
    "super": Linker._super,
    "await": Linker._await,
    "constant": Linker._constant,
    "text": Linker._text,
    "int": Linker._int,
    "caught": Linker._caught,
    "bitor": containers.joined,
    "slice": Linker._unknown,
    "plus": containers.plus,
    "times": containers.times,
    "self": Linker._unknown,
    "attr": attributes.attribute,
    "call": calls.call,
    "enter": calls.enter,
    "item": containers.item,
    "part": containers.part,
    "each": containers.each,
    "starred": containers.starred,
    "tuple": containers.display,
    "list": containers.display,
    "set": containers.unordered,
    "dict": containers.dictionary,
    "collection": containers.comprehension,
    "mapping": containers.mapping_comprehension,
}
