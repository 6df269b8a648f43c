"""Modules as `isolint lift` reads them: the bindings of their top level."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Protocol, TypeAlias, final

import libcst as cst
from msgspec import Struct, field

from isolint.syntax import parsing
from isolint.syntax.parsing import SyntaxProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.syntax.imports import Home

Origin: TypeAlias = tuple[str, str]
"""A module, and a name in it; the name is empty for the module itself."""


class Source(Protocol):
    """The modules of a project, by dotted name."""

    def read(self, module: str) -> tuple[str, Home] | None:
        """Return the text of a module of the project and its place, None for any other."""
        ...


@final
class View(Struct):
    """The top level of one module."""

    home: Home
    tree: cst.Module
    imports: dict[str, Origin] = field(default_factory=dict[str, Origin])
    functions: dict[str, cst.FunctionDef] = field(default_factory=dict[str, cst.FunctionDef])
    classes: dict[str, cst.ClassDef] = field(default_factory=dict[str, cst.ClassDef])
    values: dict[str, cst.BaseExpression | None] = field(
        default_factory=dict[str, "cst.BaseExpression | None"]
    )

    def binds(self, name: str) -> bool:
        """Whether the module or Python itself gives the name a meaning."""
        known = (self.imports, self.functions, self.classes, self.values)
        return any(name in each for each in known) or hasattr(builtins, name)

    def origin(self, dotted: str) -> str:
        """Return the dotted name that a name leads to through the imports of this module."""
        root, _, rest = dotted.partition(".")
        if root not in self.imports:
            return dotted
        return ".".join(filter(None, (*self.imports[root], rest)))

    def code(self, node: cst.CSTNode) -> str:
        """Return the source of a node."""
        return self.tree.code_for_node(node)


def view_of(text: str, home: Home) -> View | None:
    """Return the top level of a text, None where LibCST cannot parse it."""
    tree = parsing.parse(parsing.Text(text), known_good=False)
    if isinstance(tree, SyntaxProblem):
        return None
    view = View(home, tree)
    for statement in _top_level(tree):
        if isinstance(statement, cst.FunctionDef):
            view.functions[statement.name.value] = statement
        elif isinstance(statement, cst.ClassDef):
            view.classes[statement.name.value] = statement
        else:
            _note(statement, view)
    return view


def _top_level(tree: cst.Module) -> Iterator[cst.CSTNode]:
    """Yield the statements of a module, those under `if` and `try` too."""
    pending: list[cst.CSTNode] = list(reversed(tree.body))
    while pending:
        statement = pending.pop()
        if isinstance(statement, cst.SimpleStatementLine):
            yield from statement.body
        elif isinstance(statement, (cst.If, cst.Try)):
            pending += reversed(statement.body.body)
            pending += [each for each in (statement.orelse,) if isinstance(each, cst.If)]
        else:
            yield statement


def _note(statement: cst.CSTNode, view: View) -> None:
    from libcst.helpers import get_absolute_module_from_package_for_import as absolute

    if isinstance(statement, cst.Import):
        for alias in statement.names:
            name, asname = alias.evaluated_name, alias.evaluated_alias
            view.imports[asname or name.partition(".")[0]] = (asname and name) or name.partition(".")[0], ""
    elif isinstance(statement, cst.ImportFrom) and not isinstance(statement.names, cst.ImportStar):
        module = absolute(view.home.package or None, statement) or ""
        for alias in statement.names:
            view.imports[alias.evaluated_alias or alias.evaluated_name] = module, alias.evaluated_name
    elif isinstance(statement, cst.Assign):
        for target in statement.targets:
            if isinstance(target.target, cst.Name):
                view.values[target.target.value] = statement.value
    elif isinstance(statement, cst.AnnAssign) and isinstance(statement.target, cst.Name):
        view.values[statement.target.value] = statement.value
