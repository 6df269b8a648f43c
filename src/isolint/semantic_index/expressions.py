"""The walk through expressions: names read, the use of each value, scopes opened inside."""
# The table of handlers at the end names the methods of the class above it.
# ruff: noqa: SLF001
# pyright: reportPrivateUsage=false

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, TypeAlias, final

from isolint.semantic_index.conditions import Condition, guard
from isolint.semantic_index.consumers import ConsumedAs, Consumer
from isolint.semantic_index.facts import (
    AnnotationOf,
    AttributeStore,
    AwaitSite,
    CallSite,
    ComprehensionSite,
    Examination,
    Examined,
    ImportTimeAwait,
    Operation,
    Reference,
    Usage,
)
from isolint.semantic_index.narrowing import forget, narrow, tested, widen
from isolint.semantic_index.operators import (
    ASYNC_ITERATION,
    DISPLAYS,
    FORMAT,
    ITEM,
    ITEM_STORE,
    ITERATION,
    JOINING,
    TRUTH,
    binary,
    comparison,
    formatted,
    unary,
)
from isolint.semantic_index.scopes import (
    INLINE,
    Binding,
    IterBinding,
    ParamBinding,
    Scope,
    ScopeKind,
    ValueBinding,
)
from isolint.semantic_index.targets import item_name, parameters, places
from isolint.syntax.ast_names import dotted, last_name
from isolint.syntax.quoted import quoted_expression

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from isolint.semantic_index.builder import IndexBuilder
    from isolint.semantic_index.narrowing import Tested

Passing: TypeAlias = "tuple[str, str]"
"""The last name of the function that a value is passed to, and the keyword it is passed under."""
NOT_PASSED: Passing = ("", "")
DEFAULT: Passing = ("", "default")

MakeBinding: TypeAlias = "Callable[[str, ast.expr, tuple[int, ...]], Binding]"
"""Makes a binding of a name, the node that spells it, and the path to its part of the value."""

_INSPECTORS = frozenset(
    "isinstance issubclass getattr hasattr callable id type repr print len iscoroutinefunction "
    "signature get_type_hints TypeVar NewType wraps update_wrapper Mock MagicMock AsyncMock create_autospec".split()
)
"""Functions that look at their arguments without using them."""
_INSPECTING_KEYWORDS = frozenset({"spec", "spec_set", "bound", "autospec"})
TYPE_WRAPPERS = frozenset(
    {"Optional", "Union", "Annotated", "Final", "ClassVar", "InitVar", "Required", "NotRequired", "ReadOnly"}
)
"""Special forms whose value is one of their arguments."""
_COMPARING = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_PASSES_ON = frozenset({Usage.CALLED, Usage.INHERITED, Usage.INSPECTED, Usage.ANNOTATES})
_OPERANDS = (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.Await)


@final
class ExpressionWalker:
    """Walks expressions for an :class:`IndexBuilder`."""

    def __init__(self, builder: IndexBuilder) -> None:
        self._builder = builder
        self._annotates: AnnotationOf | None = None
        self._quoted: ast.Constant | None = None

    def consume(self, node: ast.expr, by: ConsumedAs, consumer: ast.AST, slot: int | str = -1) -> None:
        """Record where the value of ``node`` goes; in code that never runs it goes nowhere."""
        if not isinstance(node, ast.Constant) and not self._builder.dead:
            self._builder.consumers[node] = Consumer(by, consumer, slot)

    def walk(self, node: ast.AST, usage: Usage = Usage.PASSED, passing: Passing = NOT_PASSED) -> None:
        """Walk one expression; ``usage`` is the use that the code around makes of its value."""
        handler = _HANDLERS.get(type(node))
        if handler is not None:
            handler(self, node, usage, passing)
        else:
            for child in ast.iter_child_nodes(node):
                self.walk(child)

    def annotation(self, node: ast.expr, annotates: AnnotationOf) -> None:
        """Walk an annotation: nothing in it is used, and strings in it are code."""
        outer, self._annotates = self._annotates, annotates
        self.walk(node, Usage.ANNOTATES)
        self._annotates = outer

    def test(self, node: ast.expr) -> None:
        """Walk a condition."""
        self.examine(node, Examination.TRUTH)
        self.walk(node, Usage.INSPECTED)

    def examine(self, node: ast.expr, by: Examination) -> None:
        """Record that a value is used as data."""
        if by is Examination.TRUTH:
            self.operate(node, TRUTH)
        self._builder.record(Examined(node, self._builder.scope, self._builder.guarded, by))

    def operate(self, node: ast.expr, methods: tuple[str, ...]) -> None:
        """Record that special methods of an operand may run, if the operand may be an object of the project."""
        if isinstance(node, _OPERANDS):
            self._builder.record(Operation(node, self._builder.scope, self._builder.guarded, methods))

    def store(self, node: ast.Attribute) -> None:
        """Record that an attribute is assigned to."""
        self._builder.record(AttributeStore(node, self._builder.scope, self._builder.guarded))

    def note_await(self, node: ast.expr, keyword: str) -> None:
        """Record ``await``, ``async for`` or ``async with`` where it runs at import."""
        builder = self._builder
        if builder.scope.runs_at_import():
            builder.record(ImportTimeAwait(node, builder.scope, builder.guarded, keyword))

    def bind_parameters(self, arguments: ast.arguments, scope: Scope) -> None:
        """Bind the parameters of a function or lambda in its ``scope``, which has to be entered."""
        builder = self._builder
        for index, (argument, default, position, star) in enumerate(parameters(arguments)):
            annotation = argument.annotation
            binding = ParamBinding(
                argument.arg, argument, scope, builder.tick(), annotation, default, position, star, index
            )
            scope.parameters.append(binding)
            builder.bind(binding)

    # Assignment targets

    def assign(self, target: ast.expr, make: MakeBinding) -> None:
        """Bind the names in an assignment target; ``make`` builds a binding from name, node and path."""
        pending: list[tuple[ast.expr, tuple[int, ...]]] = [(target, ())]
        while pending:
            node, path = pending.pop()
            if isinstance(node, ast.Name):
                self._builder.bind(make(node.id, node, path))
            elif isinstance(node, (ast.Tuple, ast.List)):
                pending += reversed([(element, (*path, place)) for element, place in places(node.elts)])
            elif isinstance(node, ast.Starred):
                pending.append((node.value, path))
            elif isinstance(node, ast.Attribute):
                self.walk(node.value, Usage.INSPECTED)
                self.store(node)
                if isinstance(node.value, ast.Name):
                    self._builder.bind_attribute(node.value.id, make(node.attr, node, path))
                forget(self._builder, dotted(node))
            elif isinstance(node, ast.Subscript):
                self._assign_item(node, make, path)

    def _assign_item(self, node: ast.Subscript, make: MakeBinding, path: tuple[int, ...]) -> None:
        """Bind ``self.table["key"]`` as an attribute of that name, which reads of it look up."""
        self.walk(node.value, Usage.INSPECTED)
        self.walk(node.slice, Usage.INSPECTED)
        self.operate(node.value, ITEM_STORE)
        name = item_name(node)
        owner = node.value.value if name and isinstance(node.value, ast.Attribute) else None
        if isinstance(owner, ast.Name):
            self._builder.bind_attribute(owner.id, make(name, node, path))

    # Names

    def _refer(self, node: ast.expr, usage: Usage, passing: Passing) -> None:
        builder = self._builder
        anchor = self._quoted if self._quoted is not None else node
        reference = Reference(
            node, builder.scope, builder.guarded, usage, anchor, passing[0], passing[1], self._annotates
        )
        builder.record(reference)

    def _name(self, node: ast.Name, usage: Usage, passing: Passing) -> None:
        self._builder.read(node, later=self._annotates is not None)
        self._refer(node, usage, passing)

    def _attribute(self, node: ast.Attribute, usage: Usage, passing: Passing) -> None:
        part: ast.expr = node
        while isinstance(part, ast.Attribute):
            self.consume(part.value, ConsumedAs.OWNER, part)
            part = part.value
        base = part
        if isinstance(base, ast.Name):
            self._builder.read(base, later=self._annotates is not None)
            self._builder.read_attributes(node)
        else:
            self.walk(base)
        self._refer(node, usage, passing)

    # Calls and other expressions that take values

    def _call(self, node: ast.Call, usage: Usage, passing: Passing) -> None:
        builder = self._builder
        builder.record(CallSite(node, builder.scope, builder.guarded))
        callee = last_name(node.func)
        if callee == "getattr" or usage is Usage.CALLED:
            self._refer(node, usage, passing)
        self.consume(node.func, ConsumedAs.CALLEE, node)
        self.walk(node.func, Usage.CALLED)
        behind_stars = False
        for index, argument in enumerate(node.args):
            behind_stars |= isinstance(argument, ast.Starred)
            self.consume(argument, ConsumedAs.ARGUMENT, node, -1 if behind_stars else index)
            if callee == "cast" and not index:
                self.annotation(argument, AnnotationOf.VARIABLE)
            elif isinstance(argument, ast.Starred):
                self.consume(argument.value, ConsumedAs.ITERABLE, argument)
                self.walk(argument.value, Usage.PASSED, (callee, ""))
            else:
                self.walk(argument, Usage.INSPECTED if callee in _INSPECTORS else Usage.PASSED, (callee, ""))
        for keyword in node.keywords:
            name = keyword.arg or ""
            self.consume(keyword.value, ConsumedAs.ARGUMENT, node, name or -1)
            if callee == "TypeVar" and name == "bound":
                self.annotation(keyword.value, AnnotationOf.VARIABLE)
                continue
            inspected = callee in _INSPECTORS or name in _INSPECTING_KEYWORDS
            self.walk(keyword.value, Usage.INSPECTED if inspected else Usage.PASSED, (callee, name))

    def _await(self, node: ast.Await, _usage: Usage, _passing: Passing) -> None:
        self.note_await(node, "await")
        self._builder.record(AwaitSite(node, self._builder.scope, self._builder.guarded))
        self.consume(node.value, ConsumedAs.AWAITED, node)
        self.walk(node.value, Usage.AWAITED)

    def _subscript(self, node: ast.Subscript, usage: Usage, passing: Passing) -> None:
        kind = last_name(node.value)
        self.consume(node.value, ConsumedAs.CONTAINER, node)
        if self._annotates is None:
            self.operate(node.value, ITEM)
        if usage is Usage.CALLED or (usage is Usage.PASSED and passing[0]):
            displayed = isinstance(node.value, (ast.Dict, ast.List, ast.Tuple)) and usage is Usage.CALLED
            if displayed or isinstance(node.value, (ast.Name, ast.Attribute, ast.Call)):
                self._refer(node, usage, passing)
        self.walk(node.value, usage if usage in _PASSES_ON else Usage.PASSED, passing)
        slices = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        in_type = usage if kind in TYPE_WRAPPERS else Usage.INSPECTED
        if self._annotates is not None and kind == "Literal":
            return
        if self._annotates is not None and kind == "Annotated":
            self.walk(slices[0], in_type)
            self._metadata(slices[1:])
            return
        for part in slices:
            is_alias = self._annotates is None and kind in TYPE_WRAPPERS
            if is_alias and isinstance(part, ast.Constant) and isinstance(part.value, str):
                self.annotation(part, AnnotationOf.VARIABLE)
            else:
                # `Optional[X]` annotates with X, `Callable[[X], None]` only speaks of it.
                self.walk(part, in_type)

    def _metadata(self, given: list[ast.expr]) -> None:
        """Walk the metadata of ``Annotated[X, ...]``: it is evaluated like any other expression."""
        outer, self._annotates = self._annotates, None
        for part in given:
            self.walk(part, Usage.PASSED, ("Annotated", ""))
        self._annotates = outer

    # Operators

    def _compare(self, node: ast.Compare, _usage: Usage, _passing: Passing) -> None:
        if isinstance(node.ops[0], _COMPARING):
            self.examine(node.left, Examination.COMPARISON)
            self.examine(node.comparators[0], Examination.COMPARISON)
        elif isinstance(node.ops[0], (ast.In, ast.NotIn)) and _holds_literals(node.comparators[0]):
            self.examine(node.left, Examination.COMPARISON)
        for left, operator, right in zip(
            [node.left, *node.comparators], node.ops, node.comparators, strict=False
        ):
            of_left, of_right = comparison(operator)
            self.operate(left, of_left)
            self.operate(right, of_right)
        self._walk_all([node.left, *node.comparators], Usage.INSPECTED)

    def _binary(self, node: ast.BinOp, usage: Usage, _passing: Passing) -> None:
        for value in formatted(node):
            self.examine(value, Examination.FORMATTING)
        if self._annotates is None:
            if isinstance(node.op, JOINING):
                self.consume(node.left, ConsumedAs.JOINED, node)
                self.consume(node.right, ConsumedAs.JOINED, node)
            of_left, of_right = binary(node.op)
            self.operate(node.left, of_left)
            self.operate(node.right, of_right)
        for side in (node.left, node.right):
            is_kept = usage is Usage.ANNOTATES or (
                isinstance(node.op, JOINING) and isinstance(side, DISPLAYS)
            )
            self.walk(side, usage if is_kept else Usage.INSPECTED)

    def _unary(self, node: ast.UnaryOp, _usage: Usage, _passing: Passing) -> None:
        if isinstance(node.op, ast.Not):
            self.examine(node.operand, Examination.TRUTH)
        else:
            self.operate(node.operand, unary(node.op))
        self.walk(node.operand, Usage.INSPECTED)

    def _formatted(self, node: ast.FormattedValue, _usage: Usage, _passing: Passing) -> None:
        self.operate(node.value, FORMAT)
        if node.conversion in (-1, ord("s")):
            self.examine(node.value, Examination.FORMATTING)
        self.walk(node.value, Usage.INSPECTED)
        if node.format_spec is not None:
            self.walk(node.format_spec, Usage.INSPECTED)

    def _boolean(self, node: ast.BoolOp, usage: Usage, passing: Passing) -> None:
        holds = isinstance(node.op, ast.And)
        known: Tested = ()
        for value in node.values:
            self.consume(value, ConsumedAs.ALTERNATIVE, node)
        for value in node.values[:-1]:
            self.examine(value, Examination.TRUTH)
            self.walk(value, usage, passing)
            told = tested(value, holds=holds)
            narrow(self._builder, told)
            known += told
        outer = self._builder.guard
        if not holds and usage is not Usage.INSPECTED and isinstance(node.values[0], ast.Name):
            self._builder.guard = (*outer, Condition(node.values[0], truth=False, by_none=True))
        self.walk(node.values[-1], usage, passing)
        self._builder.guard = outer
        widen(self._builder, known)

    def _choice(self, node: ast.IfExp, usage: Usage, passing: Passing) -> None:
        self.examine(node.test, Examination.TRUTH)
        self.walk(node.test, Usage.INSPECTED)
        for part, holds in ((node.body, True), (node.orelse, False)):
            self.consume(part, ConsumedAs.ALTERNATIVE, node)
            known = tested(node.test, holds=holds)
            narrow(self._builder, known)
            outer = self._builder.guard
            self._builder.guard = outer + guard(node.test, holds=holds)
            self.walk(part, usage, passing)
            self._builder.guard = outer
            widen(self._builder, known)

    # Displays, comprehensions, lambdas

    def _display(self, node: ast.List | ast.Tuple | ast.Set, usage: Usage, _passing: Passing) -> None:
        held = Usage.INSPECTED if usage is Usage.INSPECTED else Usage.COLLECTED  # `function in (run, spawn)`
        for element in node.elts:
            if isinstance(element, ast.Starred):
                self.consume(element.value, ConsumedAs.ALTERNATIVE, node)
                self.walk(element.value)
            else:
                self.consume(element, ConsumedAs.ELEMENT, node)
                self.walk(element, held)

    def _dict(self, node: ast.Dict, _usage: Usage, _passing: Passing) -> None:
        for key, value in zip(node.keys, node.values, strict=True):
            if key is not None:
                self.walk(key, Usage.INSPECTED)
                self.consume(value, ConsumedAs.ELEMENT, node)
            else:
                self.consume(value, ConsumedAs.ALTERNATIVE, node)
            self.walk(value)

    def _walrus(self, node: ast.NamedExpr, _usage: Usage, _passing: Passing) -> None:
        self.consume(node.value, ConsumedAs.ALTERNATIVE, node)
        self.walk(node.value, Usage.ASSIGNED)
        builder = self._builder
        scope = next(around for around in builder.scope.enclosing() if around.kind not in INLINE)
        builder.bind(ValueBinding(node.target.id, node.target, scope, builder.tick(), node.value))

    def _yield(self, node: ast.Yield, _usage: Usage, _passing: Passing) -> None:
        scope = self._builder.scope.running
        scope.is_generator = True
        if node.value is not None:
            scope.yielded.append(node.value)
            self.consume(node.value, ConsumedAs.YIELDED, node)
            self.walk(node.value)

    def _yield_from(self, node: ast.YieldFrom, _usage: Usage, _passing: Passing) -> None:
        scope = self._builder.scope.running
        scope.is_generator = True
        scope.yielded.append(ast.Starred(node.value, ast.Load()))
        self.consume(node.value, ConsumedAs.ITERABLE, node)
        self.walk(node.value)

    def _constant(self, node: ast.Constant, usage: Usage, _passing: Passing) -> None:
        if self._annotates is None or self._quoted is not None or not isinstance(node.value, str):
            return
        quoted = quoted_expression(node.value)
        if quoted is not None:
            self._quoted = node
            self.walk(quoted, usage)
            self._quoted = None
            self._builder.quoted[node] = quoted

    def _lambda(self, node: ast.Lambda, _usage: Usage, _passing: Passing) -> None:
        for default in (*node.args.defaults, *filter(None, node.args.kw_defaults)):
            self.walk(default, Usage.PASSED, DEFAULT)
        scope = self._builder.open(ScopeKind.FUNCTION, node)
        scope.returns.append(node.body)
        self.consume(node.body, ConsumedAs.RETURNED, node)
        with self._builder.inside(scope):
            self.bind_parameters(node.args, scope)
            self.walk(node.body)

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, *_: object
    ) -> None:
        builder = self._builder
        self.consume(node.generators[0].iter, ConsumedAs.ITERABLE, node.generators[0])
        self.walk(node.generators[0].iter)
        kind = ScopeKind.GENERATOR if isinstance(node, ast.GeneratorExp) else ScopeKind.COMPREHENSION
        inner = builder.open(kind, node)
        builder.record(ComprehensionSite(node, builder.scope, builder.guarded, inner))
        with builder.inside(inner):
            for index, generator in enumerate(node.generators):
                self._for(generator, is_first=not index)
            results = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
            self.consume(results[-1], ConsumedAs.ELEMENT, node)
            self._walk_all(results, Usage.PASSED)

    def _for(self, generator: ast.comprehension, *, is_first: bool) -> None:
        builder = self._builder
        if not is_first:
            self.consume(generator.iter, ConsumedAs.ITERABLE, generator)
            self.walk(generator.iter)
        self.operate(generator.iter, ASYNC_ITERATION if generator.is_async else ITERATION)
        if generator.is_async:
            self.note_await(generator.iter, "async for")
        self.assign(
            generator.target,
            lambda name, at, path: IterBinding(name, at, builder.scope, builder.tick(), generator.iter, path),
        )
        for condition in generator.ifs:
            self.test(condition)
            narrow(builder, tested(condition, holds=True))

    def _walk_all(self, nodes: Iterable[ast.expr], usage: Usage) -> None:
        for node in nodes:
            self.walk(node, usage)


_HANDLERS: dict[type[ast.AST], Callable[..., None]] = {
    ast.Name: ExpressionWalker._name,
    ast.Attribute: ExpressionWalker._attribute,
    ast.Call: ExpressionWalker._call,
    ast.Await: ExpressionWalker._await,
    ast.Subscript: ExpressionWalker._subscript,
    ast.Compare: ExpressionWalker._compare,
    ast.BinOp: ExpressionWalker._binary,
    ast.UnaryOp: ExpressionWalker._unary,
    ast.FormattedValue: ExpressionWalker._formatted,
    ast.BoolOp: ExpressionWalker._boolean,
    ast.IfExp: ExpressionWalker._choice,
    ast.List: ExpressionWalker._display,
    ast.Tuple: ExpressionWalker._display,
    ast.Set: ExpressionWalker._display,
    ast.Dict: ExpressionWalker._dict,
    ast.NamedExpr: ExpressionWalker._walrus,
    ast.Yield: ExpressionWalker._yield,
    ast.YieldFrom: ExpressionWalker._yield_from,
    ast.Constant: ExpressionWalker._constant,
    ast.Lambda: ExpressionWalker._lambda,
    ast.ListComp: ExpressionWalker._comprehension,
    ast.SetComp: ExpressionWalker._comprehension,
    ast.DictComp: ExpressionWalker._comprehension,
    ast.GeneratorExp: ExpressionWalker._comprehension,
}


def _holds_literals(collection: ast.expr) -> bool:
    """Whether a display holds nothing but literals, so that only a literal can be found in it."""
    if isinstance(collection, (ast.Tuple, ast.List, ast.Set)):
        return all(isinstance(value, (ast.Constant, ast.JoinedStr)) for value in collection.elts)
    return isinstance(collection, ast.Constant) and isinstance(collection.value, str)
