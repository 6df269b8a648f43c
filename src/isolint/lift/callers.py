"""Calls of a lifted function: the capabilities that it takes now are passed, and a shell performs the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

import libcst as cst
from libcst.helpers import get_full_name_for_node
from msgspec import Struct

from isolint.lift.refusals import lines_of
from isolint.lift.views import last_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from isolint.lift.views import View


_TAKES_PLANS = ("async_", "as_plan", "perform_async")


@final
class Call(Struct, frozen=True, order=True):
    """A use of a lifted function that still takes its result for a coroutine.

    ``around`` is the function that it stands in, empty at the top of the module, and ``in_coroutine`` says whether
    that one could be lifted as well.
    """

    line: int
    around: str
    in_coroutine: bool


@final
class Callers(cst.CSTTransformer):
    """Rewrites the calls of ``function`` of the module ``home``, under any name that ``view`` has for it.

    In a shell, an awaited call becomes `await perform_async(...)`. ``rewritten`` counts the calls changed,
    ``performed`` those performed; ``left`` are the uses that a person, or another lift, has to change.
    """

    def __init__(
        self, view: View, function: str, home: str, passed: Sequence[str], *, in_shell: bool
    ) -> None:
        super().__init__()
        self._view = view
        self._function = f"{home}.{function}"
        self._local = function if view.home.module == home else ""
        self._passed = passed
        self._in_shell = in_shell
        self._around: list[tuple[str, bool]] = []
        self._awaited: set[cst.CSTNode] = set()
        self._plans: set[cst.CSTNode] = set()
        self.rewritten = self.performed = 0
        self._left: list[tuple[cst.CSTNode, str, bool]] = []

    @property
    def left(self) -> list[Call]:
        """The uses that are left, in the order of the text."""
        lines = lines_of((node for node, _, _ in self._left), self._view)
        return sorted(Call(lines[node], around, in_coroutine) for node, around, in_coroutine in self._left)

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        self._around.append((node.name.value, node.asynchronous is not None))

    def leave_FunctionDef(
        self,
        original_node: cst.FunctionDef,  # noqa: ARG002
        updated_node: cst.FunctionDef,
    ) -> cst.FunctionDef:
        self._around.pop()
        return updated_node

    def visit_ClassDef(self, node: cst.ClassDef) -> None:
        self._around.append((node.name.value, False))

    def leave_ClassDef(
        self,
        original_node: cst.ClassDef,  # noqa: ARG002
        updated_node: cst.ClassDef,
    ) -> cst.ClassDef:
        self._around.pop()
        return updated_node

    def visit_Await(self, node: cst.Await) -> None:
        if isinstance(node.expression, cst.Call) and self._is_it(node.expression.func):
            self._awaited.add(node.expression)

    def visit_Arg(self, node: cst.Arg) -> None:
        self._note_reference(node.value)

    def visit_Assign(self, node: cst.Assign) -> None:
        self._note_reference(node.value)

    def visit_Return(self, node: cst.Return) -> None:
        if node.value is not None:
            self._note_reference(node.value)

    def _note_reference(self, value: cst.BaseExpression) -> None:
        """Note a function that is handed on: its caller then gets a plan."""
        if isinstance(value, (cst.Name, cst.Attribute)) and self._is_it(value):
            self._note(value)

    def _note(self, node: cst.CSTNode) -> None:
        around = ".".join(name for name, _ in self._around)
        self._left.append((node, around, bool(self._around) and self._around[-1][1]))

    def visit_From(self, node: cst.From) -> None:
        self._plans.add(node.item)

    def visit_Call(self, node: cst.Call) -> None:
        if last_name(node.func).startswith(_TAKES_PLANS):
            for argument in node.args:
                self._plans.update(_handed(argument.value))

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:
        if not self._is_it(original_node.func):
            return updated_node
        call = self._with_capabilities(updated_node)
        if original_node in self._awaited and self._in_shell:
            self.performed += 1
            return cst.Call(cst.Name("perform_async"), [cst.Arg(call)])
        if original_node not in self._plans:
            self._note(original_node)
        return call

    def _with_capabilities(self, call: cst.Call) -> cst.Call:
        if not self._passed:
            return call
        self.rewritten += 1
        return call.with_changes(args=_with_more(call.args, [_passed_on(name) for name in self._passed]))

    def _is_it(self, callee: cst.BaseExpression) -> bool:
        dotted = get_full_name_for_node(callee) or ""
        return bool(dotted) and (dotted == self._local or self._view.origin(dotted) == self._function)


def _passed_on(name: str) -> cst.Arg:
    tight = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    return cst.Arg(cst.Name(name), keyword=cst.Name(name), equal=tight)


def _with_more(given: Sequence[cst.Arg], more: Sequence[cst.Arg]) -> list[cst.Arg]:
    """Return arguments with ``more`` behind them, spaced as they are: the line that closes a call stays last."""
    if not given:
        return [*more]
    last = given[-1]
    between = given[-2].comma if len(given) > 1 else cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    closing = {"comma": last.comma, "whitespace_after_arg": last.whitespace_after_arg}
    opened = last.with_changes(whitespace_after_arg=cst.SimpleWhitespace(""))
    *inner, new_last = [opened, *more]
    return [
        *given[:-1],
        *(each.with_changes(comma=between) for each in inner),
        new_last.with_changes(**closing),
    ]


def _handed(value: cst.BaseExpression) -> list[cst.CSTNode]:
    """Return the expressions that are given as plans: an argument, the elements of a list, the result of a lambda."""
    if isinstance(value, (cst.List, cst.Tuple)):
        return [each.value for each in value.elements]
    if isinstance(value, (cst.ListComp, cst.GeneratorExp)):
        return [value.elt]
    return [value.body] if isinstance(value, cst.Lambda) else [value]
