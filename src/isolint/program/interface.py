"""The definitions of a module in a form that tells whether they mean and do the same, apart from lines and numbers of symbols.

A function that moves down a line, or does something else inside, means the same to the modules that import it::

    def load(url: str) -> bytes: ...        # "load": a function of one parameter that returns `bytes`

The form of a definition says which others it leads to; where one of those differs, it differs as well. The body of a function
is a definition of its own, to which none leads: what runs it depends on it by the call graph.
"""

from __future__ import annotations

from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias, final

from msgspec.structs import replace

from isolint.program.plan_names import telling_homes
from isolint.summary.packed import Rows
from isolint.summary.reading import decoded_bodies, decoded_body

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from isolint.program.import_chains import Link
    from isolint.summary.model import BindingRow, FunctionBody, ModuleSummary, SymbolRow
    from isolint.summary.reading import Compiled

Form: TypeAlias = "list[object]"
Definition: TypeAlias = "tuple[str, str]"
"""A kind, ``function``, ``class``, ``name`` or ``body``, and a qualified name."""
Parts: TypeAlias = "tuple[Form, Iterable[int], Iterable[Definition]]"
"""The values that a form begins with, the symbols whose rows follow them, and other definitions that it refers to."""

_SYMBOLS_BEFORE: dict[str, int] = {"part": 1, "enter": 1}
"""The number of leading symbols in a row, for the kinds in which other numbers follow."""
_WITHOUT_SYMBOLS = frozenset({"int", "param", "super", "self", "text", "constant", "import", "global"})
_LEADING: dict[str, str] = {"param": "function", "super": "class", "self": "class"}
"""The kind of the definition that a row without symbols leads to."""


@final
class Interface:
    """A compiled module: the forms of its definitions, each with the definitions that it leads to.

    ``links`` are its imports that lead on; ``guessed`` are the endings of names by which the type of a value is guessed,
    where no class of the module is called so.
    """

    def __init__(
        self, name: str, made: Compiled, links: Iterable[Link] = (), guessed: Iterable[str] = ()
    ) -> None:
        summary = made.summary()
        if summary is None:
            raise ValueError(f"{name} has no summary")
        self._name = name
        self._made = made
        self._guessed = tuple(guessed)
        self.summary: ModuleSummary = summary
        self._links: dict[str, list[Link]] = {}
        for link in links:
            self._links.setdefault(link.function, []).append(link)
        symbols: Rows[SymbolRow] = Rows(summary.symbols)
        bindings: Rows[BindingRow] = Rows(summary.bindings)
        self._symbols, self._bindings = symbols.all(), bindings.all()
        self._forms: dict[Definition, tuple[Form, frozenset[Definition]]] = {}

    def definitions(self) -> Iterator[Definition]:
        """Yield the functions, the classes and the top-level names."""
        yield from (("function", each) for each in self.summary.functions)
        yield from (("class", each) for each in self.summary.classes)
        yield from (("name", each) for each in self.summary.exports)

    def for_all_names(self) -> tuple[object, ...]:
        """Return the part that counts for all names of a module, also those that it lacks."""
        summary = self.summary
        guessed = self.names_guessed()
        loads = "__getattr__" in summary.exports
        homes = telling_homes(self._name, summary, self._made.imported())
        return summary.stars, set(summary.allowed), loads, guessed, homes

    def names_guessed(self) -> set[str]:
        """Return the names by which types of values in the module may be guessed: `loop` beside a class `GameLoop`."""
        return {each for each in self.summary.exports if each.lower().endswith(self._guessed)}

    def imports(self) -> set[tuple[str, bool, str]]:
        """Return the imports that lead on, apart from their lines."""
        every = chain.from_iterable(self._links.values())
        return {(link.imported, link.implied, link.function) for link in every}

    def form(self, of: Definition) -> Form:
        """Return the form of a definition; an empty one where the module lacks it."""
        return self._formed(of)[0]

    def leads_to(self, of: Definition) -> frozenset[Definition]:
        """Return the definitions that one leads to."""
        return self._formed(of)[1]

    def _formed(self, of: Definition) -> tuple[Form, frozenset[Definition]]:
        if of not in self._forms:
            kind, qualname = of
            parts = {
                "function": self._function,
                "class": self._class,
                "name": self._top_level,
                "body": self._body,
            }
            said, symbols, leads_to = parts[kind](qualname)
            own = {symbol for symbol in symbols if kind == "name"}
            self._forms[of] = said, frozenset({*leads_to, *self._walk(said, symbols, own)})
        return self._forms[of]

    def _walk(self, form: Form, symbols: Iterable[int], own: set[int]) -> Iterator[Definition]:
        """Add the rows of ``symbols`` to a form, and the rows that these refer to; yield the definitions at which that ends."""
        met: dict[int, int] = {}
        pending = [*symbols][::-1]
        while pending:
            symbol = pending.pop()
            number = met.get(symbol)
            if number is not None or symbol < 0:
                form.append(number if number is not None else symbol)
                continue
            met[symbol] = len(met)
            row = self._symbols[symbol]
            kind = str(row[0])
            if kind == "bound":
                name, value, _ = self._bindings[int(row[1])]
                places = self.summary.exports.get(name, ())
                is_other = symbol in places and symbol not in own
                form += [kind, name, places.index(symbol) if is_other else -1]
                if is_other:
                    yield "name", name
                else:
                    pending.append(value)
            elif kind in ("function", "class"):
                form += [kind, str(row[1])]
                yield kind, str(row[1])
            elif kind in _WITHOUT_SYMBOLS:
                form += row
                if kind in _LEADING:
                    yield _LEADING[kind], str(row[1])
            else:
                form += [kind, *_not_symbols(row)]
                pending += reversed(_symbols(row))

    # The parts of forms

    def _top_level(self, name: str) -> Parts:
        symbols = self.summary.exports.get(name)
        return ([], (), ()) if symbols is None else ([len(symbols)], symbols, ())

    def _function(self, qualname: str) -> Parts:
        function = self.summary.functions.get(qualname)
        if function is None:
            return [], (), ()
        # Fields that hold symbols or lines are left out by name, so that a new one counts.
        without = replace(
            function,
            line=0,
            decorated_at=(),
            parameters=tuple(replace(one, annotation=0, default=0) for one in function.parameters),
            annotation=0,
            returns=(),
            yielded=(),
            decorators=_names(function.decorators),
            returned_for=_names(function.returned_for),
        )
        said: Form = [without, len(function.returns), len(function.yielded)]
        symbols = (
            *(symbol for one in function.parameters for symbol in (one.annotation, one.default)),
            function.annotation,
            *function.returns,
            *function.yielded,
            *(symbol for _, symbol in function.decorators),
            *(symbol for _, symbol in function.returned_for),
        )
        return said, symbols, [("class", function.owner)] if function.owner else []

    def _class(self, qualname: str) -> Parts:
        of = self.summary.classes.get(qualname)
        if of is None:
            return [], (), ()
        held = [*of.members.items(), *of.attributes.items()]
        without = replace(of, bases=(), decorators=_names(of.decorators), members={}, attributes={})
        names = [
            (name, len(symbols)) for name, symbols in held
        ]  # in their order: records take their fields so
        said: Form = [without, len(of.bases), len(of.members), names]
        symbols = (
            *of.bases,
            *(symbol for _, symbol in of.decorators),
            *(symbol for _, each in held for symbol in each),
        )
        return said, symbols, ()

    # Bodies

    @cached_property
    def _bodies(self) -> Mapping[str, FunctionBody]:
        return {name: decoded_body(body) for name, body in decoded_bodies(self._made).items()}

    @property
    def has_bodies(self) -> bool:
        """Whether the module was compiled with the bodies of its functions."""
        return bool(self._made.bodies)

    def _body(self, qualname: str) -> Parts:
        body = self._bodies.get(qualname)
        if body is None:
            return [], (), ()
        order = {line: number for number, line in enumerate(sorted({*self._lines_inside(qualname)}))}
        function = self.summary.functions.get(qualname)
        said: Form = [
            [order[line] for line in (function.line, *function.decorated_at)] if function is not None else [],
            [(link.imported, link.implied) for link in self._links.get(qualname, ())],
            [replace(one, line=order[one.line], symbol=0) for one in body.uses],
            [replace(one, line=order[one.line], callee=0, symbol=0) for one in body.calls],
            replace(body, uses=(), calls=()),
            [self._privately(one.name) for one in body.calls],
            self._registered(qualname),
        ]
        symbols = (
            *(one.symbol for one in body.uses),
            *(symbol for one in body.calls for symbol in (one.callee, one.symbol)),
        )
        of_module = [("body", "")] if self._dispatches(qualname) and qualname else []
        private = (("function", each) for one in body.calls for each in self._privately(one.name))
        registered = (("function", each) for each, _ in self._registered(qualname))
        return said, symbols, [("function", qualname), *of_module, *private, *registered]

    @cached_property
    def _private(self) -> dict[str, list[str]]:
        """The methods of the module by their own names, where those are private."""
        found: dict[str, list[str]] = {}
        for one in self.summary.functions.values():
            name = one.qualname.rpartition(".")[2]
            if one.owner and name.startswith("_"):
                found.setdefault(name, []).append(one.qualname)
        return found

    def _privately(self, name: str) -> list[str]:
        """Return the methods of the module with a private name, any of which a call of that name may run."""
        return self._private.get(name, [])

    def _dispatches(self, qualname: str) -> bool:
        function = self.summary.functions.get(qualname)
        return function is not None and function.dispatches

    def _registered(self, qualname: str) -> list[tuple[str, int]]:
        """Return the functions that may be registered with a generic one, and their lines, which order the calls."""
        every = self.summary.functions.values() if self._dispatches(qualname) else ()
        return [(one.qualname, one.line) for one in every if one.is_registered]

    # Lines

    def _lines_inside(self, qualname: str) -> Iterator[int]:
        body, function = self._bodies.get(qualname), self.summary.functions.get(qualname)
        if function is not None:
            yield function.line
            yield from function.decorated_at
        if body is not None:
            yield from (one.line for one in body.uses)
            yield from (one.line for one in body.calls)

    def lines(self, qualname: str) -> list[object]:
        """Return the lines of a function, or of a variable, that messages show."""
        inside: list[object] = [*self._lines_inside(qualname)]
        if self._dispatches(qualname):
            inside += [*self._registered(qualname), *self._lines_inside("")]
        inside += [link.place for link in self._links.get(qualname, ())]
        rows = (self._symbols[symbol] for symbol in self.summary.variable(qualname) if symbol >= 0)
        return [*inside, *(self._bindings[int(row[1])][2] for row in rows if row[0] == "bound")]


@final
class Differences:
    """The differences between a module as it was and as it is."""

    def __init__(self, before: Interface, now: Interface) -> None:
        self._before = before
        self._now = now

    @cached_property
    def _differing(self) -> frozenset[Definition]:
        """The functions, classes and names that differ, themselves or in a definition that they lead to."""
        every = dict.fromkeys((*self._before.definitions(), *self._now.definitions()))
        found = {each for each in every if self._before.form(each) != self._now.form(each)}
        leading: dict[Definition, list[Definition]] = {}
        for each in every:  # where the forms are alike, so are the definitions that they lead to
            for target in self._now.leads_to(each):
                leading.setdefault(target, []).append(each)
        pending = [*found]
        for each in pending:
            more = [one for one in leading.get(each, ()) if one not in found]
            found.update(more)
            pending += more
        return frozenset(found)

    @cached_property
    def names(self) -> frozenset[str] | None:
        """The top-level names that mean something else; None where any may."""
        if self._before.for_all_names() != self._now.for_all_names():
            return None
        changed = frozenset(name for kind, name in self._differing if kind == "name")
        if not changed.isdisjoint(self._now.names_guessed()):
            return None
        # the result of `__getattr__` for any name may depend on the changed ones
        return None if changed and "__getattr__" in self._now.summary.exports else changed

    @cached_property
    def imports(self) -> bool:
        """Whether other modules are imported."""
        return self._before.imports() != self._now.imports()

    def does_else(self, qualname: str) -> bool:
        """Whether a function, or a variable that holds one, may do something else where it is run."""
        before, now = self._before, self._now
        if not before.has_bodies:
            return True
        was, is_one = (qualname in each.summary.functions for each in (before, now))
        if was != is_one:
            return True
        if not was:
            around = ("class", qualname.rpartition(".")[0]), ("name", qualname.partition(".")[0])
            return not self._differing.isdisjoint(around)
        body = ("body", qualname)
        return before.form(body) != now.form(body) or any(self._leads_to_differing(body))

    def _leads_to_differing(self, body: Definition) -> Iterator[bool]:
        for target in self._now.leads_to(body):
            if target[0] == "body":
                yield self.does_else(target[1])
            else:
                yield target in self._differing

    def moves(self, qualname: str) -> bool:
        """Whether lines of a function or of a variable that messages show are others."""
        return not self._before.has_bodies or self._before.lines(qualname) != self._now.lines(qualname)


def _names(named: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """Return pairs of a name and a symbol without the symbols."""
    return tuple((name, 0) for name, _ in named)


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
