"""The order of imports: added ones go where isort and ruff put them, if the imports of the file were in order before.

LibCST adds a statement behind all others, and names in front of the others of a statement. In a file that is kept in
order that would be one more thing to mend.
"""

from __future__ import annotations

import re
import sys
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

import libcst as cst
from libcst.helpers import get_full_name_for_node

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Sequence

    Statement: TypeAlias = "cst.SimpleStatementLine | cst.BaseCompoundStatement"
    Key: TypeAlias = "tuple[Any, ...]"
    Style: TypeAlias = "Callable[[cst.Import | cst.ImportFrom, Container[str]], Key]"

_FUTURE, _STANDARD, _FOREIGN, _OWN, _RELATIVE = range(5)
_LONGEST = 88
"""Columns of an import on one line, by default."""
_DIRECTIVE = re.compile(r"#\s*(?:ruff:\s*)?isort:")


def arranged(before: Sequence[Statement], after: Sequence[Statement], own: Container[str]) -> list[Statement]:
    """Return the statements ``after`` an addition in order; ``before`` are those at the head of the file until then.

    ``own`` are the top-level packages of the project, which stand below those of others.
    """
    kept = [_with_names_in_order(old, new) for old, new in zip(before, after, strict=False)]
    added = [*after[len(before) :]]
    first = next((at for at, each in enumerate(before) if _import_in(each) is not None), len(before))
    style = _style_of(before[first:], own)
    if style is None or any(_DIRECTIVE.search(cst.Module([each]).code) for each in before):
        return [*kept, *added]
    block = kept[first:]
    for statement in sorted(added, key=lambda each: _key(each, style, own)):
        found = _import_in(statement)
        short = _wrapped(found) if isinstance(found, cst.ImportFrom) else found
        _insert(statement.with_changes(body=[short]), block, style, own)
    return [*kept[:first], *block]


def _import_in(statement: cst.CSTNode) -> cst.Import | cst.ImportFrom | None:
    small = statement.body if isinstance(statement, cst.SimpleStatementLine) else ()
    only = small[0] if len(small) == 1 else None
    return only if isinstance(only, (cst.Import, cst.ImportFrom)) else None


# Statements


def _module(statement: cst.Import | cst.ImportFrom) -> str:
    """Return the module that a statement imports, relative ones with their dots."""
    if isinstance(statement, cst.Import):
        return statement.names[0].evaluated_name
    name = get_full_name_for_node(statement.module) if statement.module is not None else None
    return "." * len(statement.relative) + (name or "")


def _section(statement: cst.Import | cst.ImportFrom, own: Container[str]) -> int:
    root = _module(statement).partition(".")[0]
    if not root:
        return _RELATIVE
    if root == "__future__":
        return _FUTURE
    if root in sys.stdlib_module_names:
        return _STANDARD
    return _OWN if root in own else _FOREIGN


def _natural(name: str) -> Key:
    """Return a key that ignores case, and takes digits for numbers."""
    parts = re.split(r"(\d+)", name.lower())
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in parts), name


def _by_module(statement: cst.Import | cst.ImportFrom) -> Key:
    module = _module(statement)
    name = module.lstrip(".")
    return len(name) - len(module), _natural(name)  # ".." before "."


def _sections(statement: cst.Import | cst.ImportFrom, own: Container[str]) -> Key:
    kind = isinstance(statement, cst.ImportFrom)
    return _section(statement, own), kind, _by_module(statement)


def _mixed_sections(statement: cst.Import | cst.ImportFrom, own: Container[str]) -> Key:
    """Return a key by which `import` and `from` stand among each other in each section."""
    kind = isinstance(statement, cst.ImportFrom)
    return _section(statement, own), _by_module(statement), kind


_STYLES: tuple[Style, ...] = (_sections, _mixed_sections)
"""The default of isort and ruff, and their `force-sort-within-sections`."""


def _style_of(statements: Sequence[Statement], own: Container[str]) -> Style | None:
    """Return the order that imports stand in; None where it is none of the known ones."""
    found = [one for each in statements if (one := _import_in(each)) is not None]
    for above, below, statement in zip(found, found[1:], statements[1:], strict=False):
        if _section(above, own) != _section(below, own) and not _starts_with_blank(statement):
            return None
    return next((style for style in _STYLES if _is_sorted([style(each, own) for each in found])), None)


def _is_sorted(keys: Sequence[Key]) -> bool:
    return all(above <= below for above, below in pairwise(keys))


def _key(statement: Statement, style: Style, own: Container[str]) -> Key:
    found = _import_in(statement)
    return style(found, own) if found is not None else ()


def _starts_with_blank(statement: Statement) -> bool:
    lines = statement.leading_lines
    return bool(lines) and lines[0].comment is None


def _insert(new: Statement, block: list[Statement], style: Style, own: Container[str]) -> None:
    """Insert a statement, with a blank line between it and other sections."""
    key = _key(new, style, own)
    at = next((n for n, each in enumerate(block) if _key(each, style, own) > key), len(block))
    behind = block[at] if at < len(block) else None
    joins_above = at > 0 and _key(block[at - 1], style, own)[0] == key[0]
    joins_below = behind is not None and _key(behind, style, own)[0] == key[0]
    lines: Iterable[cst.EmptyLine] = () if joins_above or at == 0 else (cst.EmptyLine(),)
    if behind is not None and not joins_above:
        blank, rest = _split(behind.leading_lines)
        lines = blank if at == 0 else lines
        block[at] = behind.with_changes(leading_lines=rest if joins_below else (cst.EmptyLine(), *rest))
    block.insert(at, new.with_changes(leading_lines=tuple(lines)))


def _split(lines: Sequence[cst.EmptyLine]) -> tuple[Sequence[cst.EmptyLine], Sequence[cst.EmptyLine]]:
    """Split blank lines from the comments below them."""
    count = next((at for at, each in enumerate(lines) if each.comment is not None), len(lines))
    return lines[:count], lines[count:]


# Names of one statement


def _by_type(alias: cst.ImportAlias) -> Key:
    name = alias.evaluated_name
    is_constant = name.isupper() and len(name) > 1
    return 0 if is_constant else 1 if name[:1].isupper() else 2, _natural(name)


def _by_name(alias: cst.ImportAlias) -> Key:
    return _natural(alias.evaluated_name)


def _with_names_in_order(old: Statement, new: Statement) -> Statement:
    """Return a statement with the names that were added to it where they belong among the others."""
    before, after = _import_in(old), _import_in(new)
    there, names = _names(before), _names(after)
    if not isinstance(before, cst.ImportFrom) or not isinstance(after, cst.ImportFrom):
        return new
    if len(there) == len(names) or "#" in cst.Module([old]).code:
        return new
    for key in (_by_type, _by_name):
        if _is_sorted([key(each) for each in there]):
            names = _spaced(sorted(names, key=key), there, before.lpar)
            in_order = after.with_changes(names=names)
            is_short = len(cst.Module([old]).code.strip()) <= _LONGEST
            return new.with_changes(body=[_wrapped(in_order) if is_short else in_order])
    return new


def _wrapped(statement: cst.ImportFrom) -> cst.ImportFrom:
    """Return an import with a line for each name if one line would be long; the last comma keeps it so."""
    names = _names(statement)
    if statement.lpar is not None or len(cst.Module([]).code_for_node(statement)) <= _LONGEST:
        return statement
    inner = cst.ParenthesizedWhitespace(indent=False, last_line=cst.SimpleWhitespace("    "))
    behind = cst.ParenthesizedWhitespace(indent=False)
    commas = [*(cst.Comma(whitespace_after=inner) for _ in names[:-1]), cst.Comma(whitespace_after=behind)]
    return statement.with_changes(
        lpar=cst.LeftParen(whitespace_after=inner),
        rpar=cst.RightParen(),
        names=[each.with_changes(comma=comma) for each, comma in zip(names, commas, strict=True)],
    )


def _names(statement: cst.CSTNode | None) -> Sequence[cst.ImportAlias]:
    if not isinstance(statement, cst.ImportFrom) or isinstance(statement.names, cst.ImportStar):
        return ()
    return statement.names


def with_last_comma(old: Statement, new: Statement) -> Statement:
    """Return an import from which names were removed with the comma, or the line end, that its last name had."""
    before, after = _names(_import_in(old)), _names(_import_in(new))
    found = _import_in(new)
    if not before or not after or found is None:
        return new
    names = [*after[:-1], after[-1].with_changes(comma=before[-1].comma)]
    return new.with_changes(body=[found.with_changes(names=names)])


def _spaced(
    names: Sequence[cst.ImportAlias], before: Sequence[cst.ImportAlias], bracket: cst.LeftParen | None
) -> list[cst.ImportAlias]:
    """Return names with commas: those that were there keep theirs, and lines of their own stay the custom."""
    opening = bracket.whitespace_after if bracket is not None else cst.SimpleWhitespace("")
    space = opening if isinstance(opening, cst.ParenthesizedWhitespace) else cst.SimpleWhitespace(" ")
    *inner, last = before
    commas = {each.evaluated_name: each.comma for each in inner}
    between = cst.Comma(whitespace_after=space)
    spaced = [each.with_changes(comma=commas.get(each.evaluated_name, between)) for each in names[:-1]]
    return [*spaced, names[-1].with_changes(comma=last.comma)]
