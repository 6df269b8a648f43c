"""Callers of a function in its own module, for fixes that add a parameter which those callers could not pass."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.program.mro import inherited_definers
from isolint.program.types import Class, External, Instance, Place
from isolint.rules.blocks import reads_by_binding
from isolint.semantic_index.facts import CallSite, Reference, Usage
from isolint.syntax.ast_walk import descend

if TYPE_CHECKING:
    from isolint.rule import Context
    from isolint.semantic_index.index import SemanticIndex
    from isolint.semantic_index.scopes import Scope

_HARMLESS_BASES = frozenset({"abc.ABC", "builtins.object", "typing.Generic", "typing_extensions.Generic"})
_HARMLESS_DECORATORS = frozenset({"typing.final", "typing_extensions.final"})


def unreached(function: Scope, context: Context) -> ast.stmt | None:
    """Return the statement at the top of the module that a function stands in, where nothing in the module calls it.

    That is the function itself, or the class of a method. None also where a base class, or Python, may call it.
    """
    root, owner, definition = context.module.index.root, function.own_class, function.node
    if owner is None:
        is_read = definition in context.once(reads_by_binding, context.module.index)
        statement = definition if function.parent is root and not is_read else None
    else:
        statement = owner.node if owner.parent is root and _is_unreached(function, owner, context) else None
    if not isinstance(statement, ast.stmt) or context.module.spans.of(statement).column > 1:
        return None  # under an `if`, where a declaration would have to stand as well
    return statement


def _is_unreached(function: Scope, owner: Scope, context: Context) -> bool:
    name = getattr(function.node, "name", "")
    if not isinstance(owner.node, ast.ClassDef) or owner.node.keywords or _is_derived(owner, context):
        return False
    if name == "__init__":
        decorators = owner.node.decorator_list
        names = {external.name for each in decorators for external in context.module.externals(each)}
        return len(names & _HARMLESS_DECORATORS) == len(decorators) and not _is_made(owner, context)
    if name.startswith("__") or name in context.once(_attributes_said, context.module.index):
        return False
    return not _is_inherited(name, owner, owner.node, context)


def _class(owner: Scope, context: Context) -> Class:
    return Class(Place(context.module.name, owner.qualname))


def is_object_of(node: ast.expr, owner: Scope, context: Context) -> bool:
    """Whether an expression may be an object of a class of this module."""
    return Instance(_class(owner, context)) in context.module.types(node)


def _is_made(owner: Scope, context: Context) -> bool:
    """Whether the module makes an object of a class, or hands the class on for others to do that."""
    wanted = _class(owner, context)
    for fact in context.module.facts((CallSite, Reference)):
        if isinstance(fact, CallSite) and wanted in context.module.types(fact.node.func):
            return True
        is_use = isinstance(fact, Reference) and fact.usage not in (Usage.ANNOTATES, Usage.INSPECTED)
        if is_use and wanted in context.module.types(fact.node) and not _is_receiver(fact.node, owner):
            return True
    return False


def _is_receiver(node: ast.AST, owner: Scope) -> bool:
    """Whether a reference is the class as its own methods are given it, `cls`."""
    return isinstance(node, ast.Name) and node.id != owner.qualname


def _is_derived(owner: Scope, context: Context) -> bool:
    wanted = _class(owner, context)
    facts = context.module.facts((Reference,))
    inherited = (fact.node for fact in facts if isinstance(fact, Reference) and fact.usage is Usage.INHERITED)
    return any(wanted in context.module.types(node) for node in inherited)


def _is_inherited(name: str, owner: Scope, node: ast.ClassDef, context: Context) -> bool:
    """Whether a method may stand for one of a base class, which says how it is called."""
    for base in node.bases:
        types = context.module.types(base)
        if not types or not all(isinstance(one, (Class, External)) for one in types):
            return True
    found = inherited_definers(context.module.linker, _class(owner, context), name)
    return any(not isinstance(one, External) or one.name not in _HARMLESS_BASES for one in found)


def _attributes_said(index: SemanticIndex) -> set[str]:
    """Return the names of attributes in a module, on objects of any type."""
    return {node.attr for node in descend(index.tree) if isinstance(node, ast.Attribute)}
