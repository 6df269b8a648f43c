"""Walks expressions: which names are read, how each value is used, what scopes open inside."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, cast, final

from isolint.semantics.facts import (
    AnnotationOf,
    AwaitSite,
    CallSite,
    ComprehensionSite,
    Examination,
    Usage,
)
from isolint.semantics.narrowing import narrow, tested, tested_along, widen
from isolint.semantics.scopes import (
    IterBinding,
    PartBinding,
    ScopeKind,
    ValueBinding,
)
from isolint.semantics.walking import Passing, Walking
from isolint.syntax import nodes
from isolint.syntax.names import last_name, root_of
from isolint.syntax.translation import quoted_expression
from isolint.syntax.walk import children

if TYPE_CHECKING:
    from isolint.semantics.narrowing import Tested

# Functions that look at their arguments without using them.
_INSPECTORS = frozenset(
    "isinstance issubclass getattr hasattr callable id type repr print len iscoroutinefunction "
    "signature get_type_hints TypeVar NewType wraps update_wrapper Mock MagicMock AsyncMock create_autospec".split()
)
_CALLING_FIRST = frozenset({"map", "filter", "takewhile", "dropwhile", "filterfalse"})
"""Functions that call the first argument with each element of the second."""
_CALLING_KEY = frozenset({"sorted", "max", "min", "groupby"})
"""Functions that call ``key`` with each element of the first argument."""
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
_PLACEHOLDER = re.compile(r"%(?:\(\w*\))?[-#0 +]*[\d*]*(?:\.[\d*]+)?([a-zA-Z%])")
"""A placeholder of ``"..." % values``, with its kind."""
_INSPECTING_KEYWORDS = frozenset({"spec", "spec_set", "bound", "autospec"})


@final
class ExpressionWalker(Walking):
    """What each class of expressions does with its parts."""

    def _on_Name(self, node: nodes.Node, usage: Usage, passing: Passing) -> None:
        name = cast("nodes.Name", node)
        self._recorder.read(name, name.value, later=self._annotates is not None)
        self._refer(name, usage, passing)

    def _on_Attribute(self, node: nodes.Node, usage: Usage, passing: Passing) -> None:
        base = root_of(node)
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
        self._note_gone_through(call, callee)
        for index, arg in reversed(list(enumerate(call.args))):
            name = arg.keyword.value if arg.keyword is not None else ""
            inspected = callee in _INSPECTORS or name in _INSPECTING_KEYWORDS
            if (callee == "cast" and not index) or (callee == "TypeVar" and name == "bound"):
                self._then(partial(self.annotation, arg.value, AnnotationOf.VARIABLE))
                continue
            self._push([arg.value], Usage.INSPECTED if inspected else Usage.PASSED, (callee, name))
        self._push([call.func], Usage.CALLED)

    def _note_gone_through(self, call: nodes.Call, callee: str) -> None:
        """Note the iterable that a lambda among the arguments is called with the elements of."""
        given = [arg.value for arg in call.args if arg.keyword is None and not arg.star]
        if callee in _CALLING_FIRST and len(given) == 2:
            self._gone_through[given[0]] = given[1]
        keys = [arg.value for arg in call.args if arg.keyword is not None and arg.keyword.value == "key"]
        if keys and callee in _CALLING_KEY and len(given) == 1:
            self._gone_through[keys[0]] = given[0]
        elif keys and callee == "sort" and isinstance(call.func, nodes.Attribute):
            self._gone_through[keys[0]] = call.func.value

    def _on_Await(self, node: nodes.Node, _usage: Usage, _passing: Passing) -> None:
        self.note_await(node, "await")
        self._recorder.facts.append(AwaitSite(node, self._recorder.scope, self._recorder.guarded))
        self._push([cast("nodes.Await", node).expression], Usage.AWAITED)

    def _on_Subscript(self, node: nodes.Node, usage: Usage, passing: Passing) -> None:
        subscript = cast("nodes.Subscript", node)
        kind = last_name(subscript.value)
        slices = [child for element in subscript.slice for child in children(element.slice)]
        if self._annotates is not None and kind in ("Literal", "Annotated"):
            metadata = slices[1:] if kind == "Annotated" and self._quoted is None else []
            slices = slices[:1] if kind == "Annotated" else []
            for data in reversed(metadata):
                self._then(partial(self._metadata, data))
        if self._annotates is None and kind in TYPE_WRAPPERS:  # an alias
            for text in [child for child in slices if isinstance(child, nodes.SimpleString)]:
                self._then(partial(self.annotation, text, AnnotationOf.VARIABLE))
        # `Optional[X]` annotates with X, `Callable[[X], None]` only speaks of it.
        self._push(slices, usage if kind in TYPE_WRAPPERS else Usage.INSPECTED)
        passes_on = usage in (Usage.CALLED, Usage.INHERITED, Usage.INSPECTED, Usage.ANNOTATES)
        self._push([subscript.value], usage if passes_on else Usage.PASSED, passing)
        is_used = usage is Usage.CALLED or (usage is Usage.PASSED and passing[0])
        displayed = (
            isinstance(subscript.value, (nodes.Dict, nodes.List, nodes.Tuple)) and usage is Usage.CALLED
        )
        if is_used and (displayed or isinstance(subscript.value, (nodes.Name, nodes.Attribute, nodes.Call))):
            self._refer(subscript, usage, passing)

    def _metadata(self, node: nodes.Node) -> None:
        """Walk what stands behind the type in ``Annotated``: plain values, and functions that a framework calls."""
        outer, self._annotates = self._annotates, None
        self.walk(node, Usage.PASSED, ("Annotated", ""))
        self._annotates = outer

    def _on_Comparison(self, node: nodes.Node, _usage: Usage, _passing: Passing) -> None:
        comparison = cast("nodes.Comparison", node)
        first = comparison.comparisons[0]
        if isinstance(first.operator, _COMPARING):
            for side in (comparison.left, first.comparator):
                self._examine(side, Examination.COMPARISON)
        elif isinstance(first.operator, (nodes.In, nodes.NotIn)) and _holds_literals(first.comparator):
            self._examine(comparison.left, Examination.COMPARISON)
        self._push([comparison.left, *(c.comparator for c in comparison.comparisons)], Usage.INSPECTED)

    def _on_BinaryOperation(self, node: nodes.Node, usage: Usage, _passing: Passing) -> None:
        for formatted in _formatted(cast("nodes.BinaryOperation", node)):
            self._examine(formatted, Examination.FORMATTING)
        self._push(children(node), usage if usage is Usage.ANNOTATES else Usage.INSPECTED)

    def _on_UnaryOperation(self, node: nodes.Node, _usage: Usage, _passing: Passing) -> None:
        operation = cast("nodes.UnaryOperation", node)
        if isinstance(operation.operator, nodes.Not):
            self._examine(operation.expression, Examination.TRUTH)
        self._push(children(node), Usage.INSPECTED)

    def _on_FormattedStringExpression(self, node: nodes.Node, _usage: Usage, _passing: Passing) -> None:
        formatted = cast("nodes.FormattedStringExpression", node)
        if formatted.conversion == "s" or (formatted.conversion is None and formatted.equal is None):
            self._examine(formatted.expression, Examination.FORMATTING)
        self._push(children(node), Usage.INSPECTED)

    def _on_BooleanOperation(self, node: nodes.Node, usage: Usage, passing: Passing) -> None:
        operation = cast("nodes.BooleanOperation", node)
        self._examine(operation.left, Examination.TRUTH)
        holds = isinstance(operation.operator, nodes.And)
        known = tested_along(operation.left, self._tested, holds=holds)
        self._push_where(known, operation.right, usage, passing)
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
        self.bind_parameters(function.params, scope, self._gone_through.pop(function, None))
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


def _holds_literals(collection: nodes.Node) -> bool:
    """Whether a display holds nothing but literals, so that only a literal can be found in it."""
    if isinstance(collection, nodes.SimpleString):
        return True
    if not isinstance(collection, (nodes.Tuple, nodes.List, nodes.Set)):
        return False
    literals = (nodes.BaseNumber, nodes.BaseString)
    constants = ("None", "True", "False")
    values = [element.value for element in collection.elements]
    return all(
        isinstance(value, literals) or (isinstance(value, nodes.Name) and value.value in constants)
        for value in values
    )


def _formatted(operation: nodes.BinaryOperation) -> list[nodes.BaseExpression]:
    """Return what ``"%s" % value`` formats as text; ``%r`` asks for the description itself."""
    template, given = operation.left, operation.right
    if not isinstance(operation.operator, nodes.Modulo) or not isinstance(template, nodes.SimpleString):
        return []
    kinds = [kind for kind in _PLACEHOLDER.findall(template.value) if kind != "%"]
    if isinstance(given, nodes.Tuple):
        return [e.value for kind, e in zip(kinds, given.elements, strict=False) if kind == "s"]
    if isinstance(given, nodes.Dict):
        return (
            [e.value for e in given.elements if isinstance(e, nodes.DictElement)] if "r" not in kinds else []
        )
    return [given] if kinds[:1] == ["s"] else []
