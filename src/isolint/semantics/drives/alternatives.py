"""The expressions that a value may come to: by a choice, out of a tuple, or handed on by a call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.semantics.passing_on import DRESSED_UP, RUNNABLE
from isolint.syntax import nodes
from isolint.syntax.names import last_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


def parts(value: nodes.Node) -> Iterator[nodes.Node]:
    """Yield the expressions of which ``value`` is one, or holds one."""
    return _leaves(value, lambda node: _elements(node, nodes.Tuple, nodes.List))


def handed_on(value: nodes.Node) -> Iterator[nodes.Node]:
    """Yield the expressions of which ``value`` is one: through choices and calls that hand on."""

    def inside(node: nodes.Node) -> Sequence[nodes.Node] | None:
        if isinstance(node, nodes.Call) and _hands_on(node):
            return [arg.value for arg in node.args]
        return _elements(node, nodes.Tuple)

    return _leaves(value, inside)


def _leaves(
    value: nodes.Node, inside: Callable[[nodes.Node], Sequence[nodes.Node] | None]
) -> Iterator[nodes.Node]:
    pending = [value]
    while pending:
        node = pending.pop()
        if isinstance(node, nodes.IfExp):
            pending += [node.orelse, node.body]
        elif isinstance(node, nodes.BooleanOperation):
            pending += [node.right, node.left]
        elif (held := inside(node)) is not None:
            pending += held
        else:
            yield node


def _elements(node: nodes.Node, *kinds: type[nodes.Tuple | nodes.List]) -> Sequence[nodes.Node] | None:
    return [element.value for element in node.elements] if isinstance(node, kinds) else None


def _hands_on(node: nodes.Call) -> bool:
    """Whether it is ``cast(T, x)`` or the like, ``partial(x)``, or ``wraps(f)(x)``."""
    maker = node.func.func if isinstance(node.func, nodes.Call) else node.func
    name = last_name(maker)
    return name == "wraps" if maker is not node.func else name in RUNNABLE or name == DRESSED_UP
