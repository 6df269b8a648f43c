"""Goes through statements: which code may run, in what order, and what is in force behind branches."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias, cast

from msgspec.structs import replace

from isolint.semantics.conditions import (
    expects_raise,
    is_always_true,
    is_main_guard,
    matches_all,
    seen_by_type_checkers_only,
)
from isolint.semantics.expressions import ExpressionWalker
from isolint.semantics.facts import EnterSite, LoopSite, RaiseSite, Statement, TrySite, Usage
from isolint.semantics.flow import merged
from isolint.semantics.narrowing import Test, narrow, tested
from isolint.semantics.scopes import Binding, EnterBinding, IterBinding, OpaqueBinding, PartBinding
from isolint.semantics.walking import handlers
from isolint.syntax import nodes
from isolint.syntax.names import dotted, last_name
from isolint.syntax.walk import children, descend

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from isolint.semantics.flow import Branch
    from isolint.semantics.narrowing import Tested
    from isolint.semantics.recorder import Recorder
    from isolint.semantics.scopes import Loop
    from isolint.semantics.ways import Ways


Body: TypeAlias = "nodes.Suite | nodes.Else | nodes.Finally | nodes.MatchCase"


class ControlFlow:
    """Walks blocks; a subclass adds ``_on_<Statement>`` methods for what binds names."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._expressions = ExpressionWalker(recorder)
        self._walk = self._expressions.walk
        kind: type = type(self)
        self._handlers = handlers(kind)

    def block(self, statements: Iterable[nodes.Node]) -> None:
        """Go through statements in order."""
        for statement in statements:
            if isinstance(statement, nodes.SimpleStatementLine):
                self.block(statement.body)
                continue
            handler = self._handlers.get(type(statement))
            if handler is not None:
                handler(self, statement)
            else:
                for child in children(statement):
                    self._walk(child)

    def _suite(self, body: Body) -> None:
        inner = body.body if isinstance(body, (nodes.Else, nodes.Finally, nodes.MatchCase)) else body
        self.block(inner.body)

    def _branch(self, body: Body | None, known: Tested | None = None) -> Branch[Binding]:
        """Go through one way of a branching, with what is ``known`` where it is taken."""
        flow = self._recorder.scope.flow
        mark = flow.mark()
        if known:
            narrow(self._recorder, known)
        if body is not None:
            self._suite(body)
        return flow.take_back(mark, self._recorder.tick())

    def _join(self, branches: list[Branch[Binding]]) -> None:
        self._recorder.scope.flow.join(branches, self._recorder.tick())

    @contextmanager
    def _flags(self, *, guarded: bool = False, type_checking: bool = False) -> Generator[None, None, None]:
        recorder = self._recorder
        outer = (recorder.guarded, recorder.type_checking)
        recorder.guarded |= guarded
        recorder.type_checking |= type_checking
        yield
        recorder.guarded, recorder.type_checking = outer

    def _bind_opaque(self, name: str, node: nodes.Node) -> None:
        self._recorder.bind(OpaqueBinding(name, node, self._recorder.scope, self._recorder.tick()))

    # Control flow

    def _on_If(self, node: nodes.Node) -> None:
        branches: list[Branch[Binding]] = []
        known: Tested = ()
        rest: nodes.Node | None = node
        unseen = False
        while isinstance(rest, nodes.If):
            test = rest.test
            holds_unseen, fails_unseen = seen_by_type_checkers_only(test)
            self._expressions.test(test)
            with self._flags(guarded=is_main_guard(test), type_checking=unseen or holds_unseen):
                branches.append(self._branch(rest.body, known + tested(test, holds=True)))
            known += tested(test, holds=False)
            rest = rest.orelse
            unseen |= fails_unseen
            with self._flags(type_checking=unseen):
                if not isinstance(rest, nodes.If):
                    branches.append(self._branch(rest, known))
        self._join(branches)

    def _on_For(self, node: nodes.Node) -> None:
        loop = cast("nodes.For", node)
        recorder = self._recorder
        if loop.asynchronous is not None:
            self._expressions.note_await(loop.iter, "async for")
        self._walk(loop.iter)
        with recorder.looping() as body:
            recorder.facts.append(LoopSite(loop, recorder.scope, recorder.guarded, body))
            self._expressions.assign(
                loop.target,
                lambda name, at, path: (
                    PartBinding(name, at, recorder.scope, recorder.tick(), loop.iter, path)
                    if path
                    else IterBinding(name, at, recorder.scope, recorder.tick(), loop.iter)
                ),
            )
            self._suite(loop.body)
        self._behind(body, loop.orelse)

    def _on_While(self, node: nodes.Node) -> None:
        loop = cast("nodes.While", node)
        recorder = self._recorder
        with recorder.looping() as body:
            recorder.facts.append(LoopSite(loop, recorder.scope, recorder.guarded, body))
            self._expressions.test(loop.test)
            narrow(recorder, tested(loop.test, holds=True))
            self._suite(loop.body)
        self._behind(body, loop.orelse, is_endless=is_always_true(loop.test))

    def _behind(self, loop: Loop, orelse: nodes.Else | None, *, is_endless: bool = False) -> None:
        """Go on behind a loop, where it has been left by a ``break`` or has come to its end, then through ``else``."""
        flow = self._recorder.scope.flow
        ways, loop.ways = loop.ways, None
        assert ways is not None  # noqa: S101  # the body has been walked
        mark = flow.mark()
        self._join([flow.since(mark), *ways.rounds])
        if orelse is not None:
            self._suite(orelse)
        alive = flow.alive and not is_endless
        ended = flow.take_back(mark, self._recorder.tick())
        self._join([replace(ended, alive=alive), *ways.breaks])

    def _on_With(self, node: nodes.Node) -> None:
        statement = cast("nodes.With", node)
        recorder = self._recorder
        if statement.asynchronous is not None:
            self._expressions.note_await(statement.items[0].item, "async with")
        is_async = statement.asynchronous is not None
        for item in statement.items:
            self._walk(item.item)
            recorder.facts.append(EnterSite(item.item, recorder.scope, recorder.guarded, is_async))
            if item.asname is not None:
                self._bind_entered(item.asname.name, item.item)
        outer, recorder.must_raise = recorder.must_raise, recorder.must_raise or expects_raise(statement)
        self._suite(statement.body)
        recorder.must_raise = outer

    def _bind_entered(self, target: nodes.Node, item: nodes.Node) -> None:
        recorder = self._recorder
        self._expressions.assign(
            target,
            lambda name, at, path: EnterBinding(name, at, recorder.scope, recorder.tick(), item, path),
        )

    def _on_Try(self, node: nodes.Node) -> None:
        statement = cast("nodes.Try", node)
        recorder = self._recorder
        scope = recorder.scope
        if statement.handlers or statement.finalbody is not None:
            recorder.facts.append(TrySite(statement, scope, recorder.guarded))
        first, mark, start = len(scope.log), scope.flow.mark(), recorder.tick()
        jumped = len(self._jumps())
        self._suite(statement.body)
        tried = scope.log[first:]
        if statement.orelse is not None:
            self._suite(statement.orelse)
        branches = [scope.flow.take_back(mark, self._recorder.tick())]
        branches += [self._handler(handler, tried) for handler in statement.handlers]
        self._join(branches)
        if statement.finalbody is not None:
            self._finally(statement.finalbody, scope.log[first:], start, self._jumps()[jumped:])

    _on_TryStar = _on_Try

    @property
    def _ways(self) -> Ways | None:
        """Those of the loop around: none for a ``break`` outside of any, which only a compiler turns down."""
        loop = self._recorder.loop
        return loop.ways if loop is not None else None

    def _jumps(self) -> list[Branch[Binding]]:
        return self._ways.jumps if self._ways is not None else []

    def _finally(
        self, body: nodes.Finally, tried: list[Binding], start: int, jumps: list[Branch[Binding]]
    ) -> None:
        """Go through what also runs where an exception has broken off what was ``tried``; behind it, none has.

        What it binds is bound too where one of the ``jumps`` on in a loop, or out of it, leads to.
        """
        recorder = self._recorder
        flow = recorder.scope.flow
        alive, flow.alive = flow.alive, True
        mark = flow.mark()
        ended = {name: flow.now(name) for name in dict.fromkeys(binding.name for binding in tried)}
        order = recorder.tick()
        for name, found in ended.items():
            flow.set(name, merged(found, flow.at(name, start)), order)
        recorder.bind_maybe(tried)
        entered = {name: flow.now(name) for name in ended}
        self._suite(body)
        changed = {n: found for n, found in flow.since(mark).changes.items() if found is not entered.get(n)}
        for jump in jumps:
            jump.changes.update(changed)
        order = recorder.tick()
        for name, found in ended.items():
            if name not in changed:
                flow.set(name, found, order)
        flow.alive &= alive

    def _handler(self, handler: nodes.BaseHandler, tried: list[Binding]) -> Branch[Binding]:
        recorder = self._recorder
        flow = recorder.scope.flow
        mark = flow.mark()
        recorder.tick()
        recorder.bind_maybe(tried)
        if handler.type is not None:
            self._walk(handler.type, Usage.INSPECTED)
        if handler.name is not None:
            self._bind_opaque(last_name(handler.name.name), handler)
        self._suite(handler.body)
        return flow.take_back(mark, recorder.tick())

    def _on_Match(self, node: nodes.Node) -> None:
        statement = cast("nodes.Match", node)
        self._walk(statement.subject)
        branches = [] if matches_all(statement.cases[-1]) else [self._branch(None)]
        for case in statement.cases:
            flow = self._recorder.scope.flow
            mark = flow.mark()
            self._pattern(case.pattern)
            self._narrow_matched(statement.subject, case.pattern)
            if case.guard is not None:
                self._expressions.test(case.guard)
            self._suite(case)
            branches.append(flow.take_back(mark, self._recorder.tick()))
        self._join(branches)

    def _narrow_matched(self, subject: nodes.Node, pattern: nodes.Node) -> None:
        """Let the subject of a ``match``, and the name it gets, be of the class it was matched with."""
        captured = pattern.name if isinstance(pattern, nodes.MatchAs) else None
        inner = pattern.pattern if isinstance(pattern, nodes.MatchAs) else pattern
        if isinstance(inner, nodes.MatchClass):
            names = filter(None, map(dotted, (subject, captured)))
            narrow(self._recorder, tuple(Test(name, inner.cls) for name in names))

    def _pattern(self, pattern: nodes.Node) -> None:
        for part in descend(pattern, (nodes.MatchValue,)):
            if isinstance(part, nodes.MatchValue):
                self._walk(part.value, Usage.INSPECTED)
            elif isinstance(part, nodes.MatchClass):
                self._walk(part.cls, Usage.INSPECTED)
            elif isinstance(part, (nodes.MatchAs, nodes.MatchStar)) and part.name is not None:
                self._bind_opaque(part.name.value, part)
                inner = part.pattern if isinstance(part, nodes.MatchAs) and part is not pattern else None
                if isinstance(inner, nodes.MatchClass):  # `case [Loop() as loop]`
                    narrow(self._recorder, (Test(part.name.value, inner.cls),))

    # Statements that end a way through the code

    def _on_Return(self, node: nodes.Node) -> None:
        value = cast("nodes.Return", node).value
        if value is not None:
            self._recorder.scope.note_return(value)
            self._walk(value)
        self._end()

    def _on_Raise(self, node: nodes.Node) -> None:
        self._recorder.facts.append(RaiseSite(node, self._recorder.scope, self._recorder.guarded))
        for child in children(node):
            self._walk(child)
        self._end()

    def _on_Break(self, _node: nodes.Node) -> None:
        if self._ways is not None:
            self._ways.leave()
        self._end()

    def _on_Continue(self, _node: nodes.Node) -> None:
        if self._ways is not None:
            self._ways.end_round()
        self._end()

    def _end(self) -> None:
        self._recorder.scope.flow.alive = False

    def _on_Expr(self, node: nodes.Node) -> None:
        value = cast("nodes.Expr", node).value
        recorder = self._recorder
        recorder.facts.append(Statement(value, recorder.scope, recorder.guarded, recorder.must_raise))
        self._walk(value, Usage.INSPECTED)

    def _on_Assert(self, node: nodes.Node) -> None:
        statement = cast("nodes.Assert", node)
        self._expressions.test(statement.test)
        narrow(self._recorder, tested(statement.test, holds=True))
        if statement.msg is not None:
            self._walk(statement.msg, Usage.INSPECTED)
