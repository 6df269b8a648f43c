"""Walks expressions: which names are read, how each value is used, what scopes open inside.

Iterative, because expressions in generated code nest deeper than Python's stack.
"""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, TypeAlias, cast, final

from isolint.semantics.chains import holder_of_item, item_name
from isolint.semantics.facts import (
    AnnotationOf,
    AwaitSite,
    CallSite,
    ComprehensionSite,
    Examination,
    Examined,
    ImportTimeAwait,
    Reference,
    Usage,
)
from isolint.semantics.narrowing import forget, narrow, tested, widen
from isolint.semantics.scopes import (
    Binding,
    IterBinding,
    ParamBinding,
    PartBinding,
    Scope,
    ScopeKind,
    ValueBinding,
)
from isolint.syntax import nodes
from isolint.syntax.names import dotted, last_name
from isolint.syntax.translation import quoted_expression
from isolint.syntax.walk import children

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from isolint.semantics.narrowing import Tested
    from isolint.semantics.recorder import Recorder

# Functions that look at their arguments without using them.
_INSPECTORS = frozenset(
    "isinstance issubclass getattr hasattr callable id type repr print len iscoroutinefunction "
    "signature get_type_hints TypeVar NewType wraps update_wrapper Mock MagicMock AsyncMock create_autospec".split()
)
TYPE_WRAPPERS = frozenset(
    {"Optional", "Union", "Annotated", "Final", "ClassVar", "InitVar", "Required", "NotRequired"}
)
"""Special forms whose value is one of their arguments."""
_COMPARING = (
    nodes.Equal,
    nodes.NotEqual,
    nodes.LessThan,
    nodes.LessThanEqual,
    nodes.GreaterThan,
    nodes.GreaterThanEqual,
)
_INSPECTING_KEYWORDS = frozenset({"spec", "spec_set", "bound", "autospec"})

Passing: TypeAlias = "tuple[str, str]"
"""What a value is passed to, and under which name."""
_NOT_PASSED: Passing = ("", "")

Step: TypeAlias = "tuple[nodes.Node | Callable[[], None], Usage, Passing]"


@cache
def handlers(walker: type) -> dict[type, Callable[..., None]]:
    """Return the methods ``_on_<Node>`` of a class by the class of the node.

    Of the class and not of an object: what holds its own methods does not go by itself.
    """
    named = ((name, name.removeprefix("_on_")) for name in dir(walker) if name.startswith("_on_"))
    return {getattr(nodes, node): getattr(walker, name) for name, node in named if hasattr(nodes, node)}


@final
class ExpressionWalker:
    """Feeds a :class:`Recorder` with what stands in expressions."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._annotates: AnnotationOf | None = None
        self._quoted: nodes.Node | None = None
        self._steps: list[Step] = []
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

    def bind_parameters(self, params: nodes.Parameters, scope: Scope) -> None:
        """Bind the parameters of a function or lambda in its ``scope``, which has to be entered."""
        positional = len(params.posonly_params) + len(params.params)
        for index, param in enumerate(params.all):
            annotation = param.annotation.annotation if param.annotation is not None else None
            position = index if index < positional else -1
            binding = ParamBinding(
                param.name.value, param, scope, self._recorder.tick(), annotation, param.default, position
            )
            self._recorder.bind(binding)

    def assign(self, target: nodes.Node, make: Callable[[str, nodes.Node, tuple[int, ...]], Binding]) -> None:
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
        make: Callable[[str, nodes.Node, tuple[int, ...]], Binding],
        path: tuple[int, ...],
    ) -> None:
        self.walk(node.value, Usage.INSPECTED)
        if isinstance(node.value, nodes.Name):
            self._recorder.bind_attribute(node.value.value, make(node.attr.value, node, path))
        forget(self._recorder, dotted(node))

    def _assign_item(
        self,
        node: nodes.Node,
        make: Callable[[str, nodes.Node, tuple[int, ...]], Binding],
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

    # One method for each class of node whose children need more than a look.

    def _on_Name(self, node: nodes.Node, usage: Usage, passing: Passing) -> None:
        name = cast("nodes.Name", node)
        self._recorder.read(name, name.value, later=self._annotates is not None)
        self._refer(name, usage, passing)

    def _on_Attribute(self, node: nodes.Node, usage: Usage, passing: Passing) -> None:
        base = node
        while isinstance(base, nodes.Attribute):
            base = base.value
        if isinstance(base, nodes.Name):
            self._recorder.read(base, base.value, later=self._annotates is not None)
        else:
            self._push([base])
        self._refer(node, usage, passing)

    def _on_Call(self, node: nodes.Node, usage: Usage, passing: Passing) -> None:
        call = cast("nodes.Call", node)
        recorder = self._recorder
        recorder.facts.append(CallSite(call, recorder.scope, recorder.guarded))
        callee = last_name(call.func)
        if callee == "getattr" or usage is Usage.CALLED:
            self._refer(call, usage, passing)
        for index, arg in reversed(list(enumerate(call.args))):
            name = arg.keyword.value if arg.keyword is not None else ""
            inspected = callee in _INSPECTORS or name in _INSPECTING_KEYWORDS
            if (callee == "cast" and not index) or (callee == "TypeVar" and name == "bound"):
                self._then(partial(self.annotation, arg.value, AnnotationOf.VARIABLE))
                continue
            self._push([arg.value], Usage.INSPECTED if inspected else Usage.PASSED, (callee, name))
        self._push([call.func], Usage.CALLED)

    def _on_Await(self, node: nodes.Node, _usage: Usage, _passing: Passing) -> None:
        self.note_await(node, "await")
        self._recorder.facts.append(AwaitSite(node, self._recorder.scope, self._recorder.guarded))
        self._push([cast("nodes.Await", node).expression], Usage.AWAITED)

    def note_await(self, node: nodes.Node, keyword: str) -> None:
        """Note ``await``, ``async for`` or ``async with`` where it runs at import."""
        recorder = self._recorder
        if recorder.scope.runs_at_import():
            recorder.facts.append(ImportTimeAwait(node, recorder.scope, recorder.guarded, keyword))

    def _on_Subscript(self, node: nodes.Node, usage: Usage, passing: Passing) -> None:
        subscript = cast("nodes.Subscript", node)
        kind = last_name(subscript.value)
        slices = [child for element in subscript.slice for child in children(element.slice)]
        if self._annotates is not None and kind in ("Literal", "Annotated"):
            slices = slices[:1] if kind == "Annotated" else []
        if self._annotates is None and kind in TYPE_WRAPPERS:  # an alias
            for text in [child for child in slices if isinstance(child, nodes.SimpleString)]:
                self._then(partial(self.annotation, text, AnnotationOf.VARIABLE))
        # `Optional[X]` annotates with X, `Callable[[X], None]` only speaks of it.
        self._push(slices, usage if kind in TYPE_WRAPPERS else Usage.INSPECTED)
        passes_on = usage in (Usage.CALLED, Usage.INHERITED, Usage.INSPECTED, Usage.ANNOTATES)
        self._push([subscript.value], usage if passes_on else Usage.PASSED, passing)
        is_used = usage is Usage.CALLED or (usage is Usage.PASSED and passing[0])
        if is_used and isinstance(subscript.value, (nodes.Name, nodes.Attribute, nodes.Call)):
            self._refer(subscript, usage, passing)

    def _on_Comparison(self, node: nodes.Node, _usage: Usage, _passing: Passing) -> None:
        comparison = cast("nodes.Comparison", node)
        if isinstance(comparison.comparisons[0].operator, _COMPARING):
            for side in (comparison.left, comparison.comparisons[0].comparator):
                self._examine(side, Examination.COMPARISON)
        self._push([comparison.left, *(c.comparator for c in comparison.comparisons)], Usage.INSPECTED)

    def _on_BinaryOperation(self, node: nodes.Node, usage: Usage, _passing: Passing) -> None:
        self._push(children(node), usage if usage is Usage.ANNOTATES else Usage.INSPECTED)

    def _on_UnaryOperation(self, node: nodes.Node, _usage: Usage, _passing: Passing) -> None:
        operation = cast("nodes.UnaryOperation", node)
        if isinstance(operation.operator, nodes.Not):
            self._examine(operation.expression, Examination.TRUTH)
        self._push(children(node), Usage.INSPECTED)

    def _on_FormattedStringExpression(self, node: nodes.Node, _usage: Usage, _passing: Passing) -> None:
        formatted = cast("nodes.FormattedStringExpression", node)
        if formatted.conversion is None and formatted.equal is None:
            self._examine(formatted.expression, Examination.FORMATTING)
        self._push(children(node), Usage.INSPECTED)

    def _on_BooleanOperation(self, node: nodes.Node, usage: Usage, passing: Passing) -> None:
        operation = cast("nodes.BooleanOperation", node)
        self._examine(operation.left, Examination.TRUTH)
        holds = isinstance(operation.operator, nodes.And)
        self._push_where(tested(operation.left, holds=holds), operation.right, usage, passing)
        self._push([operation.left], usage, passing)

    def _on_IfExp(self, node: nodes.Node, usage: Usage, passing: Passing) -> None:
        choice = cast("nodes.IfExp", node)
        self._examine(choice.test, Examination.TRUTH)
        self._push_where(tested(choice.test, holds=False), choice.orelse, usage, passing)
        self._push_where(tested(choice.test, holds=True), choice.body, usage, passing)
        self._push([choice.test], Usage.INSPECTED)

    def _push_where(self, known: Tested, node: nodes.Node, usage: Usage, passing: Passing) -> None:
        """Push what is evaluated only where something is known of the types of some names."""
        if known:
            self._then(lambda: widen(self._recorder, known))
        self._push([node], usage, passing)
        if known:
            self._then(lambda: narrow(self._recorder, known))

    def _on_Element(self, node: nodes.Node, _usage: Usage, _passing: Passing) -> None:
        self._push([cast("nodes.Element", node).value], Usage.COLLECTED)

    def _on_DictElement(self, node: nodes.Node, _usage: Usage, _passing: Passing) -> None:
        element = cast("nodes.DictElement", node)
        self._push([element.value], Usage.PASSED)
        self._push([element.key], Usage.INSPECTED)

    def _on_NamedExpr(self, node: nodes.Node, _usage: Usage, _passing: Passing) -> None:
        walrus = cast("nodes.NamedExpr", node)
        self._then(lambda: self._bind_walrus(walrus))
        self._push([walrus.value], Usage.ASSIGNED)

    def _bind_walrus(self, walrus: nodes.NamedExpr) -> None:
        inline = (ScopeKind.COMPREHENSION, ScopeKind.GENERATOR)
        scope = next(s for s in self._recorder.scope.enclosing() if s.kind not in inline)
        name = last_name(walrus.target)
        self._recorder.bind(ValueBinding(name, walrus.target, scope, self._recorder.tick(), walrus.value))

    def _on_Yield(self, node: nodes.Node, _usage: Usage, _passing: Passing) -> None:
        value = cast("nodes.Yield", node).value
        self._recorder.scope.note_yield(None if isinstance(value, nodes.From) else value)
        self._push(children(node))

    def _on_SimpleString(self, node: nodes.Node, usage: Usage, _passing: Passing) -> None:
        if self._annotates is None or self._quoted is not None:
            return
        quoted = quoted_expression(cast("nodes.SimpleString", node).evaluated_value)
        if quoted is not None:
            self._quoted = node
            self.walk(quoted, usage)
            self._quoted = None
            self._recorder.quoted[node] = quoted

    def _on_Lambda(self, node: nodes.Node, _usage: Usage, _passing: Passing) -> None:
        function = cast("nodes.Lambda", node)
        self._then(lambda: self._enter_lambda(function))
        defaults = [p.default for p in function.params.all if p.default is not None]
        self._push(defaults, Usage.PASSED, ("", "default"))

    def _enter_lambda(self, function: nodes.Lambda) -> None:
        recorder = self._recorder
        scope = recorder.open(ScopeKind.FUNCTION, function)
        outside = recorder.enter(scope)
        self.bind_parameters(function.params, scope)
        scope.note_return(function.body)
        self._then(lambda: recorder.leave(outside))
        self._push([function.body])

    def _on_ListComp(self, node: nodes.Node, _usage: Usage, _passing: Passing) -> None:
        self._comprehension(node, ScopeKind.COMPREHENSION)

    _on_SetComp = _on_DictComp = _on_ListComp

    def _on_GeneratorExp(self, node: nodes.Node, _usage: Usage, _passing: Passing) -> None:
        self._comprehension(node, ScopeKind.GENERATOR)

    def _comprehension(self, node: nodes.Node, kind: ScopeKind) -> None:
        comprehension = cast("nodes.ListComp", node)
        first = comprehension.for_in
        results = [child for child in children(comprehension) if child is not first]
        self._then(lambda: self._enter_comprehension(comprehension, kind, results))
        self._push([first.iter])

    def _enter_comprehension(self, node: nodes.ListComp, kind: ScopeKind, results: list[nodes.Node]) -> None:
        recorder = self._recorder
        inner = recorder.open(kind, node)
        recorder.facts.append(ComprehensionSite(node, recorder.scope, recorder.guarded, inner))
        outside = recorder.enter(inner)
        self._then(lambda: recorder.leave(outside))
        self._push(results)
        self._push_loop(node.for_in)

    def _push_loop(self, loop: nodes.CompFor) -> None:
        """Push what happens in one ``for`` of a comprehension, whose iterable has been walked."""
        inner = loop.inner_for_in
        if inner is not None:
            self._then(lambda: self._push_loop(inner))
            self._push([inner.iter])
        tests = [condition.test for condition in loop.ifs]
        self._push(tests, Usage.INSPECTED)
        for test in tests:
            self._examine(test, Examination.TRUTH)
        self._then(lambda: self._bind_loop_target(loop))

    def _bind_loop_target(self, loop: nodes.CompFor) -> None:
        if loop.asynchronous is not None:
            self.note_await(loop.iter, "async for")
        recorder = self._recorder
        self.assign(
            loop.target,
            lambda name, node, path: (
                PartBinding(name, node, recorder.scope, recorder.tick(), loop.iter, path)
                if path
                else IterBinding(name, node, recorder.scope, recorder.tick(), loop.iter)
            ),
        )
