"""Places of fixes: statements by the expressions in them, and the end of a signature."""

from __future__ import annotations

import ast
from itertools import pairwise
from typing import TYPE_CHECKING

from isolint.fixes import Change, Place
from isolint.model import Span
from isolint.syntax.ast_walk import descend

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from isolint.rule import Context
    from isolint.semantic_index.index import SemanticIndex
    from isolint.semantic_index.scopes import ValueBinding


def blocks(root: ast.AST) -> Iterator[Sequence[ast.stmt]]:
    """Yield the statements of each block in ``root``, itself included."""
    for node in descend(root):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list):
                yield block


def is_alone(statement: ast.stmt, context: Context) -> bool:
    """Whether a statement has its lines for itself: nothing else but comments stands on them."""
    span, lines = context.module.spans.of(statement), context.module.spans.lines
    before = lines[span.line - 1][: span.column - 1].strip()
    behind = lines[span.end_line - 1][span.end_column - 1 :].strip()
    return not before and (not behind or behind.startswith("#"))


def next_statement(expression: ast.expr, context: Context) -> ast.stmt | None:
    """Return the statement behind the one that is this expression alone."""
    pair = context.once(_followed, context.module.index.tree).get(expression)
    return pair[1] if pair is not None and all(is_alone(each, context) for each in pair) else None


def _followed(tree: ast.Module) -> dict[ast.expr, tuple[ast.stmt, ast.stmt]]:
    """Return the statements that are an expression, each with the one behind it, by the expression."""
    return {
        found.value: (found, behind)
        for statements in blocks(tree)
        for found, behind in pairwise(statements)
        if isinstance(found, ast.Expr)
    }


def alone_in_blocks(tree: ast.Module) -> set[ast.stmt]:
    """Return the statements that are all of a block, which cannot go."""
    return {statements[0] for statements in blocks(tree) if len(statements) == 1}


def reads_by_binding(index: SemanticIndex) -> dict[ast.AST, list[ast.Name]]:
    """Return the reads of each definition, by the node that binds it."""
    found: dict[ast.AST, list[ast.Name]] = {}
    for name, read in index.reads.items():
        for binding in read.definitions:
            found.setdefault(binding.node, []).append(name)
    return found


def added_parameter(
    definition: ast.FunctionDef | ast.AsyncFunctionDef,
    parameter: str,
    context: Context,
    gone: Container[ast.arg] = (),
) -> tuple[Change, ...]:
    """Return the changes that add a required parameter to a function, behind all others, and remove those ``gone``.

    It is keyword-only where others have defaults. Empty where the signature leaves no plain place for it: with
    ``**kwargs``, or brackets of its own around the last default or annotation.
    """
    arguments, spans = definition.args, context.module.spans
    listed = _listed(arguments)
    kept = [each for each in listed if each not in gone]
    if arguments.kwarg is not None or any(each in gone for each in arguments.posonlyargs):
        return ()
    if not listed:
        name = spans.of_name(definition)
        inside = Span(name.line, name.end_column + 1, name.line, name.end_column + 1)
        is_plain = spans.lines[name.line - 1].startswith("()", name.end_column - 1)
        return (Change(inside, Place.BEFORE, parameter),) if is_plain else ()
    last = listed[-1]
    before = spans.lines[last.lineno - 1][: spans.of(last).column - 1]
    separator = ", " if before.strip() else f",\n{before}"  # one below the other, as the others stand
    by_keyword = arguments.vararg is not None or bool(arguments.kwonlyargs)
    star = "" if by_keyword or not any(default_of(arguments, each) for each in kept) else "*"
    added = separator.join(filter(None, (star, parameter)))
    behind = next((at for at in reversed(range(len(listed))) if listed[at] not in gone), -1) + 1
    removed = [_removed(listed, at, arguments, context) for at in range(behind) if listed[at] in gone]
    if behind < len(listed):
        there = _whole(listed, behind, arguments, context)
        end: Change | None = Change(there, Place.INSTEAD, added) if there is not None else None
    else:
        end = behind_parameter(arguments, last, f"{separator}{added}", context)
    changes = [*removed, end]
    return tuple(each for each in changes if each is not None) if all(changes) else ()


def _listed(arguments: ast.arguments) -> list[ast.arg]:
    listed = [*arguments.posonlyargs, *arguments.args, arguments.vararg, *arguments.kwonlyargs]
    return [each for each in listed if each is not None]


def _whole(listed: Sequence[ast.arg], first: int, arguments: ast.arguments, context: Context) -> Span | None:
    """Return the span from one parameter to the end of the last; None where it holds a star, a slash, or a comment."""
    parts = [_end(each, arguments, context) for each in listed[first:]]
    if not all(_removed(listed, at, arguments, context) for at in range(first, len(listed) - 1)):
        return None
    start, end = context.module.spans.of(listed[first]), parts[-1]
    return Span(start.line, start.column, end.end_line, end.end_column) if end is not None else None


def _removed(listed: Sequence[ast.arg], at: int, arguments: ast.arguments, context: Context) -> Change | None:
    """Return the change that removes a parameter with the comma behind it."""
    spans = context.module.spans
    start, end, behind = (
        spans.of(listed[at]),
        _end(listed[at], arguments, context),
        spans.of(listed[at + 1]),
    )
    if end is None:
        return None
    gap = Span(end.end_line, end.end_column, behind.line, behind.column)
    is_plain = spans.text_at(gap).strip() == ","
    gone = Span(start.line, start.column, behind.line, behind.column)
    return Change(gone, Place.INSTEAD, "") if is_plain else None


def _end(parameter: ast.arg, arguments: ast.arguments, context: Context) -> Span | None:
    """Return the span of the last part of a parameter; None where that has brackets of its own, or a comment."""
    last = default_of(arguments, parameter) or parameter.annotation
    if last is None:
        return context.module.spans.of(parameter)
    is_plain = not context.module.spans.has_brackets(last) and "#" not in context.module.spans.text(last)
    return context.module.spans.of(last) if is_plain else None


def behind_parameter(
    arguments: ast.arguments, parameter: ast.arg, content: str, context: Context
) -> Change | None:
    """Put text behind a parameter; None where its last part has brackets of its own."""
    last = default_of(arguments, parameter) or parameter.annotation
    if last is None:
        return Change(parameter, Place.AFTER, content)
    return None if context.module.spans.has_brackets(last) else Change(last, Place.AFTER, content)


def default_of(arguments: ast.arguments, parameter: ast.arg) -> ast.expr | None:
    """Return the default value of a parameter."""
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = dict(zip(reversed(positional), reversed(arguments.defaults), strict=False))
    keyword_only = dict(zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True))
    return defaults.get(parameter) or keyword_only.get(parameter)


def removable_assignment(binding: ValueBinding, used_at: ast.AST, context: Context) -> ast.Assign | None:
    """Return ``name = value`` where nothing but ``used_at`` reads the name, and a block is left without it."""
    index = context.module.index
    if binding.value is None or context.once(reads_by_binding, index).get(binding.node) != [used_at]:
        return None
    taker = index.consumers.get(binding.value)
    found = taker.node if taker is not None else None
    if not isinstance(found, ast.Assign) or found.value is not binding.value or len(found.targets) > 1:
        return None
    is_all = found in context.once(alone_in_blocks, index.tree)
    return found if not is_all and is_alone(found, context) else None
