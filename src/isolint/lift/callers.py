"""Calls of a lifted function: they pass the capabilities that it takes now, and in a shell perform the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

import libcst as cst
from libcst.helpers import get_full_name_for_node
from msgspec import Struct, structs

from isolint.lift.annotations import last_name
from isolint.lift.inside import Inside, inside_function
from isolint.lift.refusals import lines_of
from isolint.lift.targets import Callees
from isolint.model import Import
from isolint.syntax import concrete
from isolint.syntax.parsing import SyntaxProblem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from isolint.lift.definitions import Project
    from isolint.lift.targets import Target
    from isolint.lift.views import View

_SHELL = "asyncplan.shell"
_TAKES_PLANS = ("async_", "as_plan", "perform_async")
_DRIVING = ("create_task", "ensure_future", "gather", "run", "run_until_complete", "shield", "wait_for")
"""Functions of asyncio, and methods of its loops and groups, that run the coroutines they are given."""


@final
class Call(Struct, frozen=True, order=True):
    """A use of a lifted function that still takes its result for a coroutine.

    ``around`` is the function that it stands in, empty at the top of the module, and ``in_coroutine`` says whether
    that one is a coroutine function of the core, which could be lifted as well. ``doubt`` says why it may be another function that is used.
    """

    line: int
    around: str
    in_coroutine: bool
    doubt: str = ""


@final
class Callers(cst.CSTTransformer):
    """Rewrites the calls of a lifted function, under any name that ``view`` has for it.

    A method is looked for in the class of the object it is called on, as far as that is known. In a shell, a call that is
    awaited, or given to asyncio, becomes `perform_async(...)`, which gives a coroutine. ``rewritten`` counts the calls changed, ``performed`` those performed;
    ``left`` are the uses that a person, or another lift, has to change.
    """

    def __init__(
        self, view: View, project: Project, target: Target, passed: Sequence[str], *, in_shell: bool
    ) -> None:
        super().__init__()
        self._view = view
        self._callees = Callees(view, project, target)
        self._passed = passed
        self._in_shell = in_shell
        self._around: list[cst.FunctionDef | cst.ClassDef] = []
        self._inside = [Inside(view)]
        self._driven: set[cst.CSTNode] = set()
        self._plans: set[cst.CSTNode] = set()
        self.rewritten = self.performed = 0
        self._left: list[tuple[cst.CSTNode, Call]] = []

    @property
    def left(self) -> list[Call]:
        """The uses that are left, in the order of the text."""
        lines = lines_of((node for node, _ in self._left), self._view)
        return sorted(structs.replace(call, line=lines[node]) for node, call in self._left)

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        outer = self._around[-1] if self._around else None
        owner = outer if isinstance(outer, cst.ClassDef) else None
        self._inside.append(inside_function(node, self._inside[-1], owner))
        self._around.append(node)

    def leave_FunctionDef(
        self,
        original_node: cst.FunctionDef,  # noqa: ARG002
        updated_node: cst.FunctionDef,
    ) -> cst.FunctionDef:
        self._around.pop()
        self._inside.pop()
        return updated_node

    def visit_ClassDef(self, node: cst.ClassDef) -> None:
        self._around.append(node)

    def leave_ClassDef(
        self,
        original_node: cst.ClassDef,  # noqa: ARG002
        updated_node: cst.ClassDef,
    ) -> cst.ClassDef:
        self._around.pop()
        return updated_node

    def visit_Await(self, node: cst.Await) -> None:
        self._note_driven(node.expression)

    def _note_driven(self, value: cst.CSTNode) -> None:
        """Note a call whose coroutine is awaited, or run; of some it is not certain whose method they call."""
        if not isinstance(value, cst.Call):
            return
        self._driven.add(value)
        if doubt := self._callees.doubt(value.func, self._inside[-1]):
            self._note(value, doubt)

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

    def _note(self, node: cst.CSTNode, doubt: str = "") -> None:
        around = ".".join(each.name.value for each in self._around)
        inner = self._around[-1] if self._around else None
        is_coroutine = isinstance(inner, cst.FunctionDef) and inner.asynchronous is not None
        is_named = (
            all(isinstance(each, cst.ClassDef) for each in self._around[:-1]) and len(self._around) <= 2
        )
        is_liftable = is_coroutine and is_named and not doubt and not self._in_shell
        self._left.append((node, Call(0, around, is_liftable, doubt)))

    def visit_From(self, node: cst.From) -> None:
        self._plans.add(node.item)

    def visit_Call(self, node: cst.Call) -> None:
        if last_name(node.func).startswith(_TAKES_PLANS):
            for argument in node.args:
                self._plans.update(_handed(argument.value))
        elif last_name(node.func) in _DRIVING and self._is_of_asyncio(node.func):
            for argument in node.args:
                for each in _handed(argument.value):
                    self._note_driven(each)

    def _is_of_asyncio(self, callee: cst.BaseExpression) -> bool:
        """Whether a function comes from asyncio; a method with the name of one of a loop is taken for that."""
        dotted = self._view.origin(get_full_name_for_node(callee) or "")
        return dotted.startswith("asyncio.") or (
            isinstance(callee, cst.Attribute) and last_name(callee) != "run"
        )

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:
        if not self._is_it(original_node.func):
            return updated_node
        call = self._with_capabilities(updated_node)
        if original_node in self._driven and self._in_shell:
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
        return self._callees.is_lifted(callee, self._inside[-1])


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


@final
class CallSites(Struct, frozen=True):
    """The text of a module with the calls of a lifted function rewritten.

    ``left`` are the uses that are not, and ``performed`` counts the calls that drive the plan now.
    """

    text: str
    left: list[Call]
    performed: int = 0


def call_sites(
    text: str, view: View, project: Project, target: Target, passed: Sequence[str], *, in_shell: bool
) -> CallSites:
    """Rewrite the calls of a lifted function or method in a module."""
    callers = Callers(view, project, target, passed, in_shell=in_shell)
    changed = view.tree.visit(callers)
    if not (callers.rewritten or callers.performed):
        return CallSites(text, callers.left)
    home = target.home
    wanted = [Import(home, name) for name in passed if view.home.module != home and callers.rewritten]
    wanted += [Import(_SHELL, "perform_async")] if callers.performed else []
    content = concrete.rewritten(text, changed, wanted, view.home)
    if isinstance(content, SyntaxProblem):
        return CallSites(text, callers.left)
    return CallSites(content, callers.left, callers.performed)
