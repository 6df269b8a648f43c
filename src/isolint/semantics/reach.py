"""Whether a module's imports lead to known names through other first-party modules.

The gate asks this of files that spell out none of those names, so a no must be certain.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.semantics.exports import absolute

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.semantics.index import ModuleIndex


def imports(tree: ast.Module) -> Iterator[ast.Import | ast.ImportFrom]:
    """Yield every import statement, however deep; only statements are looked at, which is quick."""
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        for part in ("body", "orelse", "finalbody", "handlers", "cases"):
            inner = getattr(node, part, None)
            if isinstance(inner, list):
                for child in inner:
                    if isinstance(child, (ast.Import, ast.ImportFrom)):
                        yield child
                    else:
                        pending.append(child)


def reaches_known_names(tree: ast.Module, package: str, index: ModuleIndex) -> bool:
    """Whether an import of the module may bring in a name the catalogue knows, under whatever name."""
    return any(index.leads_out(name) for name in _imported(tree, package))


def imports_first_party(tree: ast.Module, package: str, index: ModuleIndex) -> bool:
    """Whether the module imports anything of its own project, so that types may come from there."""
    return any(index.split(name) is not None for name in _imported(tree, package))


def _imported(tree: ast.Module, package: str) -> Iterator[str]:
    for statement in imports(tree):
        if isinstance(statement, ast.Import):
            yield from (alias.name for alias in statement.names)
        else:
            module = absolute(statement.module or "", statement.level, package)
            yield from (
                module if alias.name == "*" else f"{module}.{alias.name}" for alias in statement.names
            )
