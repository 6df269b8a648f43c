"""One function lifted: its body, its signature, and the Protocols beside it."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, final

import libcst as cst
from msgspec import Struct

from isolint.lift.additions import extended, new_protocols, with_parameters
from isolint.lift.annotations import error_of, result_of
from isolint.lift.binds import nested
from isolint.lift.capabilities import Capability, capabilities, methods, protocol_name
from isolint.lift.definitions import Signature
from isolint.lift.inside import Inside, inside_function
from isolint.lift.refusals import Refusal, lines_of, refusals
from isolint.lift.results import passed_on
from isolint.lift.searching import names_in
from isolint.lift.steps import Steps
from isolint.model import Import
from isolint.syntax import concrete, parsing
from isolint.syntax.parsing import SyntaxProblem

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from isolint.lift.capabilities import Method, Uses
    from isolint.lift.definitions import Project
    from isolint.lift.views import View
    from isolint.syntax.imports import Home

_RUNTIME = "asyncplan"
_PROTOCOL = Import("typing", "Protocol")


@final
class Style(Enum):
    """The form of a sequence of steps: statements of an `async_do` function, or nested binds."""

    DO = "do"
    BIND = "bind"


@final
class Refused(Struct, frozen=True):
    """A function that is not lifted, with every reason."""

    refusals: tuple[Refusal, ...]


@final
class Lifted(Struct, frozen=True):
    """The text of the module with the function lifted; ``passed`` are the objects that it takes now."""

    text: str
    passed: tuple[str, ...] = ()


def lift(
    text: str, home: Home, name: str, project: Project, style: Style = Style.DO
) -> Lifted | Refused | None:
    """Lift the function of a module that is called ``name``, or `Class.name`; None where there is none."""
    view = project.view(home.module)
    found = _find(view, name) if view is not None else None
    if view is None or found is None:
        return None
    function, owner = found
    inside = inside_function(function, Inside(view), owner)
    if Signature(function, view).plan:
        return Refused((_refusal(function, view, "it gives a plan already"),))
    results = passed_on(function, inside, project)
    wrong = refusals(function, inside, project, results)
    wrong += _about_result(function, view)
    if wrong:
        return Refused(tuple(sorted(set(wrong))))
    lifting = _Lifting(function, inside, project, style, results)
    changed = lifting.run()
    if isinstance(changed, Refusal):
        return Refused((changed,))
    content = concrete.rewritten(text, changed, lifting.imports(), home)
    if isinstance(content, SyntaxProblem):
        return Refused((Refusal(content.line, content.message),))
    problem = parsing.quick_tree(parsing.Text(content))
    if isinstance(problem, SyntaxProblem) and not isinstance(
        parsing.quick_tree(parsing.Text(text)), SyntaxProblem
    ):
        reason = f"the result would be no Python, a defect of isolint: {problem.message}"
        return Refused((_refusal(function, view, reason),))
    return Lifted(content, tuple(each.name for each in lifting.taken))


def _find(view: View, name: str) -> tuple[cst.FunctionDef, cst.ClassDef | None] | None:
    owner, _, method = name.rpartition(".")
    if not owner:
        function = view.functions.get(method)
        return (function, None) if function is not None else None
    holder = view.classes.get(owner)
    for statement in holder.body.body if holder is not None else ():
        if isinstance(statement, cst.FunctionDef) and statement.name.value == method:
            return statement, holder
    return None


def _about_result(function: cst.FunctionDef, view: View) -> list[Refusal]:
    """Refuse a Result whose error is no ErrInfo, which plans fail with."""
    annotation = function.returns.annotation if function.returns is not None else None
    error = error_of(annotation, view) if annotation is not None else ""
    if error and error.rpartition(".")[2] != "ErrInfo":
        return [
            _refusal(function, view, f"it fails with `{error}`, and a plan with ErrInfo: change that first")
        ]
    return []


def _refusal(function: cst.FunctionDef, view: View, reason: str) -> Refusal:
    return Refusal(lines_of([function], view)[function], reason)


@final
class _Lifting:
    """The work on one function."""

    def __init__(
        self,
        function: cst.FunctionDef,
        inside: Inside,
        project: Project,
        style: Style,
        results: Collection[str],
    ) -> None:
        self._function = function
        self._inside = inside
        self._project = project
        self._style = style
        own = {function.name.value} if inside.owner is None else set[str]()
        returns = function.returns.annotation if function.returns is not None else None
        self._result = result_of(returns, inside.view) if returns is not None else ""
        self._uses: Mapping[str, Uses] = capabilities(function, inside, project, own)
        self._steps = Steps(
            inside, project, function, own, results, names_in(function), gives_result=bool(self._result)
        )
        self._methods: dict[str, list[Method]] = {
            name: methods(name, uses, inside, project) for name, uses in self._uses.items()
        }
        self.taken = [Capability(name, protocol_name(name, inside.view)) for name in self._uses]

    def run(self) -> cst.Module | Refusal:
        """Return the module with the function lifted."""
        lifted = self._new_function()
        if isinstance(lifted, Refusal):
            return lifted
        tree = self._inside.view.tree
        anchor: cst.CSTNode = self._inside.owner or self._function
        body: list[cst.BaseStatement | cst.SimpleStatementLine] = []
        for statement in tree.body:
            if statement is anchor:
                new = [each for each in self.taken if each.protocol not in self._inside.view.classes]
                body += new_protocols(new, self._methods, self._function.name.value)
                owner = self._inside.owner
                changed = owner.deep_replace(self._function, lifted) if owner is not None else lifted
                body.append(cst.ensure_type(changed, cst.ClassDef) if owner is not None else lifted)
            else:
                body.append(extended(statement, self.taken, self._methods))
        if anchor not in tree.body:
            return _refusal(
                self._function, self._inside.view, "it is defined under a condition: lift it by hand"
            )
        return tree.with_changes(body=body)

    def imports(self) -> list[Import]:
        """Return the imports that the new code needs, after :meth:`run`."""
        view = self._inside.view
        wanted = [Import(_RUNTIME, name) for name in sorted(self._steps.needed)]
        wanted += [Import(module, name) for module, name in sorted(self._steps.modules.items())]
        if self.taken:
            wanted.append(_PROTOCOL)
        wanted += [
            needed for every in self._methods.values() for method in every for needed in method.imports
        ]
        return [needed for needed in dict.fromkeys(wanted) if not _is_imported(needed, view)]

    def _new_function(self) -> cst.FunctionDef | Refusal:
        function = self._function
        decorators = list(function.decorators)
        if self._style is Style.BIND:
            statements = nested(function.body, self._steps)
            if statements is None:
                reason = "its body is no straight line of steps: leave out --style bind"
                return _refusal(function, self._inside.view, reason)
            body: cst.BaseSuite = function.body.with_changes(body=statements)
            kind = "AsyncPlan"
        else:
            visited = function.body.visit(self._steps)
            body = visited if isinstance(visited, cst.BaseSuite) else function.body
            kind = "Steps"
            decorators.append(cst.Decorator(cst.Name("async_do")))
            self._steps.needed.add("async_do")
        returns = function.returns
        if returns is not None:
            self._steps.needed.add(kind)
            value = self._result or self._inside.view.code(returns.annotation)
            returns = returns.with_changes(annotation=cst.parse_expression(f"{kind}[{value}]"))
        return function.with_changes(
            asynchronous=None,
            decorators=decorators,
            returns=returns,
            params=with_parameters(function.params, self.taken),
            body=body,
        )


def _is_imported(needed: Import, view: View) -> bool:
    bound = needed.name or needed.module.partition(".")[0]
    return view.imports.get(bound) == (needed.module, needed.name)
