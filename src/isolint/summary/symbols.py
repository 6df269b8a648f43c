"""Symbolic values: expressions of one module with their names replaced by the bindings that reach them.

A symbol is a number; its row in the table gives its parts, other symbols included:

====================================  =====================================================
``unknown``                           a value that nothing is known of
``import`` dotted                     the module or name brought in by an import
``global`` name                       a name no scope binds: from a star import, or a built-in
``bound`` n                           the value of binding n of the module
``function`` / ``class`` qualname     a definition
``param`` qualname, index             a parameter
``either`` a, b ...                   one of several values
``attr`` a, name                      ``a.name``
``call`` f, a ... keyword, b ...      ``f(a, keyword=b)``; arguments behind stars are left out
``super`` class, through_class        ``super()`` in a method
``self`` class                        ``typing.Self`` in a class
``await`` a; ``enter`` a, is_async    ``await a``; the value of ``with a as ...``
``item`` a, key; ``part`` a, index    ``a[key]``; an element of an unpacked value
``each`` a, is_async                  an element of an iterated value
``text`` s, ``int`` n                 a literal
``constant`` name                     ``None``, ``True`` or ``False``
``tuple`` ... ``list`` ... ``set``    displays; ``starred`` a stands for the elements of a
``dict`` k, v, ...                    a mapping display
``collection`` a; ``mapping`` a       the result of a comprehension over elements or values a
``annotated`` annotation, value       a variable with an annotation
``bitor`` a, b                        ``a | b``, a union in annotations
``plus`` a, b; ``times`` a            ``a + b``; ``a * number``
``slice``                             a slice as the key of an item
``caught`` types                      the exception that ``except types as ...`` binds
``narrowed`` a, n, types ...          a, narrowed to n types and excluding the rest
====================================  =====================================================
"""
# The table of handlers at the end names the methods of the class above it.
# ruff: noqa: SLF001
# pyright: reportPrivateUsage=false

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, final

from isolint.semantic_index.conditions import typing_only
from isolint.semantic_index.consumers import ConsumedAs
from isolint.semantic_index.narrowing import narrowing
from isolint.semantic_index.scopes import (
    CaptureBinding,
    CaughtBinding,
    ClassBinding,
    EnterBinding,
    FunctionBinding,
    ImportBinding,
    IterBinding,
    NarrowedBinding,
    ParamBinding,
    ScopeKind,
    ValueBinding,
    widened,
)
from isolint.semantic_index.targets import item_name
from isolint.summary.model import GETS_CLASS, UNKNOWN, BindingRow, SymbolRow
from isolint.summary.packed import Rows, numbers
from isolint.syntax.ast_names import last_name, root_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from isolint.semantic_index.index import SemanticIndex
    from isolint.semantic_index.scopes import Binding, Scope
    from isolint.summary.model import ModuleSummary

WIDEST = 32
"""Bindings of one name, or results of one function, that are told apart."""
LONGEST_DISPLAY = 64
"""Elements of a display that are told apart; longer ones are tables of data."""
_LONGEST_TEXT = 100
_OPERATIONS: dict[type[ast.operator], str] = {ast.BitOr: "bitor", ast.Add: "plus"}
_MAPPING = frozenset({"map", "filter"})
_ORDERING = frozenset({"max", "min", "sorted"})
_SAYS_NO_TYPE = frozenset({"TypeAlias", "Final"})


@final
class SymbolTable:
    """The rows of symbols and the bindings of one module, in the order of their numbers.

    Where the module has been summarised, the numbers of the summary stay, and new ones come behind them: ``orders``, the
    places of the bindings in the text, are the same in each index of one text.
    """

    def __init__(self, made: ModuleSummary | None = None) -> None:
        self.rows: list[SymbolRow] = [("unknown",)] if made is None else Rows[SymbolRow](made.symbols).all()
        self.numbers: dict[SymbolRow, int] = {row: number for number, row in enumerate(self.rows)}
        self.bindings: list[BindingRow] = [] if made is None else Rows[BindingRow](made.bindings).all()
        self.orders: list[int] = [] if made is None else [*numbers(made.orders)]
        self.binding_numbers: dict[int, int] = {order: number for number, order in enumerate(self.orders)}


@final
class Symbols:
    """Translates expressions of one module into symbols of its ``table``, each once."""

    def __init__(self, index: SemanticIndex, table: SymbolTable | None = None) -> None:
        self._index = index
        self.table = table if table is not None else SymbolTable()
        self.rows = self.table.rows
        self._numbers = self.table.numbers
        self._known: dict[ast.AST, int] = {}
        self._bound: dict[Binding, int] = {}

    def of(self, node: ast.AST | None) -> int:
        """Return the symbol of an expression."""
        if node is None:
            return UNKNOWN
        known = self._known.get(node)
        if known is None:
            handler = _HANDLERS.get(type(node))
            known = self._known[node] = handler(self, node) if handler is not None else UNKNOWN
        return known

    def row(self, *parts: str | int) -> int:
        """Return the number of a row, adding it to the table if it is new."""
        number = self._numbers.get(parts)
        if number is None:
            number = self._numbers[parts] = len(self.rows)
            self.rows.append(parts)
        return number

    def bound(self, binding: Binding) -> int:
        """Return the symbol of the value that a name is bound to."""
        known = self._bound.get(binding)
        if known is None:
            known = self._bound[binding] = self._row_of(binding)
        return known

    def _row_of(self, binding: Binding) -> int:
        if isinstance(binding, FunctionBinding):
            return self.row("function", binding.inner.qualname)
        if isinstance(binding, ClassBinding):
            return self.row("class", binding.inner.qualname)
        table = self.table
        number = table.binding_numbers.get(binding.order)
        if number is None:
            number = table.binding_numbers[binding.order] = len(table.bindings)
            table.orders.append(binding.order)
            line = getattr(binding.node, "lineno", 0)
            table.bindings.append((binding.name, UNKNOWN, line))
            table.bindings[number] = (binding.name, self._value(binding), line)
        return self.row("bound", number)

    def either(self, symbols: Sequence[int]) -> int:
        """Return the symbol of a value that is one of several."""
        if len(symbols) == 1:
            return symbols[0]
        different = tuple(dict.fromkeys(symbols))
        if len(different) == 1:
            return different[0]
        return self.row("either", *different[:WIDEST]) if different else UNKNOWN

    def _value(self, binding: Binding) -> int:
        if isinstance(binding, ImportBinding):
            return self.row("import", binding.origin)
        if isinstance(binding, ParamBinding):
            mapped = self._mapped_over(binding)
            return mapped or self.row("param", binding.scope.qualname, binding.index)
        if isinstance(binding, ValueBinding):
            value = self._part(self.of(binding.value), binding.path)
            annotation = binding.annotation
            if annotation is None or binding.path or last_name(annotation) in _SAYS_NO_TYPE:
                return value
            return self.row("annotated", self.of(annotation), value)
        if isinstance(binding, EnterBinding):
            return self._part(self.row("enter", self.of(binding.item), int(binding.is_async)), binding.path)
        if isinstance(binding, IterBinding):
            return self._part(self.row("each", self.of(binding.iterable)), binding.path)
        if isinstance(binding, CaughtBinding):
            return self._over("caught", self.of(binding.types))
        return self.of(binding.subject) if isinstance(binding, CaptureBinding) else UNKNOWN

    def _mapped_over(self, binding: ParamBinding) -> int:
        """Return the elements that a lambda is called with: ``map(lambda one: ..., many)``, ``max(many, key=...)``."""
        given = (
            self._index.consumers.get(binding.scope.node)
            if isinstance(binding.scope.node, ast.Lambda)
            else None
        )
        call = given.node if given is not None and given.by is ConsumedAs.ARGUMENT else None
        if given is None or not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            return UNKNOWN
        name, slot, args = call.func.id, given.slot, call.args
        if name in _MAPPING and slot == 0 and 0 <= binding.position < len(args) - 1:
            return self._over("each", self.of(args[binding.position + 1]))
        if name in _ORDERING and slot == "key" and len(args) == 1:
            return self._over("each", self.of(args[0]))
        return UNKNOWN

    def _part(self, symbol: int, path: tuple[int, ...]) -> int:
        for index in path:
            symbol = self.row("part", symbol, index) if symbol else UNKNOWN
        return symbol

    # Expressions

    def _name(self, node: ast.Name) -> int:
        read = self._index.reads.get(node)
        if read is None:
            return UNKNOWN
        bindings = read.bindings
        if node.id == "Self" and (itself := self._self_type(read.scope)):
            return itself
        if not bindings:
            is_bound = any(
                node.id in scope.names
                for scope in read.scope.enclosing()
                if scope.kind is not ScopeKind.CLASS or scope is read.scope
            )
            return UNKNOWN if is_bound else self.row("global", node.id)
        definitions = widened(bindings)
        if definitions is not bindings and len(bindings) > 1:
            return self.either([self._one(binding) for binding in bindings[:WIDEST]])
        value = self.either([self.bound(b) for b in definitions[:WIDEST]])
        return value if definitions is bindings else self._narrowed(value, bindings)

    def _one(self, binding: Binding) -> int:
        """Return the value of one of several bindings that reach a name, narrowed where it has passed a test."""
        if not isinstance(binding, NarrowedBinding):
            return self.bound(binding)
        return self._narrowed(self.either([self.bound(b) for b in binding.of[:WIDEST]]), (binding,))

    def _self_type(self, scope: Scope) -> int:
        """Return the symbol of ``Self`` in a scope, unknown outside of classes."""
        owner = next((around for around in scope.enclosing() if around.kind is ScopeKind.CLASS), None)
        return self.row("self", owner.qualname) if owner is not None else UNKNOWN

    def _narrowed(self, value: int, bindings: tuple[Binding, ...]) -> int:
        types, excluded = narrowing(bindings)
        if not types and not excluded:
            return value
        passed = [self.of(node) for node in types]
        return self.row("narrowed", value, len(passed), *passed, *(self.of(node) for node in excluded))

    def _attribute(self, node: ast.Attribute) -> int:
        root = root_of(node)
        if node.attr == "Self" and isinstance(root, ast.Name) and root in self._index.reads:
            itself = self._self_type(self._index.reads[root].scope)
            if itself:
                return itself
        value = self.row("attr", self.of(node.value), node.attr)
        bindings = self._index.attribute_reads.get(node)
        if bindings is None:
            return value
        of = set(self._index.definitions(root))
        narrowings = [b for b in bindings if getattr(b, "root", ())]
        if any(set(getattr(b, "root", ())) != of for b in narrowings):
            return value
        return self._narrowed(value, bindings)

    def _call(self, node: ast.Call) -> int:
        if len(node.args) in (0, 2) and not node.keywords and last_name(node.func) == "super":
            return self._super(node)
        parts: list[str | int] = [self.of(node.func)]
        for argument in node.args:
            if isinstance(argument, ast.Starred):
                parts.append(self.row("starred", self.of(argument.value)))
                break
            parts.append(self.of(argument))
        for keyword in node.keywords:
            if keyword.arg is not None:
                parts += keyword.arg, self.of(keyword.value)
        return self.row("call", *parts)

    def _super(self, node: ast.Call) -> int:
        read = self._index.reads.get(node.func) if isinstance(node.func, ast.Name) else None
        method = next((s for s in read.scope.enclosing() if s.own_class is not None), None) if read else None
        if method is None or method.own_class is None:
            return UNKNOWN
        return self.row("super", method.own_class.qualname, int(_gets_class(method)))

    def _await(self, node: ast.Await) -> int:
        return self._over("await", self.of(node.value))

    def _over(self, kind: str, symbol: int) -> int:
        return self.row(kind, symbol) if symbol else UNKNOWN

    def _subscript(self, node: ast.Subscript) -> int:
        base = self.of(node.value)
        if isinstance(node.slice, ast.Slice):
            return self.row("item", base, self.row("slice")) if base else UNKNOWN
        if isinstance(node.slice, ast.Tuple):
            key = self.row("tuple", *map(self.of, node.slice.elts[:LONGEST_DISPLAY]))
        else:
            key = self.of(node.slice)
        item = self.row("item", base, key)
        name = item_name(node)
        if name and isinstance(node.value, ast.Attribute):
            # `self.table["key"] = ...` is bound as an attribute of that name.
            return self.either((self.row("attr", self.of(node.value.value), name), item))
        return item

    def _choice(self, node: ast.IfExp) -> int:
        in_body, in_else = typing_only(node.test)
        if in_body or in_else:
            return self.of(node.orelse if in_body else node.body)
        return self.either((self.of(node.body), self.of(node.orelse)))

    def _boolean(self, node: ast.BoolOp) -> int:
        return self.either([self.of(value) for value in node.values])

    def _binary(self, node: ast.BinOp) -> int:
        if isinstance(node.op, ast.Mult):
            return self._over("times", self.of(node.left))
        kind = _OPERATIONS.get(type(node.op))
        left, right = self.of(node.left), self.of(node.right)
        return self.row(kind, left, right) if kind is not None and (left or right) else UNKNOWN

    def _unary(self, node: ast.UnaryOp) -> int:
        value = node.operand.value if isinstance(node.operand, ast.Constant) else None
        is_index = isinstance(node.op, ast.USub) and type(value) is int and value < LONGEST_DISPLAY
        return self.row("int", -value) if is_index and isinstance(value, int) else UNKNOWN

    def _walrus(self, node: ast.NamedExpr) -> int:
        return self.of(node.value)

    def _constant(self, node: ast.Constant) -> int:
        value = node.value
        if isinstance(value, str):
            quoted = self._index.quoted.get(node)
            if quoted is not None:
                return self.of(quoted)
            return self.row("text", value) if len(value) <= _LONGEST_TEXT and value.isprintable() else UNKNOWN
        if value is None or isinstance(value, bool):
            return self.row("constant", str(value))
        return self.row("int", value) if type(value) is int and abs(value) < LONGEST_DISPLAY else UNKNOWN

    def _display(self, node: ast.Tuple | ast.List | ast.Set) -> int:
        if len(node.elts) > LONGEST_DISPLAY:
            return UNKNOWN
        return self.row(type(node).__name__.lower(), *map(self.of, node.elts))

    def _starred(self, node: ast.Starred) -> int:
        return self.row("starred", self.of(node.value))

    def _dict(self, node: ast.Dict) -> int:
        if len(node.keys) > LONGEST_DISPLAY:
            return UNKNOWN
        pairs = zip(node.keys, node.values, strict=True)
        return self.row(
            "dict", *(self.of(part) if part is not None else -1 for pair in pairs for part in pair)
        )

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> int:
        return self._over("collection", self.of(node.elt))

    def _dict_comprehension(self, node: ast.DictComp) -> int:
        return self._over("mapping", self.of(node.value))

    def _lambda(self, node: ast.Lambda) -> int:
        scope = self._index.inner.get(node)
        return self.row("function", scope.qualname) if scope is not None else UNKNOWN


_HANDLERS: dict[type[ast.AST], Callable[..., int]] = {
    ast.Name: Symbols._name,
    ast.Attribute: Symbols._attribute,
    ast.Call: Symbols._call,
    ast.Await: Symbols._await,
    ast.Subscript: Symbols._subscript,
    ast.IfExp: Symbols._choice,
    ast.BoolOp: Symbols._boolean,
    ast.BinOp: Symbols._binary,
    ast.UnaryOp: Symbols._unary,
    ast.NamedExpr: Symbols._walrus,
    ast.Constant: Symbols._constant,
    ast.Tuple: Symbols._display,
    ast.List: Symbols._display,
    ast.Set: Symbols._display,
    ast.Starred: Symbols._starred,
    ast.Dict: Symbols._dict,
    ast.ListComp: Symbols._comprehension,
    ast.SetComp: Symbols._comprehension,
    ast.GeneratorExp: Symbols._comprehension,
    ast.DictComp: Symbols._dict_comprehension,
    ast.Lambda: Symbols._lambda,
}


def _gets_class(method: Scope) -> bool:
    """Whether the first parameter of a method is the class."""
    return getattr(method.node, "name", "") in GETS_CLASS or "classmethod" in method.decorators
