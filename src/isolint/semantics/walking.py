"""How expressions are walked, step by step, and what is written down on the way.

Iterative, because expressions in generated code nest deeper than Python's stack.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, TypeAlias

from isolint.semantics.chains import holder_of_item, item_name
from isolint.semantics.facts import AnnotationOf, Examination, Examined, ImportTimeAwait, Reference, Usage
from isolint.semantics.narrowing import forget
from isolint.semantics.scopes import Binding, ParamBinding, Scope
from isolint.syntax import nodes
from isolint.syntax.names import dotted
from isolint.syntax.walk import children

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from isolint.semantics.narrowing import Tested
    from isolint.semantics.recorder import Recorder

Passing: TypeAlias = "tuple[str, str]"
"""What a value is passed to, and under which name."""
_NOT_PASSED: Passing = ("", "")

MakeBinding: TypeAlias = "Callable[[str, nodes.Node, tuple[int, ...]], Binding]"
"""Makes a binding of a name, the node that spells it, and the path to its part of the value."""
Step: TypeAlias = "tuple[nodes.Node | Callable[[], None], Usage, Passing]"


@cache
def handlers(walker: type) -> dict[type, Callable[..., None]]:
    """Return the methods ``_on_<Node>`` of a class by the class of the node.

    Of the class and not of an object: what holds its own methods does not go by itself.
    """
    named = ((name, name.removeprefix("_on_")) for name in dir(walker) if name.startswith("_on_"))
    return {getattr(nodes, node): getattr(walker, name) for name, node in named if hasattr(nodes, node)}


class Walking:
    """Feeds a :class:`Recorder`; a subclass adds ``_on_<Node>`` methods for nodes whose children need more than a look."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._annotates: AnnotationOf | None = None
        self._quoted: nodes.Node | None = None
        self._steps: list[Step] = []
        self._tested: dict[tuple[nodes.Node, bool], Tested] = {}
        self._gone_through: dict[nodes.Node, nodes.Node] = {}
        kind: type = type(self)
        self._handlers = handlers(kind)

    def walk(self, node: nodes.Node, usage: Usage = Usage.PASSED, passing: Passing = _NOT_PASSED) -> None:
        """Walk one expression; ``usage`` is what the code around does with its value."""
        outer, self._steps = self._steps, []
        steps = self._steps
        steps.append((node, usage, passing))
        while steps:
            step, usage, passing = steps.pop()
            handler = self._handlers.get(type(step))
            if handler is not None:
                handler(self, step, usage, passing)
            elif isinstance(step, nodes.Node):
                self._push(children(step))
            else:
                step()
        self._steps = outer

    def annotation(self, node: nodes.Node, annotates: AnnotationOf) -> None:
        """Walk an annotation: nothing in it is used, and strings in it are code."""
        outer, self._annotates = self._annotates, annotates
        self.walk(node, Usage.ANNOTATES)
        self._annotates = outer

    def test(self, node: nodes.Node) -> None:
        """Walk a condition."""
        self._examine(node, Examination.TRUTH)
        self.walk(node, Usage.INSPECTED)

    def _examine(self, node: nodes.Node, by: Examination) -> None:
        self._recorder.facts.append(Examined(node, self._recorder.scope, self._recorder.guarded, by))

    def bind_parameters(
        self, params: nodes.Parameters, scope: Scope, each_of: nodes.Node | None = None
    ) -> None:
        """Bind the parameters of a function or lambda in its ``scope``, which has to be entered.

        ``each_of`` is the iterable whose elements the first one gets.
        """
        positional = len(params.posonly_params) + len(params.params)
        for index, param in enumerate(params.all):
            annotation = param.annotation.annotation if param.annotation is not None else None
            position = index if index < positional else -1
            source = each_of if not position else None
            order = self._recorder.tick()
            name = param.name.value
            self._recorder.bind(
                ParamBinding(name, param, scope, order, annotation, param.default, position, source)
            )

    def assign(self, target: nodes.Node, make: MakeBinding) -> None:
        """Bind the names in an assignment target; ``make`` builds a binding from name, node and path."""
        pending: list[tuple[nodes.Node, tuple[int, ...]]] = [(target, ())]
        while pending:
            node, path = pending.pop(0)
            if isinstance(node, nodes.Name):
                self._recorder.bind(make(node.value, node, path))
            elif isinstance(node, (nodes.Tuple, nodes.List)):
                pending[:0] = [(element, (*path, i)) for i, element in enumerate(node.elements)]
            elif isinstance(node, nodes.StarredElement):
                pending.insert(0, (node.value, (*path, -1)))
            elif isinstance(node, nodes.Element):
                pending.insert(0, (node.value, path))
            elif isinstance(node, nodes.Attribute):
                self._assign_attribute(node, make, path)
            else:
                self._walk_all(children(node), Usage.INSPECTED)
                self._assign_item(node, make, path)

    def _assign_attribute(
        self,
        node: nodes.Attribute,
        make: MakeBinding,
        path: tuple[int, ...],
    ) -> None:
        self.walk(node.value, Usage.INSPECTED)
        if isinstance(node.value, nodes.Name):
            self._recorder.bind_attribute(node.value.value, make(node.attr.value, node, path))
        forget(self._recorder, dotted(node))

    def _assign_item(
        self,
        node: nodes.Node,
        make: MakeBinding,
        path: tuple[int, ...],
    ) -> None:
        name, owner = item_name(node), holder_of_item(node)
        if isinstance(owner, nodes.Name):
            self._recorder.bind_attribute(owner.value, make(name, node, path))

    def _walk_all(self, nodes: Iterable[nodes.Node], usage: Usage) -> None:
        for node in nodes:
            self.walk(node, usage)

    def _push(
        self, nodes: Iterable[nodes.Node], usage: Usage = Usage.PASSED, passing: Passing = _NOT_PASSED
    ) -> None:
        self._steps.extend((node, usage, passing) for node in reversed(list(nodes)))

    def _then(self, action: Callable[[], None]) -> None:
        self._steps.append((action, Usage.INSPECTED, _NOT_PASSED))

    def _refer(self, node: nodes.Node, usage: Usage, passing: Passing) -> None:
        recorder = self._recorder
        anchor = node if self._quoted is None else self._quoted
        recorder.facts.append(
            Reference(node, recorder.scope, recorder.guarded, usage, anchor, *passing, self._annotates)
        )

    def note_await(self, node: nodes.Node, keyword: str) -> None:
        """Note ``await``, ``async for`` or ``async with`` where it runs at import."""
        recorder = self._recorder
        if recorder.scope.runs_at_import():
            recorder.facts.append(ImportTimeAwait(node, recorder.scope, recorder.guarded, keyword))
