"""The uses that functions make of values: which they call, hand on, read, enter or operate on."""
# The table of handlers at the end names the methods of the class above it.
# ruff: noqa: SLF001
# pyright: reportPrivateUsage=false

from __future__ import annotations

import ast
from functools import cached_property
from typing import TYPE_CHECKING, final

from isolint.semantic_index.consumers import ConsumedAs
from isolint.semantic_index.facts import (
    AttributeStore,
    CallSite,
    Definition,
    EnterSite,
    Operation,
    Reference,
    Usage,
)
from isolint.semantic_index.operators import BY_BUILTIN, OF_ALL
from isolint.semantic_index.scopes import FunctionBinding, ImportBinding, ParamBinding
from isolint.summary.model import UNKNOWN, Call, Use
from isolint.summary.moves import Moves
from isolint.summary.never_none import is_never_none
from isolint.syntax.ast_names import callee_of, last_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from isolint.semantic_index.facts import Fact
    from isolint.semantic_index.index import SemanticIndex
    from isolint.semantic_index.scopes import Scope
    from isolint.summary.model import Origin, Slot, Step
    from isolint.summary.symbols import Symbols

CALLED = "called"
PASSED = "passed"
NAMED = "named"
"""Assigned, returned, collected or inherited from: it is at hand, but nothing runs it yet."""
READ = "read"
"""Looked at; only a property runs then."""
DECORATES = "decorates"
ENTERS = "enters"
ENTERS_ASYNC = "enters async"
OPERATES = "operates"
STORES = "stores"
DERIVES = "derives"
"""Inherited from, where the base runs something then."""
STEPPED = "coroutine.send"
STEPS = "steps"
"""``coro.send(None)``: the symbol is that of ``coro``."""
AT_DEFAULT = "="
"""Ends the name of a parameter in a condition that it is not passed, or None, and in its opposite."""

_BY_NAME = frozenset({"__getattr__", "__getattribute__", "__setattr__", "__delattr__"})
"""Methods that run for attributes of any name."""
_HOW = {Usage.CALLED: CALLED, Usage.AWAITED: CALLED, Usage.PASSED: PASSED, Usage.DECORATES: DECORATES}
_ON_OBJECTS = frozenset({ENTERS, ENTERS_ASYNC, OPERATES, STORES})
_LITERALS = frozenset(
    {"unknown", "text", "int", "constant", "tuple", "list", "set", "dict", "collection", "mapping"}
)
"""Kinds of symbols that are never objects of a class of the project."""


@final
class Uses:
    """Collects the uses and calls of each function of a module, by qualified name."""

    def __init__(self, index: SemanticIndex, symbols: Symbols) -> None:
        self._index = index
        self._symbols = symbols
        self._numbers: dict[ast.Call, int] = {}
        self._sites: dict[str, list[CallSite]] = {}
        for fact in index.facts:
            if type(fact) is CallSite:
                sites = self._sites.setdefault(fact.scope.runs_in, [])
                self._numbers[fact.node] = len(sites)
                sites.append(fact)
        self.moves = Moves(index, self._numbers.get)
        self._has_typing_imports = any(
            isinstance(binding, ImportBinding) and binding.type_checking for binding in index.bindings
        )

    def uses(self, function: str) -> tuple[Use, ...]:
        """Return the uses of a function, each once."""
        return tuple(dict.fromkeys(self._uses.get(function, ())))

    def calls(self, function: str) -> tuple[Call, ...]:
        """Return the calls of a function, in the order of their numbers."""
        return tuple(self._call(site.node) for site in self._sites.get(function, ()))

    @cached_property
    def _uses(self) -> dict[str, list[Use]]:
        found: dict[str, list[Use]] = {}
        for_some = self._for_some_names()
        for fact in self._index.facts:
            if type(fact) in _OF and not fact.guarded and fact.node not in for_some:
                for use, _ in self.of(fact):
                    if self._may_run(use):
                        found.setdefault(fact.scope.runs_in, []).append(use)
        for node, scope in self._index.inner.items():
            if isinstance(node, ast.Lambda) and scope.parent is not None:
                use = self._lambda(node, scope)
                found.setdefault(scope.parent.runs_in, []).append(use)
        return found

    def _for_some_names(self) -> set[ast.AST]:
        """Return the statements that run for some attributes only: below ``if name in SPECIAL:`` in a ``__setattr__``."""
        found: set[ast.AST] = set()
        for node in self._index.inner:
            if isinstance(node, ast.FunctionDef) and node.name in _BY_NAME and len(node.args.args) > 1:
                name = node.args.args[1].arg
                branches = (part for part in ast.walk(node) if isinstance(part, ast.If))
                for branch in branches:
                    if _is_one_of(branch.test, name):
                        found.update(part for statement in branch.body for part in ast.walk(statement))
        return found

    # Calls

    def _call(self, node: ast.Call) -> Call:
        slots: list[Slot] = []
        constants: list[tuple[Slot, bool | None]] = []
        origins: list[tuple[Slot, Origin]] = []
        present: list[Slot] = []
        for slot, value in _arguments(node):
            slots.append(slot)
            if isinstance(value, ast.Constant):
                constants.append((slot, None if value.value is None else bool(value.value)))
                continue
            if is_never_none(value, self._index):
                present.append(slot)
            if (origin := self.moves.origin(value)) is not None:
                origins.append((slot, origin))
        receiver = self.moves.origin(node.func.value) if isinstance(node.func, ast.Attribute) else None
        return Call(
            node.lineno,
            self._symbols.of(node.func),
            last_name(callee_of(node.func)),
            self._symbols.of(node),
            self.moves.of_value(node),
            self._gives_back(node),
            tuple(slots),
            tuple(constants),
            tuple(origins),
            receiver,
            tuple(present),
        )

    def _gives_back(self, node: ast.Call) -> bool:
        given = [value for _, value in _arguments(node)]
        names = [value.id for value in given if isinstance(value, ast.Name)]
        told = [value.value for value in given if isinstance(value, ast.Constant)]
        if not names or names[0] in told:
            return bool(names)
        consumer = self._index.consumers.get(node)
        if len(given) != 1 or consumer is None or not isinstance(consumer.node, (ast.Assign, ast.AnnAssign)):
            return False
        targets = consumer.node.targets if isinstance(consumer.node, ast.Assign) else [consumer.node.target]
        return any(last_name(target) == names[0] for target in targets)

    # Uses

    def of(self, fact: Fact) -> Iterable[tuple[Use, ast.expr]]:
        """Return the uses that a fact stands for, each with the node to report."""
        handler = _OF.get(type(fact))
        return handler(self, fact) if handler is not None else ()

    def _may_run(self, use: Use) -> bool:
        """Whether a use may run anything: unknown values run nothing, nor do operators on literals."""
        if use.how in _ON_OBJECTS:
            return self._symbols.rows[use.symbol][0] not in _LITERALS
        return use.symbol != UNKNOWN

    def _entered(self, fact: EnterSite) -> Iterator[tuple[Use, ast.expr]]:
        how = ENTERS_ASYNC if fact.is_async else ENTERS
        yield self._use(fact, how, fact.node, anchor=callee_of(fact.node))

    def _operation(self, fact: Operation) -> Iterator[tuple[Use, ast.expr]]:
        yield self._use(fact, OPERATES, fact.node, names=fact.methods)

    def _store(self, fact: AttributeStore) -> Iterator[tuple[Use, ast.expr]]:
        yield self._use(fact, STORES, fact.node.value, names=(fact.node.attr,), anchor=fact.node)

    def _decorated(self, fact: Definition) -> Iterator[tuple[Use, ast.expr]]:
        for decorator in fact.node.decorator_list:
            if isinstance(decorator, ast.Call):
                yield self._use(fact, DECORATES, decorator, anchor=decorator.func)

    def _reference(self, fact: Reference) -> Iterator[tuple[Use, ast.expr]]:
        if fact.usage is Usage.ANNOTATES or (
            self._has_typing_imports and self._index.is_typing_only(fact.node)
        ):
            return
        node = fact.node
        if fact.usage is Usage.INSPECTED:
            if isinstance(node, ast.Attribute):
                yield self._use(fact, READ, node, anchor=fact.anchor)
            return
        how = _HOW.get(fact.usage, NAMED)
        if how is PASSED and not fact.receiver:
            how = NAMED
        steps = self.moves.of_value(node) if how is PASSED or self._is_collected(fact) else ()
        call = self._number_of_call(node) if how is CALLED else -1
        yield self._use(fact, how, node, call=call, steps=steps, anchor=fact.anchor)

    def _is_collected(self, fact: Reference) -> bool:
        """Whether something from outside a function becomes an element there: ``first_of([load, save])``, ``x[key] = load``."""
        consumer = self._index.consumers.get(fact.node)
        if consumer is None or not fact.scope.runs_in:
            return False
        if consumer.by is ConsumedAs.ASSIGNED:
            targets = consumer.node.targets if isinstance(consumer.node, ast.Assign) else ()
            if not any(isinstance(target, ast.Subscript) for target in targets):
                return False
        elif consumer.by is not ConsumedAs.ELEMENT:
            return False
        outside = (FunctionBinding, ImportBinding)
        return fact.node not in self._index.reads or any(
            isinstance(binding, outside) for binding in self._index.definitions(fact.node)
        )

    def _number_of_call(self, callee: ast.expr) -> int:
        consumer = self._index.consumers.get(callee)
        call = consumer.node if consumer is not None else None
        return self._numbers.get(call, -1) if isinstance(call, ast.Call) else -1

    def _called(self, fact: CallSite) -> Iterator[tuple[Use, ast.expr]]:
        """Yield the uses of a call that no reference tells of: of a built-in protocol, or of ``coro.send(None)``."""
        node = fact.node
        name = last_name(node.func)
        if name in BY_BUILTIN and isinstance(node.func, ast.Name) and node.args:
            for given in node.args if name in OF_ALL else node.args[:1]:
                yield self._use(fact, OPERATES, given, names=BY_BUILTIN[name])
        elif (stepped := stepped_by(node)) is not None:
            yield self._use(fact, STEPS, stepped, anchor=node.func)

    def _lambda(self, node: ast.Lambda, scope: Scope) -> Use:
        consumer = self._index.consumers.get(node)
        steps = self.moves.of_value(node) if consumer is not None else ()
        return Use(node.lineno, PASSED, self._symbols.row("function", scope.qualname), steps=steps)

    def _use(
        self,
        fact: Fact,
        how: str,
        node: ast.expr,
        *,
        call: int = -1,
        steps: tuple[Step, ...] = (),
        names: tuple[str, ...] = (),
        anchor: ast.expr | None = None,
    ) -> tuple[Use, ast.expr]:
        at = anchor if anchor is not None else node
        return Use(at.lineno, how, self._symbols.of(node), call, steps, self._guards(fact), names), at

    def _guards(self, fact: Fact) -> tuple[tuple[str, bool], ...]:
        """Return the conditions on parameters of the function around under which a fact is reached, those on omitted ones last."""
        guards = self._index.guards.get(fact.node)
        if guards is None:
            return ()
        found: list[tuple[str, bool]] = []
        for name, truth, by_none in guards:
            bindings = self._index.definitions(name)
            only = bindings[0] if len(bindings) == 1 else None
            if isinstance(only, ParamBinding) and only.scope is fact.scope.running:
                is_none = isinstance(only.default, ast.Constant) and only.default.value is None
                found += _condition(name.id, is_none=is_none, truth=truth, by_none=by_none)
        return tuple(sorted(dict.fromkeys(found), key=_is_left_out))


def _condition(name: str, *, is_none: bool, truth: bool, by_none: bool) -> list[tuple[str, bool]]:
    """Return the condition on a parameter, None by default or not, that it is true, false or None, or not."""
    if by_none and truth:
        return [(f"{name}{AT_DEFAULT}", False)]
    if is_none and not truth:
        return [(f"{name}{AT_DEFAULT}", True)]
    return [] if by_none else [(name, truth)]


def _is_left_out(guard: tuple[str, bool]) -> bool:
    return guard[0].endswith(AT_DEFAULT) and guard[1]


_OF: dict[type[Fact], Callable[..., Iterator[tuple[Use, ast.expr]]]] = {
    Reference: Uses._reference,
    CallSite: Uses._called,
    EnterSite: Uses._entered,
    Operation: Uses._operation,
    AttributeStore: Uses._store,
    Definition: Uses._decorated,
}


def stepped_by(node: ast.Call) -> ast.expr | None:
    """Return the coroutine that a call may run one step further, ``work`` in ``work.send(None)``; None of other calls."""
    owner = node.func.value if isinstance(node.func, ast.Attribute) and node.func.attr == "send" else None
    sent = node.args[0] if len(node.args) == 1 else None
    return owner if isinstance(sent, ast.Constant) and sent.value is None else None


def _is_one_of(test: ast.expr, name: str) -> bool:
    """Whether a test holds only where ``name`` is among some: ``name == "x"``, ``name in SPECIAL and ready``."""
    if isinstance(test, ast.BoolOp):
        told = [_is_one_of(value, name) for value in test.values]
        return any(told) if isinstance(test.op, ast.And) else all(told)
    is_named = isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and test.left.id == name
    return is_named and isinstance(test, ast.Compare) and isinstance(test.ops[0], (ast.Eq, ast.In))


def _arguments(node: ast.Call) -> Iterator[tuple[Slot, ast.expr]]:
    for index, argument in enumerate(node.args):
        if isinstance(argument, ast.Starred):
            yield -1, argument.value
            return
        yield index, argument
    for keyword in node.keywords:
        yield keyword.arg or -1, keyword.value
