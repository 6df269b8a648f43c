"""The interface of a module: the meaning of its top-level names to others, apart from lines and numbers of symbols.

A function that moves down a line, or does something else inside, means the same to the modules that import it::

    def load(url: str) -> bytes: ...        # "load": a function of one parameter that returns `bytes`
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, final

from isolint.program.plan_names import telling_homes
from isolint.summary.packed import Rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from isolint.summary.model import BindingRow, ModuleSummary, SymbolRow
    from isolint.summary.reading import Compiled

Form: TypeAlias = "list[object]"

_SYMBOLS_BEFORE: dict[str, int] = {"part": 1, "enter": 1}
"""The number of leading symbols in a row, for the kinds in which other numbers follow."""
_WITHOUT_SYMBOLS = frozenset({"int", "param", "super", "text", "constant", "import", "global", "self"})


def changed_names(
    before: Compiled, now: Compiled, name: str, guessed: Iterable[str]
) -> frozenset[str] | None:
    """Return the top-level names of the module ``name`` that mean something else now; None where any may.

    ``guessed`` are the endings of names by which the type of a value is guessed, where no class of the module is called so.
    """
    endings = tuple(guessed)
    old, new = before.summary(), now.summary()
    if old is None or new is None:
        return None
    if _others(before, old, name, endings) != _others(now, new, name, endings):
        return None
    old_forms, new_forms = _Forms(old), _Forms(new)
    names = old.exports.keys() | new.exports.keys()
    changed = frozenset(each for each in names if old_forms.of(each) != new_forms.of(each))
    # the result of `__getattr__` for any name may depend on the changed ones
    return None if changed and "__getattr__" in new.exports else changed


def _others(
    made: Compiled, summary: ModuleSummary, name: str, endings: tuple[str, ...]
) -> tuple[object, ...]:
    """Return the part that counts for all names of a module, also those that it lacks."""
    guessed = {each for each in summary.exports if each.lower().endswith(endings)}
    loads = "__getattr__" in summary.exports
    homes = telling_homes(name, summary, made.imported())
    return summary.stars, set(summary.allowed), loads, guessed, homes


@final
class _Forms:
    """The forms of the names of a module: all that they lead to in it, in the order in which it is met."""

    def __init__(self, summary: ModuleSummary) -> None:
        self._summary = summary
        self._symbols: Rows[SymbolRow] = Rows(summary.symbols)
        self._bindings: Rows[BindingRow] = Rows(summary.bindings)

    def of(self, name: str) -> Form | None:
        """Return the form of a top-level name, None for one that the module lacks."""
        symbols = self._summary.exports.get(name)
        if symbols is None:
            return None
        form: Form = [len(symbols)]
        met: dict[tuple[str, int | str], int] = {}
        pending: list[tuple[str, int | str]] = [("symbol", symbol) for symbol in reversed(symbols)]
        while pending:
            one = pending.pop()
            number = met.get(one)
            if number is not None:
                form.append(number)
                continue
            met[one] = len(met)
            kind, value = one
            said, leads_to = (
                self._symbol(int(value)) if kind == "symbol" else self._definition(kind, str(value))
            )
            form += said
            pending += reversed(leads_to)
        return form

    def _symbol(self, symbol: int) -> tuple[Form, list[tuple[str, int | str]]]:
        if symbol < 0:
            return [symbol], []
        row = self._symbols[symbol]
        kind, *parts = row
        if kind == "bound":
            name, value, _ = self._bindings[int(parts[0])]
            return [kind, name], [("symbol", value)]
        if kind in ("function", "class"):
            return [kind, str(parts[0])], [(str(kind), str(parts[0]))]
        if kind in _WITHOUT_SYMBOLS:
            leads_to = [("function", str(parts[0]))] if kind == "param" else []
            return [*row], [*leads_to]
        return [kind, *_not_symbols(row)], [("symbol", part) for part in _symbols(row)]

    def _definition(self, kind: str, qualname: str) -> tuple[Form, list[tuple[str, int | str]]]:
        if kind == "class":
            return self._class(qualname)
        function = self._summary.functions.get(qualname)
        if function is None:
            return [], []
        said: Form = [
            function.owner,
            function.is_async,
            function.is_generator,
            function.reaches_end,
            function.never_returns,
            [(one.name, one.position, one.star, one.is_false) for one in function.parameters],
            len(function.returns),
            len(function.yielded),
            [name for name, _ in function.decorators],
            [name for name, _ in function.returned_for],
        ]
        symbols = [
            *(symbol for one in function.parameters for symbol in (one.annotation, one.default)),
            function.annotation,
            *function.returns,
            *function.yielded,
            *(symbol for _, symbol in function.decorators),
            *(symbol for _, symbol in function.returned_for),
        ]
        around: list[tuple[str, int | str]] = [("class", function.owner)] if function.owner else []
        return said, [*around, *(("symbol", symbol) for symbol in symbols)]

    def _class(self, qualname: str) -> tuple[Form, list[tuple[str, int | str]]]:
        of = self._summary.classes.get(qualname)
        if of is None:
            return [], []
        held = [*of.members.items(), *of.attributes.items()]
        said: Form = [
            len(of.bases),
            len(of.members),
            [(name, len(symbols)) for name, symbols in held],
            [name for name, _ in of.decorators],
        ]
        symbols = [
            *of.bases,
            *(symbol for _, symbol in of.decorators),
            *(symbol for _, each in held for symbol in each),
        ]
        return said, [("symbol", symbol) for symbol in symbols]


def _symbols(row: SymbolRow) -> list[int]:
    """Return the parts of a row that are symbols."""
    kind, *parts = row
    if kind == "narrowed":
        del parts[1]
    return [part for part in parts[: _SYMBOLS_BEFORE.get(str(kind))] if isinstance(part, int)]


def _not_symbols(row: SymbolRow) -> list[object]:
    """Return the other parts of a row, with the number of those that are symbols."""
    kind, *parts = row
    named: list[object] = [part for part in parts if isinstance(part, str)]
    numbers = [parts[1]] if kind == "narrowed" else parts[_SYMBOLS_BEFORE.get(str(kind), len(parts)) :]
    return [len(parts), *named, *numbers]
