"""`with` statements taken away by lines: the body moves out, and strings and comments keep their places."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from isolint.fixes import Change, Place
from isolint.model import Span
from isolint.syntax.ast_walk import descend

if TYPE_CHECKING:
    from isolint.rule import Context

_COLON = re.compile(r"\s*\)?\s*:")


def without_item(statement: ast.With | ast.AsyncWith, at: int, context: Context) -> tuple[Change, ...]:
    """Remove one of several managers, with the comma behind it or, for the last one, before it."""
    items = statement.items
    span = context.module.spans.of
    if any(context.module.spans.has_brackets(one.context_expr) for one in items):
        return ()
    ends = [span(one.optional_vars or one.context_expr) for one in items]
    if at + 1 < len(items):
        first, behind = span(items[at].context_expr), span(items[at + 1].context_expr)
        gap = Span(first.line, first.column, behind.line, behind.column)
    else:
        gap = Span(ends[at - 1].end_line, ends[at - 1].end_column, ends[at].end_line, ends[at].end_column)
    if "#" in context.module.spans.text_at(gap):
        return ()
    return (Change(gap, Place.INSTEAD, ""),)


def unwrapped(statement: ast.With | ast.AsyncWith, context: Context) -> tuple[Change, ...]:
    """Remove the head of a `with`, and move its body out; nothing where the text does not let that be done by lines."""
    spans, lines = context.module.spans, context.module.spans.lines
    head, body = spans.of(statement), spans.of(statement.body[0])
    last = spans.of(statement.items[-1].optional_vars or statement.items[-1].context_expr)
    outer, inner = (lines[one.line - 1][: one.column - 1] for one in (head, body))
    colon = _COLON.match(lines[last.end_line - 1], last.end_column - 1)
    if outer.strip() or inner.strip() or not inner.startswith(outer) or colon is None:
        return ()
    if "#" in spans.text_at(Span(head.line, head.column, last.end_line, colon.end() + 1)):
        return ()
    end, column = last.end_line, colon.end() + 1
    if not lines[end - 1][colon.end() :].strip():
        while not lines[end].strip():  # blank lines in front of the body, below those in front of the head
            end, column = end + 1, len(lines[end]) + 1
    gone = Span(head.line, head.column, end, column)
    kept = _lines_in_strings(statement)
    changes = [Change(gone, Place.INSTEAD, "")]
    for number in range(last.end_line + 1, _last_line(statement, inner, context) + 1):
        line = lines[number - 1]
        if number in kept or not line.strip():
            continue
        if not line.startswith(inner):
            return ()
        changes.append(Change(Span(number, len(outer) + 1, number, len(inner) + 1), Place.INSTEAD, ""))
    return tuple(changes)


def _last_line(statement: ast.stmt, indentation: str, context: Context) -> int:
    """Return the last line of a block, with the comments that are indented as it is."""
    last = statement.end_lineno or statement.lineno
    lines = context.module.spans.lines
    while last < len(lines) and lines[last].startswith(f"{indentation}#"):
        last += 1
    return last


def _lines_in_strings(root: ast.AST) -> set[int]:
    """Return the lines that begin inside a string, which may not change."""
    inside: set[int] = set()
    for node in descend(root):
        if isinstance(node, (ast.Constant, ast.JoinedStr)):
            inside.update(range(node.lineno + 1, (node.end_lineno or node.lineno) + 1))
    return inside
