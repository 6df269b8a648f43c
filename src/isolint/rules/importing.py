"""Modules that an import statement, or a call that imports, brings into a module."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.program.types import Collection, Text
from isolint.semantic_index.facts import CallSite, Import
from isolint.summary.model import IMPORTERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.model import Span
    from isolint.rule import Context
    from isolint.syntax.spans import Located


def brought_in(fact: Import | CallSite, context: Context) -> Iterator[tuple[Located | Span, str]]:
    """Yield the modules of the project that ``fact`` imports, each with the place to report.

    An import that only type checkers see is left out unless the configuration counts it.
    """
    if isinstance(fact, CallSite):
        for name, listed in _imported_by_call(fact, context):
            known = [each for each in (*listed, name) if context.world.role_of(each) is not None]
            yield from ((fact.node, each) for each in known[: len(listed) or 1])
    elif context.options.type_checking_imports or not fact.type_checking:
        yield from _imported(fact, context)


def named_imports(fact: Import | CallSite, context: Context) -> Iterator[tuple[Located, str]]:
    """Yield every dotted name that ``fact`` imports, of any package, each with the node to report."""
    if isinstance(fact, CallSite):
        for name, listed in _imported_by_call(fact, context):
            yield from ((fact.node, each) for each in listed or [name])
    elif context.options.type_checking_imports or not fact.type_checking:
        yield fact.node, f"{fact.module}.{fact.name}" if fact.name not in ("", "*") else fact.module


def _imported(fact: Import, context: Context) -> Iterator[tuple[Located | Span, str]]:
    """``from package import name`` may name a module of the package, or something inside it."""
    seen, role = context.world.absolute, context.world.role_of
    submodule = seen(f"{fact.module}.{fact.name}", context.module.name) if fact.name not in ("", "*") else ""
    module = seen(fact.module, context.module.name)
    alias, statement, spans = fact.node, fact.statement, context.module.spans
    assert isinstance(alias, ast.alias)  # noqa: S101  # an import binds by one
    if submodule and role(submodule) is not None:
        yield alias, submodule
    elif fact.first and role(module) is not None:
        if isinstance(statement, ast.ImportFrom):
            yield spans.of_module(statement), module
        else:
            yield spans.of_import(alias), module


def _imported_by_call(call: CallSite, context: Context) -> Iterator[tuple[str, list[str]]]:
    """Yield the module that ``importlib.import_module("app.shell")`` names, also relative, with those it lists."""
    module, node = context.module, call.node
    if not node.args or not any(one.name in IMPORTERS for one in module.externals(node.func)):
        return
    for one in module.types(node.args[0]):
        if isinstance(one, Text) and one.value:
            name = context.world.absolute(module.absolute(one.value), module.name)
            yield name, [f"{name}.{listed}" for listed in _listed(node, context)]


def _listed(call: ast.Call, context: Context) -> Iterator[str]:
    """Yield the names in the ``fromlist`` of ``__import__``, which may be submodules."""
    for keyword in call.keywords:
        if keyword.arg == "fromlist":
            held = (one for one in context.module.types(keyword.value) if isinstance(one, Collection))
            yield from (one.value for of in held for one in of.elements if isinstance(one, Text))
