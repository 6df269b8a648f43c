"""Code that rewriting cannot turn into a plan, with the reason and the line."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

import libcst as cst
from libcst.helpers import get_full_name_for_node
from libcst.metadata import MetadataWrapper, PositionProvider
from msgspec import Struct

from isolint.lift.annotations import last_name
from isolint.lift.results import gives_result
from isolint.lift.searching import OwnBody, holds, waits

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from isolint.lift.definitions import Project
    from isolint.lift.inside import Inside
    from isolint.lift.views import View

_HARMLESS_DECORATORS = frozenset({"staticmethod", "classmethod", "override", "final"})
_DEADLINES = frozenset({"asyncio.timeout", "asyncio.timeout_at", "anyio.fail_after", "anyio.move_on_after"})
_GROUPS = frozenset({"asyncio.TaskGroup", "anyio.create_task_group", "trio.open_nursery"})
_SPAWNERS = frozenset({"asyncio.create_task", "asyncio.ensure_future"})
_UNLIFTED = {
    "asyncio.shield": "`asyncio.shield` keeps work from being cancelled: describe what has to happen with async_ensure",
    "asyncio.wait": "`asyncio.wait` hands tasks out: gather plans with async_gather or async_race",
    "asyncio.as_completed": "`asyncio.as_completed` hands out coroutines as they end: see asyncplan.stream",
}


@final
class Refusal(Struct, frozen=True, order=True):
    """Why a function is not lifted: the line, from 1, and one sentence."""

    line: int
    reason: str


def refusals(
    function: cst.FunctionDef, inside: Inside, project: Project, results: Collection[str]
) -> list[Refusal]:
    """Return everything in a function that keeps it from being lifted, in the order of the text.

    ``results`` are the names of Results that are only looked at to pass an Err on.
    """
    finder = _Finder(inside, project, results)
    for node, reason in _about_signature(function, inside.view):
        finder.refuse(node, reason)
    function.body.visit(finder)
    if not finder.awaits and not finder.found:
        finder.refuse(function, "it awaits nothing, so there is nothing to describe: drop `async`")
    lines = lines_of((node for node, _ in finder.found), inside.view)
    return sorted({Refusal(lines[node], reason) for node, reason in finder.found})


def lines_of(nodes: Iterable[cst.CSTNode], view: View) -> dict[cst.CSTNode, int]:
    """Return the line on which each node of a module begins, from 1."""
    wanted = [*nodes]
    if not wanted:
        return {}
    ranges = MetadataWrapper(view.tree, unsafe_skip_copy=True).resolve(PositionProvider)
    return {node: ranges[node].start.line for node in wanted}


def _about_signature(function: cst.FunctionDef, view: View) -> list[tuple[cst.CSTNode, str]]:
    found: list[tuple[cst.CSTNode, str]] = []
    if function.asynchronous is None:
        found.append((function, "it is no coroutine function"))
    for decorator in function.decorators:
        dotted = get_full_name_for_node(decorator.decorator) or view.code(decorator.decorator)
        if dotted.rpartition(".")[2] not in _HARMLESS_DECORATORS:
            found.append((decorator, f"`@{dotted}` is given a coroutine function, and would be given plans"))
    name = function.name.value
    if name.startswith("__") and name.endswith("__"):
        found.append((function.name, f"Python itself awaits `{name}`"))
    return found


@final
class _Finder(OwnBody, cst.CSTVisitor):
    def __init__(self, inside: Inside, project: Project, results: Collection[str]) -> None:
        super().__init__()
        self._inside = inside
        self._project = project
        self._results = results
        self._told: set[cst.CSTNode] = set()
        self.awaits = 0
        self.found: list[tuple[cst.CSTNode, str]] = []

    def refuse(self, node: cst.CSTNode, reason: str) -> None:
        self.found.append((node, reason))

    def visit_Yield(self, node: cst.Yield) -> None:
        self.refuse(node, "it is an asynchronous generator: asyncplan.stream describes those")

    def visit_Nonlocal(self, node: cst.Nonlocal) -> None:
        self.refuse(node, "it binds a name of the function around it, which a second run would find changed")

    def visit_Global(self, node: cst.Global) -> None:
        self.refuse(node, "it binds a name of the module, which a second run would find changed")

    def visit_For(self, node: cst.For) -> None:
        if node.asynchronous is not None:
            self.refuse(node, "`async for` takes values as they come: asyncplan.stream describes that")

    def visit_With(self, node: cst.With) -> None:
        if node.asynchronous is None:
            return
        self.awaits += 1
        for item in node.items:
            called = item.item.func if isinstance(item.item, cst.Call) else item.item
            name = self._origin(called)
            if name in _DEADLINES:
                self.refuse(item, f"`{name}` is a deadline: give the plan one with async_timeout")
            elif name in _GROUPS:
                self.refuse(item, f"`{name}` starts tasks: gather plans with async_gather or async_zip")
        if len(node.items) > 1:
            self.refuse(node, "`async with` enters several managers: write one below the other")

    def visit_CompFor(self, node: cst.CompFor) -> None:
        if node.asynchronous is not None:
            self.refuse(node, "`async for` takes values as they come: asyncplan.stream describes that")

    def visit_ListComp(self, node: cst.ListComp) -> bool:
        if isinstance(node.elt, cst.Await) and not waits(node.for_in):
            self.awaits += 1
            self._check_awaited(node.elt)
            return False
        return self._comprehension(node)

    def visit_SetComp(self, node: cst.SetComp) -> bool:
        return self._comprehension(node)

    def visit_DictComp(self, node: cst.DictComp) -> bool:
        return self._comprehension(node)

    def visit_GeneratorExp(self, node: cst.GeneratorExp) -> bool:
        return self._comprehension(node)

    def _comprehension(self, node: cst.BaseComp) -> bool:
        if waits(node):
            self.refuse(node, "it awaits inside a comprehension: write a loop")
            return False
        return True

    def visit_Try(self, node: cst.Try) -> None:
        if not waits(node.body):
            return
        for handler in node.handlers:
            caught = "" if handler.type is None else self._origin(handler.type)
            if (handler.type is None or caught == "BaseException") and not holds(handler, cst.Raise):
                what = f"`except {caught}`" if caught else "a bare `except`"
                self.refuse(handler, f"{what} would catch the end of a plan at an Err: catch Exception")
            elif caught.rpartition(".")[2] == "TimeoutError" and "wait_for" in self._inside.view.code(
                node.body
            ):
                self.refuse(
                    handler, "the timeout of a plan is an Err, no TimeoutError: answer it with async_or_else"
                )

    def visit_Await(self, node: cst.Await) -> None:
        self.awaits += 1
        if node not in self._told and gives_result(node, self._inside, self._project):
            self.refuse(
                node, "it looks at a Result itself: an Err ends the plan, and async_or_else answers one"
            )
        self._check_awaited(node)

    def _check_awaited(self, node: cst.Await) -> None:
        call = node.expression
        if not isinstance(call, cst.Call):
            text = self._inside.view.code(call)
            self.refuse(
                node,
                f"it awaits `{text}`, which is made elsewhere: a plan makes a call of its own in each run",
            )
            return
        name = self._origin(call.func)
        if name in _UNLIFTED:
            self.refuse(node, _UNLIFTED[name])
        elif name == "asyncio.gather":
            self._check_gather(call)
        elif any(each.keyword is not None or each.star == "**" for each in call.args) and waits(call):
            self.refuse(node, "an argument by keyword waits: give it a name on a line of its own")

    def _check_gather(self, call: cst.Call) -> None:
        for each in call.args:
            if each.keyword is not None:
                self.refuse(
                    call,
                    f"gather with `{each.keyword.value}` gives exceptions as values: see async_gather_all",
                )
            elif each.star and not (
                isinstance(each.value, (cst.ListComp, cst.GeneratorExp))
                and isinstance(each.value.elt, cst.Call)
            ):
                text = self._inside.view.code(each.value)
                self.refuse(call, f"the coroutines in `{text}` are made elsewhere: make plans there, or here")
            elif not each.star and not isinstance(each.value, cst.Call):
                text = self._inside.view.code(each.value)
                self.refuse(
                    call,
                    f"the coroutine `{text}` is made elsewhere: a plan makes a call of its own in each run",
                )

    def visit_Call(self, node: cst.Call) -> None:
        name = self._origin(node.func)
        if name in _SPAWNERS or last_name(node.func) == "create_task":
            self.refuse(node, "it starts a task: describe the parts as plans and gather them")

    def visit_Expr(self, node: cst.Expr) -> None:
        if gives_result(node.value, self._inside, self._project):
            self.refuse(
                node, "it drops a Result: an Err would end the plan here, and was not looked at before"
            )

    def visit_Return(self, node: cst.Return) -> None:
        if node.value is not None and gives_result(node.value, self._inside, self._project):
            self._told.add(node.value)

    def visit_Assign(self, node: cst.Assign) -> None:
        if all(get_full_name_for_node(each.target) in self._results for each in node.targets):
            self._told.add(node.value)

    def _origin(self, node: cst.CSTNode) -> str:
        return self._inside.view.origin(get_full_name_for_node(node) or "")
