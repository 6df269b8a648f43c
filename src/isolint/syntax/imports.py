"""Imports of a concrete tree, added and removed by LibCST's visitors: those that an edit needs, and those it orphans."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, final

from msgspec import Struct

from isolint.syntax.relative_imports import package_of

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

    import libcst
    from libcst.codemod.visitors import RemoveImportsVisitor

    from isolint.model import Import

_Alias: TypeAlias = "tuple[str, str | None, str | None]"
"""Module, name and alias of an import, as LibCST's visitors take them."""
_Line: TypeAlias = "libcst.SimpleStatementLine | libcst.BaseCompoundStatement"


@final
class Home(Struct, frozen=True):
    """The module that a text is: relative imports start at its package. ``own`` are the project's top-level packages."""

    module: str = ""
    is_package: bool = False
    own: frozenset[str] = frozenset()

    @property
    def package(self) -> str:
        """The dotted name of the package, empty for a module that is in none."""
        return package_of(self.module, is_package=self.is_package)


def imported(tree: libcst.Module, names: Container[str], home: Home) -> Iterator[_Alias]:
    """Yield the imports of the module that bind ``names``.

    A statement with a comment stays: the comment would go with it, and may be about more than the import.
    """
    import libcst
    from libcst.helpers import get_absolute_module_from_package_for_import as absolute_module

    for line in tree.body:
        if not isinstance(line, libcst.SimpleStatementLine) or "#" in tree.code_for_node(line):
            continue
        for statement in line.body:
            if not isinstance(statement, (libcst.Import, libcst.ImportFrom)):
                continue
            if isinstance(statement.names, libcst.ImportStar):
                continue
            module = ""
            if isinstance(statement, libcst.ImportFrom):
                module = absolute_module(home.package or None, statement) or ""
            for alias in statement.names:
                name, asname = alias.evaluated_name, alias.evaluated_alias
                if (asname or name) not in names or asname == name:
                    continue
                if isinstance(statement, libcst.Import):
                    yield name, None, asname
                elif module:
                    yield module, name, asname


def with_imports(
    tree: libcst.Module, wanted: Iterable[Import], orphans: Sequence[_Alias], home: Home
) -> libcst.Module:
    """Add the imports ``wanted``, and remove ``orphans``, which the text says nowhere else.

    LibCST's visitors go through all that they are given, at length, so they are given the import statements, and in
    the place of the code behind them a ``pass``.
    """
    import libcst
    from libcst.codemod import CodemodContext
    from libcst.codemod.visitors import AddImportsVisitor, RemoveImportsVisitor

    from isolint.syntax.import_order import arranged

    context = CodemodContext(full_module_name=home.module or None, full_package_name=home.package or None)
    for module, name, alias in orphans:
        RemoveImportsVisitor.remove_unused_import(context, module, name, alias)
    for needed in wanted:
        AddImportsVisitor.add_needed_import(context, needed.module, needed.name or None)
    end = next((at for at, line in enumerate(tree.body) if not _is_head(line, at)), len(tree.body))
    first = tree.body[end] if end < len(tree.body) else None
    above = first.leading_lines if first is not None else ()
    stand_in = [libcst.SimpleStatementLine([libcst.Pass()], leading_lines=above)] if first is not None else []
    head = AddImportsVisitor(context).transform_module(tree.with_changes(body=[*tree.body[:end], *stand_in]))
    own = home.own | {home.module.partition(".")[0]}
    body = arranged(tree.body[:end], head.body[: len(head.body) - len(stand_in)], own)
    if first is not None:
        body += [first.with_changes(leading_lines=head.body[-1].leading_lines), *tree.body[end + 1 :]]
    if orphans:
        removal = RemoveImportsVisitor(context)
        body = _without_orphans(body, removal)
    return tree.with_changes(body=body, header=head.header)


def _is_head(line: libcst.CSTNode, at: int) -> bool:
    """Whether a statement is an import, or the docstring that comes first."""
    import libcst

    small = line.body if isinstance(line, libcst.SimpleStatementLine) else ()
    if at == 0 and len(small) == 1 and isinstance(small[0], libcst.Expr):
        return isinstance(small[0].value, (libcst.SimpleString, libcst.ConcatenatedString))
    return len(small) == 1 and isinstance(small[0], (libcst.Import, libcst.ImportFrom))


def _without_orphans(body: Iterable[_Line], removal: RemoveImportsVisitor) -> list[_Line]:
    """Remove imports; blank lines above a statement that goes stay above the next one."""
    import libcst

    from isolint.syntax.import_order import with_last_comma

    kept: list[_Line] = []
    above: Sequence[libcst.EmptyLine] = ()
    for line in body:
        small = line.body if isinstance(line, libcst.SimpleStatementLine) else ()
        is_import = any(isinstance(one, (libcst.Import, libcst.ImportFrom)) for one in small)
        left = removal.transform_module(libcst.Module([line])).body if is_import else [line]
        if not left:
            above = above or line.leading_lines
            continue
        left = [with_last_comma(line, left[0]), *left[1:]] if is_import else left
        kept += [left[0] if left[0].leading_lines else left[0].with_changes(leading_lines=above), *left[1:]]
        above = ()
    return kept
