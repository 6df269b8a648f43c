"""The symbols of one module at hand: those of its summary, or a table to which a check adds further ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from isolint.summary.packed import Rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from isolint.summary.model import BindingRow, ModuleSummary, SymbolRow
    from isolint.summary.symbols import SymbolTable

UNKNOWN_ROW: SymbolRow = ("unknown",)
_MOST_NAMES = 8
"""Names of names that are gone through; a longer row of them is a circle, or as good as one."""


@final
class ModuleSymbols:
    """The symbols of one module: ``first`` is the number that its first symbol has among those of all modules."""

    __slots__ = ("bindings", "first", "rows", "summary")

    def __init__(self, first: int, summary: ModuleSummary | None, opened: SymbolTable | None) -> None:
        self.first = first
        self.summary = summary
        self.rows: Rows[SymbolRow] | Sequence[SymbolRow]
        self.bindings: Rows[BindingRow] | Sequence[BindingRow]
        self.read(opened)

    def read(self, opened: SymbolTable | None) -> None:
        """Take the symbols of a table that has been ``opened``, or those of the summary."""
        if opened is not None:
            self.rows, self.bindings = opened.rows, opened.bindings
        elif self.summary is not None:
            self.rows, self.bindings = Rows(self.summary.symbols), Rows(self.summary.bindings)
        else:
            self.rows, self.bindings = (UNKNOWN_ROW,), ()

    def read_all(self) -> None:
        """Have every symbol of the summary at hand, for a module that asks about most of them."""
        if isinstance(self.rows, Rows) and isinstance(self.bindings, Rows):
            self.rows, self.bindings = self.rows.all(), self.bindings.all()

    def value_of(self, symbol: int) -> int:
        """Return the symbol of the value that a name is bound to, also by way of other names; itself if these go around."""
        value = symbol
        for _ in range(_MOST_NAMES):
            row = self.rows[value]
            if row[0] != "bound":
                return value
            value = self.bindings[int(row[1])][1]
        return symbol

    def behind_names(self, symbol: int) -> SymbolRow:
        """Return the row of the value that a name is bound to, with or without an annotation; of any other symbol, its own."""
        for _ in range(_MOST_NAMES):
            row = self.rows[symbol] if symbol > 0 else UNKNOWN_ROW
            if row[0] == "bound":
                symbol = self.bindings[int(row[1])][1]
            elif row[0] == "annotated":
                symbol = int(row[2])
            else:
                return row
        return UNKNOWN_ROW
