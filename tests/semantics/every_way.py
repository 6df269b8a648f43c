"""An interpreter that goes every way there is through a text, to say which lines may have bound a name where it is read."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, final

from msgspec import Struct, field

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@final
class Ways(Struct):
    """The lines that may have bound the name last, by where code goes on; ``broken_off`` is anywhere in it."""

    onward: set[int] = field(default_factory=set[int])
    breaks: set[int] = field(default_factory=set[int])
    rounds: set[int] = field(default_factory=set[int])
    broken_off: set[int] = field(default_factory=set[int])

    def leave_with(self, *others: Ways) -> None:
        """Add the ways by which others are left, other than at their end."""
        for other in others:
            self.breaks |= other.breaks
            self.rounds |= other.rounds
            self.broken_off |= other.broken_off


@final
class EveryWay:
    """Goes through a module for one name; ``seen`` has the lines for each line that calls it.

    An exception may be raised between any two statements, a loop may have any number of rounds.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.seen: dict[int, set[int]] = {}

    def block(self, statements: Iterable[ast.stmt], before: set[int]) -> Ways:
        ways = Ways(set(before), broken_off=set(before))
        for statement in statements:
            after = self._statement(statement, ways.onward)
            ways.leave_with(after)
            ways.onward = after.onward
            ways.broken_off |= after.onward
        return ways

    def _statement(self, node: ast.stmt, before: set[int]) -> Ways:
        match node:
            case ast.Expr(ast.Call(ast.Name(name))) if name == self.name:
                self.seen.setdefault(node.lineno, set()).update(before)
            case ast.Break() | ast.Continue() | ast.Raise():
                return self._jump(node, before)
            case ast.If():
                return self._either([node.body, node.orelse], before)
            case ast.Match():
                is_whole = ast.unparse(node.cases[-1].pattern) == "_"
                return self._either([*(case.body for case in node.cases), *([[]] * (not is_whole))], before)
            case ast.While() | ast.For():
                return self._loop(node, before)
            case ast.Try():
                return self._tried(node, before)
            case ast.With():
                return self.block(node.body, self._bound([node.items[0]], node.lineno, before))
            case _:
                return Ways(self._bound([node], node.lineno, before))
        return Ways(before)

    def _bound(self, parts: Sequence[ast.AST], line: int, before: set[int]) -> set[int]:
        """Return what has bound the name after one of ``parts`` may have; nothing is bound where nobody comes."""
        names = (part for one in parts for part in ast.walk(one) if isinstance(part, ast.Name))
        is_bound = any(part.id == self.name and isinstance(part.ctx, ast.Store) for part in names)
        return {line} if is_bound and before else set(before)

    def _jump(self, node: ast.stmt, before: set[int]) -> Ways:
        leaves, ends_round = isinstance(node, ast.Break), isinstance(node, ast.Continue)
        return Ways(breaks=before if leaves else set(), rounds=before if ends_round else set())

    def _either(self, bodies: Sequence[Sequence[ast.stmt]], before: set[int]) -> Ways:
        ways = Ways()
        for body in bodies:
            way = self.block(body, before)
            ways.leave_with(way)
            ways.onward |= way.onward
        return ways

    def _loop(self, node: ast.While | ast.For, before: set[int]) -> Ways:
        target = [node.target] if isinstance(node, ast.For) else []
        head = set(before)
        while True:
            body = self.block(node.body, self._bound(target, node.lineno, head))
            if body.onward | body.rounds <= head:
                break
            head |= body.onward | body.rounds
        is_endless = isinstance(node, ast.While) and ast.unparse(node.test) == "True"
        behind = self.block(node.orelse, set() if is_endless else head)
        left = body.broken_off | behind.broken_off
        return Ways(behind.onward | body.breaks, behind.breaks, behind.rounds, left)

    def _tried(self, node: ast.Try, before: set[int]) -> Ways:
        body = self.block(node.body, before)
        ends = [self.block(node.orelse, body.onward)]
        ends += [self.block(handler.body, body.broken_off) for handler in node.handlers]
        ways = Ways()
        ways.leave_with(body, *ends)
        onward = set[int]().union(*(end.onward for end in ends))
        final, ending_round, leaving, broken_off = (
            self.block(node.finalbody, way) for way in (onward, ways.rounds, ways.breaks, ways.broken_off)
        )
        return Ways(
            final.onward, leaving.onward, ending_round.onward, ways.broken_off | broken_off.broken_off
        )
