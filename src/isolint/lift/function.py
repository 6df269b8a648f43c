"""One function lifted: its body, its signature, the Protocols beside it, and the calls of it."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, final

import libcst as cst
from msgspec import Struct

from isolint.lift.binds import nested
from isolint.lift.callers import Callers
from isolint.lift.capabilities import Capability, capabilities, is_protocol, methods, protocol_name
from isolint.lift.refusals import Refusal, lines_of, refusals
from isolint.lift.results import passed_on
from isolint.lift.searching import names_in
from isolint.lift.steps import Steps
from isolint.lift.views import Inside, Signature, error_of, inside_function, result_of
from isolint.model import Import
from isolint.syntax import concrete, parsing
from isolint.syntax.parsing import SyntaxProblem

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from isolint.lift.callers import Call
    from isolint.lift.capabilities import Method, Uses
    from isolint.lift.targets import Target
    from isolint.lift.views import Project, View
    from isolint.syntax.concrete import Home

_RUNTIME = "asyncplan"
_SHELL = "asyncplan.shell"
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
            known = self._extended(statement)
            if statement is anchor:
                body += self._new_protocols()
                owner = self._inside.owner
                changed = owner.deep_replace(self._function, lifted) if owner is not None else lifted
                body.append(cst.ensure_type(changed, cst.ClassDef) if owner is not None else lifted)
            else:
                body.append(known)
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
            params=_with_parameters(function.params, self.taken),
            body=body,
        )

    def _new_protocols(self) -> list[cst.ClassDef]:
        classes = self._inside.view.classes
        return [
            _protocol(each, self._methods[each.name], self._function.name.value)
            for each in self.taken
            if each.protocol not in classes
        ]

    def _extended(
        self, statement: cst.BaseStatement | cst.SimpleStatementLine
    ) -> cst.BaseStatement | cst.SimpleStatementLine:
        """Return a Protocol that is there already with the methods that it lacks."""
        if not isinstance(statement, cst.ClassDef) or not is_protocol(statement):
            return statement
        for each in self.taken:
            if each.protocol == statement.name.value:
                there = {s.name.value for s in statement.body.body if isinstance(s, cst.FunctionDef)}
                more = [_parsed_method(m) for m in self._methods[each.name] if m.name not in there]
                suite = statement.body
                if more and isinstance(suite, cst.IndentedBlock):
                    return statement.with_changes(body=suite.with_changes(body=[*suite.body, *more]))
        return statement


def _is_imported(needed: Import, view: View) -> bool:
    bound = needed.name or needed.module.partition(".")[0]
    return view.imports.get(bound) == (needed.module, needed.name)


def _with_parameters(params: cst.Parameters, taken: Sequence[Capability]) -> cst.Parameters:
    """Add the parameters at the end: by position where all before are, else by keyword."""
    new = [
        cst.Param(cst.Name(each.name), annotation=cst.Annotation(cst.Name(each.protocol))) for each in taken
    ]
    if not new:
        return params
    commas = [each.comma for each in (*params.posonly_params, *params.params, *params.kwonly_params)]
    between = next(
        (each for each in commas[:-1] if isinstance(each, cst.Comma)),
        cst.Comma(whitespace_after=cst.SimpleWhitespace(" ")),
    )
    has_star = isinstance(params.star_arg, (cst.Param, cst.ParamStar))
    by_keyword = has_star or params.kwonly_params or any(each.default is not None for each in params.params)
    if by_keyword:
        star = params.star_arg if has_star else cst.ParamStar()
        return params.with_changes(star_arg=star, kwonly_params=_joined(params.kwonly_params, new, between))
    if params.star_kwarg is not None:
        return params.with_changes(star_arg=cst.ParamStar(), kwonly_params=new)
    return params.with_changes(params=_joined(params.params, new, between))


def _joined(before: Sequence[cst.Param], new: Sequence[cst.Param], between: cst.Comma) -> list[cst.Param]:
    """Put parameters behind others, ``between`` them a comma, and one at the end where one was."""
    if not before:
        return [*new]
    last = before[-1]
    if not isinstance(last.comma, cst.Comma):
        return [*before, *new]
    spaced = [each.with_changes(comma=between) for each in new[:-1]]
    return [*before[:-1], last.with_changes(comma=between), *spaced, new[-1].with_changes(comma=last.comma)]


def _protocol(capability: Capability, made: Sequence[Method], function: str) -> cst.ClassDef:
    said = f'"""The methods of `{capability.name}` that `{function}` calls."""'
    code = f"class {capability.protocol}(Protocol):\n    {said}\n"
    code += "".join(f"\n    {method.code}\n" for method in made)
    parsed = cst.ensure_type(cst.parse_statement(code), cst.ClassDef)
    return parsed.with_changes(leading_lines=[cst.EmptyLine(), cst.EmptyLine()])


def _parsed_method(method: Method) -> cst.FunctionDef:
    parsed = cst.ensure_type(cst.parse_statement(f"{method.code}\n"), cst.FunctionDef)
    return parsed.with_changes(leading_lines=[cst.EmptyLine()])
