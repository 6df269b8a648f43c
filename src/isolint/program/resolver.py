"""The questions that the parts of the linker ask each other; :class:`~isolint.program.linker.Linker` answers them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from isolint.catalogue import Catalogue, Entry
    from isolint.program.module_table import ModuleTable
    from isolint.program.plan_names import PlanNames
    from isolint.program.types import Place, Type, Types
    from isolint.summary.model import (
        ClassSummary,
        FunctionBody,
        FunctionSummary,
        ModuleSummary,
        SymbolRow,
    )


class Resolver(Protocol):
    """Resolves symbols and types. ``module`` and ``asking`` are the modules in which a question comes up."""

    @property
    def catalogue(self) -> Catalogue:
        """The known names of libraries and of the project."""
        ...

    @property
    def plan_names(self) -> PlanNames:
        """The names that plans are built with."""
        ...

    @property
    def modules(self) -> ModuleTable:
        """The modules of the project."""
        ...

    def settled(self, key: tuple[object, ...], evaluate: Callable[[], Types]) -> Types:
        """Return the value of the equation ``key``, worked out once."""
        ...

    def summary(self, module: str) -> ModuleSummary | None:
        """Return the summary of a module of the project."""
        ...

    def function(self, place: Place) -> FunctionSummary | None:
        """Return the summary of a function."""
        ...

    def line(self, place: Place, asking: str) -> int | None:
        """Return the line of a function, for a message in the module ``asking``."""
        ...

    def body(self, place: Place) -> FunctionBody:
        """Return the body of a function."""
        ...

    def class_(self, place: Place) -> ClassSummary | None:
        """Return the summary of a class."""
        ...

    def row(self, module: str, symbol: int) -> SymbolRow:
        """Return the row of a symbol."""
        ...

    def behind_names(self, module: str, symbol: int) -> SymbolRow:
        """Return the row of the value that a name is bound to, with or without an annotation; of any other symbol, its own."""
        ...

    def binding(self, module: str, number: int) -> tuple[str, int, int]:
        """Return the name of a binding, the symbol of its value and its line."""
        ...

    def of(self, module: str, symbol: int) -> Types:
        """Return the types of a symbol."""
        ...

    def all_of(self, module: str, symbols: Iterable[int]) -> Types:
        """Return the types of a value that is one of ``symbols``."""
        ...

    def lacks(self, module: str, name: str) -> bool:
        """Whether a module has nothing of a name, so that a program must make it: generated code, a missing file."""
        ...

    def named(self, dotted: str, importer: str, *, is_offered: bool = False) -> Types:
        """Return the types of an absolute dotted name."""
        ...

    def is_foreign(self, name: str, importer: str) -> bool:
        """Whether a name is that of a known library which the importer is no part of."""
        ...

    def exported(self, module: str, name: str) -> Types:
        """Return the types of a top-level name of a module."""
        ...

    def member(self, owner: Type, name: str, asking: str) -> Types:
        """Return the types of ``owner.name``."""
        ...

    def result(self, callee: Type) -> Types:
        """Return the types of the result of calling ``callee``."""
        ...

    def entry(self, one: Type) -> Entry | None:
        """Return the entry of the catalogue for a type, also for a definition that the configuration names."""
        ...

    def dotted(self, one: Type) -> str:
        """Return the dotted name of a function, class, module or foreign thing; empty for any other type."""
        ...
