"""What stands at a definition: how a class is bound, and what decorates a function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.semantics.scopes import ClassBinding, ScopeKind
from isolint.syntax import nodes
from isolint.syntax.names import last_name

if TYPE_CHECKING:
    from isolint.semantics.scopes import FunctionBinding, Read, Scope


PROPERTIES = frozenset({"property", "cached_property"})
"""Decorators of methods that run where an attribute is read."""
_NEUTRAL = frozenset({"staticmethod", "classmethod", "contextmanager", "asynccontextmanager"})
"""Decorators under which a generator or coroutine function begins as late as without."""


def decorators(scope: Scope) -> set[str]:
    """Return the last names of the decorators of a function."""
    node = scope.node
    return {last_name(d.decorator) for d in node.decorators} if isinstance(node, nodes.FunctionDef) else set()


def begins_later(binding: FunctionBinding) -> bool:
    """Whether calling the function runs none of it yet, being a coroutine function or a generator."""
    scope = binding.inner
    return (scope.is_async or scope.yields) and decorators(scope) <= _NEUTRAL


def class_around(read: Read | None) -> ClassBinding | None:
    """Return the class around the place where a name is read, None where there is none, or no such place."""
    around = read.scope.enclosing() if read is not None else ()
    holder = next((scope for scope in around if scope.kind is ScopeKind.CLASS), None)
    return class_of(holder) if holder is not None else None


def class_of(scope: Scope) -> ClassBinding:
    """Return the binding of a class by its scope; inside its own body it is not bound yet."""
    parent = scope.parent
    node = scope.node
    assert isinstance(node, nodes.ClassDef)  # noqa: S101  # only a class statement opens a class scope
    bindings = parent.names.get(node.name.value, []) if parent is not None else []
    for binding in bindings:
        if isinstance(binding, ClassBinding) and binding.inner is scope:
            return binding
    return ClassBinding(node.name.value, node, scope, scope.opened, scope)
