"""From the semantic index of a module to its summary, and to the bodies of its functions."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, TypeAlias

from msgspec.structs import replace

from isolint.semantic_index.facts import (
    AttributeStore,
    CallSite,
    EnterSite,
    Import,
    ImportTimeAwait,
    Operation,
    Reference,
    Statement,
    Usage,
)
from isolint.semantic_index.scopes import DEFINITIONS, FunctionBinding, Scope, ScopeKind
from isolint.summary.allowances import allowed_definitions
from isolint.summary.model import (
    IMPORTERS,
    UNKNOWN,
    ClassSummary,
    FunctionBody,
    FunctionSummary,
    Imported,
    Mentions,
    ModuleSummary,
    Parameter,
)
from isolint.summary.packed import PackedRows, packed
from isolint.summary.symbols import WIDEST, Symbols
from isolint.summary.uses import Uses
from isolint.syntax.ast_names import callee_of, last_name
from isolint.syntax.ast_walk import descend

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from isolint.semantic_index.index import SemanticIndex
    from isolint.semantic_index.scopes import ParamBinding
    from isolint.summary.model import Step

Lambdas: TypeAlias = "dict[Scope, list[tuple[ast.Lambda, Scope]]]"
"""The lambdas in each function, with their scopes."""
_IMPORTERS = frozenset(name.rpartition(".")[2] for name in IMPORTERS)


def summary_of(index: SemanticIndex, symbols: Symbols, text: str) -> ModuleSummary:
    """Return the summary of an indexed module; its ``symbols`` are to be new."""
    functions = {"": FunctionSummary("", 1)}
    classes: dict[str, ClassSummary] = {}
    for node, scope in index.inner.items():
        if scope.kind is ScopeKind.FUNCTION:
            functions[scope.qualname] = _function(scope, symbols)
            symbols.of(node)  # a lambda is a value that its function uses
        elif scope.kind is ScopeKind.CLASS:
            classes[scope.qualname] = _class(scope, symbols)
    exports = {
        name: tuple(symbols.bound(binding) for binding in bindings[:WIDEST])
        for name, bindings in index.root.names.items()
    }
    mentions = _mentions(index, symbols, exports)
    return ModuleSummary(
        PackedRows.of(symbols.rows),
        PackedRows.of(symbols.table.bindings),
        exports,
        tuple(index.root.stars),
        functions,
        classes,
        allowed_definitions(text, index),
        packed(symbols.table.orders),
        mentions,
    )


def bodies_of(index: SemanticIndex, symbols: Symbols) -> dict[str, FunctionBody]:
    """Return the bodies of the functions of an indexed module, in the ``symbols`` of its summary."""
    uses, known = Uses(index, symbols), len(symbols.rows)
    bodies = {"": FunctionBody(uses.uses(""), uses.calls(""))}
    lambdas: Lambdas = {}
    for node, scope in index.inner.items():
        if isinstance(node, ast.Lambda) and scope.parent is not None:
            lambdas.setdefault(scope.parent.running, []).append((node, scope))
    for scope in index.inner.values():
        if scope.kind is ScopeKind.FUNCTION:
            bodies[scope.qualname] = FunctionBody(
                uses.uses(scope.qualname),
                uses.calls(scope.qualname),
                tuple(uses.moves.of_binding(parameter) for parameter in scope.parameters),
                tuple(_inner(scope, lambdas, uses)),
            )
    for name, steps in uses.moves.displays().items():
        bodies[name] = replace(bodies[name], displays=steps)
    if len(symbols.rows) != known:
        raise AssertionError(f"the summary lacks symbols that its functions use: {symbols.rows[known:]}")
    return bodies


def _mentions(index: SemanticIndex, symbols: Symbols, exports: Mapping[str, tuple[int, ...]]) -> Mentions:
    of = symbols.of
    values = {symbol for held in exports.values() for symbol in held}
    annotations: set[int] = set()
    at_import: set[int] = set()
    dropped: set[int] = set()
    is_async = any(scope.is_async for scope in index.inner.values())
    runs_at_import: dict[Scope, bool] = {}
    for fact in index.facts:
        if isinstance(fact, Reference):
            node = fact.node
            symbol = of(node)
            while isinstance(node, ast.Attribute):  # `a.b` and `a` for `a.b.c`
                node = node.value
                values.add(of(node))
            if fact.usage is Usage.ANNOTATES:
                annotations.add(symbol)
        elif isinstance(fact, CallSite):
            symbol = of(fact.node.func)
            values.add(of(fact.node))
        else:
            if isinstance(fact, Statement):
                dropped.update(of(one) for call in calls_in(fact.node) for one in (call, call.func))
            elif isinstance(
                fact, (EnterSite, Operation, AttributeStore)
            ):  # the references inside mention them
                of(fact.node.value if isinstance(fact, AttributeStore) else fact.node)
            is_async = is_async or isinstance(fact, ImportTimeAwait)
            continue
        values.add(symbol)
        scope = fact.scope
        if scope not in runs_at_import:
            runs_at_import[scope] = scope.runs_at_import()
        if runs_at_import[scope]:
            at_import.add(symbol)
    return Mentions(_sorted(values), _sorted(annotations), _sorted(at_import), _sorted(dropped), is_async)


def calls_in(statement: ast.expr) -> Iterator[ast.Call]:
    """Yield the calls whose results an expression drops that stands as a statement: ``a and b()``, ``[f(x) for x in xs]``."""
    pending = [statement]
    while pending:
        node = pending.pop(0)
        if isinstance(node, ast.BoolOp):
            pending.insert(0, node.values[-1])
        elif isinstance(node, ast.IfExp):
            pending[:0] = [node.body, node.orelse]
        elif isinstance(node, (ast.Tuple, ast.List, ast.Set)):
            pending[:0] = node.elts
        elif isinstance(node, ast.ListComp):
            pending.insert(0, node.elt)
        elif isinstance(node, ast.Call):
            yield node


def _sorted(symbols: set[int]) -> bytes:
    return packed(sorted(symbols - {UNKNOWN}))


def _function(scope: Scope, symbols: Symbols) -> FunctionSummary:
    node = scope.node
    definition = node if isinstance(node, DEFINITIONS) else None
    owner = scope.own_class if definition is not None else None
    returns = definition.returns if definition is not None else None
    for_names = _returned_for(node) if scope.qualname == "__getattr__" else {}
    return FunctionSummary(
        scope.qualname,
        getattr(node, "lineno", 0),
        owner.qualname if owner is not None else "",
        scope.is_async,
        scope.is_generator,
        scope.reaches_end and definition is not None,
        definition is not None and _never_returns(scope, definition),
        tuple(_parameter(parameter, symbols) for parameter in scope.parameters),
        symbols.of(returns) if returns is not None else -1,
        tuple(symbols.of(value) for value in scope.returns[:WIDEST] if value not in for_names),
        tuple(symbols.of(value) for value in scope.yielded[:WIDEST]),
        _decorators(definition.decorator_list, symbols) if definition is not None else (),
        tuple(node.lineno for node in definition.decorator_list) if definition is not None else (),
        tuple((name, symbols.of(value)) for value, names in for_names.items() for name in names),
    )


def _returned_for(node: ast.AST) -> dict[ast.expr, tuple[str, ...]]:
    """Return the results of the ``__getattr__`` of a module below ``if name == "x":``, with the names."""
    arguments = node.args.args if isinstance(node, ast.FunctionDef) else []
    found: dict[ast.expr, tuple[str, ...]] = {}
    for branch in ast.walk(node) if len(arguments) == 1 else ():
        names = _names_tested(branch.test, arguments[0].arg) if isinstance(branch, ast.If) else ()
        if names and isinstance(branch, ast.If):
            returned = (
                part.value for one in branch.body for part in ast.walk(one) if isinstance(part, ast.Return)
            )
            found |= {value: names for value in returned if value is not None}
    return found


def _names_tested(test: ast.expr, name: str) -> tuple[str, ...]:
    """Return the texts of which ``name`` must be one for a test to hold: ``name == "x"``, ``name in ("x", "y")``."""
    if not isinstance(test, ast.Compare) or not isinstance(test.left, ast.Name) or test.left.id != name:
        return ()
    other = test.comparators[0]
    told = other.elts if isinstance(other, (ast.Tuple, ast.List, ast.Set)) else [other]
    texts = tuple(one.value for one in told if isinstance(one, ast.Constant) and isinstance(one.value, str))
    holds = len(test.ops) == 1 and isinstance(test.ops[0], (ast.Eq, ast.In)) and len(texts) == len(told)
    return texts if holds else ()


def _never_returns(scope: Scope, node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a function is declared never to return, or does nothing but raise; not for one left to subclasses."""
    if last_name(node.returns) in ("NoReturn", "Never"):
        return True
    if scope.is_generator or scope.returns or scope.reaches_end:
        return False
    raised = [
        part.exc for part in descend(node.body, (*DEFINITIONS, ast.Lambda)) if isinstance(part, ast.Raise)
    ]
    return not any("NotImplemented" in ast.dump(one) for one in raised if one is not None)


def _inner(scope: Scope, lambdas: Lambdas, uses: Uses) -> Iterator[tuple[str, tuple[Step, ...]]]:
    """Yield how each function that is defined inside a function moves in it, lambdas included."""
    for binding in scope.log:
        if isinstance(binding, FunctionBinding):
            yield binding.inner.qualname, uses.moves.of_binding(binding)
    for node, inner in lambdas.get(scope, ()):
        yield inner.qualname, uses.moves.of_value(node)


def _parameter(binding: ParamBinding, symbols: Symbols) -> Parameter:
    default = binding.default
    is_false = isinstance(default, ast.Constant) and not default.value
    return Parameter(
        binding.name,
        binding.position,
        symbols.of(binding.annotation) if binding.annotation is not None else -1,
        symbols.of(default) if default is not None else -1,
        binding.star,
        is_false,
    )


def _class(scope: Scope, symbols: Symbols) -> ClassSummary:
    node = scope.node
    assert isinstance(node, ast.ClassDef)  # noqa: S101  # only a class statement opens a class scope
    return ClassSummary(
        tuple(symbols.of(base.value if isinstance(base, ast.Starred) else base) for base in node.bases),
        _decorators(node.decorator_list, symbols),
        {name: tuple(map(symbols.bound, bindings[:WIDEST])) for name, bindings in scope.names.items()},
        {name: tuple(map(symbols.bound, bindings[:WIDEST])) for name, bindings in scope.attributes.items()},
    )


def _decorators(nodes: Sequence[ast.expr], symbols: Symbols) -> tuple[tuple[str, int], ...]:
    return tuple((last_name(callee_of(node)), symbols.of(node)) for node in nodes)


def imports_of(index: SemanticIndex) -> Iterator[Imported]:
    """Yield every import, those by a call of ``import_module`` with an absolute literal included."""
    for fact in index.facts:
        if isinstance(fact, Import):
            name = f"{fact.module}.{fact.name}" if fact.name not in ("", "*") else fact.module
            line, typing_only = fact.statement.lineno, fact.type_checking
        elif isinstance(fact, CallSite) and last_name(fact.node.func) in _IMPORTERS and fact.node.args:
            given = fact.node.args[0]
            if not isinstance(given, ast.Constant) or not isinstance(given.value, str):
                continue
            name, line, typing_only = given.value, fact.node.lineno, False
            if not name or name.startswith("."):
                continue
        else:
            continue
        yield Imported(name, line, fact.scope.runs_in, typing_only, fact.guarded)
