"""Results that a coroutine function looks at only to pass an Err on, which a plan does by itself.

found = await users.find(name)        found = yield from async_lift(lambda: users.find(name))
if isinstance(found, Err):
    return found
return greet(found.value)             return greet(found)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, final

import libcst as cst
from libcst.helpers import get_full_name_for_node

from isolint.lift.annotations import last_name
from isolint.lift.searching import mentions

if TYPE_CHECKING:
    from isolint.lift.definitions import Project
    from isolint.lift.inside import Inside

_MENTIONS_OF_CHECK = 2
"""`isinstance(name, Err)` and `return name`."""


def passes_on(statement: cst.If, inside: Inside) -> str:
    """Return the name of which `if isinstance(name, Err): return name` passes an Err on, else nothing."""
    test, body = statement.test, statement.body.body
    is_check = isinstance(test, cst.Call) and last_name(test.func) == "isinstance" and len(test.args) == 2
    if not isinstance(test, cst.Call) or not is_check or statement.orelse is not None or len(body) != 1:
        return ""
    line = body[0].body[0] if isinstance(body[0], cst.SimpleStatementLine) else body[0]
    value = line.value if isinstance(line, cst.Return) else None
    name, kind = test.args[0].value, inside.view.origin(get_full_name_for_node(test.args[1].value) or "")
    is_same = isinstance(name, cst.Name) and isinstance(value, cst.Name) and name.value == value.value
    return name.value if isinstance(name, cst.Name) and is_same and kind.endswith("Err") else ""


def passed_on(function: cst.FunctionDef, inside: Inside, project: Project) -> set[str]:
    """Return the names that hold awaited Results, are checked once, and of which nothing but the value is used."""
    finder = _Finder(inside, project)
    function.body.visit(finder)
    return {
        name
        for name, assigned in finder.assigned.items()
        if assigned == 1
        and finder.checks.count(name) == 1
        and mentions(function.body, name) == 1 + _MENTIONS_OF_CHECK + finder.values.count(name)
    }


@final
class _Finder(cst.CSTVisitor):
    def __init__(self, inside: Inside, project: Project) -> None:
        super().__init__()
        self._inside = inside
        self._project = project
        self.assigned: dict[str, int] = {}
        self.checks: list[str] = []
        self.values: list[str] = []

    def visit_Assign(self, node: cst.Assign) -> None:
        if not gives_result(node.value, self._inside, self._project):
            return
        for each in node.targets:
            if isinstance(each.target, cst.Name):
                self.assigned[each.target.value] = self.assigned.get(each.target.value, 0) + 1

    def visit_If(self, node: cst.If) -> None:
        self.checks.append(passes_on(node, self._inside))

    def visit_Attribute(self, node: cst.Attribute) -> None:
        if node.attr.value == "value" and isinstance(node.value, cst.Name):
            self.values.append(node.value.value)


def gives_result(node: cst.CSTNode, inside: Inside, project: Project) -> bool:
    """Whether an expression awaits a call that is known to give a Result."""
    if not isinstance(node, cst.Await) or not isinstance(node.expression, cst.Call):
        return False
    signature = project.signature(node.expression.func, inside)
    return signature is not None and bool(signature.result)
