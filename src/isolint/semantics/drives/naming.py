"""What functions and classes are called in a chain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.semantics.drives.model import LAMBDA
from isolint.syntax import nodes
from isolint.syntax.names import last_name

if TYPE_CHECKING:
    from isolint.semantics.scopes import Scope


def name_of(scope: Scope) -> str:
    """Return the name of a function or class; a property's setter is another function than its getter."""
    node = scope.node
    if not isinstance(node, (nodes.FunctionDef, nodes.ClassDef)):
        return LAMBDA
    kind = _kind_of(node)
    return f"{node.name.value}.{kind}" if kind else node.name.value


def _kind_of(node: nodes.FunctionDef | nodes.ClassDef) -> str:
    kinds = {last_name(d.decorator) for d in node.decorators if isinstance(d.decorator, nodes.Attribute)}
    return next(iter(sorted(kinds & {"setter", "deleter"})), "")


def is_for_assignments(scope: Scope) -> bool:
    """Whether a function is a property's setter: naming the property does not run it, nor hand it on."""
    return isinstance(scope.node, nodes.FunctionDef) and bool(_kind_of(scope.node))
