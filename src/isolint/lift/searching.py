"""Questions about trees: whether something waits or raises in them, and which names they bind or say."""

from __future__ import annotations

from typing import final

import libcst as cst

_SCOPES = (cst.FunctionDef, cst.Lambda, cst.ClassDef)


class OwnBody:
    """A mixin for visitors of the body of one function: definitions inside it have awaits of their own."""

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:  # noqa: ARG002
        return False

    def visit_Lambda(self, node: cst.Lambda) -> bool:  # noqa: ARG002
        return False

    def visit_ClassDef(self, node: cst.ClassDef) -> bool:  # noqa: ARG002
        return False


@final
class _Searcher(cst.CSTVisitor):
    """Looks for nodes of some classes, not in functions inside."""

    def __init__(self, kinds: tuple[type[cst.CSTNode], ...]) -> None:
        super().__init__()
        self._kinds = kinds
        self.found = False

    def on_visit(self, node: cst.CSTNode) -> bool:
        self.found = self.found or isinstance(node, self._kinds)
        return not self.found and not isinstance(node, _SCOPES)


def holds(node: cst.CSTNode, *kinds: type[cst.CSTNode]) -> bool:
    """Whether a node of one of the classes stands in a tree, functions inside it apart."""
    searcher = _Searcher(kinds)
    node.visit(searcher)
    return searcher.found


def waits(node: cst.CSTNode) -> bool:
    """Whether something is awaited in a tree."""
    return holds(node, cst.Await, cst.Asynchronous)


@final
class _Names(cst.CSTVisitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def visit_Name(self, node: cst.Name) -> None:
        self.names.append(node.value)


def names_in(node: cst.CSTNode) -> set[str]:
    """Return every name that a tree says."""
    names = _Names()
    node.visit(names)
    return set(names.names)


def mentions(node: cst.CSTNode, name: str) -> int:
    """Return how often a tree says a name, attributes and keywords included."""
    names = _Names()
    node.visit(names)
    return names.names.count(name)


def bound_by(loop: cst.CompFor) -> list[str]:
    """Return the names that the loops of a comprehension bind, from the outermost to the innermost."""
    names = _Names()
    loop.target.visit(names)
    inner = bound_by(loop.inner_for_in) if loop.inner_for_in is not None else []
    return [*names.names, *inner]
