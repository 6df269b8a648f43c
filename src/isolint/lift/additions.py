"""Code that a lift adds to a module: parameters for capabilities, and the Protocols that are their types."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from isolint.lift.capabilities import is_protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from isolint.lift.capabilities import Capability, Method


def new_protocols(
    taken: Iterable[Capability], methods: Mapping[str, Sequence[Method]], function: str
) -> list[cst.ClassDef]:
    """Return a Protocol for each capability that ``function`` takes."""
    return [_protocol(each, methods[each.name], function) for each in taken]


def extended(
    statement: cst.BaseStatement | cst.SimpleStatementLine,
    taken: Iterable[Capability],
    methods: Mapping[str, Sequence[Method]],
) -> cst.BaseStatement | cst.SimpleStatementLine:
    """Return a statement; a Protocol of a capability with the methods that it lacks."""
    if not isinstance(statement, cst.ClassDef) or not is_protocol(statement):
        return statement
    for each in taken:
        if each.protocol == statement.name.value:
            there = {s.name.value for s in statement.body.body if isinstance(s, cst.FunctionDef)}
            more = [_parsed_method(m) for m in methods[each.name] if m.name not in there]
            suite = statement.body
            if more and isinstance(suite, cst.IndentedBlock):
                return statement.with_changes(body=suite.with_changes(body=[*suite.body, *more]))
    return statement


def with_parameters(params: cst.Parameters, taken: Sequence[Capability]) -> cst.Parameters:
    """Add the parameters at the end: by position where all before are, else by keyword."""
    new = [
        cst.Param(cst.Name(each.name), annotation=cst.Annotation(cst.Name(each.protocol))) for each in taken
    ]
    if not new:
        return params
    commas = [each.comma for each in (*params.posonly_params, *params.params, *params.kwonly_params)]
    between = next(
        (each for each in commas[:-1] if isinstance(each, cst.Comma)),
        cst.Comma(whitespace_after=cst.SimpleWhitespace(" ")),
    )
    has_star = isinstance(params.star_arg, (cst.Param, cst.ParamStar))
    by_keyword = has_star or params.kwonly_params or any(each.default is not None for each in params.params)
    if by_keyword:
        star = params.star_arg if has_star else cst.ParamStar()
        return params.with_changes(star_arg=star, kwonly_params=_joined(params.kwonly_params, new, between))
    if params.star_kwarg is not None:
        return params.with_changes(star_arg=cst.ParamStar(), kwonly_params=new)
    return params.with_changes(params=_joined(params.params, new, between))


def _joined(before: Sequence[cst.Param], new: Sequence[cst.Param], between: cst.Comma) -> list[cst.Param]:
    """Put parameters behind others, ``between`` them a comma, and one at the end where one was."""
    if not before:
        return [*new]
    last = before[-1]
    if not isinstance(last.comma, cst.Comma):
        return [*before, *new]
    spaced = [each.with_changes(comma=between) for each in new[:-1]]
    return [*before[:-1], last.with_changes(comma=between), *spaced, new[-1].with_changes(comma=last.comma)]


def _protocol(capability: Capability, made: Sequence[Method], function: str) -> cst.ClassDef:
    said = f'"""The methods of `{capability.name}` that `{function}` calls."""'
    code = f"class {capability.protocol}(Protocol):\n    {said}\n"
    code += "".join(f"\n    {method.code}\n" for method in made)
    parsed = cst.ensure_type(cst.parse_statement(code), cst.ClassDef)
    return parsed.with_changes(leading_lines=[cst.EmptyLine(), cst.EmptyLine()])


def _parsed_method(method: Method) -> cst.FunctionDef:
    parsed = cst.ensure_type(cst.parse_statement(f"{method.code}\n"), cst.FunctionDef)
    return parsed.with_changes(leading_lines=[cst.EmptyLine()])
