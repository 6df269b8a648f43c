"""The walk through statements: bindings, the order in which code runs, and the state behind branches."""
# The table of handlers at the end names the methods of the class above it.
# ruff: noqa: SLF001
# pyright: reportPrivateUsage=false

from __future__ import annotations

import ast
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias, final

from msgspec.structs import replace

from isolint.semantic_index.conditions import (
    expects_raise,
    guard,
    is_always_false,
    is_always_true,
    is_exit,
    is_main_guard,
    matches_all,
    typing_only,
)
from isolint.semantic_index.consumers import ConsumedAs
from isolint.semantic_index.expressions import DEFAULT, ExpressionWalker
from isolint.semantic_index.facts import (
    AnnotationOf,
    Definition,
    EnterSite,
    Import,
    LoopSite,
    RaiseSite,
    Statement,
    TrySite,
    Usage,
)
from isolint.semantic_index.narrowing import narrow, tested
from isolint.semantic_index.operators import ASYNC_ITERATION, ITERATION, JOINING, in_place
from isolint.semantic_index.patterns import PatternWalker
from isolint.semantic_index.scopes import (
    Binding,
    CaughtBinding,
    ClassBinding,
    EnterBinding,
    FunctionBinding,
    ImportBinding,
    IterBinding,
    OpaqueBinding,
    ScopeKind,
    ValueBinding,
    merged,
)
from isolint.semantic_index.targets import parameters
from isolint.syntax.ast_names import last_name
from isolint.syntax.relative_imports import absolute

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Sequence

    from isolint.semantic_index.builder import IndexBuilder
    from isolint.semantic_index.narrowing import Tested
    from isolint.semantic_index.use_def import Branch, LoopFlow

FunctionDef: TypeAlias = "ast.FunctionDef | ast.AsyncFunctionDef"
Loop: TypeAlias = "ast.For | ast.AsyncFor"
With: TypeAlias = "ast.With | ast.AsyncWith"


@final
class StatementWalker:
    """Walks statements for an :class:`IndexBuilder`; relative imports start from ``package``."""

    def __init__(self, builder: IndexBuilder, package: str) -> None:
        self._builder = builder
        self._package = package
        self._expressions = ExpressionWalker(builder)
        self._patterns = PatternWalker(builder, self._expressions)
        self._walk = self._expressions.walk
        self._consume = self._expressions.consume

    def block(self, statements: Iterable[ast.stmt]) -> None:
        """Go through statements in order."""
        outer = self._builder.guard
        for statement in statements:
            handler = _HANDLERS.get(type(statement))
            if handler is not None:
                handler(self, statement)
            else:
                for child in ast.iter_child_nodes(statement):
                    self._walk(child)
        self._builder.guard = outer

    # Assignments

    def _assign(self, node: ast.Assign) -> None:
        self._consume(node.value, ConsumedAs.ASSIGNED, node)
        self._walk(node.value, Usage.ASSIGNED)
        for target in node.targets:
            self._bind_value(target, node.value)

    def _bind_value(
        self, target: ast.expr, value: ast.expr | None, annotation: ast.expr | None = None
    ) -> None:
        builder = self._builder
        self._expressions.assign(
            target,
            lambda name, at, path: ValueBinding(
                name, at, builder.scope, builder.tick(), value, annotation, path
            ),
        )

    def _annotated(self, node: ast.AnnAssign) -> None:
        on_class = self._builder.scope.kind is ScopeKind.CLASS or isinstance(node.target, ast.Attribute)
        self._expressions.annotation(
            node.annotation, AnnotationOf.ATTRIBUTE if on_class else AnnotationOf.VARIABLE
        )
        if node.value is not None:
            if last_name(node.annotation) == "TypeAlias":
                self._expressions.annotation(node.value, AnnotationOf.VARIABLE)
            else:
                self._consume(node.value, ConsumedAs.ASSIGNED, node)
                self._walk(node.value, Usage.ASSIGNED)
        self._bind_value(node.target, node.value, node.annotation)

    def _augmented(self, node: ast.AugAssign) -> None:
        if isinstance(node.op, JOINING):
            self._consume(node.target, ConsumedAs.JOINED, node)
            self._consume(node.value, ConsumedAs.JOINED, node)
        self._walk(node.target, Usage.INSPECTED)
        self._walk(node.value)
        self._expressions.operate(node.target, in_place(node.op))
        if isinstance(node.target, ast.Attribute):
            self._expressions.store(node.target)
        if isinstance(node.target, ast.Name):
            builder = self._builder
            builder.bind(OpaqueBinding(node.target.id, node.target, builder.scope, builder.tick()))

    def _type_alias(self, node: ast.AST) -> None:
        value: ast.expr = getattr(node, "value")  # noqa: B009  # the class is Python 3.12's
        name: ast.expr = getattr(node, "name")  # noqa: B009
        self._expressions.annotation(value, AnnotationOf.VARIABLE)
        self._bind_value(name, value)

    def _delete(self, node: ast.Delete) -> None:
        pending: list[ast.expr] = list(reversed(node.targets))
        while pending:
            target = pending.pop()
            if isinstance(target, ast.Name):
                self._builder.use_def.set(target.id, ())
            elif isinstance(target, (ast.Tuple, ast.List)):
                pending += reversed(target.elts)
            else:
                self._walk(target, Usage.INSPECTED)

    def _global(self, node: ast.Global) -> None:
        for name in node.names:
            self._builder.scope.elsewhere[name] = self._builder.root

    def _nonlocal(self, node: ast.Nonlocal) -> None:
        scope = self._builder.scope
        outer = [s for s in scope.enclosing() if s is not scope and s.kind is ScopeKind.FUNCTION]
        for name in node.names:
            home = next((around for around in outer if name in around.names), None)
            if home is not None:
                scope.elsewhere[name] = home

    # Imports

    def _import(self, node: ast.Import) -> None:
        for alias in node.names:
            first_part = alias.name.partition(".")[0]
            bound = alias.asname or first_part
            self._note_import(alias, node, alias.name, "", bound, first=True)
            # `import a.b` binds `a`, `import a.b as c` binds `a.b`.
            self._bind_import(bound, alias, alias.name if alias.asname else first_part)

    def _import_from(self, node: ast.ImportFrom) -> None:
        module = absolute(node.module or "", node.level, self._package)
        for index, alias in enumerate(node.names):
            if alias.name == "*":
                self._note_import(alias, node, module, "*", "", first=True)
                self._builder.scope.stars.append(module)
                continue
            bound = alias.asname or alias.name
            self._note_import(alias, node, module, alias.name, bound, first=not index)
            self._bind_import(bound, alias, f"{module}.{alias.name}" if module else alias.name)

    def _note_import(
        self,
        alias: ast.alias,
        node: ast.Import | ast.ImportFrom,
        module: str,
        name: str,
        bound: str,
        *,
        first: bool,
    ) -> None:
        builder = self._builder
        builder.record(
            Import(
                alias, builder.scope, builder.guarded, module, name, bound, builder.type_checking, node, first
            )
        )

    def _bind_import(self, bound: str, alias: ast.alias, origin: str) -> None:
        builder = self._builder
        builder.bind(
            ImportBinding(bound, alias, builder.scope, builder.tick(), origin, builder.type_checking)
        )

    # Definitions

    def _function(self, node: FunctionDef) -> None:
        builder = self._builder
        for decorator in node.decorator_list:
            self._walk(decorator, Usage.DECORATES)
        for argument, default, _, _ in parameters(node.args):
            if argument.annotation is not None:
                self._expressions.annotation(argument.annotation, AnnotationOf.PARAMETER)
            if default is not None:
                self._walk(default, Usage.PASSED, DEFAULT)
        if node.returns is not None:
            self._expressions.annotation(node.returns, AnnotationOf.RETURN)
        scope = builder.open(ScopeKind.FUNCTION, node, is_async=isinstance(node, ast.AsyncFunctionDef))
        builder.bind(FunctionBinding(node.name, node, builder.scope, builder.tick(), scope))
        builder.record(Definition(node, builder.scope, builder.guarded, scope))
        with builder.inside(scope):
            self._expressions.bind_parameters(node.args, scope)
            self.block(node.body)

    def _class(self, node: ast.ClassDef) -> None:
        builder = self._builder
        for decorator in node.decorator_list:
            self._walk(decorator, Usage.DECORATES)
        for base in node.bases:
            self._walk(base.value if isinstance(base, ast.Starred) else base, Usage.INHERITED)
        for keyword in node.keywords:
            self._walk(keyword.value)
        scope = builder.open(ScopeKind.CLASS, node)
        with builder.inside(scope):
            self.block(node.body)
        builder.bind(ClassBinding(node.name, node, builder.scope, builder.tick(), scope))

    # Branches

    def _branch(self, body: Sequence[ast.stmt], known: Tested = ()) -> Branch:
        """Go through one way of a branching, with the narrowing ``known`` where it is taken."""
        use_def = self._builder.use_def
        mark = use_def.mark()
        narrow(self._builder, known)
        self.block(body)
        return use_def.take_back(mark)

    def _if(self, node: ast.If) -> None:
        branches: list[Branch] = []
        typing_branches: list[Branch] = []
        known: Tested = ()
        builder, outer = self._builder, self._builder.guard
        first, without_else = node.test, not node.orelse
        while True:
            in_body, in_else = typing_only(node.test)
            self._expressions.test(node.test)
            before, builder.guard = builder.guard, builder.guard + guard(node.test, holds=True)
            is_dead = is_always_false(node.test)
            with self._flags(guarded=is_main_guard(node.test), type_checking=in_body, dead=is_dead):
                branches.append(self._branch(node.body, known + tested(node.test, holds=True)))
            if is_dead:
                branches[-1] = replace(branches[-1], alive=False)
            typing_branches += branches[-1:] if in_body else ()
            builder.guard = before + guard(node.test, holds=False)
            known += tested(node.test, holds=False)
            chained = node.orelse[0] if len(node.orelse) == 1 else None
            if isinstance(chained, ast.If) and not in_else:
                node = chained
                continue
            is_dead = is_always_true(node.test)
            with self._flags(type_checking=in_else, dead=is_dead):
                branches.append(self._branch(node.orelse, known))
            if is_dead:
                branches[-1] = replace(branches[-1], alive=False)
            typing_branches += branches[-1:] if in_else else ()
            break
        for branch in typing_branches:
            _prefer_others(branch, branches)
        # Behind `if not x: return` the rest of the block is reached with `x` only.
        is_left = without_else and not branches[0].alive
        builder.guard = outer + guard(first, holds=False) if is_left else outer
        builder.use_def.join(branches)

    @contextmanager
    def _flags(
        self, *, guarded: bool = False, type_checking: bool = False, dead: bool = False
    ) -> Generator[None]:
        builder = self._builder
        outer = builder.guarded, builder.type_checking, builder.dead
        builder.guarded |= guarded
        builder.type_checking |= type_checking
        builder.dead |= dead
        yield
        builder.guarded, builder.type_checking, builder.dead = outer

    def _match(self, node: ast.Match) -> None:
        self._walk(node.subject)
        use_def = self._builder.use_def
        branches = [] if matches_all(node.cases[-1]) else [self._branch([])]
        for case in node.cases:
            mark = use_def.mark()
            self._patterns.bind(case.pattern, node.subject)
            if case.guard is not None:
                self._expressions.test(case.guard)
                narrow(self._builder, tested(case.guard, holds=True))
            self.block(case.body)
            branches.append(use_def.take_back(mark))
        use_def.join(branches)

    # Loops

    def _for(self, node: Loop) -> None:
        builder = self._builder
        if isinstance(node, ast.AsyncFor):
            self._expressions.note_await(node.iter, "async for")
        self._consume(node.iter, ConsumedAs.ITERABLE, node)
        self._walk(node.iter)
        self._expressions.operate(node.iter, ASYNC_ITERATION if isinstance(node, ast.AsyncFor) else ITERATION)
        with builder.looping() as flow:
            builder.record(LoopSite(node, builder.scope, builder.guarded, flow.loop))
            self._expressions.assign(
                node.target,
                lambda name, at, path: IterBinding(name, at, builder.scope, builder.tick(), node.iter, path),
            )
            self.block(node.body)
        self._behind(flow, node.orelse)

    def _while(self, node: ast.While) -> None:
        builder = self._builder
        with builder.looping() as flow:
            builder.record(LoopSite(node, builder.scope, builder.guarded, flow.loop))
            self._expressions.test(node.test)
            narrow(builder, tested(node.test, holds=True))
            self.block(node.body)
        self._behind(flow, node.orelse, is_endless=is_always_true(node.test))

    def _behind(self, flow: LoopFlow, orelse: Sequence[ast.stmt], *, is_endless: bool = False) -> None:
        """Go on behind a loop, where it was left by a ``break`` or came to its end and then went through ``else``."""
        use_def = self._builder.use_def
        mark = use_def.mark()
        use_def.join([use_def.since(mark), *flow.rounds])
        self.block(orelse)
        alive = use_def.alive and not is_endless
        ended = use_def.take_back(mark)
        use_def.join([replace(ended, alive=alive), *flow.breaks])

    def _break(self, _node: ast.Break) -> None:
        if self._builder.loop is not None:
            self._builder.loop.leave()
        self._builder.use_def.alive = False

    def _continue(self, _node: ast.Continue) -> None:
        if self._builder.loop is not None:
            self._builder.loop.end_round()
        self._builder.use_def.alive = False

    # Blocks

    def _with(self, node: With) -> None:
        builder = self._builder
        is_async = isinstance(node, ast.AsyncWith)
        if is_async:
            self._expressions.note_await(node.items[0].context_expr, "async with")
        for item in node.items:
            self._consume(item.context_expr, ConsumedAs.ENTERED, node)
            self._walk(item.context_expr)
            builder.record(EnterSite(item.context_expr, builder.scope, builder.guarded, is_async))
            if item.optional_vars is not None:
                self._bind_entered(item.optional_vars, item.context_expr, is_async=is_async)
        outer, builder.must_raise = builder.must_raise, builder.must_raise or expects_raise(node)
        self.block(node.body)
        builder.must_raise = outer

    def _bind_entered(self, target: ast.expr, item: ast.expr, *, is_async: bool) -> None:
        builder = self._builder
        self._expressions.assign(
            target,
            lambda name, at, path: EnterBinding(
                name, at, builder.scope, builder.tick(), item, is_async, path
            ),
        )

    def _try(self, node: ast.Try) -> None:
        builder = self._builder
        scope, use_def = builder.scope, builder.use_def
        if node.handlers or node.finalbody:
            builder.record(TrySite(node, scope, builder.guarded))
        first, mark, jumped = len(scope.log), use_def.mark(), len(self._jumps())
        self.block(node.body)
        tried = scope.log[first:]
        self.block(node.orelse)
        branches = [use_def.take_back(mark)]
        branches += [self._handler(handler, tried) for handler in node.handlers]
        use_def.join(branches)
        if node.finalbody:
            self._finally(node.finalbody, scope.log[first:], use_def.before(mark), self._jumps()[jumped:])

    def _jumps(self) -> list[Branch]:
        return self._builder.loop.jumps if self._builder.loop is not None else []

    def _handler(self, handler: ast.ExceptHandler, tried: list[Binding]) -> Branch:
        builder = self._builder
        mark = builder.use_def.mark()
        builder.bind_maybe(tried)
        if handler.type is not None:
            self._walk(handler.type, Usage.INSPECTED)
        if handler.name is not None and handler.type is not None:
            builder.bind(CaughtBinding(handler.name, handler, builder.scope, builder.tick(), handler.type))
        self.block(handler.body)
        return builder.use_def.take_back(mark)

    def _finally(
        self,
        body: Sequence[ast.stmt],
        tried: list[Binding],
        before: dict[str, tuple[Binding, ...]],
        jumps: list[Branch],
    ) -> None:
        """Go through a ``finally``, which also runs where an exception broke off the ``tried`` statements.

        Its bindings are in force as well where one of the ``jumps`` in a loop leads to.
        """
        use_def = self._builder.use_def
        alive, use_def.alive = use_def.alive, True
        ended = {name: use_def.now(name) for name in dict.fromkeys(binding.name for binding in tried)}
        for name, found in ended.items():
            use_def.set(name, merged(found, before.get(name, ())))
        self._builder.bind_maybe(tried)
        entered = {name: use_def.now(name) for name in ended}
        mark = use_def.mark()
        self.block(body)
        changed = {
            n: found for n, found in use_def.since(mark).changes.items() if found is not entered.get(n)
        }
        for jump in jumps:
            jump.changes.update(changed)
        for name, found in ended.items():
            if name not in changed:
                use_def.set(name, found)
        use_def.alive &= alive

    # Statements that end a way through the code, and expressions

    def _return(self, node: ast.Return) -> None:
        if node.value is not None:
            self._builder.scope.returns.append(node.value)
            self._consume(node.value, ConsumedAs.RETURNED, node)
            self._walk(node.value)
        self._builder.use_def.alive = False

    def _raise(self, node: ast.Raise) -> None:
        builder = self._builder
        builder.record(RaiseSite(node, builder.scope, builder.guarded))
        for child in ast.iter_child_nodes(node):
            self._walk(child)
        builder.use_def.alive = False

    def _expression(self, node: ast.Expr) -> None:
        builder = self._builder
        builder.record(Statement(node.value, builder.scope, builder.guarded, builder.must_raise))
        self._walk(node.value, Usage.INSPECTED)
        if is_exit(node.value):
            builder.use_def.alive = False

    def _assert(self, node: ast.Assert) -> None:
        self._expressions.test(node.test)
        narrow(self._builder, tested(node.test, holds=True))
        if node.msg is not None:
            self._walk(node.msg, Usage.INSPECTED)
        if is_always_false(node.test):
            self._builder.use_def.alive = False


def _prefer_others(typing_branch: Branch, branches: list[Branch]) -> None:
    """Take back the values that a branch for type checkers gives to names which another branch binds, too.

    ``if TYPE_CHECKING: Base = Session``, ``else: Base = object``: what runs is ``object``. An import stays, as
    annotations mean it.
    """
    others = [one for one in branches if one is not typing_branch and one.alive]
    for name, bindings in typing_branch.changes.items():
        bound = [one.changes[name] for one in others if name in one.changes]
        if bound and all(isinstance(one, ValueBinding) for one in bindings):
            typing_branch.changes[name] = bound[0]


_HANDLERS: dict[type[ast.AST], Callable[..., None]] = {
    ast.Assign: StatementWalker._assign,
    ast.AnnAssign: StatementWalker._annotated,
    ast.AugAssign: StatementWalker._augmented,
    ast.Delete: StatementWalker._delete,
    ast.Global: StatementWalker._global,
    ast.Nonlocal: StatementWalker._nonlocal,
    ast.Import: StatementWalker._import,
    ast.ImportFrom: StatementWalker._import_from,
    ast.FunctionDef: StatementWalker._function,
    ast.AsyncFunctionDef: StatementWalker._function,
    ast.ClassDef: StatementWalker._class,
    ast.If: StatementWalker._if,
    ast.Match: StatementWalker._match,
    ast.For: StatementWalker._for,
    ast.AsyncFor: StatementWalker._for,
    ast.While: StatementWalker._while,
    ast.Break: StatementWalker._break,
    ast.Continue: StatementWalker._continue,
    ast.With: StatementWalker._with,
    ast.AsyncWith: StatementWalker._with,
    ast.Try: StatementWalker._try,
    ast.Return: StatementWalker._return,
    ast.Raise: StatementWalker._raise,
    ast.Expr: StatementWalker._expression,
    ast.Assert: StatementWalker._assert,
}
for _newer, _handler in (("TryStar", StatementWalker._try), ("TypeAlias", StatementWalker._type_alias)):
    if hasattr(ast, _newer):  # of Python 3.11 and 3.12
        _HANDLERS[getattr(ast, _newer)] = _handler
