"""The semantic index of one module, and how it is built."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.semantic_index.builder import IndexBuilder
from isolint.semantic_index.facts import ModuleSite
from isolint.semantic_index.scopes import ImportBinding
from isolint.semantic_index.statements import StatementWalker
from isolint.syntax.ast_names import root_of

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

    from isolint.semantic_index.builder import Guard
    from isolint.semantic_index.consumers import Consumer
    from isolint.semantic_index.facts import Fact
    from isolint.semantic_index.scopes import Binding, Read, Scope


@final
class SemanticIndex(Struct, frozen=True, eq=False):
    """Scopes, bindings, reads and facts of a module; complete and immutable.

    ``reads`` gives the reaching definitions of each name that is read, ``attribute_reads`` the narrowing of an attribute
    chain, ``inner`` the scope that a node opens, ``quoted`` the expression in a string annotation, ``consumers`` the
    construct that takes the value of an expression, ``guards`` the conditions over names under which the node of a fact
    is reached. ``facts`` and ``bindings`` are in text order.
    """

    tree: ast.Module
    root: Scope
    facts: Sequence[Fact]
    bindings: Sequence[Binding]
    reads: Mapping[ast.Name, Read]
    attribute_reads: Mapping[ast.Attribute, tuple[Binding, ...]]
    inner: Mapping[ast.AST, Scope]
    quoted: Mapping[ast.Constant, ast.expr]
    consumers: Mapping[ast.expr, Consumer]
    guards: Mapping[ast.AST, Guard]

    def release(self) -> None:
        """Take the scopes apart, so that the memory is free at once and without the garbage collector."""
        for scope in (self.root, *self.inner.values()):
            scope.release()

    def definitions(self, node: ast.AST) -> tuple[Binding, ...]:
        """Return the bindings that reach the read of a name; none of any other node."""
        read = self.reads.get(node) if isinstance(node, ast.Name) else None
        return read.definitions if read is not None else ()

    def is_typing_only(self, node: ast.expr) -> bool:
        """Whether the name that a chain of attributes begins with exists for type checkers alone."""
        bindings = self.definitions(root_of(node))
        return bool(bindings) and all(isinstance(b, ImportBinding) and b.type_checking for b in bindings)

    def of(self, wanted: Container[type[Fact]]) -> Iterator[Fact]:
        """Yield the facts of the ``wanted`` classes, in text order."""
        return (fact for fact in self.facts if type(fact) in wanted)


def build(tree: ast.Module, package: str) -> SemanticIndex:
    """Return the index of ``tree``. Raises RecursionError where it nests too deeply for the stack."""
    builder = IndexBuilder(tree)
    StatementWalker(builder, package).block(tree.body)
    builder.finish()
    builder.facts.append(ModuleSite(tree, builder.root, guarded=False))
    return SemanticIndex(
        tree,
        builder.root,
        builder.facts,
        builder.bound,
        builder.reads,
        builder.attribute_reads,
        builder.inner,
        builder.quoted,
        builder.consumers,
        builder.guards,
    )
