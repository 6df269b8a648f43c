"""Changes of signatures and of calls: a parameter behind the others, and an argument passed on by its name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from isolint.fixes import Change, Place
from isolint.model import Span
from isolint.semantic_index.targets import parameters

if TYPE_CHECKING:
    import ast
    from collections.abc import Container, Sequence

    from isolint.rule import Context


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
    star = "" if by_keyword or not any(_default_of(arguments, each) for each in kept) else "*"
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
    last = _default_of(arguments, parameter) or parameter.annotation
    if last is None:
        return context.module.spans.of(parameter)
    is_plain = not context.module.spans.has_brackets(last) and "#" not in context.module.spans.text(last)
    return context.module.spans.of(last) if is_plain else None


def behind_parameter(
    arguments: ast.arguments, parameter: ast.arg, content: str, context: Context
) -> Change | None:
    """Put text behind a parameter; None where its last part has brackets of its own."""
    last = _default_of(arguments, parameter) or parameter.annotation
    if last is None:
        return Change(parameter, Place.AFTER, content)
    return None if context.module.spans.has_brackets(last) else Change(last, Place.AFTER, content)


def _default_of(arguments: ast.arguments, parameter: ast.arg) -> ast.expr | None:
    """Return the default value of a parameter."""
    return next((default for one, default, _, _ in parameters(arguments) if one is parameter), None)


def added_argument(call: ast.Call, name: str, context: Context) -> Change | None:
    """Return the change that passes a name on by keyword; None where the last argument has brackets of its own."""
    spans = context.module.spans
    given: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    if not given:
        return Change(call, Place.INSTEAD, f"{context.module.code_of(call.func)}({name}={name})")
    last = max(given, key=lambda one: (one.end_lineno or 0, one.end_col_offset or 0))
    place, whole = spans.of(last), spans.of(call)
    behind = spans.text_at(Span(place.end_line, place.end_column, whole.end_line, whole.end_column))
    if re.sub("#.*", "", behind).count(")") != 1:
        return None
    before = spans.lines[place.line - 1][: place.column - 1]
    if before.strip():
        return Change(last, Place.AFTER, f", {name}={name}")
    line = spans.lines[place.end_line - 1]  # one below the other, as the others stand
    if "#" not in line[place.end_column - 1 :]:
        return Change(last, Place.AFTER, f",\n{before}{name}={name}")
    end = Span(place.end_line, len(line) + 1, place.end_line, len(line) + 1)
    has_comma = behind.lstrip().startswith(",")
    return Change(end, Place.BEFORE, f"\n{before}{name}={name},") if has_comma else None
