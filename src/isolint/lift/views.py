"""Modules as `isolint lift` reads them: the bindings of their top level, and the signature behind a callee.

Only annotations and plain assignments are followed, since a type that is guessed would be written into code.
"""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Protocol, TypeAlias, final

import libcst as cst
from libcst.helpers import get_full_name_for_node
from msgspec import Struct, field

from isolint.syntax import parsing
from isolint.syntax.parsing import SyntaxProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.syntax.concrete import Home

Origin: TypeAlias = tuple[str, str]
"""A module, and a name in it; the name is empty for the module itself."""

_WRAPPERS = ("Awaitable", "Coroutine")
_OF_VALUE_AND_ERROR = 2
_LONGEST_WAY = 8
"""Re-exports followed from an import to a definition."""


class Source(Protocol):
    """The modules of a project, by dotted name."""

    def read(self, module: str) -> tuple[str, Home] | None:
        """Return the text of a module of the project and its place, None for any other."""
        ...


class OwnBody:
    """A mixin for visitors of the body of one function: definitions inside it have awaits of their own."""

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:  # noqa: ARG002
        return False

    def visit_Lambda(self, node: cst.Lambda) -> bool:  # noqa: ARG002
        return False

    def visit_ClassDef(self, node: cst.ClassDef) -> bool:  # noqa: ARG002
        return False


@final
class View(Struct):
    """The top level of one module."""

    home: Home
    tree: cst.Module
    imports: dict[str, Origin] = field(default_factory=dict[str, Origin])
    functions: dict[str, cst.FunctionDef] = field(default_factory=dict[str, cst.FunctionDef])
    classes: dict[str, cst.ClassDef] = field(default_factory=dict[str, cst.ClassDef])
    values: dict[str, cst.BaseExpression | None] = field(
        default_factory=dict[str, "cst.BaseExpression | None"]
    )

    def binds(self, name: str) -> bool:
        """Whether the module or Python itself gives the name a meaning."""
        known = (self.imports, self.functions, self.classes, self.values)
        return any(name in each for each in known) or hasattr(builtins, name)

    def origin(self, dotted: str) -> str:
        """Return the dotted name that a name leads to through the imports of this module."""
        root, _, rest = dotted.partition(".")
        if root not in self.imports:
            return dotted
        return ".".join(filter(None, (*self.imports[root], rest)))

    def code(self, node: cst.CSTNode) -> str:
        """Return the source of a node."""
        return self.tree.code_for_node(node)


@final
class Signature(Struct, frozen=True):
    """A function and the module that its annotations are to be read in."""

    function: cst.FunctionDef
    view: View

    @property
    def result(self) -> str:
        """The value type of the `Result` that a call gives once it is awaited; empty for any other type."""
        if self.function.returns is None:
            return ""
        return result_of(self.function.returns.annotation, self.view)

    @property
    def plan(self) -> str:
        """`Plan` or `AsyncPlan` where a call gives a plan, else empty."""
        if any(decorates(each, "async_do", self.view) for each in self.function.decorators):
            return "Plan"
        returns = self.function.returns.annotation if self.function.returns is not None else None
        name = last_name(_unquoted(returns)) if returns is not None else ""
        return name if name in {"Plan", "AsyncPlan"} and self.function.asynchronous is None else ""


def decorates(decorator: cst.Decorator, name: str, view: View) -> bool:
    """Whether a decorator is one of asyncplan's."""
    dotted = get_full_name_for_node(decorator.decorator) or ""
    return view.origin(dotted).rpartition(".")[2] == name


def result_of(annotation: cst.BaseExpression, view: View) -> str:
    """Return `T` of `Result[T, E]`, also inside `Awaitable`; empty for any other annotation."""
    node = _unquoted(annotation)
    while isinstance(node, cst.Subscript) and last_name(node) in _WRAPPERS:
        node = _unquoted(_arguments(node)[-1])
    return (
        view.code(_arguments(node)[0]) if isinstance(node, cst.Subscript) and _is_result(node, view) else ""
    )


def _is_result(node: cst.Subscript, view: View) -> bool:
    """Whether this is `Result[T, E]` of asyncplan or of the project itself: other libraries have one of their own."""
    name = get_full_name_for_node(node.value) or ""
    origin = view.origin(name)
    root = origin.partition(".")[0]
    is_own = "." not in origin or root in {"asyncplan", view.home.module.partition(".")[0]}
    return last_name(node) == "Result" and len(_arguments(node)) == _OF_VALUE_AND_ERROR and is_own


def error_of(annotation: cst.BaseExpression, view: View) -> str:
    """Return `E` of `Result[T, E]`, empty where there is none."""
    node = _unquoted(annotation)
    return (
        view.code(_arguments(node)[1]) if isinstance(node, cst.Subscript) and _is_result(node, view) else ""
    )


def _unquoted(node: cst.BaseExpression) -> cst.BaseExpression:
    if isinstance(node, cst.SimpleString):
        value = node.evaluated_value
        return cst.parse_expression(value) if isinstance(value, str) else node
    return node


def _arguments(node: cst.Subscript) -> list[cst.BaseExpression]:
    return [each.slice.value for each in node.slice if isinstance(each.slice, cst.Index)]


def last_name(node: cst.CSTNode) -> str:
    """Return the last part of a dotted name, also of one that is subscripted or called; empty for anything else."""
    if isinstance(node, cst.Subscript):
        return last_name(node.value)
    return (get_full_name_for_node(node) or "").rpartition(".")[2]


@final
class Project:
    """The modules of a project, each parsed once."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._views: dict[str, View | None] = {}

    def view(self, module: str) -> View | None:
        """Return the top level of a module of the project, None where there is none that can be parsed."""
        if module not in self._views:
            found = self._source.read(module)
            self._views[module] = view_of(*found) if found is not None else None
        return self._views[module]

    def definition(self, view: View, name: str) -> tuple[View, str] | None:
        """Follow a name of a module through imports to the module of the project that defines it."""
        for _ in range(_LONGEST_WAY):
            if name in view.functions or name in view.classes or name in view.values:
                return view, name
            origin = view.imports.get(name)
            there = self.view(origin[0]) if origin is not None and origin[1] else None
            if origin is None or there is None:
                return None
            view, name = there, origin[1]
        return None

    def signature(self, callee: cst.BaseExpression, inside: Inside) -> Signature | None:
        """Return the signature of a callee, None where annotations do not tell."""
        if isinstance(callee, cst.Name):
            found = self.definition(inside.view, callee.value)
            function = found[0].functions.get(found[1]) if found is not None else None
            return Signature(function, found[0]) if found is not None and function is not None else None
        if not isinstance(callee, cst.Attribute):
            return None
        module = self.view(inside.view.origin(get_full_name_for_node(callee.value) or ""))
        if module is not None and callee.attr.value in module.functions:
            return Signature(module.functions[callee.attr.value], module)
        holder = self.class_of(callee.value, inside)
        return self.method(holder, callee.attr.value) if holder is not None else None

    def class_of(self, node: cst.BaseExpression, inside: Inside) -> tuple[View, cst.ClassDef] | None:
        """Return the class of an object: of a parameter, `self`, an attribute of it, or a value of a module.

        Also of a call of a class, and of `super()` the first base that is a class of the project.
        """
        if isinstance(node, cst.Call):
            if isinstance(node.func, cst.Name) and node.func.value == "super" and inside.owner is not None:
                bases = (self._annotated(base.value, inside.view) for base in inside.owner.bases)
                return next((base for base in bases if base is not None), None)
            return self._annotated(node.func, inside.view)
        if isinstance(node, cst.Name):
            annotation = inside.annotations.get(node.value)
            if annotation is not None:
                return self._annotated(annotation, inside.view)
            if inside.owner is not None and node.value == inside.first:
                return inside.view, inside.owner
            return self.class_of_value(inside.view, node.value)
        if isinstance(node, cst.Attribute):
            holder = self.class_of(node.value, inside)
            annotation = _attribute(holder[1], node.attr.value) if holder is not None else None
            if holder is not None and annotation is not None:
                return self._annotated(annotation, holder[0])
        return None

    def class_of_value(self, view: View, name: str) -> tuple[View, cst.ClassDef] | None:
        """Return the class of the object that a module makes at its top level under a name."""
        found = self.definition(view, name)
        made = found[0].values.get(found[1]) if found is not None else None
        if found is None or not isinstance(made, cst.Call):
            return None
        return self._annotated(made.func, found[0])

    def _annotated(self, annotation: cst.BaseExpression, view: View) -> tuple[View, cst.ClassDef] | None:
        node = _unquoted(annotation)
        if isinstance(node, cst.Name):
            found = self.definition(view, node.value)
            if found is not None and found[1] in found[0].classes:
                return found[0], found[0].classes[found[1]]
        if isinstance(node, cst.Attribute):
            module = self.view(view.origin(get_full_name_for_node(node.value) or ""))
            if module is not None and node.attr.value in module.classes:
                return module, module.classes[node.attr.value]
        return None

    def bases(self, holder: tuple[View, cst.ClassDef]) -> Iterator[tuple[View, cst.ClassDef]]:
        """Yield a class of the project and those that it derives from."""
        yield holder
        for base in holder[1].bases:
            inherited = self._annotated(base.value, holder[0])
            if inherited is not None and inherited[1] is not holder[1]:
                yield from self.bases(inherited)

    def method(self, holder: tuple[View, cst.ClassDef], name: str) -> Signature | None:
        """Return a method of a class, or of the classes of the project that it derives from."""
        view, node = holder
        for statement in node.body.body:
            if isinstance(statement, cst.FunctionDef) and statement.name.value == name:
                return Signature(statement, view)
        for base in node.bases:
            inherited = self._annotated(base.value, view)
            found = self.method(inherited, name) if inherited is not None else None
            if found is not None:
                return found
        return None


@final
class Inside(Struct, frozen=True):
    """The place of an expression: its module, its class, and the types of the names of the functions around it.

    ``annotations`` are those of parameters and variables, or the class whose call is a variable's one value; an
    ellipsis stands for those of which nothing is known.
    """

    view: View
    annotations: dict[str, cst.BaseExpression] = field(default_factory=dict[str, cst.BaseExpression])
    owner: cst.ClassDef | None = None
    first: str = ""


@final
class _Variables(OwnBody, cst.CSTVisitor):
    """The variables of a function, with the class that each is an object of, as far as its one assignment tells."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, cst.BaseExpression] = {}

    def visit_Assign(self, node: cst.Assign) -> None:
        for each in node.targets:
            self._bind(each.target, node.value.func if isinstance(node.value, cst.Call) else None)

    def visit_AnnAssign(self, node: cst.AnnAssign) -> None:
        self._bind(node.target, node.annotation.annotation)

    def visit_AugAssign(self, node: cst.AugAssign) -> None:
        self._bind(node.target, None)

    def visit_NamedExpr(self, node: cst.NamedExpr) -> None:
        self._bind(node.target, node.value.func if isinstance(node.value, cst.Call) else None)

    def visit_For(self, node: cst.For) -> None:
        self._bind(node.target, None)

    def visit_CompFor(self, node: cst.CompFor) -> None:
        self._bind(node.target, None)

    def visit_AsName(self, node: cst.AsName) -> None:
        self._bind(node.name, None)

    def visit_MatchAs(self, node: cst.MatchAs) -> None:
        if node.name is not None:
            self._bind(node.name, None)

    def _bind(self, target: cst.BaseExpression, made_by: cst.BaseExpression | None) -> None:
        if isinstance(target, cst.Name):
            known = made_by if made_by is not None and target.value not in self.found else cst.Ellipsis()
            self.found[target.value] = known
        elif isinstance(target, (cst.Tuple, cst.List)):
            for each in target.elements:
                self._bind(each.value, None)


def inside_function(function: cst.FunctionDef, around: Inside, owner: cst.ClassDef | None = None) -> Inside:
    """Return the place of the body of a function; of a method, ``owner`` is the class that it stands in."""
    every = parameters(function)
    starred = [
        each for each in (function.params.star_arg, function.params.star_kwarg) if isinstance(each, cst.Param)
    ]
    known: dict[str, cst.BaseExpression] = {each.name.value: cst.Ellipsis() for each in (*every, *starred)}
    known |= annotations_of(function)
    first = every[0].name.value if owner is not None and every and not _is_static(function) else ""
    variables = _Variables()
    function.body.visit(variables)
    for name, made_by in variables.found.items():
        known[name] = cst.Ellipsis() if name in known else made_by
    if first and isinstance(known[first], cst.Ellipsis) and first not in variables.found:
        del known[first]
    if owner is None:
        return Inside(
            around.view,
            {**around.annotations, **known},
            around.owner,
            "" if around.first in known else around.first,
        )
    return Inside(around.view, known, owner, first)


def _is_static(function: cst.FunctionDef) -> bool:
    return any(last_name(each.decorator) == "staticmethod" for each in function.decorators)


def _attribute(node: cst.ClassDef, name: str) -> cst.BaseExpression | None:
    """Return the annotation of an attribute, the parameter's that `__init__` keeps in it, or the class it makes one of."""
    for statement in node.body.body:
        if isinstance(statement, cst.SimpleStatementLine):
            for small in statement.body:
                if isinstance(small, cst.AnnAssign) and get_full_name_for_node(small.target) == name:
                    return small.annotation.annotation
        elif isinstance(statement, cst.FunctionDef) and statement.name.value == "__init__":
            kept = _kept_parameter(statement, name)
            if kept is not None:
                return kept
    return None


def _kept_parameter(function: cst.FunctionDef, name: str) -> cst.BaseExpression | None:
    given = annotations_of(function)
    for line in function.body.body:
        for small in line.body if isinstance(line, cst.SimpleStatementLine) else ():
            value = small.value if isinstance(small, (cst.Assign, cst.AnnAssign)) else None
            targets = [each.target for each in small.targets] if isinstance(small, cst.Assign) else []
            if isinstance(small, cst.AnnAssign) and get_full_name_for_node(small.target) == f"self.{name}":
                return small.annotation.annotation
            if f"self.{name}" in map(get_full_name_for_node, targets):
                made_by = value.func if isinstance(value, cst.Call) else None
                return given.get(value.value) if isinstance(value, cst.Name) else made_by
    return None


def parameters(function: cst.FunctionDef) -> list[cst.Param]:
    """Return all parameters of a function, stars apart."""
    params = function.params
    return [*params.posonly_params, *params.params, *params.kwonly_params]


def annotations_of(function: cst.FunctionDef) -> dict[str, cst.BaseExpression]:
    """Return the annotations of the parameters by name."""
    return {
        each.name.value: each.annotation.annotation
        for each in parameters(function)
        if each.annotation is not None
    }


def view_of(text: str, home: Home) -> View | None:
    """Return the top level of a text, None where LibCST cannot parse it."""
    tree = parsing.parse(parsing.Text(text), known_good=False)
    if isinstance(tree, SyntaxProblem):
        return None
    view = View(home, tree)
    for statement in _top_level(tree):
        if isinstance(statement, cst.FunctionDef):
            view.functions[statement.name.value] = statement
        elif isinstance(statement, cst.ClassDef):
            view.classes[statement.name.value] = statement
        else:
            _note(statement, view)
    return view


def _top_level(tree: cst.Module) -> Iterator[cst.CSTNode]:
    """Yield the statements of a module, those under `if` and `try` too."""
    pending: list[cst.CSTNode] = list(reversed(tree.body))
    while pending:
        statement = pending.pop()
        if isinstance(statement, cst.SimpleStatementLine):
            yield from statement.body
        elif isinstance(statement, (cst.If, cst.Try)):
            pending += reversed(statement.body.body)
            pending += [each for each in (statement.orelse,) if isinstance(each, cst.If)]
        else:
            yield statement


def _note(statement: cst.CSTNode, view: View) -> None:
    from libcst.helpers import get_absolute_module_from_package_for_import as absolute

    if isinstance(statement, cst.Import):
        for alias in statement.names:
            name, asname = alias.evaluated_name, alias.evaluated_alias
            view.imports[asname or name.partition(".")[0]] = (asname and name) or name.partition(".")[0], ""
    elif isinstance(statement, cst.ImportFrom) and not isinstance(statement.names, cst.ImportStar):
        module = absolute(view.home.package or None, statement) or ""
        for alias in statement.names:
            view.imports[alias.evaluated_alias or alias.evaluated_name] = module, alias.evaluated_name
    elif isinstance(statement, cst.Assign):
        for target in statement.targets:
            if isinstance(target.target, cst.Name):
                view.values[target.target.value] = statement.value
    elif isinstance(statement, cst.AnnAssign) and isinstance(statement.target, cst.Name):
        view.values[statement.target.value] = statement.value
