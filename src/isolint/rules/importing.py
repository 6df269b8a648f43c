"""Modules that an import statement, or a call that imports, brings into a module."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.program.types import Text
from isolint.semantic_index.facts import CallSite, Import

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.model import Span
    from isolint.rule import Context
    from isolint.syntax.spans import Located

_IMPORTERS = frozenset({"importlib.import_module", "builtins.__import__"})


def brought_in(fact: Import | CallSite, context: Context) -> Iterator[tuple[Located | Span, str]]:
    """Yield the modules of the project that ``fact`` imports, each with the place to report.

    An import that only type checkers see is left out unless the configuration counts it.
    """
    if isinstance(fact, CallSite):
        for name in _imported_by_call(fact, context):
            if context.world.role_of(name) is not None:
                yield fact.node, name
    elif context.options.type_checking_imports or not fact.type_checking:
        yield from _imported(fact, context)


def _imported(fact: Import, context: Context) -> Iterator[tuple[Located | Span, str]]:
    """``from package import name`` may name a module of the package, or something inside it."""
    seen, role = context.world.absolute, context.world.role_of
    submodule = seen(f"{fact.module}.{fact.name}", context.module.name) if fact.name not in ("", "*") else ""
    module = seen(fact.module, context.module.name)
    alias = fact.node
    assert isinstance(alias, ast.alias)  # noqa: S101  # an import binds by one
    if submodule and role(submodule) is not None:
        yield alias, submodule
    elif fact.first and role(module) is not None:
        statement, spans = fact.statement, context.module.spans
        is_from = isinstance(statement, ast.ImportFrom) and statement.module
        yield spans.of_module(statement) if is_from else spans.of_import(alias), module


def _imported_by_call(call: CallSite, context: Context) -> Iterator[str]:
    """``importlib.import_module("app.shell")``; also relative, from the package of the module."""
    module = context.module
    if not call.node.args or not any(one.name in _IMPORTERS for one in module.externals(call.node.func)):
        return
    for one in module.types(call.node.args[0]):
        if isinstance(one, Text) and one.value:
            yield context.world.absolute(module.absolute(one.value), module.name)
